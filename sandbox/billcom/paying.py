"""Making a payment and moving it along, with all that follows for bills and credits.

Reference: docs/systems/billcom.md#9-payments-money-out
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.billcom import credits, sums
from sandbox.billcom.errors import business, invalid
from sandbox.billcom.statuses import END, MEANINGS, START, STEPS, way_to_the_end
from sandbox.billcom.store import Books
from sandbox.billcom.sums import NOTHING, payable
from sandbox.billcom.values import cents

Row = dict[str, Any]
OFFLINE = "OFFLINE"
MOST_BILLS = 35
# Type -> the part of disbursementInfo that goes with it, and the working days it takes.
WAYS = {
    "ACH": ("achDisbursement", 2),
    "CHECK": ("checkDisbursement", 5),
    "RPPS": ("rppsDisbursement", 2),
    "INTERNATIONAL_E_PAYMENT": ("internationalDisbursement", 3),
    "VIRTUAL_CARD": ("vcardDisbursement", 1),
    "WALLET": ("walletDisbursement", 1),
}


@dataclass(frozen=True)
class Part:
    """What a payment holds of one bill: cash, and vendor credits used beside it."""

    bill: Row
    amount: Decimal
    credits: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Terms:
    """How it is paid. Without a type the vendor's own way; OFFLINE is paid outside BILL."""

    day: date
    created_by: str
    type: str | None = None
    description: str | None = None
    number: str | None = None
    funding: Row | None = None


def check(books: Books, vendor_id: str, parts: Sequence[Part]) -> None:
    """Refuse what cannot be paid, before anything is stored."""
    if len(parts) > MOST_BILLS:
        raise invalid(f"payments: a payment holds at most {MOST_BILLS} bills")
    asked: dict[str, Decimal] = {}
    for part in parts:
        bill = part.bill
        if bill["vendorId"] != vendor_id:
            raise invalid(f"payments: bill {bill['id']} is not a bill of this vendor")
        if bill["archived"]:
            raise business("BDC_1143", f"The bill {bill['id']} is archived.")
        if part.amount < 0 or (part.amount == 0 and not part.credits):
            raise invalid("payments: the amount must be greater than zero")
        whole = part.amount + sum((used["amount"] for used in part.credits), NOTHING)
        asked[bill["id"]] = asked.get(bill["id"], NOTHING) + whole
        if asked[bill["id"]] > payable(bill):
            raise business("BDC_1159", "The payment amount exceeds the due amount of the bill.")
    credits.check(books, vendor_id, [used for part in parts for used in part.credits])


def pay(books: Books, vendor_id: str, parts: Sequence[Part], terms: Terms, now: datetime) -> Row:
    """Make a payment that was checked: scheduled if it goes through BILL, done if outside."""
    vendor = books.get("vendors", vendor_id)
    total = sum((part.amount for part in parts), NOTHING)
    # The rate of today, which need not be the one the bills came in at.
    rate = books.rate(vendor["billCurrency"])
    payment = {
        "vendorId": vendor_id,
        "vendorName": vendor["name"],
        "billId": parts[0].bill["id"] if len(parts) == 1 else None,
        "billPayments": [_part(books, part) for part in parts],
        "description": terms.description,
        "processDate": terms.day,
        "amount": total,
        "exchangeRate": rate,
        "fundingAmount": cents(total * rate),
        "transactionNumber": terms.number,
        "createdBy": terms.created_by,
        "voidInfo": [],
    }
    payment |= _outside(books) if terms.type == OFFLINE else _online(books, vendor, terms, total)
    made = books.add("payments", payment, now)
    _follow(books, made, now)
    return made


def _part(books: Books, part: Part) -> Row:
    fields = {"billId": part.bill["id"], "amount": part.amount, "vendorCredits": part.credits}
    return {"id": books.new_id("bill-payments"), **fields}


def _outside(books: Books) -> Row:
    # Paid at once. Such payments mostly carry no singleStatus.
    fields = {"status": "PAID", "disbursementType": OFFLINE, "disbursementStatus": "DONE"}
    named = books.switches.offline_single_status
    return {"onlinePayment": False, **fields, "singleStatus": named or None}


def _online(books: Books, vendor: Row, terms: Terms, total: Decimal) -> Row:
    kind = terms.type or way_of(vendor)
    name, days = WAYS[kind]
    details: Row = {"sentDate": terms.day, "arrivesByDate": after(terms.day, days)}
    if kind == "INTERNATIONAL_E_PAYMENT":
        details |= {"amount": total, "disbursementSubType": "LOCAL"}
    if kind in ("VIRTUAL_CARD", "WALLET"):
        del details["sentDate"]
    return {
        "onlinePayment": True,
        "fundingAccount": terms.funding or default_funding(books),
        "confirmationNumber": f"P{terms.day:%y%m%d}01 - {books.random.randrange(10**7):07d}",
        "status": "SCHEDULED",
        "singleStatus": START,
        "disbursementType": kind,
        "disbursementStatus": "HOLD",
        "disbursementInfo": {"isVoidable": False, name: details},
        "cancelRequestSubmitted": False,
    }


def way_of(vendor: Row) -> str:
    """Return how this vendor is paid; abroad there is one way only."""
    if vendor["billCurrency"] != "USD":
        return "INTERNATIONAL_E_PAYMENT"
    wanted = str(vendor["paymentInformation"].get("payByType"))
    return wanted if wanted in WAYS else "CHECK"


def default_funding(books: Books) -> Row:
    bank = next(row for row in books.rows("banks") if row["default"]["payables"])
    return {"type": "BANK_ACCOUNT", "id": bank["id"]}


def after(day: date, working_days: int) -> date:
    """Return the day so many working days later; bank holidays are not known here."""
    while working_days:
        day += timedelta(days=1)
        working_days -= day.weekday() < 5
    return day


def step(books: Books, payment: Row, to: str, now: datetime) -> None:
    """Move the payment to another status, if it may go there from where it is."""
    at = payment.get("singleStatus")
    if not payment["onlinePayment"] or at is None:
        raise business("BDC_1143", "A payment made outside BILL has no steps.")
    if to not in STEPS[at]:
        raise business("BDC_1143", f"A payment that is {at} cannot become {to}.")
    meaning = MEANINGS[to]
    payment |= {"singleStatus": to, "disbursementStatus": meaning.disbursement}
    payment["status"] = meaning.status or payment["status"]
    payment["disbursementInfo"]["isVoidable"] = "VOID_PENDING" in STEPS[to]
    _number_check(books, payment)
    books.touch(payment, now)
    _follow(books, payment, now)


def clear(books: Books, payment: Row, now: datetime) -> None:
    """Let the payment arrive at the vendor, step by step."""
    at = payment.get("singleStatus")
    way = way_to_the_end(at) if at and payment["onlinePayment"] else []
    if not way:
        raise business("BDC_1143", f"A payment that is {at or 'made outside'} cannot be {END}.")
    for to in way:
        step(books, payment, to, now)


def _number_check(books: Books, payment: Row) -> None:
    paper = payment["disbursementInfo"].get("checkDisbursement")
    if paper and payment["singleStatus"] == "SENT":
        paper.setdefault("checkNumber", books.random.randrange(10_000, 100_000))


def _follow(books: Books, payment: Row, now: datetime) -> None:
    """Carry over to the bills and credits what the payment's status means for them."""
    credits.settle(books, now)
    sums.settle(books, bills_of(payment), now)


def bills_of(payment: Row) -> Iterable[str]:
    return [part["billId"] for part in payment["billPayments"]]
