"""What can be done with a connection: open it, ping it, remember who answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from connections.system import Access, Finding, Greeting, Identity, Level, System

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


def connection_save(
    connection: Connection, secrets: Mapping[str, str], *, actor: str = "system"
) -> list[str]:
    """Keep a connection and its new secrets; return the words for what changed.

    Secrets left out stay as they are. The line of history names fields, never their values.
    What an earlier ping found no longer counts once something that matters changed.
    """
    before = Connection.objects.filter(pk=connection.pk).first()
    changed = _changed_fields(before, connection, secrets)
    if before is not None and changed not in ([], ["name"]):
        connection.health, connection.findings = Connection.Health.UNTESTED, []
    # Who answered is the ping's to write, and one may be under way.
    kept = None if before is None else ("name", "settings", "health", "findings")
    with transaction.atomic():
        connection.save(update_fields=kept)
        if secrets:
            connection.keep_secrets(dict(secrets))
        if before is None:
            sentence = f"{actor} added the connection {connection}."
            record_audit("connection.added", sentence, actor=actor, subject=connection)
        elif changed:
            sentence = f"{actor} changed {', '.join(changed)} of the connection {connection}."
            record_audit("connection.changed", sentence, actor=actor, subject=connection)
    return changed


def connection_delete(connection: Connection, *, actor: str = "system") -> None:
    """Forget a connection and its secrets. Raises ProtectedError while something uses it."""
    with transaction.atomic():
        sentence = f"{actor} deleted the connection {connection}."
        record_audit("connection.deleted", sentence, actor=actor, subject=connection)
        connection.delete()


def record_url(connection: Connection, record: type[Record], id: str) -> str:
    """Return the address of a record in its system's own screens, "" if there is none.

    The secrets stay closed: an address needs none.
    """
    settings = {name: str(value) for name, value in connection.settings.items()}
    access = Access(str(connection.pk), connection.name, settings, secrets={})
    try:
        return connection.declared.url(access, record, id) if id else ""
    except SyncError:  # an address nobody can read; the ping says so
        return ""


def _changed_fields(
    before: Connection | None, now: Connection, secrets: Mapping[str, str]
) -> list[str]:
    if before is None:
        return []
    changed = ["name"] if before.name != now.name else []
    for declared in now.declared.fields:
        name = declared.name
        was, is_now = before.settings.get(name, ""), now.settings.get(name, "")
        if secrets.get(name) or (not declared.secret and was != is_now):
            changed.append(declared.label)
    return changed


def check_identity(open_connection: Opened) -> None:
    """Ask who answers and compare (R21). Raises ConnectionProblem, and SyncError of the call."""
    identity = open_connection.system.identify(open_connection.client)
    recognise(open_connection.connection, identity)
    _keep_zone(open_connection.connection, identity.time_zone)


def _keep_zone(connection: Connection, time_zone: str) -> None:
    """Remember in which zone a day begins there: payments are dated by it (R10)."""
    if time_zone and connection.facts.get("time_zone") != time_zone:
        connection.facts = {**connection.facts, "time_zone": time_zone}
        connection.save(update_fields=["facts"])


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
        other = Connection.objects.get(system=connection.system, identity=identity.key)
        raise ConnectionProblem(
            f"Another connection already leads to {identity.company}: use “{other}”."
        ) from None


def _keep(connection: Connection, health: str, findings: list[Finding]) -> None:
    connection.health = health
    connection.findings = [[f.level.value, f.text] for f in findings]
    connection.checked_at = timezone.now()
    connection.save(update_fields=["health", "findings", "checked_at"])
