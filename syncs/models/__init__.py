"""What moves: integrations, their flows and runs, transfers, mappings, copies, the heartbeat."""

from syncs.heartbeat import Heartbeat
from syncs.models.flow import FlowState, Run
from syncs.models.inbox import InboxItem
from syncs.models.integration import Integration
from syncs.models.mapping import Mapping
from syncs.models.remote import CopyState, RemoteRecord
from syncs.models.transfer import Attempt, Transfer, TransferDocument

__all__ = [
    "Attempt",
    "CopyState",
    "FlowState",
    "Heartbeat",
    "InboxItem",
    "Integration",
    "Mapping",
    "RemoteRecord",
    "Run",
    "Transfer",
    "TransferDocument",
]
