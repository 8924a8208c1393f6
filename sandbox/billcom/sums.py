"""What a bill and a vendor credit add up to, computed anew from the payments there are.

Reference: docs/systems/billcom.md#9-payments-money-out
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.billcom.statuses import MEANINGS
from sandbox.billcom.store import Books
from sandbox.billcom.values import cents

Row = dict[str, Any]
NOTHING = Decimal(0)
# What a vendor credit or a payment may change on a bill.
SETTLED = ("paidAmount", "scheduledAmount", "creditAmount", "dueAmount", "paymentStatus")


def counts(payment: Mapping[str, Any]) -> str:
    """Say where the payment's money stands: scheduled, moving, paid or nowhere."""
    if not payment["onlinePayment"]:
        return "nowhere" if payment["status"] == "VOID" else "paid"
    return MEANINGS[payment["singleStatus"]].counts


def parts_of(books: Books, bill_id: str) -> Iterator[tuple[str, Row]]:
    """Yield what the payments hold of one bill, with where the money stands."""
    for payment in books.rows("payments"):
        for part in payment["billPayments"]:
            if part["billId"] == bill_id:
                yield counts(payment), part


def settle_sums(books: Books, bill: Row) -> None:
    """Compute every amount of the bill from its lines, credits and payments."""
    bill["amount"] = sum((line["amount"] for line in bill["billLineItems"]), NOTHING)
    _take_rate(books, bill)
    held = {"scheduled": NOTHING, "moving": NOTHING, "paid": NOTHING, "nowhere": NOTHING}
    credit = sum((used["amount"] for used in bill.get("vendorCredits") or []), NOTHING)
    # A bill that is being made has no id and no payments yet.
    for place, part in parts_of(books, bill["id"]) if "id" in bill else ():
        held[place] += part["amount"]
        if place != "nowhere":
            credit += sum((used["amount"] for used in part["vendorCredits"]), NOTHING)
    bill["paidAmount"], bill["creditAmount"] = held["paid"], credit
    bill["scheduledAmount"] = held["scheduled"] + held["moving"]
    bill["dueAmount"] = bill["amount"] - bill["paidAmount"] - credit
    bill["paymentStatus"] = _payment_status(bill, moving=bool(held["moving"]))
    if books.switches.due_less_scheduled:
        bill["dueAmount"] -= bill["scheduledAmount"]


def _take_rate(books: Books, bill: Row) -> None:
    """The rate is that of the day the bill came; it does not move with the market."""
    currency = books.get("vendors", bill["vendorId"])["billCurrency"]
    bill.setdefault("exchangeRate", books.rate(currency))
    bill["fundingAmount"] = cents(bill["amount"] * bill["exchangeRate"])


def _payment_status(bill: Row, *, moving: bool) -> str:
    settled = bill["paidAmount"] + bill["creditAmount"]
    if settled and settled >= bill["amount"]:
        return "PAID"
    if bill["scheduledAmount"]:
        return "IN_PROCESS" if moving else "SCHEDULED"
    return "PARTIALLY_PAID" if settled else "UNPAID"


def payable(bill: Row) -> Decimal:
    """Return what may still be paid: neither paid, credited nor already on its way."""
    settled: Decimal = bill["paidAmount"] + bill["creditAmount"] + bill["scheduledAmount"]
    left: Decimal = bill["amount"] - settled
    return left


def settle(books: Books, bill_ids: Iterable[str], now: datetime) -> None:
    """Settle bills whose payments changed; one that came out the same is not touched."""
    for bill_id in dict.fromkeys(bill_ids):
        bill = books.get("bills", bill_id)
        before = [bill[name] for name in SETTLED]
        settle_sums(books, bill)
        if before != [bill[name] for name in SETTLED]:
            books.touch(bill, now)
