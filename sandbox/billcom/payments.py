"""Payments to vendors: read, make, cancel, void, and record what was paid outside.

Reference: docs/systems/billcom.md#9-payments-money-out
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sandbox.billcom import credits, paying, rates, undoing
from sandbox.billcom.call import answer, answer_list, body, call, one_refusal
from sandbox.billcom.errors import Refusal, business, invalid, untrusted
from sandbox.billcom.listing import PAYMENTS
from sandbox.billcom.paying import OFFLINE, Part, Terms
from sandbox.billcom.shapes import Day, Flag, ListOf, Number, OneOf, Record, Text
from sandbox.billcom.signin import API
from sandbox.billcom.values import cents

Row = dict[str, Any]
MOST_IN_BULK = 50
CREDITS = ListOf(of=Record(fields={"id": Text(required=True), "amount": Number(required=True)}))
FUNDING = Record(
    required=True,
    fields={
        "type": OneOf(required=True, words=("BANK_ACCOUNT", "CARD_ACCOUNT", "WALLET", "AP_CARD")),
        "id": Text(),
    },
)
OPTIONS = Record(
    fields={
        "requestPayFaster": Flag(),
        "createBill": Flag(),
        "requestCheckDeliveryType": OneOf(words=("STANDARD", "UPS_1DAY", "UPS_2DAY", "UPS_3DAY")),
    }
)
ONE_BILL = {
    "vendorId": Text(),
    "billId": Text(required=True),
    "amount": Number(required=True),
    "description": Text(),
    "transactionNumber": Text(longest=50),
    "vendorCredits": CREDITS,
    "processingOptions": OPTIONS,
}
COMMON = {"processDate": Day(required=True), "fundingAccount": FUNDING}
PAYMENT = Record(fields={**ONE_BILL, **COMMON})
PAYMENTS_IN_BULK = Record(
    fields={
        **COMMON,
        "payments": ListOf(required=True, least=1, most=MOST_IN_BULK, of=Record(fields=ONE_BILL)),
    }
)
VOID = Record(
    fields={"type": OneOf(required=True, words=undoing.VOID_TYPES), "reason": Text(longest=4000)}
)
OUTSIDE_PAYMENT = Record(
    fields={
        "vendorId": Text(required=True),
        "processDate": Day(required=True),
        "toPrintCheck": Flag(),
        "description": Text(),
        "payments": ListOf(
            required=True,
            least=1,
            of=Record(
                fields={
                    "billId": Text(required=True),
                    "amount": Number(required=True),
                    "vendorCredits": CREDITS,
                }
            ),
        ),
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

    @api.post(f"{API}/bills/record-payment")
    def record_payment() -> ResponseReturnValue:
        call().must_be_allowed("payments")
        return answer(_record(body(OUTSIDE_PAYMENT)))

    _add_routes_for_money(api)
    rates.add_routes(api)


def _add_routes_for_money(api: Blueprint) -> None:
    """Add what moves money and so needs a session that passed a second factor."""

    @api.post(f"{API}/payments")
    def create_payment() -> ResponseReturnValue:
        _must_be_trusted()
        wanted = body(PAYMENT)
        try:
            made = _pay([wanted], wanted)
        except Refusal as refusal:
            _tell_of_failure([wanted], wanted, refusal)
            raise
        return answer(made[0], 201)

    @api.post(f"{API}/payments/bulk")
    def create_payments() -> ResponseReturnValue:
        _must_be_trusted()
        wanted = body(PAYMENTS_IN_BULK)
        try:
            made = _pay(wanted["payments"], wanted)
        except Refusal as refusal:
            _tell_of_failure(wanted["payments"], wanted, refusal)
            raise
        return answer({"payments": made}, 201)

    @api.post(f"{API}/payments/<id>/cancel")
    def cancel(id: str) -> ResponseReturnValue:
        _must_be_trusted()
        payment = call().books.get("payments", id)
        undoing.cancel(call().books, payment, call().now)
        return answer(payment)

    @api.post(f"{API}/payments/<id>/void")
    def void(id: str) -> ResponseReturnValue:
        _must_be_trusted()
        wanted = body(VOID)
        payment, by = call().books.get("payments", id), call().session.user.id
        reason = wanted.get("reason") or ""
        undoing.request_void(call().books, payment, wanted["type"], reason, by, call().now)
        return answer(payment)


def _must_be_trusted() -> None:
    if not call().session.trusted:
        raise untrusted()
    call().must_be_allowed("payments")


def _pay(rows: list[Row], common: Row) -> list[Row]:
    """Check every row first; then make one payment each, or one per vendor who combines."""
    books, day = call().books, date.fromisoformat(common["processDate"])
    _check_day(day)
    _check_funding(common["fundingAccount"])
    found = [_judged(rows[:position], row) for position, row in enumerate(rows)]
    refusal = one_refusal(found) if len(rows) > 1 else found[0]
    if refusal:
        raise refusal
    made = []
    for vendor_id, together in _combined(rows):
        terms = Terms(
            day=day,
            created_by=call().session.user.id,
            description=together[0].get("description"),
            number=together[0].get("transactionNumber"),
            funding=common["fundingAccount"],
        )
        made.append(paying.pay(books, vendor_id, _parts(together), terms, call().now))
    return made


def _check_day(day: date) -> None:
    """Refuse the past and weekends; bank holidays are not known here."""
    if day < call().now.date() or day.weekday() > 4:
        raise business("BDC_1152", "The process date is not valid.")


def _check_funding(account: Row) -> None:
    if account["type"] != "BANK_ACCOUNT":
        raise business("BDC_1151", "The funding account cannot be used.")
    call().books.get("banks", account.get("id") or "")


def _judged(before: list[Row], row: Row) -> Refusal | None:
    """Judge a row as if those before it were paid already."""
    books = call().books
    try:
        bill = books.get("bills", row["billId"])
        if (row.get("processingOptions") or {}).get("createBill"):
            raise invalid("processingOptions.createBill: the bill is named already")
        if bill["approvalStatus"] in ("ASSIGNED", "APPROVING", "DENIED"):
            raise business("BDC_1143", f"The bill {bill['id']} is not approved.")
        vendor = books.get("vendors", row.get("vendorId") or bill["vendorId"])
        if vendor["paymentInformation"].get("payByType") == OFFLINE:
            raise business("BDC_1150", "The vendor cannot be paid online.")
        alike = [other for other in before if other["billId"] == row["billId"]]
        paying.check(books, vendor["id"], _parts([*alike, row]))
    except Refusal as refusal:
        return refusal
    return None


def _parts(rows: list[Row]) -> list[Part]:
    books = call().books
    return [
        Part(
            books.get("bills", row["billId"]),
            cents(Decimal(row["amount"])),
            credits.read(row.get("vendorCredits")),
        )
        for row in rows
    ]


def _combined(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Group the rows of vendors that want one payment for several bills."""
    books = call().books
    groups: list[tuple[str, list[Row]]] = []
    for row in rows:
        vendor_id = books.get("bills", row["billId"])["vendorId"]
        combines = books.get("vendors", vendor_id)["additionalInfo"].get("combinePayments")
        for other, together in groups if combines else ():
            if other == vendor_id and len(together) < paying.MOST_BILLS:
                together.append(row)
                break
        else:
            groups.append((vendor_id, [row]))
    return groups


