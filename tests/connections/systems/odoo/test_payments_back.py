"""Taking payments back: cancelled where the books are open, else by a dated entry (R11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connections.records import Payment, PaymentStage
from connections.resource import Resource
from connections.services import Opened
from tests.connections.systems.odoo.books import PAID, Books, created, payment
from tests.stage import Stage

VOIDED = date(2026, 11, 20)


@pytest.fixture
def books(stage: Stage) -> Books:
    return Books(stage)


@pytest.fixture
def payments(odoo: Opened) -> Resource[Payment]:
    return odoo.resource(Payment)


@pytest.fixture
def bill(books: Books) -> int:
    return books.bill(books.vendor("Voided Works"))


@pytest.fixture
def made(payments: Resource[Payment], books: Books, bill: int) -> Payment:
    vendor = books.call("res.partner", "search", domain=[["name", "=", "Voided Works"]])[0]
    return created(payments.create([payment(vendor, bill=bill)]))


def test_in_an_open_period_it_is_cancelled(
    payments: Resource[Payment], books: Books, bill: int, made: Payment
) -> None:
    payments.cancel(made.id, "Voided", on=VOIDED)
    payments.cancel(made.id, "Voided", on=VOIDED)

    assert books.read("account.payment", made.id)["state"] == "canceled"
    assert books.state_of(bill) == ("not_paid", Decimal(100))
    there = payments.get([made.id])[made.id]
    assert (there.archived, there.stage) == (True, PaymentStage.VOIDED)


def test_in_a_closed_period_a_dated_entry_takes_it_back(
    payments: Resource[Payment], books: Books, bill: int, made: Payment
) -> None:
    books.close_until(PAID)

    payments.cancel(made.id, "Voided", on=VOIDED)
    payments.cancel(made.id, "Voided", on=VOIDED)

    there = payments.get([made.id])[made.id]
    assert (there.archived, there.reversed_on, there.paid_on) == (True, VOIDED, PAID)
    assert books.moved("101404") == Decimal(0)
    assert books.state_of(bill) == ("not_paid", Decimal(100))
    assert _reversals(books, made) == 1


def test_a_void_dated_in_a_closed_period_goes_to_the_first_open_day(
    payments: Resource[Payment], books: Books, made: Payment
) -> None:
    books.close_until(date(2026, 11, 19))

    payments.cancel(made.id, "Voided", on=PAID)

    assert payments.get([made.id])[made.id].reversed_on == date(2026, 11, 20)


def test_what_a_bank_statement_has_is_never_cancelled(
    payments: Resource[Payment], books: Books, bill: int, made: Payment
) -> None:
    books.match_with_bank(made.id)
    assert payments.get([made.id])[made.id].stage == PaymentStage.SETTLED

    payments.cancel(made.id, "Voided", on=VOIDED)

    assert books.read("account.payment", made.id)["state"] != "canceled"
    assert payments.get([made.id])[made.id].reversed_on == VOIDED
    assert books.state_of(bill) == ("not_paid", Decimal(100))


def test_one_booked_on_the_bank_account_itself_is_not_matched_by_a_statement(
    payments: Resource[Payment], books: Books
) -> None:
    [line] = books.call(
        "account.payment.method.line",
        "search",
        domain=[
            ["journal_id.name", "=", "Bank Direct"],
            ["payment_method_id.code", "=", "manual"],
            ["payment_method_id.payment_type", "=", "outbound"],
        ],
    )
    made = created(payments.create([payment(books.vendor(), method_id=str(line))]))
    assert made.stage == PaymentStage.SETTLED

    payments.cancel(made.id, "Voided", on=VOIDED)

    assert books.read("account.payment", made.id)["state"] == "canceled"


@pytest.mark.parametrize("method", ["action_cancel", "refund_moves"])
@pytest.mark.parametrize("kind", ["commit_then_drop"])
def test_a_lost_answer_takes_it_back_once(
    payments: Resource[Payment], books: Books, made: Payment, method: str, kind: str
) -> None:
    if method == "refund_moves":
        books.close_until(PAID)
    books.stage.fault(kind, method="POST", path=f"*/{method}")

    payments.cancel(made.id, "Voided", on=VOIDED)

    assert payments.get([made.id])[made.id].archived
    assert _reversals(books, made) == (method == "refund_moves")


def test_what_is_no_longer_there_is_taken_back(payments: Resource[Payment]) -> None:
    payments.cancel("99999999", "Voided", on=VOIDED)


def test_after_a_reversal_the_next_life_is_posted_under_its_own_key(
    payments: Resource[Payment], books: Books, bill: int, made: Payment
) -> None:
    """R8: fail, reverse, clear, twice."""
    vendor = int(made.vendor_id)
    payments.cancel(made.id, "Failed", on=VOIDED)
    second = created(payments.create([payment(vendor, bill=bill)]))
    payments.cancel(second.id, "Failed", on=VOIDED)
    third = created(payments.create([payment(vendor, bill=bill)]))

    assert len({made.id, second.id, third.id}) == 3
    assert books.state_of(bill) == ("paid", Decimal(0))
    assert books.moved("101404") == Decimal(-100)


def _reversals(books: Books, made: Payment) -> int:
    move = books.read("account.payment", made.id)["move_id"]
    if not move:
        return 0
    domain = [["reversed_entry_id", "=", move[0]]]
    return int(books.call("account.move", "search_count", domain=domain))
