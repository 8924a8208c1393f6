"""Payments: entries, reconciliation, undoing them and refusals (odoo.md §6.3 to §6.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.odoo.books import Books
from tests.sandbox.odoo.conftest import Client, Refused

Control = Callable[..., Any]


def _lines(person: Client, move: int) -> dict[str, tuple[float, float, str]]:
    fields = ["account_id", "debit", "credit", "name"]
    domain = [["move_id", "=", move]]
    rows = person.call("account.move.line", "search_read", domain=domain, fields=fields)
    return {row["account_id"][1]: (row["debit"], row["credit"], row["name"]) for row in rows}


@pytest.mark.parametrize(
    ("journal", "account", "state", "matched"),
    [
        ("BNK1", "Outstanding Payments", "in_process", False),
        ("BNKO", "Outstanding AP payments", "in_process", False),
        ("BNKD", "Bank Direct", "paid", True),
        ("BLCL", "BILL Clearing", "in_process", False),
    ],
)
def test_a_payment_is_booked_on_the_account_of_its_method(
    books: Books, journal: str, account: str, state: str, matched: bool
) -> None:
    payment = books.read_payment(books.payment(12.345, journal=journal))

    lines = _lines(books.person, payment["move_id"][0])
    assert payment["name"] == f"P{journal}/2026/00001"
    assert (payment["state"], payment["is_matched"]) == (state, matched)
    assert lines == {account: (0.0, 12.35, "P-1"), "Account Payable": (12.35, 0.0, "P-1")}


def test_a_draft_has_no_entry_and_no_name(books: Books, odoo: Client) -> None:
    values = {"payment_type": "outbound", "partner_type": "supplier", "amount": 5.0}
    payment = odoo.create("account.payment", **values)

    row = odoo.read("account.payment", payment, "name", "state", "move_id", "journal_id")

    assert row["name"] is row["move_id"] is False
    assert (row["state"], row["journal_id"][1]) == ("draft", "Bank")


def test_reconciled_in_two_parts_a_bill_is_partial_and_then_paid(books: Books) -> None:
    bill, first, second = books.bill(), books.payment(40.0), books.payment(60.0)

    assert books.reconcile(bill, first) is None
    assert books.state(bill) == ("partial", 60.0)
    assert books.read_payment(first)["state"] == "in_process"
    books.check()
    books.reconcile(bill, second)

    assert books.state(bill) == ("paid", 0.0)
    for payment in (first, second):
        row = books.read_payment(payment)
        assert (row["state"], row["is_reconciled"], row["is_matched"]) == ("paid", True, False)
        assert row["reconciled_bill_ids"] == [bill]
    with pytest.raises(Refused) as refused:
        books.reconcile(bill, second)
    assert (refused.value.status, refused.value.name) == (422, "odoo.exceptions.UserError")
    assert "already reconciled" in refused.value.message


def test_items_of_different_accounts_are_not_reconciled(books: Books, person: Client) -> None:
    payment = books.payment()
    move = books.read_payment(payment)["move_id"][0]

    with pytest.raises(Refused, match="Entries are not from the same account"):
        books.person.call(
            "account.move.line",
            "reconcile",
            ids=person.search("account.move.line", [["move_id", "=", move]]),
        )


def test_an_open_item_is_assigned_to_a_bill_and_taken_off_again(books: Books) -> None:
    bill, payment = books.bill(), books.payment(30.0)
    line = books.item_of_payment(payment)

    person = books.person
    assert (
        person.call("account.move", "js_assign_outstanding_line", ids=[bill], line_id=line) is None
    )
    assert books.state(bill) == ("partial", 70.0)
    person.call("account.move.line", "remove_move_reconcile", ids=[line])

    assert books.state(bill) == ("not_paid", 100.0)
    assert books.read_payment(payment)["is_reconciled"] is False


def test_cancelling_a_payment_opens_its_bill(books: Books, odoo: Client) -> None:
    bill = books.bill()
    payment = books.register(bill)["res_id"]
    assert books.state(bill) == ("paid", 0.0)

    with pytest.raises(Refused, match="posted journal item"):
        odoo.call("account.payment", "unlink", ids=[payment])
    assert odoo.call("account.payment", "action_cancel", ids=[payment]) is None

    assert books.state(bill) == ("not_paid", 100.0)
    assert books.read_payment(payment)["state"] == "canceled"
    assert odoo.call("account.payment", "unlink", ids=[payment]) is True


def test_back_in_draft_a_payment_is_posted_again_under_its_name(books: Books) -> None:
    payment = books.payment(10.0)
    before = books.read_payment(payment)
    books.person.call("account.payment", "action_draft", ids=[payment])
    assert books.read_payment(payment)["state"] == "draft"

    books.person.write("account.payment", payment, amount=11.0)
    for _ in range(2):  # Posting twice is no error.
        assert books.person.call("account.payment", "action_post", ids=[payment]) is None

    after = books.read_payment(payment)
    assert (after["name"], after["move_id"][0]) == (before["name"], before["move_id"][0])
    assert _lines(books.person, after["move_id"][0])["Account Payable"][0] == 11.0


def test_a_payment_settles_another_account_if_told_so(books: Books) -> None:
    rent = books.person.account("612000")
    payment = books.read_payment(books.payment(50.0, destination_account_id=rent))

    lines = _lines(books.person, payment["move_id"][0])
    assert lines["Rent"] == (50.0, 0.0, "P-1")


def test_refusals_leave_nothing_behind(books: Books, odoo: Client) -> None:
    def refusal(**changes: Any) -> Refused:
        with pytest.raises(Refused) as refused:
            books.payment(**changes)
        return refused.value

    before = odoo.call("account.payment", "search_count", domain=[])
    assert refusal(payment_method_line_id=2).message.startswith("The selected payment method")
    assert refusal(state="in_process").message.startswith("A payment with an outstanding account")
    assert refusal(amount=-1.0).name == "odoo.exceptions.ValidationError"

    assert odoo.call("account.payment", "search_count", domain=[]) == before
    assert books.read_payment(books.payment())["name"] == "PBNKO/2026/00001"


def test_the_amount_of_a_reconciled_payment_stays(books: Books) -> None:
    bill, payment = books.bill(), books.payment()
    books.person.write("account.payment", payment, amount=90.0)
    books.person.write("account.payment", payment, amount=100.0)
    books.reconcile(bill, payment)

    with pytest.raises(Refused, match="reconciled journal entry"):
        books.person.write("account.payment", payment, amount=90.0)


def test_the_bank_confirms_a_payment(books: Books, control: Control) -> None:
    payment = books.payment(100.0, journal="BLCL")
    control("odoo/bank-match", payment=payment)

    row = books.read_payment(payment)
    assert (row["is_matched"], row["state"]) == (True, "paid")
    with pytest.raises(Refused, match="bank statement"):
        books.person.call("account.payment", "action_cancel", ids=[payment])
    control("odoo/switches", cancel_matched="undo")
    books.person.call("account.payment", "action_cancel", ids=[payment])
    assert books.read_payment(payment)["state"] == "canceled"


def test_a_credit_note_closes_the_bill_it_reverses(books: Books) -> None:
    bill, person = books.bill(), books.person
    context = {"active_model": "account.move", "active_ids": [bill]}
    [wizard] = person.call("account.move.reversal", "create", vals_list={}, context=context)
    note = person.call("account.move.reversal", "refund_moves", ids=[wizard])["res_id"]
    assert person.read("account.move", note, "state", "move_type")["move_type"] == "in_refund"

    person.call("account.move", "action_post", ids=[note])

    assert books.state(bill) == ("reversed", 0.0)


def test_a_bill_back_in_draft_lets_its_payment_go(books: Books) -> None:
    bill, payment = books.bill(), books.payment()
    books.reconcile(bill, payment)

    books.person.call("account.move", "button_draft", ids=[bill])

    assert books.state(bill) == ("not_paid", 100.0)
    assert books.read_payment(payment)["state"] == "in_process"


def test_an_entry_written_by_hand_must_balance(books: Books, odoo: Client) -> None:
    def entry(debit: float, credit: float) -> int:
        clearing, bank = odoo.account("101410"), odoo.account("101411")
        lines = [{"account_id": clearing, "debit": debit}, {"account_id": bank, "credit": credit}]
        return odoo.create("account.move", line_ids=[[0, 0, line] for line in lines])

    with pytest.raises(Refused, match="is not balanced"):
        entry(10.0, 9.0)
    made = entry(10.0, 10.0)
    odoo.call("account.move", "action_post", ids=[made])
    assert odoo.read("account.move", made, "state", "amount_total")["amount_total"] == 10.0


@pytest.mark.parametrize("login", ["nothing", "readonly", "purchase"])
def test_who_may_not_pay(as_user: Callable[..., Client], books: Books, login: str) -> None:
    client = as_user(login)

    assert client.call("account.payment", "has_access", operation="create") is False
    with pytest.raises(Refused) as refused:
        client.create("account.payment", payment_type="outbound", amount=1.0)
    assert refused.value.status == 403
