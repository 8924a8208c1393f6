"""Two tiny systems in memory, for tests of the engine alone: shelves of records, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.http import Client
from connections.matching import match_bill, match_vendor
from connections.records import Bill, GLAccount, PurchaseOrder, Record, Vendor
from connections.resource import AnyResource, Can, Created, Match, Outcome, Page, Resource
from connections.system import Access, Greeting, Identity, Side, System
from connections.systems import SYSTEMS

READS = Can.READ
WRITES = Can.READ | Can.FIND | Can.CREATE | Can.UPDATE | Can.CANCEL | Can.RESTORE
Step = Callable[["Shelf", Sequence[Any]], list[Outcome[Any]]]


@dataclass
class Shelf:
    """What a system holds of one record type, and how it behaves.

    `seeks`: a page says up to when everything was delivered; else only the last one does.
    `steps`: what the next calls of `create` do instead of what they should.
    """

    rows: dict[str, Any] = field(default_factory=dict)
    page_size: int = 2
    seeks: bool = True
    steps: list[Step] = field(default_factory=list)
    reads: list[datetime | None] = field(default_factory=list)
    creates: list[int] = field(default_factory=list)
    after_page: Callable[[int], None] = lambda number: None

    def put(self, *records: Record) -> None:
        self.rows |= {record.id: record for record in records}

    def store(self, records: Sequence[Any]) -> list[Outcome[Any]]:
        """Create as a healthy system would."""
        made = [replace(r, id=f"new-{len(self.rows) + n}") for n, r in enumerate(records, 1)]
        self.put(*made)
        return [Created(record.id, record) for record in made]

    def pages(self, since: datetime | None) -> Iterator[Page[Any]]:
        self.reads.append(since)
        rows = sorted(self.rows.values(), key=lambda r: (moment_of(r), r.id))
        rows = [r for r in rows if since is None or moment_of(r) >= since]
        for start in range(0, len(rows), self.page_size):
            some = tuple(rows[start : start + self.page_size])
            is_last = start + self.page_size >= len(rows)
            yield Page(some, moment_of(some[-1]) if self.seeks or is_last else None)
            self.after_page(start // self.page_size + 1)


def moment_of(record: Record) -> datetime:
    return record.changed_at or datetime(2026, 1, 1, tzinfo=UTC)


def resource(record_type: type[Record], shelf: Shelf, abilities: Can, batch: int) -> Any:
    """Make the resource of a shelf."""

    class OfShelf(Resource[Any]):
        record = record_type
        can = abilities
        batch_size = batch

        def read(self, since: datetime | None) -> Iterator[Page[Any]]:
            return shelf.pages(since)

        def get(self, ids: Sequence[str]) -> dict[str, Any]:
            return {id: shelf.rows[id] for id in ids if id in shelf.rows}

        def find(self, records: Sequence[Any]) -> list[Match]:
            match: Any = match_vendor if record_type is Vendor else match_bill
            return [match(record, list(shelf.rows.values())) for record in records]

        def create(self, records: Sequence[Any]) -> list[Outcome[Any]]:
            shelf.creates.append(len(records))
            step = shelf.steps.pop(0) if shelf.steps else Shelf.store
            return step(shelf, records)

        def update(self, id: str, record: Any) -> Any:
            shelf.rows[id] = replace(record, id=id)
            return shelf.rows[id]

        def cancel(self, id: str, reason: str, **how: Any) -> None:
            shelf.rows[id] = replace(shelf.rows[id], archived=True)

        def restore(self, id: str) -> None:
            shelf.rows[id] = replace(shelf.rows[id], archived=False)

    return OfShelf


@dataclass
class Systems:
    """The shelves of both."""

    orders: Shelf = field(default_factory=Shelf)
    accounts: Shelf = field(default_factory=Shelf)
    vendors: Shelf = field(default_factory=Shelf)
    bills: Shelf = field(default_factory=Shelf)
    batch_size: int = 10

    def register(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put both in the place of real ones, for one test."""
        erp = {PurchaseOrder: resource(PurchaseOrder, self.orders, READS, 1),
               GLAccount: resource(GLAccount, self.accounts, READS, 1)}  # fmt: skip
        ap = {Vendor: resource(Vendor, self.vendors, WRITES, 1),
              Bill: resource(Bill, self.bills, WRITES, self.batch_size),
              GLAccount: resource(GLAccount, self.accounts, READS, 1)}  # fmt: skip
        monkeypatch.setitem(SYSTEMS, "odoo", declared("odoo", Side.ERP, erp))
        monkeypatch.setitem(SYSTEMS, "billcom", declared("billcom", Side.AP, ap))

    def live_bills(self) -> list[Bill]:
        return [bill for bill in self.bills.rows.values() if not bill.archived]


def declared(key: str, side: Side, resources: dict[type[Record], type[AnyResource]]) -> System:
    identity = Identity(f"{key} company", f"Our {key}")
    return System(
        key=key,
        label={"odoo": "Books", "billcom": "Payables"}[key],
        side=side,
        fields=(),
        client=offline,
        resources=resources,
        ping=lambda client: Greeting(identity),
        identify=lambda client: identity,
        limits=lambda access: (),
        settle_after=timedelta(minutes=5),
        overlap=timedelta(minutes=10),
    )


def offline(access: Access) -> Client:
    """A client that nobody calls."""
    return Client(access, ())
