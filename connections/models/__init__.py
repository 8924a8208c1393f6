"""Who we talk to: connections, their secrets, sessions, limits and webhooks."""

from connections.models.connection import Connection, ConnectionSecret
from connections.models.limits import LimitHour, LimitSlot
from connections.models.sessions import Session
from connections.models.webhook import WebhookEvent, WebhookState

__all__ = [
    "Connection",
    "ConnectionSecret",
    "LimitHour",
    "LimitSlot",
    "Session",
    "WebhookEvent",
    "WebhookState",
]
