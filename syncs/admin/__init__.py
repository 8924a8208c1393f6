"""The pages of everything that moves, one module per subject."""

from syncs.admin import integrations, mappings, remote, runs, transfers

__all__ = ["integrations", "mappings", "remote", "runs", "transfers"]