def _tell_of_failure(rows: list[Row], common: Row, refusal: Refusal) -> None:
    bills = [{"billId": row["billId"]} for row in rows]
    known = call().books.table("bills").get(rows[0]["billId"])
    vendor_id = rows[0].get("vendorId") or (known["vendorId"] if known else None)
    failure = {
        "bills": bills,
        "vendor": {"id": vendor_id},
        "fundingAccount": common["fundingAccount"],
        "transactionNumber": rows[0].get("transactionNumber"),
        "errors": [{"code": fault.code, "message": fault.message} for fault in refusal.faults],
    }
    call().books.tell("payment.failed", failure)


def _record(wanted: Row) -> Row:
    """Reference: docs/systems/billcom.md#7-bills (record an outside payment)"""
    books, vendor_id = call().books, wanted["vendorId"]
    books.get("vendors", vendor_id)
    parts = _parts(wanted["payments"])
    paying.check(books, vendor_id, parts)
    terms = Terms(
        day=date.fromisoformat(wanted["processDate"]),
        created_by=call().session.user.id,
        type=OFFLINE,
        description=wanted.get("description"),
    )
    payment = paying.pay(books, vendor_id, parts, terms, call().now)
    return payment | {"toPrintCheck": wanted.get("toPrintCheck") or False, "allowExport": True}
