"""Cancelling and voiding payments.

Reference: docs/systems/billcom.md#9-payments-money-out
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sandbox.billcom import credits, paying, sums
from sandbox.billcom.errors import business
from sandbox.billcom.paying import Part, Terms
from sandbox.billcom.statuses import STEPS
from sandbox.billcom.store import Books
from sandbox.billcom.values import to_ms

Row = dict[str, Any]
VOID_TYPES = ("VOID_ONLY", "VOID_AND_REISSUE", "VOID_AND_REISSUE_VCARD", "VOID_AND_CREDIT")
REISSUES = ("VOID_AND_REISSUE", "VOID_AND_REISSUE_VCARD")


def cancel(books: Books, payment: Row, now: datetime) -> None:
    """Call off a payment nobody has begun to fund."""
    if payment.get("singleStatus") != "SCHEDULED" or not payment["onlinePayment"]:
        raise business("BDC_1143", "Only a scheduled payment can be cancelled.")
    payment["cancelRequestSubmitted"] = True
    paying.step(books, payment, "CANCELED", now)


def request_void(books: Books, payment: Row, type: str, reason: str, by: str, now: datetime) -> Row:
    """Ask for a payment to be voided. One made outside BILL is voided at once."""
    online = payment["onlinePayment"]
    possible = "VOID_PENDING" in STEPS[payment["singleStatus"]] if online else _live(payment)
    if not possible or (not online and type != "VOID_ONLY"):
        raise business("BDC_1143", "The payment cannot be voided.")
    is_card = payment["disbursementType"] == "VIRTUAL_CARD"
    if type in REISSUES and (type == "VOID_AND_REISSUE_VCARD") != is_card:
        raise business("BDC_1143", f"A payment by {payment['disbursementType']} has no {type}.")
    moment = to_ms(now)
    wish: Row = {"id": books.new_id("voids"), "requestedBy": by, "type": type, "reason": reason}
    wish |= {"status": "TO_BE_PROCESSED", "createdTime": moment, "updatedTime": moment}
    payment["voidInfo"].append(wish)
    if online:
        paying.step(books, payment, "VOID_PENDING", now)
    else:
        _void_outside(books, payment, now)
    return wish


def _live(payment: Row) -> bool:
    return bool(payment["status"] != "VOID")


def _void_outside(books: Books, payment: Row, now: datetime) -> None:
    payment["status"] = "VOID"
    _close_wish(payment, "ACCEPTED", now)
    books.touch(payment, now)
    credits.settle(books, now)
    sums.settle(books, paying.bills_of(payment), now)


def step(books: Books, payment: Row, to: str, now: datetime) -> Row | None:
    """Move a payment along; answer a request to void, and pay again if that was asked for."""
    waiting = payment.get("singleStatus") == "VOID_PENDING"
    if to == "VOID_PENDING" and "VOID_PENDING" in STEPS.get(payment.get("singleStatus") or "", ()):
        request_void(books, payment, "VOID_ONLY", "", payment["createdBy"], now)
        return None
    paying.step(books, payment, to, now)
    if not waiting or not payment["voidInfo"]:
        return None
    _close_wish(payment, "ACCEPTED" if to == "VOIDED" else "REJECTED", now)
    if to == "VOIDED" and payment["voidInfo"][-1]["type"] in REISSUES:
        return _reissue(books, payment, now)
    return None


def _close_wish(payment: Row, status: str, now: datetime) -> None:
    payment["voidInfo"][-1] |= {"status": status, "updatedTime": to_ms(now)}


def _reissue(books: Books, payment: Row, now: datetime) -> Row:
    """Make the same payment once more, under an id of its own."""
    parts = [
        Part(books.get("bills", part["billId"]), part["amount"], part["vendorCredits"])
        for part in payment["billPayments"]
    ]
    day: date = max(now.date(), payment["processDate"])
    terms = Terms(day=day, created_by=payment["createdBy"], type=payment["disbursementType"])
    return paying.pay(books, payment["vendorId"], parts, terms, now)
