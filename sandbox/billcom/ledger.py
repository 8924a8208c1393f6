"""BILL's side of the ledger page, and its state as plain lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.billcom.call import access_of, records_of
from sandbox.billcom.documents import finish_uploads
from sandbox.billcom.store import Books
from sandbox.billcom.values import presented
from sandbox.world import World

KINDS = (
    "vendors",
    "bills",
    "payments",
    "chart-of-accounts",
    "departments",
    "documents",
    "recurringbills",
    "vendor-credits",
)
NAMES = {"chart-of-accounts": "accounts"}


def state(world: World) -> Mapping[str, Any]:
    """Return every record with the organisation it belongs to, empty fields left out."""
    shown: dict[str, Any] = {NAMES.get(kind, kind): [] for kind in KINDS}
    for books in records_of(world).all():
        finish_uploads(books, world.clock.now())
        for kind in KINDS:
            shown[NAMES.get(kind, kind)] += [
                {"organizationId": books.organization["id"], **presented(_without_content(row))}
                for row in books.rows(kind)
            ]
    access = access_of(world)
    shown["organizations"] = [books.organization for books in records_of(world).all()]
    return {**shown, "sessions": len(access.sessions), "logins": access.logins}


def _without_content(row: dict[str, Any]) -> dict[str, Any]:
    content = row.get("content")
    kept = {name: value for name, value in row.items() if name != "content"}
    return kept if content is None else {**kept, "bytes": len(content)}


def ledger(world: World) -> dict[str, Any]:
    tables = []
    many = len(records_of(world).books) > 1
    for books in records_of(world).all():
        after = f" of {books.organization['name']}" if many else ""
        for table in (_vendors(books), _bills(books), _payments(books)):
            tables.append({**table, "name": table["name"] + after})
    return {"title": "BILL", "tables": tables}


def _vendors(books: Books) -> dict[str, Any]:
    rows = [
        [v["name"], v.get("email"), v["billCurrency"], "archived" if v["archived"] else "active"]
        for v in books.rows("vendors")
    ]
    return {"name": "Vendors", "columns": ["Name", "E-mail", "Currency", "Status"], "rows": rows}


def _bills(books: Books) -> dict[str, Any]:
    names = {v["id"]: v["name"] for v in books.rows("vendors")}
    bills = books.rows("bills")
    rows = [
        [
            bill["invoice"]["invoiceNumber"],
            names[bill["vendorId"]],
            bill["dueDate"],
            f"{bill['amount']:,.2f}",
            f"{bill['dueAmount']:,.2f}",
            _words("ARCHIVED" if bill["archived"] else bill["approvalStatus"]),
            _words(bill["paymentStatus"]),
        ]
        for bill in bills
    ]
    return {
        "name": "Bills",
        "columns": ["Number", "Vendor", "Due", "Amount", "Open", "Approval", "Payment"],
        "amounts": ["Amount", "Open"],
        "rows": rows,
        "actions": [_actions(bill) for bill in bills],
    }


def _actions(bill: dict[str, Any]) -> list[dict[str, str]]:
    if bill["archived"]:
        verbs = ["restore"]
    elif bill["approvalStatus"] == "APPROVED":
        verbs = ["archive"]
    else:
        verbs = ["approve", "archive"]
    path = f"/_sandbox/billcom/bills/{bill['id']}"
    return [{"label": verb.capitalize(), "path": f"{path}/{verb}"} for verb in verbs]


def _payments(books: Books) -> dict[str, Any]:
    numbers = {b["id"]: b["invoice"]["invoiceNumber"] for b in books.rows("bills")}
    rows = [
        [
            payment["processDate"],
            payment["vendorName"],
            ", ".join(numbers[part["billId"]] for part in payment["billPayments"]),
            f"{payment['amount']:,.2f}",
            _words(payment.get("singleStatus") or payment["status"]),
        ]
        for payment in books.rows("payments")
    ]
    columns = ["Date", "Vendor", "Bills", "Amount", "Status"]
    return {"name": "Payments", "columns": columns, "amounts": ["Amount"], "rows": rows}


def _words(status: str) -> str:
    return status.replace("_", " ").lower()
