"""What happened: every step of every record, append-only."""
