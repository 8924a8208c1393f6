"""What a person and the banks do with payments.

A person is trusted: nothing here asks for a second factor or for an approval.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.billcom import credits, paying, undoing
from sandbox.billcom.errors import business, invalid
from sandbox.billcom.paying import OFFLINE, WAYS, Part, Terms
from sandbox.billcom.person_vendors import Action
from sandbox.billcom.statuses import END, STEPS
from sandbox.billcom.store import Books
from sandbox.billcom.sums import payable
from sandbox.billcom.values import cents

Row = dict[str, Any]
FAILURES = (
    "DISBURSEMENT_FAILED_ACTION_NEEDED",
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED",
    "FUNDING_FAILED_ACTION_NEEDED",
)
HOLDS = ("FUNDING_ON_HOLD", "DISBURSEMENT_ON_HOLD")


def approver(books: Books) -> str:
    return next(
        str(user["id"]) for user in books.rows("users") if user["role"]["type"] == "APPROVER"
    )


def pay_several(books: Books, wanted: dict[str, Any], now: datetime) -> list[Row]:
    """Pay bills, each whole or in part: one payment per vendor.

    {"bills": [{"id", "amount"?, "vendorCredits"?}], "processDate"?, "type"?, "clear"?}
    """
    groups: dict[str, list[Part]] = {}
    for row in wanted["bills"]:
        part = _part(books, row)
        groups.setdefault(part.bill["vendorId"], []).append(part)
    terms = _terms(books, wanted, now)
    for vendor_id, parts in groups.items():
        paying.check(books, vendor_id, parts)
    made = [paying.pay(books, id, parts, terms, now) for id, parts in groups.items()]
    if wanted.get("clear") and terms.type != OFFLINE:
        for payment in made:
            paying.clear(books, payment, now)
    return made


def _part(books: Books, row: Mapping[str, Any]) -> Part:
    bill, used = books.get("bills", str(row["id"])), credits.read(row.get("vendorCredits"))
    credit = sum((part["amount"] for part in used), Decimal(0))
    given = row.get("amount")
    return Part(bill, payable(bill) - credit if given in (None, "") else _amount(given), used)


def _amount(given: Any) -> Decimal:
    try:
        return cents(Decimal(str(given).replace(",", "")))
    except InvalidOperation:
        raise invalid("amount: must be a number") from None


def _terms(books: Books, wanted: Mapping[str, Any], now: datetime) -> Terms:
    kind = wanted.get("type")
    if kind not in (None, OFFLINE, *WAYS):
        raise invalid(f"type: {kind} is not an accepted value")
    day = date.fromisoformat(wanted["processDate"]) if "processDate" in wanted else now.date()
    return Terms(
        day=day,
        created_by=approver(books),
        type=kind,
        description=wanted.get("description"),
        number=wanted.get("transactionNumber"),
    )


def schedule(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    pay_several(books, {**wanted, "bills": [{**wanted, "id": bill["id"]}]}, now)


def pay_bill(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    """Let what is scheduled arrive; schedule it first if nothing is, or an amount is named."""
    if not bill["scheduledAmount"] or wanted.get("amount"):
        schedule(books, bill, wanted, now)
    for payment in books.rows("payments"):
        if payment.get("singleStatus") == "SCHEDULED" and bill["id"] in paying.bills_of(payment):
            paying.clear(books, payment, now)


def _step(books: Books, payment: Row, wanted: dict[str, Any], now: datetime) -> None:
    to = str(wanted.get("to", "advance"))
    at = str(payment.get("singleStatus"))
    if to == "advance":
        if not STEPS.get(at) or at == END:
            raise business("BDC_1143", f"A payment that is {at} goes no further.")
        to = STEPS[at][0]
    undoing.step(books, payment, to, now)


def _cancel(books: Books, payment: Row, wanted: dict[str, Any], now: datetime) -> None:
    undoing.cancel(books, payment, now)


def _void(books: Books, payment: Row, wanted: dict[str, Any], now: datetime) -> None:
    """Ask for it, and let it happen unless {"pending": true}."""
    kind, reason = wanted.get("type", "VOID_ONLY"), wanted.get("reason", "")
    if kind not in undoing.VOID_TYPES:
        raise invalid(f"type: {kind} is not an accepted value")
    if payment.get("singleStatus") != "VOID_PENDING":
        undoing.request_void(books, payment, kind, reason, approver(books), now)
    if payment["onlinePayment"] and not wanted.get("pending"):
        undoing.step(books, payment, "VOIDED", now)


def _fail(books: Books, payment: Row, wanted: dict[str, Any], now: datetime) -> None:
    """Fail as {"to": …} says, or in the way that fits where the payment is."""
    _first_possible(books, payment, wanted, FAILURES, now)


def _hold(books: Books, payment: Row, wanted: dict[str, Any], now: datetime) -> None:
    _first_possible(books, payment, wanted, HOLDS, now)


def _first_possible(
    books: Books, payment: Row, wanted: dict[str, Any], choice: tuple[str, ...], now: datetime
) -> None:
    possible = STEPS.get(str(payment.get("singleStatus")), ())
    to = wanted.get("to") or next((to for to in choice if to in possible), "")
    if to not in choice:
        at = payment.get("singleStatus") or payment["status"]
        raise business("BDC_1143", f"A payment that is {at} cannot do that.")
    undoing.step(books, payment, to, now)


def _clear(books: Books, payment: Row, wanted: dict[str, Any], now: datetime) -> None:
    paying.clear(books, payment, now)


ACTIONS: Mapping[str, Action] = {
    "step": _step,
    "cancel": _cancel,
    "void": _void,
    "fail": _fail,
    "hold": _hold,
    "clear": _clear,
}
