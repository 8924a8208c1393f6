"""The payment wizard, in Community and in emulated Enterprise (odoo.md §6.1, §6.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.odoo.books import Books
from tests.sandbox.odoo.conftest import Client, Refused

Control = Callable[..., Any]


@pytest.fixture
def enterprise(control: Control) -> None:
    control("odoo/switches", enterprise=True)


@pytest.mark.parametrize("journal", ["BNK1", "BNKO", "BNKD"])
def test_community_pays_a_bill_through_any_journal(books: Books, journal: str) -> None:
    bill = books.bill()

    payment = books.register(bill, journal=journal, communication="AP-1")["res_id"]

    row = books.person.read("account.payment", payment, "state", "memo", "invoice_ids", "amount")
    assert (row["state"], row["memo"], row["amount"]) == ("paid", "AP-1", 100.0)
    assert row["invoice_ids"] == [bill]
    assert books.read_bill(bill)["matched_payment_ids"] == [payment]
    assert books.state(bill) == ("paid", 0.0)
    with pytest.raises(Refused, match="nothing left to pay"):
        books.register(bill)


def test_a_bill_is_paid_in_parts(books: Books) -> None:
    bill = books.bill()

    first = books.register(bill, amount=40.0)["res_id"]
    assert books.state(bill) == ("partial", 60.0)
    assert books.read_payment(first)["state"] == "in_process"
    books.register(bill)

    assert books.state(bill) == ("paid", 0.0)
    assert books.read_payment(first)["state"] == "paid"


def test_what_is_paid_too_much_stays_open_on_the_payment(books: Books) -> None:
    bill = books.bill()

    payment = books.register(bill, amount=130.0)["res_id"]

    assert books.state(bill) == ("paid", 0.0)
    row = books.read_payment(payment)
    assert (row["state"], row["is_reconciled"]) == ("paid", False)
    item = books.person.read(
        "account.move.line", books.item_of_payment(payment), "amount_residual", "reconciled"
    )
    assert (item["amount_residual"], item["reconciled"]) == (30.0, False)


def test_a_difference_is_written_off(books: Books) -> None:
    bill, loss = books.bill(), books.person.account("443000")

    books.register(
        bill, amount=95.0, payment_difference_handling="reconcile", writeoff_account_id=loss
    )

    assert books.state(bill) == ("paid", 0.0)
    domain = [["account_id", "=", loss]]
    [item] = books.person.call(
        "account.move.line", "search_read", domain=domain, fields=["credit", "name"]
    )
    assert (item["credit"], item["name"]) == (5.0, "Write-Off")


def test_several_bills_make_one_payment_or_one_each(books: Books) -> None:
    one, two, three, four = (books.bill(amount) for amount in (10.0, 20.0, 30.0, 40.0))

    grouped = books.register(one, two, group_payment=True)
    apart = books.register(three, four)

    assert set(books.read_payment(grouped["res_id"])["reconciled_bill_ids"]) == {one, two}
    assert (apart["view_mode"], "res_id" in apart) == ("list,form", False)
    assert len(apart["domain"][0][2]) == 2
    assert {books.state(bill) for bill in (one, two, three, four)} == {("paid", 0.0)}


def test_bills_of_different_vendors_are_paid_apart(books: Books, odoo: Client) -> None:
    other = odoo.named("res.partner", "Brightwater Paper Co.")

    action = books.register(books.bill(), books.bill(partner_id=other))

    assert len(action["domain"][0][2]) == 2


def test_a_draft_bill_is_paid_while_it_is_a_draft(books: Books) -> None:
    bill = books.bill()
    books.person.call("account.move", "button_draft", ids=[bill])

    books.register(bill)

    assert books.read_bill(bill)["payment_state"] == "paid"
    assert books.read_bill(bill)["state"] == "draft"


def test_the_same_wizard_twice_pays_twice(books: Books) -> None:
    bill, person = books.bill(), books.person
    context = {"active_model": "account.move", "active_ids": [bill]}
    [wizard] = person.call("account.payment.register", "create", vals_list={}, context=context)

    actions = [
        person.call("account.payment.register", "action_create_payments", ids=[wizard])
        for _ in range(2)
    ]

    assert actions[0]["res_id"] != actions[1]["res_id"]
    assert books.read_payment(actions[1]["res_id"])["is_reconciled"] is False


def test_euros_are_paid_in_euros_or_in_dollars(books: Books) -> None:
    bill, other = books.bill(80.0, currency="EUR"), books.bill(80.0, currency="EUR")

    euros = books.register(bill)["res_id"]
    dollars = books.register(other, currency_id=1, amount=100.0)["res_id"]

    fields = ("amount", "currency_id", "amount_company_currency_signed")
    row = books.person.read("account.payment", euros, *fields)
    assert (row["amount"], row["currency_id"][1]) == (80.0, "EUR")
    assert row["amount_company_currency_signed"] == -100.0
    assert books.person.read("account.payment", dollars, *fields)["currency_id"][1] == "USD"
    assert books.state(bill) == books.state(other) == ("paid", 0.0)


@pytest.mark.parametrize("currency", [126, 1])
def test_a_changed_rate_leaves_an_exchange_difference(
    books: Books, control: Control, currency: int
) -> None:
    bill = books.bill(80.0, currency="EUR")
    control("odoo/rate", currency="EUR", rate=0.75, date="2026-11-15")

    payment = books.register(bill, currency_id=currency)["res_id"]

    assert books.state(bill) == ("paid", 0.0)
    loss = books.person.account("644000")
    domain = [["account_id", "=", loss], ["debit", "=", 6.67]]
    assert len(books.person.search("account.move.line", domain)) == 1
    books.check()
    books.person.call("account.payment", "action_cancel", ids=[payment])
    assert books.state(bill) == ("not_paid", 80.0)
    items = books.person.call(
        "account.move.line",
        "search_read",
        domain=[["account_id", "=", loss]],
        fields=["balance"],
    )
    assert sum(item["balance"] for item in items) == 0


@pytest.mark.usefixtures("enterprise")
class TestEnterprise:
    def test_without_an_account_nothing_is_booked_and_all_is_paid_twice(self, books: Books) -> None:
        bill = books.bill()
        first = books.read_payment(books.register(bill, journal="BNK1")["res_id"])
        second = books.read_payment(books.register(bill, journal="BNK1", amount=40.0)["res_id"])

        assert (first["name"], second["name"]) == ("PAY00001", "PAY00002")
        assert (first["state"], first["move_id"]) == ("in_process", False)
        assert (first["is_reconciled"], first["is_matched"]) == (False, False)
        assert first["reconciled_bill_ids"] == [bill]
        assert books.state(bill) == ("in_payment", 100.0)
        for payment in (first, second):
            books.person.call("account.payment", "action_cancel", ids=[payment["id"]])
        assert books.state(bill) == ("not_paid", 100.0)

    @pytest.mark.parametrize(
        ("journal", "state", "matched", "of_bill"),
        [("BNKO", "in_process", False, "in_payment"), ("BNKD", "paid", True, "paid")],
    )
    def test_with_an_account_it_is_booked(
        self, books: Books, journal: str, state: str, matched: bool, of_bill: str
    ) -> None:
        bill = books.bill()
        payment = books.read_payment(books.register(bill, journal=journal)["res_id"])

        assert (payment["state"], payment["is_matched"]) == (state, matched)
        assert payment["is_reconciled"] is True
        assert books.state(bill) == (of_bill, 0.0)
        with pytest.raises(Refused, match="nothing left"):
            books.register(bill)

    def test_partly_paid(self, books: Books) -> None:
        unbooked, booked = books.bill(), books.bill()
        books.register(unbooked, journal="BNK1", amount=40.0)
        books.register(booked, journal="BNKO", amount=40.0)

        assert books.state(unbooked) == ("in_payment", 100.0)
        assert books.state(booked) == ("partial", 60.0)

    def test_an_entry_can_be_forced(self, books: Books) -> None:
        bill = books.bill()
        books.register(bill, journal="BNK1", context={"force_payment_move": True})

        assert books.read_bill(bill)["amount_residual"] == 0.0

    def test_validated_it_is_paid_without_entry(self, books: Books) -> None:
        bill = books.bill()
        payment = books.payment(journal="BNK1", invoice_ids=[[6, 0, [bill]]])
        assert books.state(bill) == ("in_payment", 100.0)

        books.person.call("account.payment", "action_validate", ids=[payment])

        assert books.read_payment(payment)["state"] == "paid"
        assert books.read_payment(payment)["move_id"] is False
        assert books.state(bill) == ("in_payment", 100.0)

    def test_the_bank_settles_it(self, books: Books, control: Control) -> None:
        bill = books.bill()
        payment = books.register(bill, journal="BNK1")["res_id"]
        booked = books.bill()
        other = books.register(booked, journal="BNKO")["res_id"]

        control("odoo/bank-match", payment=payment)
        control("odoo/bank-match", payment=other)

        assert books.state(bill) == books.state(booked) == ("paid", 0.0)
        assert books.read_payment(payment)["state"] == "paid"
        assert books.read_payment(other)["is_matched"] is True

    def test_the_module_shows(self, odoo: Client) -> None:
        domain = [["name", "=", "account_accountant"], ["state", "=", "installed"]]
        assert odoo.call("ir.module.module", "search_count", domain=domain) == 1
