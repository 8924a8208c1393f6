"""The records of BILL: one set of books per organisation, plain dicts with Decimal and date."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.billcom.access import Switches
from sandbox.billcom.errors import unknown_id, wrong_kind
from sandbox.billcom.values import new_id, to_ms

# Reference: docs/systems/billcom.md#5-ids
PREFIX = {
    "vendors": "009",
    "bills": "00n",
    "lines": "bli",
    "recurringbills": "btp",
    "payments": "stp",
    "bill-payments": "blp",
    "vendor-credits": "vcr",
    "chart-of-accounts": "0ca",
    "departments": "0de",
    "locations": "loc",
    "accounting-classes": "cls",
    "jobs": "job",
    "items": "0ii",
    "employees": "emp",
    "users": "006",
    "banks": "bac",
    "documents": "00h",
    "uploads": "0du",
    "voids": "0vr",  # a guess: the documents show no id of a void
}
# What one unit is worth in USD; only needs to be steady, not right.
RATES = {"EUR": Decimal("1.0863"), "GBP": Decimal("1.2710"), "CAD": Decimal("0.7305")}
# What events tell of. Reference: docs/systems/billcom.md#142-events
TOLD = {"vendors": "vendor", "bills": "bill", "payments": "payment"}
NAMES = {"chart-of-accounts": "chart of account", "accounting-classes": "accounting class"}


def name_of(kind: str) -> str:
    return NAMES.get(kind, kind.removesuffix("s").replace("-", " "))


@dataclass
class Books:
    """Everything one organisation keeps in BILL."""

    organization: dict[str, Any]
    random: Random
    switches: Switches = field(default_factory=Switches)
    tables: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    rates: dict[str, Decimal] = field(default_factory=lambda: dict(RATES))
    # What happened and was not yet told to subscribers: type of event, the record as it was then.
    happened: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def table(self, kind: str) -> dict[str, dict[str, Any]]:
        return self.tables.setdefault(kind, {})

    def rows(self, kind: str) -> list[dict[str, Any]]:
        return list(self.table(kind).values())

    def new_id(self, kind: str) -> str:
        return new_id(PREFIX[kind], self.random)

    def add(
        self, kind: str, record: dict[str, Any], now: datetime, *, id: str | None = None
    ) -> dict[str, Any]:
        moment = to_ms(now)
        made = {"id": id or self.new_id(kind), **record}
        made |= {"createdTime": moment, "updatedTime": moment}
        self.table(kind)[made["id"]] = made
        if kind in TOLD:
            # There is no payment.created: the first payment.updated stands for it.
            self.tell(f"{TOLD[kind]}.{'updated' if kind == 'payments' else 'created'}", made)
        return made

    def get(self, kind: str, id: str) -> dict[str, Any]:
        """Return the record; refuse an id nobody has (BDC_1205) or of another type (BDC_1302)."""
        found = self.table(kind).get(id)
        if found is not None:
            return found
        if any(id in table for table in self.tables.values()):
            raise wrong_kind(name_of(kind), id)
        raise unknown_id(name_of(kind), id)

    def touch(self, record: dict[str, Any], now: datetime, verb: str = "updated") -> None:
        record["updatedTime"] = to_ms(now)
        for kind, word in TOLD.items():
            if record["id"] in self.table(kind):
                self.tell(f"{word}.{verb}", record)

    def tell(self, event: str, record: dict[str, Any]) -> None:
        """Note what happened, for whoever subscribed to it."""
        self.happened.append((event, copy.deepcopy(record)))

    def rate(self, currency: str) -> Decimal:
        return self.rates.get(currency, Decimal(1))

    def archive(self, kind: str, id: str, now: datetime, *, archived: bool) -> dict[str, Any]:
        """Archive or restore; doing it twice changes nothing."""
        record = self.get(kind, id)
        if record["archived"] != archived:
            record["archived"] = archived
            self.touch(record, now, "archived" if archived else "restored")
        return record


@dataclass
class Records:
    """The books of all organisations."""

    books: dict[str, Books] = field(default_factory=dict)

    def of(self, organization: str) -> Books:
        return self.books[organization]

    def all(self) -> Iterator[Books]:
        yield from self.books.values()
