"""Stand-ins for the accounting and payables systems, strict and stateful, spoken to over HTTP only."""
