"""Bills of BILL.

Reference: docs/systems/billcom.md#bills
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from connections.errors import DataError, Rejected, UnknownOutcome
from connections.matching import match_bill
from connections.records import Bill, Document, Record
from connections.resource import Can, Created, Demands, Match, Outcome, Page, Refused, Resource
from connections.systems.billcom.bill_search import BillSearch
from connections.systems.billcom.bill_shape import bill_body, bill_from, replacement_body
from connections.systems.billcom.bulk import blame, rows_in_order
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.currencies import Currencies
from connections.systems.billcom.documents import MOST_BYTES, Documents
from connections.systems.billcom.errors import Refusal, named
from connections.systems.billcom.lists import BILLS, Lister
from connections.systems.billcom.users import Users
from connections.systems.billcom.values import Row, words
from connections.systems.billcom.values import amount as amount_of

LONGEST_NUMBER = 21


class Bills(Resource[Bill]):
    """Bills: read, found, created, replaced, archived, restored, with documents attached."""

    record: ClassVar[type[Record]] = Bill
    can: ClassVar[Can] = (
        Can.READ
        | Can.FIND
        | Can.CREATE
        | Can.UPDATE
        | Can.CANCEL
        | Can.RESTORE
        | Can.SETTLE
        | Can.ATTACH
    )
    batch_size: ClassVar[int] = 100
    demands: ClassVar[Demands] = Demands(number_length=LONGEST_NUMBER, document_bytes=MOST_BYTES)

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._currencies = client.kept(Currencies)
        self._users = client.kept(Users)
        self._documents = Documents(client)

    def read(self, since: datetime | None) -> Iterator[Page[Bill]]:
        for changes in Lister(self._client, BILLS).changed(since):
            yield Page(tuple(self._read(changes.rows)), changes.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, Bill]:
        # Reference: docs/systems/billcom.md#bills. Approvers are told only when asked for.
        paths = {id: f"{BILLS.path}/{id}" for id in ids}
        rows = self._client.get_each(paths, billApprovals="true")
        bills = zip(rows.items(), self._read(rows.values()), strict=True)
        return {
            id: replace(bill, approvers=self._users.approvers(row)) for (id, row), bill in bills
        }

    def find(self, records: Sequence[Bill]) -> list[Match]:
        found = BillSearch(self._client).bills_near(records)
        held = {vendor: self._read(rows) for vendor, rows in found.items()}
        return [match_bill(wanted, held.get(wanted.vendor_id, ())) for wanted in records]

    def create(self, records: Sequence[Bill]) -> list[Outcome[Bill]]:
        quantities = self._client.options.sends_quantities
        bodies = [bill_body(bill, quantities=quantities) for bill in records]
        links = self._client.options.links_duplicates
        # Asked before, because nothing may fail once the bills are written.
        self._currencies.of(bill.vendor_id for bill in records)
        try:
            rows = self._create(bodies)
        except Refusal as refusal:
            names = [_called(bill) for bill in records]
            if len(records) == 1:
                return [Refused(named(refusal, names[0], links_duplicates=links))]
            return blame(refusal, bodies, names, links_duplicates=links)
        pairs = zip(records, rows, strict=True)
        return [Created(words(row["id"]), self._answered(row, bill)) for bill, row in pairs]

    def update(self, id: str, record: Bill) -> Bill:
        """Replace a bill, all lines included. Whether it may be replaced is the engine's to say."""
        # Reference: docs/systems/billcom.md#replace-a-bill
        held = self._client.get(f"{BILLS.path}/{id}")
        self._currencies.of([record.vendor_id])
        if amount_of(held.get("creditAmount")):
            raise Rejected(
                f"{_called(record).capitalize()} has a vendor credit applied in BILL, which "
                "replacing it would take off. Change the bill in BILL itself.",
                code="CREDIT_APPLIED",
            )
        try:
            # Reference: docs/systems/billcom.md#replace-a-bill
            quantities = self._client.options.sends_quantities
            body = replacement_body(record, held, quantities=quantities)
            row = self._client.put(f"{BILLS.path}/{id}", body)
        except Refusal as refusal:
            raise named(refusal, _called(record), links_duplicates=False) from None
        return self._answered(row, record)

    def cancel(self, id: str, reason: str, *, on: date | None = None) -> None:
        # Reference: docs/systems/billcom.md#archive
        self._client.switch(f"{BILLS.path}/{id}/archive")

    def restore(self, id: str) -> None:
        # Reference: docs/systems/billcom.md#archive
        self._client.switch(f"{BILLS.path}/{id}/restore")

    def settle(self, id: str, amount: Decimal, on: date) -> str:
        """Record what was paid outside BILL; no money moves and no second factor is asked for."""
        # Reference: docs/systems/billcom.md#record-an-outside-payment
        held = self._client.get(f"{BILLS.path}/{id}")
        body = {
            "vendorId": words(held.get("vendorId")),
            "processDate": on.isoformat(),
            "toPrintCheck": False,
            "payments": [{"billId": id, "amount": amount}],
        }
        try:
            # Reference: docs/systems/billcom.md#record-an-outside-payment
            made = self._client.post(f"{BILLS.path}/record-payment", body)
        except Refusal as refusal:
            number = words((held.get("invoice") or {}).get("invoiceNumber"))
            what = f"the payment of bill {number}"
            raise named(refusal, what, links_duplicates=False) from None
        if not isinstance(made, dict) or not made.get("id"):
            raise UnknownOutcome("BILL took the payment, but its answer does not name it.")
        return words(made["id"])

    def attach(self, id: str, document: Document, content: bytes) -> str:
        if len(content) > MOST_BYTES:
            raise DataError(
                f"The document {document.name} is larger than the 6 MB BILL takes. The bill itself "
                "is not affected; attach a smaller copy in BILL."
            )
        return self._documents.attach(id, document, content)

    # How ------------------------------------------------------------------------------------

    def _create(self, bodies: list[Row]) -> list[Row]:
        if len(bodies) == 1:
            # Reference: docs/systems/billcom.md#create-a-bill. One alone gets clearer refusals.
            made: Any = [self._client.post(BILLS.path, bodies[0])]
        else:
            # Reference: docs/systems/billcom.md#bulk
            made = self._client.post(f"{BILLS.path}/bulk", bodies)
        return rows_in_order(bodies, made, "bills", _identity)

    def _read(self, rows: Iterable[Row]) -> list[Bill]:
        listed = list(rows)
        currencies = self._currencies.of(words(row.get("vendorId")) for row in listed)
        return [bill_from(row, currencies.get(words(row.get("vendorId")), "")) for row in listed]

    def _answered(self, row: Row, sent: Bill) -> Bill:
        """Read the answer to a write, which leaves the vendor's name out. Calls nobody."""
        bill = bill_from(row, self._currencies.known(sent.vendor_id))
        return replace(bill, vendor_name=bill.vendor_name or sent.vendor_name)


def _identity(row: Row) -> tuple[Any, Any]:
    return row.get("vendorId"), (row.get("invoice") or {}).get("invoiceNumber")


def _called(bill: Bill) -> str:
    return f"bill {bill.number}" + (f" from {bill.vendor_name}" if bill.vendor_name else "")
