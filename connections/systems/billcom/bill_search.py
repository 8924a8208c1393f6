"""Looking for bills that may be the same debt, asked of BILL now.

Reference: docs/systems/billcom.md#finding-a-bill
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from connections.errors import SyncError
from connections.matching import POSSIBLE_DUPLICATE_WITHIN
from connections.records import Bill
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import Refusal
from connections.systems.billcom.lists import (
    BILLS,
    NEWEST_FIRST,
    Clause,
    Lister,
    can_filter,
    rows_of,
)
from connections.systems.billcom.values import Row

# Somebody may have typed the same bill with other terms: due at once, or in four months.
LONGEST_TERMS = timedelta(days=120)


class BillSearch:
    """Finds the bills of some vendors that are worth comparing."""

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._list = Lister(client, BILLS)

    def bills_near(self, wanted: Sequence[Bill]) -> dict[str, list[Row]]:
        """Return, by vendor, every bill with a wanted number or a total that could be the same.

        One page holds all bills of most vendors; then nothing depends on what else BILL can filter.
        """
        vendors = list(dict.fromkeys(bill.vendor_id for bill in wanted))
        asked = [Clause("vendorId", "eq", vendor) for vendor in vendors]
        calls = [self._list.first(clause, sort=NEWEST_FIRST) for clause in asked]
        found: dict[str, list[Row]] = {}
        # Reference: docs/systems/billcom.md#finding-a-bill
        for vendor, answer in zip(vendors, self._client.calls(calls), strict=True):
            if isinstance(answer, SyncError):
                raise answer
            rows = rows_of(answer)
            if answer.get("nextPage"):
                rows = self._closer([bill for bill in wanted if bill.vendor_id == vendor])
            found[vendor] = rows
        return found

    def _closer(self, wanted: Sequence[Bill]) -> list[Row]:
        """Search a vendor with many bills: by number, and by the days such a bill may fall due."""
        vendor = Clause("vendorId", "eq", wanted[0].vendor_id)
        numbers = list(dict.fromkeys(bill.number for bill in wanted))
        if self._number_filter_refused or not all(can_filter(number) for number in numbers):
            return list(self._list.rows(vendor))
        try:
            found = self._by_number(vendor, numbers)
        except Refusal as refusal:
            if refusal.status != 400:
                raise
            self._client.refused.add((BILLS.path, "invoiceNumber"))
            return list(self._list.rows(vendor))
        return list({row["id"]: row for row in [*found, *self._in_window(vendor, wanted)]}.values())

    def _by_number(self, vendor: Clause, numbers: Sequence[str]) -> list[Row]:
        by_number = [Clause("invoice.invoiceNumber", "eq", number) for number in numbers]
        calls = [self._list.first(vendor, clause) for clause in by_number]
        found: list[Row] = []
        # Reference: docs/systems/billcom.md#finding-a-bill
        for answer in self._client.calls(calls):
            if isinstance(answer, SyncError):
                raise answer
            found += rows_of(answer)
        return found

    def _in_window(self, vendor: Clause, wanted: Sequence[Bill]) -> list[Row]:
        earliest = min(bill.bill_date for bill in wanted) - POSSIBLE_DUPLICATE_WITHIN
        latest = max(max(bill.due_date, bill.bill_date + LONGEST_TERMS) for bill in wanted)
        return list(
            self._list.rows(
                vendor,
                Clause("dueDate", "gte", earliest),
                Clause("dueDate", "lte", latest + POSSIBLE_DUPLICATE_WITHIN),
            )
        )

    @property
    def _number_filter_refused(self) -> bool:
        return (BILLS.path, "invoiceNumber") in self._client.refused
