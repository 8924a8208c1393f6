"""What makes a bill acceptable, and its sums.

Reference: docs/systems/billcom.md#7-bills
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.billcom import credits
from sandbox.billcom.access import Switches
from sandbox.billcom.errors import business, invalid
from sandbox.billcom.shapes import Day, Flag, ListOf, Number, Record, Text
from sandbox.billcom.store import Books, name_of
from sandbox.billcom.values import cents

MOST_IN_BULK = 100
LONGEST_NUMBER = 21
HEADER_KINDS = {
    "chartOfAccountId": "chart-of-accounts",
    "accountingClassId": "accounting-classes",
    "departmentId": "departments",
    "locationId": "locations",
    "itemId": "items",
}
LINE_KINDS = {**HEADER_KINDS, "employeeId": "employees", "jobId": "jobs"}
LINE = {
    "amount": Number(),
    "quantity": Number(),
    "price": Number(),
    "description": Text(longest=4000),
    "classifications": Record(fields={name: Text() for name in (*LINE_KINDS, "customerId")}),
}
INVOICE = {
    "invoiceNumber": Text(required=True, longest=LONGEST_NUMBER),
    "invoiceDate": Day(required=True),
}
HEADER = {
    "vendorId": Text(required=True),
    "dueDate": Day(required=True),
    "description": Text(longest=4000),
    "invoice": Record(required=True, fields=INVOICE),
    "purchaseOrderNumber": Text(),
    "payFromChartOfAccountId": Text(),
    "paymentTermId": Text(),
    "classifications": Record(fields={name: Text() for name in HEADER_KINDS}),
    "vendorCredits": ListOf(
        of=Record(fields={"id": Text(required=True), "amount": Number(required=True)})
    ),
}
BILL = Record(
    fields={
        **HEADER,
        "billLineItems": ListOf(required=True, least=1, of=Record(fields=LINE)),
        # Sent by one live client to get past the check for repeated numbers.
        "allowDuplicateInvoiceNumber": Flag(),
    }
)
REPLACEMENT = Record(
    fields={
        **HEADER,
        "billLineItems": ListOf(required=True, least=1, of=Record(fields={"id": Text(), **LINE})),
    }
)
OPTIONAL = tuple(name for name, shape in HEADER.items() if not shape.required)
PATCH = Record(
    fields={
        **Record(fields=HEADER).as_patch().fields,
        "billLineItems": ListOf(least=1, of=Record(fields={"id": Text(required=True), **LINE})),
    }
)


def line_amount(line: Mapping[str, Any], position: int) -> Decimal:
    """Return the amount of a line, given or quantity times price; both must agree."""
    path = f"billLineItems[{position}]"
    amount, quantity, price = (line.get(key) for key in ("amount", "quantity", "price"))
    given = None if amount is None else cents(Decimal(amount))
    if quantity is None or price is None:
        if given is None:
            raise invalid(f"{path}.amount: must not be null")
        return given
    product = cents(Decimal(quantity) * Decimal(price))
    if given is not None and given != product:
        # Not documented; a silent choice between the two would be worse.
        raise invalid(f"{path}.amount: does not equal quantity times price")
    return product


def check_total(lines: list[dict[str, Any]]) -> Decimal:
    """Return the sum of the lines. Negative lines are fine, a negative bill is not."""
    total: Decimal = sum((line["amount"] for line in lines), Decimal(0))
    if total < 0:
        raise invalid("billLineItems: the total of a bill must not be negative")
    return total


def check_references(books: Books, wanted: Mapping[str, Any], switches: Switches) -> None:
    """Every id must exist, and be in use unless the organisation does not care."""
    if wanted.get("vendorId"):
        _usable(books, "vendors", wanted["vendorId"], switches)
    if wanted.get("payFromChartOfAccountId"):
        _usable(books, "chart-of-accounts", wanted["payFromChartOfAccountId"], switches)
    coded = [wanted.get("classifications")]
    coded += [line.get("classifications") for line in wanted.get("billLineItems") or []]
    for classifications in coded:
        for name, kind in LINE_KINDS.items():
            given = (classifications or {}).get(name)
            if given:
                _usable(books, kind, given, switches)


def _usable(books: Books, kind: str, id: str, switches: Switches) -> None:
    record = books.get(kind, id)
    if record["archived"] and switches.archived_references == "refuse":
        raise business("BDC_1143", f"The {name_of(kind)} {id} is archived.")


def check_credits(
    books: Books, wanted: Mapping[str, Any], bill: Mapping[str, Any], total: Decimal
) -> None:
    """The credits a bill is to use must be there; `bill` is what it was so far, if anything."""
    used, before = credits.read(wanted.get("vendorCredits")), bill.get("vendorCredits")
    vendor_id = wanted.get("vendorId") or bill["vendorId"]
    credits.check(books, vendor_id, used, freed=credits.read(before))
    if sum((row["amount"] for row in used), Decimal(0)) > total:
        raise invalid("vendorCredits: more than the bill")


def number_key(bill: Mapping[str, Any]) -> tuple[str, str]:
    return (bill["vendorId"], bill["invoice"]["invoiceNumber"])


def numbers_taken(books: Books) -> set[tuple[str, str]]:
    return {number_key(bill) for bill in books.rows("bills") if not bill["archived"]}


def check_number(
    wanted: Mapping[str, Any], taken: set[tuple[str, str]], switches: Switches
) -> None:
    """Refuse a number the vendor's bills already use, if the organisation wants that."""
    if switches.duplicate_invoice_numbers == "allow" or wanted.get("allowDuplicateInvoiceNumber"):
        return
    if number_key(wanted) in taken:
        number = wanted["invoice"]["invoiceNumber"]
        raise business("BDC_1171", f"Invoice number {number} is already used for this vendor.")


def check_changeable(bill: Mapping[str, Any]) -> None:
    # The code is a guess: only that such a change is refused is likely.
    if bill["paidAmount"] or bill["scheduledAmount"]:
        raise business("BDC_1143", "The bill cannot be changed: a payment is scheduled or made.")
