"""What moves: pairings, mappings and the life of every document."""
