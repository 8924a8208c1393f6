"""Who we talk to: connections, their secrets, their sessions and limits."""

from connections.models.connection import Connection, ConnectionSecret
from connections.models.limits import LimitHour, LimitSlot
from connections.models.sessions import Session

__all__ = ["Connection", "ConnectionSecret", "LimitHour", "LimitSlot", "Session"]
