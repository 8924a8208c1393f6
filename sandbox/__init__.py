"""Stand-ins for the accounting and payables systems, strict, stateful, reached over HTTP only."""
