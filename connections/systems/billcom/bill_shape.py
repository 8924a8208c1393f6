"""A bill as BILL writes it, and back; the one table of its states."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from connections.errors import Unsupported
from connections.records import (
    Approval,
    Approver,
    Bill,
    DimensionKind,
    DimensionRef,
    Line,
    Settlement,
)
from connections.systems.billcom.values import (
    Row,
    amount,
    cut,
    day,
    moment,
    optional_amount,
    without_blanks,
    words,
)

# Reference: docs/systems/billcom.md#states-of-a-bill
APPROVALS: Mapping[str, Approval] = {
    "": Approval.NONE,
    "UNASSIGNED": Approval.NONE,
    "ASSIGNED": Approval.NONE,
    "APPROVING": Approval.STARTED,
    "APPROVED": Approval.APPROVED,
    "DENIED": Approval.DENIED,
}
SETTLEMENTS: Mapping[str, Settlement] = {
    "UNPAID": Settlement.OPEN,
    "SCHEDULED": Settlement.SCHEDULED,
    "IN_PROCESS": Settlement.IN_FLIGHT,
    "PARTIALLY_PAID": Settlement.PARTLY_PAID,
    "PARTIAL_PAYMENT": Settlement.PARTLY_PAID,
    "PAID": Settlement.PAID,
}
DIMENSION_FIELDS: Mapping[DimensionKind, str] = {
    DimensionKind.DEPARTMENT: "departmentId",
    DimensionKind.LOCATION: "locationId",
    DimensionKind.ACCOUNTING_CLASS: "accountingClassId",
    DimensionKind.JOB: "jobId",
}
OUR_CODING = frozenset({"chartOfAccountId", *DIMENSION_FIELDS.values()})
# What a replaced bill must be sent again, or BILL forgets it.
KEPT_BY_REPLACING = (
    "payFromChartOfAccountId",
    "classifications",
    "paymentTermId",
    "description",
    "purchaseOrderNumber",
)


def bill_from(row: Row, currency: str, approvers: tuple[Approver, ...] = ()) -> Bill:
    """Read a bill; its currency is the vendor's. A row of a list may lack lines and approvers."""
    invoice = row.get("invoice") or {}
    made = row.get("createdTime")
    return Bill(
        id=words(row["id"]),
        archived=bool(row.get("archived")),
        changed_at=moment(row.get("updatedTime")),
        number=words(invoice.get("invoiceNumber")),
        vendor_id=words(row.get("vendorId")),
        vendor_name=words(row.get("vendorName")),
        bill_date=day(invoice.get("invoiceDate") or row.get("dueDate") or made),
        due_date=day(row.get("dueDate") or invoice.get("invoiceDate") or made),
        currency=currency,
        total=amount(row.get("amount")),
        lines=tuple(_line_from(line) for line in row.get("billLineItems") or ()),
        description=words(row.get("description")),
        purchase_order_number=words(row.get("purchaseOrderNumber")),
        approval=approval_of(row),
        approvers=approvers,
        settlement=settlement_of(row),
        paid=amount(row.get("paidAmount")),
    )


def approval_of(row: Row) -> Approval:
    """Say how far approval is. One approver's yes is a start, and so is an unknown word (R5)."""
    approval = APPROVALS.get(words(row.get("approvalStatus")), Approval.STARTED)
    said_yes = any(a.get("status") == "APPROVED" for a in row.get("approvers") or ())
    return Approval.STARTED if approval is Approval.NONE and said_yes else approval


def settlement_of(row: Row) -> Settlement:
    """Say how far a bill is paid; scheduled money counts even where the status lags behind."""
    settlement = SETTLEMENTS.get(words(row.get("paymentStatus")), Settlement.UNKNOWN)
    still_open = settlement in (Settlement.OPEN, Settlement.PARTLY_PAID)
    if still_open and amount(row.get("scheduledAmount")) > 0:
        return Settlement.SCHEDULED
    if settlement is Settlement.OPEN and amount(row.get("paidAmount")) > 0:
        return Settlement.PARTLY_PAID
    return settlement


def bill_body(bill: Bill, *, quantities: bool = True) -> Row:
    """Return the body that creates a bill; `quantities`: send those of lines beside the amount."""
    return without_blanks(
        {
            "vendorId": bill.vendor_id,
            "dueDate": bill.due_date.isoformat(),
            "description": cut(bill.description),
            "invoice": {
                "invoiceNumber": bill.number,
                "invoiceDate": bill.bill_date.isoformat(),
            },
            "purchaseOrderNumber": bill.purchase_order_number,
            "billLineItems": [_line_body(line, quantities=quantities) for line in bill.lines],
        }
    )


def replacement_body(bill: Bill, held: Row, *, quantities: bool = True) -> Row:
    """Return the body that replaces a bill: our fields and all lines, the rest as it is there.

    A line keeps its identity, and coding we know nothing of, if ours came from it; any other is
    taken as new.
    """
    there = {words(line.get("id")): line for line in held.get("billLineItems") or ()}
    kept = {name: held[name] for name in KEPT_BY_REPLACING if held.get(name)}
    body = kept | bill_body(bill, quantities=quantities)
    for line, sent in zip(bill.lines, body["billLineItems"], strict=True):
        if line.id and line.id in there:
            coded = there[line.id].get("classifications") or {}
            foreign = {name: id for name, id in coded.items() if name not in OUR_CODING}
            sent |= {"id": line.id, "classifications": foreign | sent.get("classifications", {})}
    return body


def _line_from(row: Row) -> Line:
    coded = row.get("classifications") or {}
    dimensions = tuple(
        DimensionRef(kind=kind, id=words(coded[name]))
        for kind, name in DIMENSION_FIELDS.items()
        if coded.get(name)
    )
    return Line(
        id=words(row.get("id")),
        description=words(row.get("description")),
        amount=line_amount(row),
        quantity=optional_amount(row.get("quantity")),
        price=optional_amount(row.get("price")),
        gl_account_id=words(coded.get("chartOfAccountId")),
        dimensions=dimensions,
    )


def line_amount(row: Row) -> Decimal:
    """Return a line's amount, which may be told as quantity and price only."""
    given = optional_amount(row.get("amount"))
    if given is not None:
        return given
    return amount(row.get("quantity")) * amount(row.get("price"))


def _line_body(line: Line, *, quantities: bool) -> Row:
    """The amount is what counts (R15); quantity and price go along where they make exactly that."""
    body = {"amount": line.amount} | without_blanks(
        {"description": cut(line.description), "classifications": _coding(line)}
    )
    if quantities and line.quantity and line.price and line.quantity * line.price == line.amount:
        body |= {"quantity": line.quantity, "price": line.price}
    return body


def _coding(line: Line) -> Row:
    coded = {"chartOfAccountId": line.gl_account_id}
    for dimension in line.dimensions:
        if dimension.kind not in DIMENSION_FIELDS:
            raise Unsupported(f"BILL lines cannot be coded to a {dimension.kind}.")
        coded[DIMENSION_FIELDS[dimension.kind]] = dimension.id
    return without_blanks(coded)
