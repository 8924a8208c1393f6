"""Read, stage, map, send, settle: the life of a record (docs/how-it-works.md)."""
