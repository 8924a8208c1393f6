"""Vendors of BILL.

Reference: docs/systems/billcom.md#vendors
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from connections.matching import compare_vendors, match_vendor
from connections.records import Record, Vendor
from connections.resource import Can, Created, Demands, Match, Outcome, Page, Refused, Resource
from connections.systems.billcom.bulk import blame, rows_in_order
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import Refusal, named
from connections.systems.billcom.lists import VENDORS, Lister
from connections.systems.billcom.values import Row, words
from connections.systems.billcom.vendor_shape import changed_fields, vendor_body, vendor_from

# A second look within one run asks for what changed since the first, and a little before.
OVERLAP = timedelta(minutes=10)


class Vendors(Resource[Vendor]):
    """Vendors: read, found, created, changed, archived and restored."""

    record: ClassVar[type[Record]] = Vendor
    can: ClassVar[Can] = Can.READ | Can.FIND | Can.CREATE | Can.UPDATE | Can.CANCEL | Can.RESTORE
    batch_size: ClassVar[int] = 20
    demands: ClassVar[Demands] = Demands(
        needs={
            "address.line1": "street",
            "address.city": "city",
            "address.postal_code": "postal code",
            "address.country": "country",
        }
    )

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._known = client.kept(KnownVendors)

    def read(self, since: datetime | None) -> Iterator[Page[Vendor]]:
        for changes in Lister(self._client, VENDORS).changed(since):
            yield Page(tuple(map(self._read, changes.rows)), changes.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, Vendor]:
        # Reference: docs/systems/billcom.md#vendors
        rows = self._client.get_each({id: f"{VENDORS.path}/{id}" for id in ids})
        return {id: self._read(row) for id, row in rows.items()}

    def find(self, records: Sequence[Vendor]) -> list[Match]:
        """Compare with every vendor of BILL.

        Names differ in ways no filter of BILL can follow, so the first look reads all, later ones
        what changed since. Rows of a list may lack the tax id: whoever looks alike is read whole.
        """
        self._known.look(self.read)
        alike = self._known.like(records)
        self._known.vendors |= self.get(sorted(alike)) if alike else {}
        return [match_vendor(wanted, self._known.vendors.values()) for wanted in records]

    def create(self, records: Sequence[Vendor]) -> list[Outcome[Vendor]]:
        option = self._client.options.vendor_reference
        bodies = [vendor_body(vendor, option) for vendor in records]
        try:
            rows = self._create(bodies)
        except Refusal as refusal:
            names = [_called(vendor) for vendor in records]
            if len(records) == 1:
                return [Refused(named(refusal, names[0], links_duplicates=False))]
            return blame(refusal, bodies, names, links_duplicates=False)
        return [Created(words(row["id"]), self._read(row)) for row in rows]

    def update(self, id: str, record: Vendor) -> Vendor:
        """Change the fields the ERP owns (R14): never bank details, never the reference."""
        # Reference: docs/systems/billcom.md#vendors
        held = self._client.get(f"{VENDORS.path}/{id}")
        changes = changed_fields(record, held)
        if not changes:
            return self._read(held)
        try:
            # Reference: docs/systems/billcom.md#change-a-vendor
            return self._read(self._client.patch(f"{VENDORS.path}/{id}", changes))
        except Refusal as refusal:
            raise named(refusal, _called(record), links_duplicates=False) from None

    def cancel(self, id: str, reason: str, *, on: date | None = None) -> None:
        # Reference: docs/systems/billcom.md#archive
        self._client.switch(f"{VENDORS.path}/{id}/archive")

    def restore(self, id: str) -> None:
        # Reference: docs/systems/billcom.md#archive
        self._client.switch(f"{VENDORS.path}/{id}/restore")

    # How ------------------------------------------------------------------------------------

    def _create(self, bodies: list[Row]) -> list[Row]:
        if len(bodies) == 1:
            # Reference: docs/systems/billcom.md#create-a-vendor. One alone gets clearer refusals.
            made: Any = [self._client.post(VENDORS.path, bodies[0])]
        else:
            # Reference: docs/systems/billcom.md#bulk
            made = self._client.post(f"{VENDORS.path}/bulk", bodies)
        return rows_in_order(bodies, made, "vendors", lambda row: row.get("name"))

    def _read(self, row: Row) -> Vendor:
        options = self._client.options
        vendor = vendor_from(row, options.vendor_reference)
        return replace(vendor, currency=vendor.currency or options.home_currency)


class KnownVendors:
    """Every vendor of BILL, as of the last look."""

    def __init__(self, client: BillcomClient) -> None:
        self.vendors: dict[str, Vendor] = {}
        self._until: datetime | None = None

    def look(self, read: Callable[[datetime | None], Iterator[Page[Vendor]]]) -> None:
        """Bring what we know up to now."""
        for page in read(self._until - OVERLAP if self._until else None):
            self.vendors |= {vendor.id: vendor for vendor in page.records}
            self._until = page.watermark or self._until

    def like(self, wanted: Sequence[Vendor]) -> set[str]:
        """Return the ids of those in which a person would see something alike."""
        return {
            id
            for id, known in self.vendors.items()
            if any(compare_vendors(vendor, known).why for vendor in wanted)
        }


def _called(vendor: Vendor) -> str:
    return f"vendor {vendor.name}"
