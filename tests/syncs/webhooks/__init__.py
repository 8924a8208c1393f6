"""The address webhooks come to."""
