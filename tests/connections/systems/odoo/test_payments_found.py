"""Finding payments: ours by its key, others as candidates for a person (R3, R6, R9)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connections.records import Payment
from connections.resource import Resource
from connections.services import Opened
from tests.connections.systems.odoo.books import EUR, Books, created, payment, refused
from tests.stage import Stage


@pytest.fixture
def books(stage: Stage) -> Books:
    return Books(stage)


@pytest.fixture
def payments(odoo: Opened) -> Resource[Payment]:
    return odoo.resource(Payment)


def test_ours_is_exact_and_nobody_elses(payments: Resource[Payment], books: Books) -> None:
    vendor = books.vendor()
    wanted, other = payment(vendor), payment(vendor)
    made = created(payments.create([wanted]))

    matches = payments.find([other, wanted])

    assert matches[0].is_none
    assert matches[1].exact == made.id


def test_ours_is_known_by_its_key_whatever_else_was_changed(
    payments: Resource[Payment], books: Books
) -> None:
    wanted = payment(books.vendor())
    made = created(payments.create([wanted]))
    books.write("account.payment", made.id, memo="changed by hand")

    assert payments.find([wanted])[0].exact == made.id


def test_ours_that_somebody_cancelled_is_for_a_person(
    payments: Resource[Payment], books: Books
) -> None:
    wanted = payment(books.vendor())
    made = created(payments.create([wanted]))
    books.call("account.payment", "action_cancel", ids=[int(made.id)])

    [match] = payments.find([wanted])

    assert not match.exact
    assert [(c.id, c.why) for c in match.candidates] == [(made.id, "cancelled there by somebody")]
    assert "cancelled in Odoo" in refused(payments.create([wanted]), "cancelled-there")
    assert payments.get([made.id])[made.id].archived


def test_one_entered_by_hand_is_a_candidate(payments: Resource[Payment], books: Books) -> None:
    vendor = books.vendor()
    contact = books.vendor(parent_id=vendor, is_company=False)
    by_hand = books.enter(vendor)
    to_contact = books.enter(contact)

    [match] = payments.find([payment(vendor)])

    assert {c.id for c in match.candidates} == {str(by_hand), str(to_contact)}
    assert "by hand" in match.candidates[0].why
    assert "100.00 USD" in match.candidates[0].label


@pytest.mark.parametrize(
    "changes",
    [{"amount": 99.99}, {"currency_id": EUR}, {"date": "2026-09-01"}, {"payment_type": "inbound"}],
)
def test_one_that_differs_is_none(
    payments: Resource[Payment], books: Books, changes: dict[str, Any]
) -> None:
    vendor = books.vendor()
    books.enter(vendor, **changes)
    books.enter(books.vendor())

    assert payments.find([payment(vendor)])[0].is_none


def test_what_it_is_worth_in_the_other_currency_is_looked_for_too(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    by_hand = books.enter(vendor, 110.0)
    wanted = payment(vendor, "80", currency="EUR", funding=Decimal(110), funding_currency="USD")

    assert [c.id for c in payments.find([wanted])[0].candidates] == [str(by_hand)]


def test_a_key_may_hold_any_character(payments: Resource[Payment], books: Books) -> None:
    vendor = books.vendor()
    wanted = replace(payment(vendor), reference="pay_billcom_a.b:c/ö_1")
    other = replace(wanted, reference="pay_billcom_a-b:c/ö_1")
    made = created(payments.create([wanted]))

    assert payments.find([wanted])[0].exact == made.id
    assert payments.find([other])[0].is_none
