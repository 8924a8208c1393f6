"""Vendor credits: what is left of one, and who used it.

Reference: docs/systems/billcom.md#10-vendor-credits-s--pm
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.billcom.errors import business, invalid
from sandbox.billcom.store import Books
from sandbox.billcom.sums import NOTHING, counts, payable
from sandbox.billcom.values import cents

Row = dict[str, Any]
Used = list[dict[str, Any]]  # [{"id", "amount"}]


def create(books: Books, wanted: Mapping[str, Any], now: datetime) -> Row:
    """Add a credit as a person enters it: lines, or just an amount."""
    lines = [{**line, "id": books.new_id("lines")} for line in _lines(wanted)]
    given = {name: value for name, value in wanted.items() if name != "amount"}
    credit = {
        "archived": False,
        "creditDate": now.date(),
        **given,
        "amount": sum((line["amount"] for line in lines), NOTHING),
        "appliedAmount": NOTHING,
        "status": "NOT_APPLIED",
        "vendorCreditLineItems": lines,
        "usage": [],
    }
    return books.add("vendor-credits", credit, now)


def _lines(wanted: Mapping[str, Any]) -> Used:
    lines = wanted.get("vendorCreditLineItems") or [{"amount": wanted.get("amount", 0)}]
    return [{**line, "amount": cents(Decimal(str(line["amount"])))} for line in lines]


def read(given: Iterable[Mapping[str, Any]] | None) -> Used:
    return [{"id": row["id"], "amount": cents(Decimal(str(row["amount"])))} for row in given or []]


def check(books: Books, vendor_id: str, used: Used, *, freed: Used | None = None) -> None:
    """Refuse a credit of somebody else, an archived one, or more of it than is left.

    `freed` is what the same bill uses so far and gives back.
    """
    wanted: Counter[str] = Counter()
    for row in freed or []:
        wanted[row["id"]] -= row["amount"]
    for row in used:
        if row["amount"] <= 0:
            raise invalid("vendorCredits: the amount must be greater than zero")
        credit = books.get("vendor-credits", row["id"])
        if credit["vendorId"] != vendor_id:
            raise invalid(f"vendorCredits: {row['id']} is not a credit of this vendor")
        if credit["archived"]:
            raise business("BDC_1143", f"The vendor credit {row['id']} is archived.")
        wanted[row["id"]] += row["amount"]
        if wanted[row["id"]] > credit["amount"] - credit["appliedAmount"]:
            raise business("BDC_1143", f"The vendor credit {row['id']} has not so much left.")


def apply(books: Books, credit: Row, bill: Row, amount: Decimal | None) -> None:
    """Use a credit on a bill directly, without a payment."""
    left = min(credit["amount"] - credit["appliedAmount"], payable(bill))
    used = [{"id": credit["id"], "amount": left if amount is None else cents(amount)}]
    check(books, bill["vendorId"], used)
    if used[0]["amount"] > payable(bill):
        raise business("BDC_1159", "The credit exceeds the due amount of the bill.")
    bill["vendorCredits"] = (bill.get("vendorCredits") or []) + used


def settle(books: Books, now: datetime) -> None:
    """Work out again what is used of every credit; none is there in most books."""
    for credit in books.rows("vendor-credits"):
        usage, waiting = _usage(books, credit["id"])
        applied = sum((row["amount"] for row in usage), NOTHING)
        if usage != credit["usage"]:
            credit |= {"usage": usage, "appliedAmount": applied}
            books.touch(credit, now)
        credit["status"] = _status(credit, waiting=waiting)


def _status(credit: Row, *, waiting: bool) -> str:
    if waiting:
        return "IN_PROCESS"
    if not credit["appliedAmount"]:
        return "NOT_APPLIED"
    whole = credit["appliedAmount"] >= credit["amount"]
    return "FULLY_APPLIED" if whole else "PARTIALLY_APPLIED"


def _usage(books: Books, id: str) -> tuple[Used, bool]:
    usage: Used = [
        {"billId": bill["id"], "amount": used["amount"]}
        for bill in books.rows("bills")
        for used in bill.get("vendorCredits") or []
        if used["id"] == id
    ]
    waiting = False
    for payment in books.rows("payments"):
        for part in payment["billPayments"]:
            for used in part["vendorCredits"]:
                if used["id"] == id and counts(payment) != "nowhere":
                    row = {"billId": part["billId"], "paymentId": payment["id"]}
                    usage.append({**row, "amount": used["amount"]})
                    waiting = waiting or counts(payment) != "paid"
    return usage, waiting
