"""What other currencies are worth today.

Reference: docs/systems/billcom.md#12-currency-and-documents
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from sandbox.billcom.call import answer, call
from sandbox.billcom.errors import invalid
from sandbox.billcom.signin import API

OFFER_LASTS = timedelta(minutes=30)


def add_routes(api: Blueprint) -> None:
    @api.get(f"{API}/payments/exchange-rate")
    def exchange_rate() -> ResponseReturnValue:
        call().must_be_allowed("payments")
        books = call().books
        vendor = books.get("vendors", request.args.get("vendorId", ""))
        _amount(request.args.get("amount", ""))
        offer = {
            "paymentCurrency": vendor["billCurrency"],
            "baseCurrency": "USD",
            "exchangeRate": books.rate(vendor["billCurrency"]),
            "amountRange": {"from": Decimal("0.01"), "to": Decimal(1_000_000)},
            "expirationTime": call().now + OFFER_LASTS,
        }
        return answer(offer)


def _amount(given: str) -> Decimal:
    try:
        amount = Decimal(given)
    except InvalidOperation:
        raise invalid("amount: must be a number") from None
    if not amount > 0:
        raise invalid("amount: must be greater than zero")
    return amount
