"""What a person does with bills and vendor credits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.billcom import approvals, credits, person_payments, sums
from sandbox.billcom.person_vendors import Action, archiving
from sandbox.billcom.store import Books

Row = dict[str, Any]


def _start_approval(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    approver = wanted.get("userId") or person_payments.approver(books)
    approvals.ask(books, bill, wanted.get("userIds") or [approver], now)


def _approve(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    if not bill["approvers"]:
        _start_approval(books, bill, wanted, now)
    waiting = [a["userId"] for a in bill["approvers"] if a["status"] != "APPROVED"]
    for user in [wanted["userId"]] if wanted.get("userId") else waiting:
        approvals.decide(books, bill, user, now, approved=True)


def _deny(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    if not bill["approvers"]:
        _start_approval(books, bill, wanted, now)
    user = wanted.get("userId") or bill["approvers"][0]["userId"]
    approvals.decide(books, bill, user, now, approved=False)


def _edit(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    """Change anything, as a person with all rights could; amounts follow the lines."""
    for name, value in wanted.items():
        if name == "billLineItems":
            value = [
                {**line, "id": line.get("id") or books.new_id("lines"), "amount": _exact(line)}
                for line in value
            ]
        elif name == "dueDate":
            value = date.fromisoformat(value)
        elif name == "vendorCredits":
            value = credits.read(value)
        bill[name] = bill[name] | value if isinstance(value, dict) and name in bill else value
    credits.settle(books, now)
    sums.settle_sums(books, bill)
    books.touch(bill, now)


def _exact(line: dict[str, Any]) -> Decimal:
    return Decimal(str(line["amount"]))


def _apply_credit(books: Books, credit: Row, wanted: dict[str, Any], now: datetime) -> None:
    bill = books.get("bills", wanted.get("billId") or "")
    amount = wanted.get("amount")
    credits.apply(books, credit, bill, None if amount is None else Decimal(str(amount)))
    credits.settle(books, now)
    sums.settle(books, [bill["id"]], now)


ACTIONS: Mapping[str, Action] = {
    "start-approval": _start_approval,
    "approve": _approve,
    "deny": _deny,
    "schedule": person_payments.schedule,
    "pay": person_payments.pay_bill,
    "archive": archiving("bills", archived=True),
    "restore": archiving("bills", archived=False),
    "edit": _edit,
}
CREDIT_ACTIONS: Mapping[str, Action] = {
    "apply": _apply_credit,
    "archive": archiving("vendor-credits", archived=True),
}
