"""Who we talk to: systems, credentials and the records they exchange."""
