"""Recurring bills of BILL: the schedules by which it makes bills. Read and shown, never written.

Reference: docs/systems/billcom.md#recurring-bills
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from connections.records import Record, RecurringBill
from connections.resource import Can, Page, Resource
from connections.systems.billcom.bill_shape import line_amount
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.currencies import Currencies
from connections.systems.billcom.errors import NotAllowed
from connections.systems.billcom.lists import RECURRING_BILLS, Lister
from connections.systems.billcom.values import Row, day, moment, words

PERIODS: Mapping[str, str] = {
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}


class RecurringBills(Resource[RecurringBill]):
    """Schedules. A user who may not see them sees none, and nothing else stops for that."""

    record: ClassVar[type[Record]] = RecurringBill
    can: ClassVar[Can] = Can.READ

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._currencies = client.kept(Currencies)

    def read(self, since: datetime | None) -> Iterator[Page[RecurringBill]]:
        try:
            for changes in Lister(self._client, RECURRING_BILLS).changed(since):
                yield Page(tuple(self._read(changes.rows)), changes.watermark)
        except NotAllowed:
            return

    def get(self, ids: Sequence[str]) -> dict[str, RecurringBill]:
        # Reference: docs/systems/billcom.md#recurring-bills
        rows = self._client.get_each({id: f"{RECURRING_BILLS.path}/{id}" for id in ids})
        return dict(zip(rows, self._read(rows.values()), strict=True))

    def _read(self, rows: Iterable[Row]) -> list[RecurringBill]:
        listed = list(rows)
        known = self._currencies.of(words(row.get("vendorId")) for row in listed)
        return [recurring_bill(row, known.get(words(row.get("vendorId")), "")) for row in listed]


def recurring_bill(row: Row, currency: str) -> RecurringBill:
    """Read a schedule; its amount is that of one bill it makes."""
    schedule = row.get("schedule") or {}
    lines = row.get("recurringBillLineItems") or ()
    next_due, ends = schedule.get("nextDueDate"), schedule.get("endDate")
    return RecurringBill(
        id=words(row["id"]),
        archived=bool(row.get("archived")),
        changed_at=moment(row.get("updatedTime")),
        vendor_id=words(row.get("vendorId")),
        vendor_name=words(row.get("vendorName")),
        description=words(row.get("description")),
        amount=sum((line_amount(line) for line in lines), Decimal(0)),
        currency=currency,
        period=_period(schedule),
        next_due=day(next_due) if next_due else None,
        ends=day(ends) if ends else None,
    )


def _period(schedule: Row) -> str:
    word = words(schedule.get("period"))
    unit, times = PERIODS.get(word, ""), words(schedule.get("frequency"))
    if not unit:
        return "" if word == "NONE" else word.lower()
    return f"every {unit}" if times in ("", "0", "1") else f"every {times} {unit}s"
