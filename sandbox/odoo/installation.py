"""One Odoo server: its databases, and what a transaction that commits late has in the pipe."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.odoo.store import Row, Store

NEWEST = 19


@dataclass
class LateChange:
    """What one row will have when a long transaction commits; None means it will be gone."""

    due: datetime
    model: str
    record: int
    changes: Row | None


@dataclass
class Database:
    """One database of one version of Odoo."""

    name: str
    version: int = NEWEST
    store: Store = field(init=False)
    numbers: dict[str, int] = field(default_factory=dict)
    late: list[LateChange] = field(default_factory=list)
    # Ids of records Odoo finds by external id: the term without delay, the tax account.
    immediate_term: int | None = None
    tax_account: int | None = None
    # What Odoo falls back to for payments whose method line names no account, by direction.
    outstanding: dict[str, int] = field(default_factory=dict)
    # Whether accounting of the Enterprise edition is emulated (odoo.md §6.2).
    enterprise: bool = False
    # Whether cancelling a payment that a bank statement confirms is refused.
    refuse_cancel_matched: bool = True
    # How many of the next loads find that somebody else is writing the same external id.
    load_conflicts: int = 0
    # When each external id was committed, for transactions that began before; and the new ones.
    external_ids: dict[tuple[str, str], datetime] = field(default_factory=dict)
    fresh_ids: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store(self.version)

    def next_number(self, sequence: str, pattern: str) -> str:
        self.numbers[sequence] = self.numbers.get(sequence, 0) + 1
        return pattern.format(self.numbers[sequence])

    def next_entry(self, prefix: str, digits: int) -> str:
        """Number a journal entry: without gaps, so a refused request takes no number."""
        return f"{prefix}{self.store.next_number(prefix):0{digits}d}"

    def committed(self, moment: datetime) -> None:
        """Remember when the external ids of the last transaction became visible."""
        for key in self.fresh_ids:
            self.external_ids[key] = moment
        self.fresh_ids = []

    def new_secret(self) -> str:
        return secrets.token_hex(20)

    def parameter(self, key: str) -> str:
        for row in self.store.rows("ir.config_parameter"):
            if row["key"] == key:
                return str(row["value"])
        return ""

    def postpone(self, due: datetime) -> None:
        """Take back all changes since the last commit and carry them out at `due` instead."""
        for model, record, before, now in self.store.changes():
            if now is None:
                changes = None
            else:
                old = before or {}
                changes = {k: v for k, v in now.items() if k not in old or old[k] != v}
            self.late.append(LateChange(due, model, record, changes))
        self.store.keep_numbers()
        self.store.rollback()

    def settle(self, now: datetime) -> None:
        """Commit what is due; the rows keep the write_date of the transaction's start."""
        for change in [late for late in self.late if late.due <= now]:
            self.late.remove(change)
            if change.changes is None:
                self.store.drop(change.model, change.record)
            else:
                row = self.store.get(change.model, change.record) or {}
                self.store.put(change.model, change.record, {**row, **change.changes})
        self.store.commit()


@dataclass
class Installation:
    """All databases the server has; with several a client has to name one (odoo.md §1)."""

    databases: dict[str, Database] = field(default_factory=dict)
    # Which PostgreSQL error a `server_error` fault shows.
    server_error: str = "SerializationFailure"

    def database(self, name: str | None) -> Database | None:
        if name:
            return self.databases.get(name)
        return next(iter(self.databases.values())) if len(self.databases) == 1 else None
