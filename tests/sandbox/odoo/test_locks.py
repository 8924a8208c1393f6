"""Lock dates: closed periods move dates without a word, and keep what they hold (odoo.md §8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.odoo.books import Books
from tests.sandbox.odoo.conftest import Client, Refused

Control = Callable[..., Any]
LOCKED = "You cannot add/modify entries prior to and inclusive of: Global Lock Date (11/19/2026)."


@pytest.fixture(autouse=True)
def the_twentieth_of_november(control: Control) -> None:
    control("clock", set="2026-11-20T12:23:00+00:00")


def test_a_payment_keeps_its_date_and_its_entry_moves(books: Books, control: Control) -> None:
    control("odoo/lock", field="fiscalyear_lock_date", date="2026-11-19")

    payment = books.payment(5.0, date="2026-10-15")

    row = books.person.read("account.payment", payment, "date", "move_id", "name")
    move = books.person.read("account.move", row["move_id"][0], "date", "name")
    assert (row["date"], move["date"]) == ("2026-10-15", "2026-11-20")
    assert row["name"] == move["name"] == "PBNKO/2026/00001"
    assert books.person.call("account.payment", "action_draft", ids=[payment]) is None


@pytest.mark.parametrize("field", ["fiscalyear_lock_date", "purchase_lock_date"])
def test_a_bill_moves_and_keeps_its_invoice_date(
    books: Books, control: Control, field: str
) -> None:
    control("odoo/lock", field=field, date="2026-10-31")

    bill = books.bill(date="2026-10-15", invoice_date="2026-10-15")

    row = books.person.read("account.move", bill, "date", "invoice_date", "name")
    assert (row["date"], row["invoice_date"]) == ("2026-11-20", "2026-10-15")
    assert row["name"].startswith("BILL/2026/11/")


def test_the_purchase_lock_is_not_for_payments(books: Books, control: Control) -> None:
    control("odoo/lock", field="purchase_lock_date", date="2026-10-31")

    payment = books.payment(date="2026-10-15")

    move = books.read_payment(payment)["move_id"][0]
    assert books.person.read("account.move", move, "date")["date"] == "2026-10-15"


def test_what_is_posted_in_a_closed_period_stays(books: Books, control: Control) -> None:
    bill, payment = books.bill(), books.payment(date="2026-11-10")
    control("odoo/lock", field="fiscalyear_lock_date", date="2026-11-19")

    person = books.person
    for model, method, record in (
        ("account.move", "button_draft", bill),
        ("account.move", "button_cancel", bill),
        ("account.payment", "action_cancel", payment),
    ):
        with pytest.raises(Refused) as refused:
            person.call(model, method, ids=[record])
        assert (refused.value.status, refused.value.message) == (422, LOCKED)
    assert books.read_payment(payment)["state"] == "in_process"


def test_a_bill_of_a_closed_period_can_still_be_paid(books: Books, control: Control) -> None:
    bill = books.bill()
    control("odoo/lock", field="fiscalyear_lock_date", date="2026-11-19")

    books.register(bill)

    assert books.state(bill) == ("paid", 0.0)


def test_who_may_set_lock_dates_and_read_them(odoo: Client, control: Control) -> None:
    with pytest.raises(Refused) as refused:
        odoo.write("res.company", 1, fiscalyear_lock_date="2026-11-19")
    assert refused.value.status == 403

    control("odoo/lock", field="tax_lock_date", date="2026-11-01")
    row = odoo.read("res.company", 1, "tax_lock_date", "user_tax_lock_date", "hard_lock_date")
    assert row["tax_lock_date"] == row["user_tax_lock_date"] == "2026-11-01"
    assert row["hard_lock_date"] is False


def test_the_hard_lock_only_moves_on(person: Client) -> None:
    person.write("res.company", 1, hard_lock_date="2026-10-31")
    for earlier in ("2026-09-30", False):
        with pytest.raises(Refused, match="Hard Lock Date"):
            person.write("res.company", 1, hard_lock_date=earlier)
    person.write("res.company", 1, hard_lock_date="2026-11-01")
