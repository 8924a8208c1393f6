"""Payments to vendors: read, record what was paid outside, refuse what needs a trusted session.

Reference: docs/systems/billcom.md#9-payments-money-out
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sandbox.billcom.bill_rules import settle_sums
from sandbox.billcom.call import answer, answer_list, body, call
from sandbox.billcom.errors import business, invalid, untrusted
from sandbox.billcom.listing import PAYMENTS
from sandbox.billcom.shapes import Day, Flag, ListOf, Number, Record, Text
from sandbox.billcom.signin import API
from sandbox.billcom.store import Books
from sandbox.billcom.values import cents

Row = dict[str, Any]
CREDIT = Record(fields={"id": Text(required=True), "amount": Number(required=True)})
PAID_BILL = Record(
    fields={
        "billId": Text(required=True),
        "amount": Number(required=True),
        "vendorCredits": ListOf(of=CREDIT),
    }
)
OUTSIDE_PAYMENT = Record(
    fields={
        "vendorId": Text(required=True),
        "processDate": Day(required=True),
        "toPrintCheck": Flag(),
        "description": Text(),
        "payments": ListOf(required=True, least=1, of=PAID_BILL),
    }
)


def add_routes(api: Blueprint) -> None:
    @api.get(f"{API}/payments")
    def list_payments() -> ResponseReturnValue:
        call().must_be_allowed("payments")
        return answer_list("payments", call().books.rows("payments"), PAYMENTS)

    @api.get(f"{API}/payments/<id>")
    def get_payment(id: str) -> ResponseReturnValue:
        call().must_be_allowed("payments")
        return answer(call().books.get("payments", id))

    # Moving money needs a session that passed a second factor; no session here ever does.
    @api.post(f"{API}/payments")
    @api.post(f"{API}/payments/bulk")
    def create_payment() -> ResponseReturnValue:
        raise untrusted()

    @api.post(f"{API}/payments/<id>/<any(cancel, void):verb>")
    def undo_payment(id: str, verb: str) -> ResponseReturnValue:
        raise untrusted()

    @api.post(f"{API}/bills/record-payment")
    def record_payment() -> ResponseReturnValue:
        call().must_be_allowed("payments")
        wanted = body(OUTSIDE_PAYMENT)
        paid = _allocations(call().books, wanted)
        payment = pay(
            call().books,
            wanted["vendorId"],
            paid,
            call().now,
            day=date.fromisoformat(wanted["processDate"]),
            created_by=call().session.user.id,
            online=False,
            description=wanted.get("description"),
        )
        payment["toPrintCheck"] = wanted.get("toPrintCheck") or False
        payment["allowExport"] = True
        return answer(payment)


def _allocations(books: Books, wanted: Row) -> list[tuple[Row, Decimal]]:
    books.get("vendors", wanted["vendorId"])
    found: list[tuple[Row, Decimal]] = []
    for row in wanted["payments"]:
        bill = books.get("bills", row["billId"])
        if bill["vendorId"] != wanted["vendorId"]:
            raise invalid(f"payments: bill {bill['id']} is not a bill of this vendor")
        if bill["archived"]:
            raise business("BDC_1143", f"The bill {bill['id']} is archived.")
        amount = cents(Decimal(row["amount"]))
        if amount <= 0:
            raise invalid("payments: the amount must be greater than zero")
        before = sum((a for b, a in found if b is bill), Decimal(0))
        if amount + before > bill["dueAmount"] - bill["scheduledAmount"]:
            raise business("BDC_1159", "The payment amount exceeds the due amount of the bill.")
        found.append((bill, amount))
    return found


def pay(
    books: Books,
    vendor_id: str,
    paid: list[tuple[Row, Decimal]],
    now: datetime,
    *,
    day: date,
    created_by: str,
    online: bool,
    description: str | None = None,
) -> Row:
    """Make a payment over one or several bills: scheduled if online, done at once if not."""
    total = sum((amount for _, amount in paid), Decimal(0))
    rate = paid[0][0]["exchangeRate"]
    payment = {
        "vendorId": vendor_id,
        "vendorName": books.get("vendors", vendor_id)["name"],
        "billId": paid[0][0]["id"] if len(paid) == 1 else None,
        "billPayments": [
            {"id": books.new_id("bill-payments"), "billId": bill["id"], "amount": amount}
            for bill, amount in paid
        ],
        "description": description,
        "processDate": day,
        "amount": total,
        "exchangeRate": rate,
        "fundingAmount": cents(total * rate),
        "onlinePayment": online,
        "createdBy": created_by,
        **(_online(books, day) if online else _outside()),
    }
    made = books.add("payments", payment, now)
    for bill, amount in paid:
        bill["scheduledAmount" if online else "paidAmount"] += amount
        settle_sums(books, bill)
        books.touch(bill, now)
    return made


def _outside() -> Row:
    # Paid at once; such payments carry no singleStatus.
    return {"status": "PAID", "disbursementType": "OFFLINE", "disbursementStatus": "DONE"}


def _online(books: Books, day: date) -> Row:
    number = f"P{day:%y%m%d}01 - {books.random.randrange(10**7):07d}"
    return {
        "confirmationNumber": number,
        "status": "SCHEDULED",
        "singleStatus": "SCHEDULED",
        "disbursementType": "ACH",
        "disbursementStatus": "HOLD",
        "disbursementInfo": {"isVoidable": False, "achDisbursement": {"sentDate": day}},
        "cancelRequestSubmitted": False,
    }


def clear(books: Books, payment: Row, now: datetime) -> None:
    """Let a scheduled payment arrive at the vendor."""
    payment |= {"status": "PAID", "singleStatus": "CLEARED", "disbursementStatus": "DONE"}
    books.touch(payment, now)
    for part in payment["billPayments"]:
        bill = books.get("bills", part["billId"])
        bill["scheduledAmount"] -= part["amount"]
        bill["paidAmount"] += part["amount"]
        settle_sums(books, bill)
        books.touch(bill, now)
