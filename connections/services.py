"""What can be done with a connection: open it, ping it, remember who answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record_audit
from connections.errors import ConnectionProblem, SyncError
from connections.http import Client
from connections.models import Connection
from connections.records import Record
from connections.resource import Resource
from connections.system import Finding, Greeting, Identity, Level, System

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Opened:
    """A connection in use: its system, its client, its resources."""

    connection: Connection
    system: System
    client: Client

    def resource(self, record: type[R]) -> Resource[R]:
        """Return the resource for a record type. Raises Unsupported."""
        return self.system.resource(record, self.client)

    def url(self, record: type[Record], id: str) -> str:
        """Return the address of a record in the system's own screens, "" if there is none."""
        return self.system.url(self.client.access, record, id)


@contextmanager
def opened(connection: Connection) -> Iterator[Opened]:
    """Open a connection for the body. Raises ConnectionProblem if its secrets cannot be read."""
    system = connection.declared
    client = system.client(connection.access())
    try:
        yield Opened(connection, system, client)
    finally:
        client.close()


def ping(connection: Connection, *, actor: str = "system") -> Greeting:
    """Greet the other side, compare who answers with who answered first (R21), keep the result.

    Raises SyncError with a sentence for the administrator; the connection keeps that sentence.
    """
    try:
        with opened(connection) as open_connection:
            greeting = open_connection.system.ping(open_connection.client)
        recognise(connection, greeting.identity)
    except SyncError as error:
        _keep(connection, Connection.Health.PROBLEM, [Finding(Level.PROBLEM, error.message)])
        record_audit("connection.refused", error.message, actor=actor, subject=connection)
        raise
    problems = any(f.level == Level.PROBLEM for f in greeting.findings)
    health = Connection.Health.PROBLEM if problems else Connection.Health.GOOD
    _keep(connection, health, list(greeting.findings))
    connection.facts = dict(greeting.facts)
    connection.save(update_fields=["facts"])
    record_audit(
        "connection.answered",
        f"{greeting.identity.company} answered.",
        actor=actor,
        subject=connection,
    )
    return greeting


def check_identity(open_connection: Opened) -> None:
    """Ask who answers and compare (R21). Raises ConnectionProblem, and SyncError of the call."""
    identity = open_connection.system.identify(open_connection.client)
    recognise(open_connection.connection, identity)


def recognise(connection: Connection, identity: Identity) -> None:
    """Remember who answers, or refuse a company other than the first. Raises ConnectionProblem."""
    if connection.identity == identity.key:
        return
    if connection.identity:
        raise ConnectionProblem(
            f"{connection.name} was set up for {connection.company}, but {identity.company} "
            "answers now. Nothing is sent. Restore the credentials, or make a new connection "
            "for the other company."
        )
    connection.identity, connection.company = identity.key, identity.company
    try:
        with transaction.atomic():
            connection.save(update_fields=["identity", "company"])
    except IntegrityError:
        connection.refresh_from_db()
        raise ConnectionProblem(
            f"Another connection already leads to {identity.company}; use that one."
        ) from None


def _keep(connection: Connection, health: str, findings: list[Finding]) -> None:
    connection.health = health
    connection.findings = [[f.level.value, f.text] for f in findings]
    connection.checked_at = timezone.now()
    connection.save(update_fields=["health", "findings", "checked_at"])
