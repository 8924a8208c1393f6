"""What a system that tells of changes by itself declares. An event names a record, nothing more.

What an event says beside that is not trusted: the record is read by its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from connections.records import Record

if TYPE_CHECKING:
    from connections.http import Client


class Malformed(Exception):
    """A signed message that is none of the system's events."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened there.

    `kind` is the system's own word. `record` is None where the event concerns nothing we read.
    `company` is who it happened to, "" if it does not say; `changed_at` how new the record was.
    """

    id: str
    kind: str
    record: type[Record] | None = None
    record_id: str = ""
    company: str = ""
    changed_at: datetime | None = None
    is_test: bool = False


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """An order to be told. `key` signs the events; it is told once and "" ever after."""

    id: str
    url: str = ""
    is_enabled: bool = True
    key: str = field(default="", repr=False)


class Webhook:
    """Base of every system's webhook. Nothing here knows of our database.

    `token` makes a call that is repeated, because its answer was lost, the same call: it is kept
    before the call is made. `settings` are those of the connection, without its secrets.
    """

    def verify(
        self,
        headers: Mapping[str, str],
        body: bytes,
        keys: Sequence[str],
        settings: Mapping[str, str],
    ) -> bool:
        """Say whether the body was signed with one of the keys, in constant time."""
        raise NotImplementedError

    def events(self, body: bytes) -> list[Event]:
        """Return what a verified body tells. Raises Malformed."""
        raise NotImplementedError

    def company(self, settings: Mapping[str, str]) -> str:
        """Return what events of this connection's company carry as theirs."""
        raise NotImplementedError

    def address_problem(self, url: str, settings: Mapping[str, str]) -> str:
        """Return why the system would not call this address, "" if it would."""
        raise NotImplementedError

    def subscribe(self, client: Client, url: str, token: str, *, again: bool) -> Subscription:
        """Have events sent to `url`, once; `again`: an earlier try with this token got no answer.

        Raises SyncError.
        """
        raise NotImplementedError

    def inspect(self, client: Client, id: str) -> Subscription | None:
        """Return the subscription, without its key; None if it is gone. Raises SyncError."""
        raise NotImplementedError

    def enable(self, client: Client, id: str) -> None:
        """Switch a subscription on again. Safe to repeat. Raises SyncError."""
        raise NotImplementedError

    def rotate_key(self, client: Client, id: str, token: str) -> str:
        """Have events signed with a new key from now on, and return it. Raises SyncError."""
        raise NotImplementedError

    def send_test(self, client: Client, id: str) -> None:
        """Have one event sent that concerns no record. Raises SyncError."""
        raise NotImplementedError

    def unsubscribe(self, client: Client, id: str) -> None:
        """End a subscription. Safe to repeat. Raises SyncError."""
        raise NotImplementedError
