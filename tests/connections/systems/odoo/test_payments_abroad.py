"""Bills in another currency than the money that left (R17): the clearing account decides."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connections.records import Payment
from connections.resource import Resource
from connections.services import Opened
from tests.connections.systems.odoo.books import EUR, PAID, Books, created, payment, refused
from tests.stage import Stage

CLEARING, GAIN, LOSS = "101404", "441000", "644000"


@pytest.fixture
def books(stage: Stage) -> Books:
    return Books(stage)


@pytest.fixture
def payments(odoo: Opened) -> Resource[Payment]:
    return odoo.resource(Payment)


def abroad(vendor: int, funding: str, amount: str = "80", **more: object) -> Payment:
    """Pay euros with dollars; the books' rate is 0.8 euros to the dollar."""
    return payment(
        vendor,
        amount,
        currency="EUR",
        funding=Decimal(funding),
        funding_currency="USD",
        **more,
    )


def test_at_odoos_own_rate_it_is_booked_in_the_bills_currency(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor, "80", currency_id=EUR)

    made = created(payments.create([abroad(vendor, "100", bill=bill)]))

    assert (made.amount, made.currency) == (Decimal(80), "EUR")
    assert (made.funding, made.funding_currency) == (Decimal(100), "USD")
    assert books.moved(CLEARING) == Decimal(-100)
    assert books.state_of(bill) == ("paid", Decimal(0))


@pytest.mark.parametrize(("funding", "account"), [("103", LOSS), ("97", GAIN)])
def test_at_another_rate_the_clearing_account_moves_by_what_left_the_bank(
    payments: Resource[Payment], books: Books, funding: str, account: str
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor, "80", currency_id=EUR)
    wanted = abroad(vendor, funding, bill=bill)

    made = created(payments.create([wanted]))

    assert books.moved(CLEARING) == -Decimal(funding)
    assert books.moved(account) == Decimal(funding) - 100
    assert books.state_of(bill) == ("paid", Decimal(0))
    assert (made.amount, made.currency) == (Decimal(80), "EUR")
    assert (made.funding, made.reference) == (Decimal(funding), wanted.reference)
    assert made.allocations[0].bill_id == str(bill)
    assert payments.find([wanted])[0].exact == made.id
    assert payments.get([made.id])[made.id].currency == "EUR"
    assert created(payments.create([wanted])) == made
    assert len(books.payments()) == 1


def test_the_rate_of_the_day_decides(payments: Resource[Payment], books: Books) -> None:
    """What could not be booked can be, once the day's rate is entered."""
    vendor = books.vendor()
    wanted = abroad(vendor, "64", "80")
    refused(payments.create([wanted]), "currency")
    books.stage.control("/odoo/rate", currency="EUR", rate=1.25, date=PAID.isoformat())

    made = created(payments.create([wanted]))

    assert (made.amount, made.funding) == (Decimal(80), Decimal(64))
    assert books.moved(CLEARING) == Decimal(-64)


@pytest.mark.parametrize("kind", ["commit_then_drop"])
def test_a_lost_answer_at_another_rate_is_looked_for(
    payments: Resource[Payment], books: Books, kind: str
) -> None:
    vendor = books.vendor()
    wanted = abroad(vendor, "103", bill=books.bill(vendor, "80", currency_id=EUR))
    books.stage.fault(kind, method="POST", path="*/action_create_payments")

    made = created(payments.create([wanted]))

    assert payments.find([wanted])[0].exact == made.id
    assert len(books.payments()) == 1


@pytest.mark.parametrize("more", ["no account", "no bill", "a part"])
def test_where_odoo_cannot_it_is_refused_in_words(
    payments: Resource[Payment], books: Books, more: str
) -> None:
    if more == "no account":
        books.write("res.company", 1, expense_currency_exchange_account_id=False)
    vendor = books.vendor()
    total = "120" if more == "a part" else "80"
    bill = books.bill(vendor, total, currency_id=EUR) if more != "no bill" else ""

    said = refused(payments.create([abroad(vendor, "103", bill=bill)]), "currency")

    words = {"no account": "Loss account", "no bill": "without a vendor bill", "a part": "120.00"}
    assert words[more] in said
    assert books.payments() == []


def test_money_in_a_third_currency_is_refused(payments: Resource[Payment], books: Books) -> None:
    wanted = payment(
        books.vendor(), "80", currency="EUR", funding=Decimal(70), funding_currency="GBP"
    )

    assert "paid in GBP" in refused(payments.create([wanted]), "currency")
