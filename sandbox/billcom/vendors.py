"""Vendors: create one or up to twenty, read, change, archive, restore.

Reference: docs/systems/billcom.md#6-vendors
"""

from __future__ import annotations

import copy
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sandbox.billcom import words
from sandbox.billcom.call import answer, answer_list, body, call
from sandbox.billcom.countries import CODES, CURRENCIES, NAMES
from sandbox.billcom.errors import invalid
from sandbox.billcom.listing import VENDORS
from sandbox.billcom.shapes import Flag, ListOf, Number, OneOf, Record, Text
from sandbox.billcom.signin import API
from sandbox.billcom.store import Books
from sandbox.billcom.values import to_ms

MOST_IN_BULK = 20
BANK_ACCOUNT = Record(
    fields={
        "nameOnAccount": Text(required=True),
        "accountNumber": Text(required=True),
        "routingNumber": Text(),
        "type": OneOf(words=("CHECKING", "SAVINGS")),
        "ownerType": OneOf(words=("BUSINESS", "PERSONAL")),
        "paymentCurrency": Text(),
    }
)
PAYMENT_INFORMATION = {
    "payeeName": Text(),
    "email": Text(),
    "payByType": OneOf(words=words.PAY_BY_TYPE),
    "payBySubType": OneOf(words=words.PAY_BY_SUB_TYPE),
}
VENDOR = Record(
    fields={
        "name": Text(required=True),
        "shortName": Text(),
        "accountNumber": Text(),
        "accountType": OneOf(words=words.ACCOUNT_TYPE),
        "email": Text(),
        "phone": Text(),
        "address": Record(
            required=True,
            fields={
                "line1": Text(required=True),
                "line2": Text(),
                "city": Text(required=True),
                "stateOrProvince": Text(),
                "zipOrPostalCode": Text(required=True),
                "country": OneOf(required=True, words=sorted(CODES)),
            },
        ),
        "paymentInformation": Record(fields={**PAYMENT_INFORMATION, "bankAccount": BANK_ACCOUNT}),
        "additionalInfo": Record(
            fields={
                "taxId": Text(),
                "taxIdType": OneOf(words=words.TAX_ID_TYPE),
                "track1099": Flag(),
                "leadTimeInDays": Number(),
                "combinePayments": Flag(),
                "paymentTermId": Text(),
                "companyName": Text(),
            }
        ),
        "billCurrency": OneOf(words=sorted(CURRENCIES)),
    }
)
# A PATCH takes the same fields except the bank account, which has calls of its own.
PATCH = Record(
    fields={
        **VENDOR.as_patch().fields,
        "paymentInformation": Record(fields=PAYMENT_INFORMATION).as_patch(),
    }
)


def add_routes(api: Blueprint) -> None:
    @api.get(f"{API}/vendors")
    def list_vendors() -> ResponseReturnValue:
        call().must_be_allowed("vendors")
        return answer_list("vendors", call().books.rows("vendors"), VENDORS)

    @api.post(f"{API}/vendors")
    def create_vendor() -> ResponseReturnValue:
        call().must_be_allowed("vendors")
        return answer(create(call().books, body(VENDOR), call().now), 201)

    @api.post(f"{API}/vendors/bulk")
    def create_vendors() -> ResponseReturnValue:
        call().must_be_allowed("vendors")
        wanted = body(ListOf(of=VENDOR, least=1, most=MOST_IN_BULK))
        made = [create(call().books, vendor, call().now) for vendor in wanted]
        return answer({"vendors": made}, 201)

    @api.get(f"{API}/vendors/<id>")
    def get_vendor(id: str) -> ResponseReturnValue:
        call().must_be_allowed("vendors")
        return answer(call().books.get("vendors", id))

    @api.patch(f"{API}/vendors/<id>")
    def change_vendor(id: str) -> ResponseReturnValue:
        call().must_be_allowed("vendors")
        vendor = call().books.get("vendors", id)
        change(call().books, vendor, body(PATCH), call().now)
        return answer(vendor)

    @api.post(f"{API}/vendors/<id>/<any(archive, restore):verb>")
    def archive_vendor(id: str, verb: str) -> ResponseReturnValue:
        call().must_be_allowed("vendors")
        books = call().books
        return answer(books.archive("vendors", id, call().now, archived=verb == "archive"))


def create(books: Books, wanted: dict[str, Any], now: datetime, **fixed: Any) -> dict[str, Any]:
    """Store a vendor whose shape was checked; what BILL fills in itself is filled in here."""
    given = {name: value for name, value in copy.deepcopy(wanted).items() if value is not None}
    payment = {"payeeName": given["name"], "payByType": "CHECK", "payBySubType": "NONE"}
    vendor = {
        "archived": False,
        "accountType": "NONE",
        "bankAccountStatus": "NO_ACCOUNT",
        "recurringPayments": False,
        "billCurrency": "USD",
        "networkStatus": "NOT_CONNECTED",
        "balance": {"amount": Decimal(0), "lastUpdatedDate": to_ms(now)},
        "autoPay": {"enabled": False},
        **given,
        "paymentInformation": payment | given.get("paymentInformation", {}),
        "additionalInfo": {"track1099": False, "combinePayments": False}
        | given.get("additionalInfo", {}),
    }
    _mask_bank_account(vendor)
    _name_country(vendor)
    return books.add("vendors", vendor, now, **fixed)


def change(books: Books, vendor: dict[str, Any], wanted: dict[str, Any], now: datetime) -> None:
    """Take over the fields that were sent; null or nothing clears an optional one."""
    currency = wanted.get("billCurrency")
    has_bills = any(bill["vendorId"] == vendor["id"] for bill in books.rows("bills"))
    if currency and currency != vendor["billCurrency"] and has_bills:
        raise invalid("billCurrency: cannot be changed for a vendor with bills")
    for name, value in wanted.items():
        if isinstance(value, dict):
            vendor[name] = vendor.get(name, {}) | value
        else:
            vendor[name] = value
    _name_country(vendor)
    books.touch(vendor, now)


def _mask_bank_account(vendor: dict[str, Any]) -> None:
    account = vendor["paymentInformation"].get("bankAccount")
    if account:
        account["accountNumber"] = "*" * 5 + account["accountNumber"][-4:]
        vendor["bankAccountStatus"] = "NO_NET_LINKED_ACCOUNT"


def _name_country(vendor: dict[str, Any]) -> None:
    vendor["address"]["countryName"] = NAMES.get(vendor["address"]["country"])
