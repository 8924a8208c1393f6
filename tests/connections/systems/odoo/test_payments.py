"""Booking payments: once, on the right day, matched with the right bill (R6, R8, R12, R19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connections.records import Payment, PaymentStage
from connections.resource import Created, Refused, Resource
from connections.services import Opened
from tests.connections.systems.odoo.books import PAID, Books, created, payment, refused
from tests.stage import Stage


@pytest.fixture
def books(stage: Stage) -> Books:
    return Books(stage)


@pytest.fixture
def payments(odoo: Opened) -> Resource[Payment]:
    return odoo.resource(Payment)


def test_a_payment_is_posted_and_matched_with_its_bill(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor)
    wanted = payment(vendor, bill=bill)

    made = created(payments.create([wanted]))

    assert (made.amount, made.currency, made.paid_on) == (Decimal(100), "USD", PAID)
    assert made.allocations[0].bill_id == str(bill)
    assert (made.reference, made.vendor_id) == (wanted.reference, str(vendor))
    assert (made.problem, made.archived) == ("", False)
    assert made.stage == PaymentStage.IN_FLIGHT
    assert books.state_of(bill) == ("paid", Decimal(0))
    row = books.read("account.payment", made.id)
    assert (row["memo"], row["payment_method_line_id"][0]) == (wanted.memo, 2)
    assert payments.get([made.id])[made.id].allocations == made.allocations


def test_booking_it_again_books_nothing(payments: Resource[Payment], books: Books) -> None:
    vendor = books.vendor()
    wanted = payment(vendor, bill=books.bill(vendor))
    first = created(payments.create([wanted]))

    again = created(payments.create([wanted]))

    assert again == first
    assert len(books.payments()) == 1


def test_two_payments_of_one_bill_are_two_payments(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor)

    created(payments.create([payment(vendor, "40", bill=bill)]))
    assert books.state_of(bill) == ("partial", Decimal(60))
    created(payments.create([payment(vendor, "60", bill=bill)]))

    assert books.state_of(bill) == ("paid", Decimal(0))
    assert len(books.payments()) == 2


@pytest.mark.parametrize(
    "method", ["load", "action_post", "reconcile", "check_object_reference", "search_read"]
)
@pytest.mark.parametrize("kind", ["commit_then_drop", "drop_before"])
def test_a_lost_answer_at_any_step_leaves_one_payment(
    payments: Resource[Payment], books: Books, method: str, kind: str
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor)
    wanted = payment(vendor, bill=bill)
    books.stage.fault(kind, method="POST", path=f"*/{method}")

    created(payments.create([wanted]))

    assert len(books.payments()) == 1
    assert books.state_of(bill) == ("paid", Decimal(0))
    assert payments.find([wanted])[0].exact


@pytest.mark.parametrize("steps", [0, 1])
def test_a_later_attempt_goes_on_where_an_earlier_one_died(
    payments: Resource[Payment], books: Books, steps: int
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor)
    wanted = payment(vendor, bill=bill)
    draft = _loaded(books, wanted)
    if steps:
        books.call("account.payment", "action_post", ids=[draft])

    made = created(payments.create([wanted]))

    assert made.id == str(draft)
    assert books.state_of(bill) == ("paid", Decimal(0))


def test_a_draft_of_ours_is_no_payment_yet(payments: Resource[Payment], books: Books) -> None:
    wanted = payment(books.vendor())
    _loaded(books, wanted)

    assert payments.find([wanted])[0].is_none


def test_a_draft_that_says_something_else_is_made_anew(
    payments: Resource[Payment], books: Books
) -> None:
    wanted = payment(books.vendor())
    _loaded(books, wanted)
    later = replace(wanted, paid_on=date(2026, 11, 19))

    assert created(payments.create([later])).paid_on == date(2026, 11, 19)
    assert len(books.payments()) == 1


def test_a_payment_without_a_bill_waits_on_the_vendor(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    order = books.order(vendor)

    made = created(payments.create([payment(vendor, order=order)]))

    assert made.allocations[0].bill_id == ""
    assert made.problem == ""
    assert books.moved("211000") == Decimal(100)


def test_it_is_matched_when_the_bill_of_the_order_comes(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    order = books.order(vendor)
    wanted = payment(vendor, order=order)
    made = created(payments.create([wanted]))
    assert payments.update(made.id, wanted).allocations[0].bill_id == ""

    bill = books.bill_of_order(order)
    updated = payments.update(made.id, wanted)

    assert updated.allocations[0].bill_id == str(bill)
    assert books.state_of(bill) == ("paid", Decimal(0))
    assert payments.update(made.id, wanted) == updated


def test_bills_of_an_order_are_matched_the_oldest_due_first(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    order = books.order(vendor)
    later = books.bill_of_order(order, quantity=1, due="2026-12-20")
    first = books.bill_of_order(order, quantity=1, due="2026-12-10")

    made = created(payments.create([payment(vendor, "70", order=order)]))

    assert made.allocations[0].bill_id == str(first)
    assert books.state_of(first) == ("paid", Decimal(0))
    assert books.state_of(later) == ("partial", Decimal(30))


def test_a_payment_waits_on_while_its_order_may_get_another_bill(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    order = books.order(vendor)
    first = books.bill_of_order(order, quantity=1)
    wanted = payment(vendor, order=order)

    made = created(payments.create([wanted]))
    assert (made.allocations[0].bill_id, made.problem) == ("", "")
    assert books.state_of(first) == ("paid", Decimal(0))
    second = books.bill_of_order(order, quantity=1)

    assert payments.update(made.id, wanted).allocations[0].bill_id == str(first)
    assert books.state_of(second) == ("paid", Decimal(0))


def test_what_is_above_the_bill_stays_open_and_is_told(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor, "80")

    made = created(payments.create([payment(vendor, "100", bill=bill)]))

    assert made.allocations[0].bill_id == str(bill)
    assert "20.00 USD of it stay open" in made.problem
    assert "80.00 USD were left to pay" in made.problem
    assert books.state_of(bill) == ("paid", Decimal(0))


def test_a_bill_somebody_paid_there_is_not_paid_again(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    bill = books.bill(vendor)
    by_hand = books.pay(bill)
    number = books.read("account.move", bill)["ref"]

    said = refused(payments.create([payment(vendor, bill=bill)]), "already-paid")

    assert number in said
    assert books.read("account.payment", by_hand)["name"] in said
    assert books.payments() == [by_hand]


def test_a_payment_without_an_entry_settles_its_bill_too(
    payments: Resource[Payment], books: Books
) -> None:
    """Its whole residual is left, and Odoo itself would take a second payment."""
    books.use_enterprise()
    vendor = books.vendor()
    bill = books.bill(vendor)
    by_hand = books.pay(bill)
    [line] = books.call(
        "account.payment.method.line",
        "search",
        domain=[
            ["journal_id.name", "=", "BILL Clearing"],
            ["payment_method_id.payment_type", "=", "outbound"],
        ],
    )

    wanted = payment(vendor, bill=bill, method_id=str(line))
    said = refused(payments.create([wanted]), "already-paid")

    assert books.read("account.payment", by_hand)["name"] in said


@pytest.mark.parametrize("collisions", [1, 4])
def test_two_at_the_same_key_make_one_payment(
    payments: Resource[Payment], books: Books, collisions: int
) -> None:
    books.stage.control("/odoo/switches", load_conflicts=collisions)

    created(payments.create([payment(books.vendor())]))

    assert len(books.payments()) == 1


def test_a_key_that_stays_busy_is_given_up(payments: Resource[Payment], books: Books) -> None:
    books.stage.control("/odoo/switches", load_conflicts=9)

    refused(payments.create([payment(books.vendor())]), "load")

    assert books.payments() == []


def test_an_order_whose_bills_are_all_paid_is_not_paid_again(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    order = books.order(vendor)
    by_hand = books.pay(books.bill_of_order(order))

    refused(payments.create([payment(vendor, order=order)]), "already-paid")

    assert books.payments() == [by_hand]


def test_a_bill_that_is_not_posted_is_no_debt(payments: Resource[Payment], books: Books) -> None:
    vendor = books.vendor()
    draft = books.bill(vendor, post=False)
    cancelled = books.bill(vendor)
    books.call("account.move", "button_draft", ids=[cancelled])
    books.call("account.move", "button_cancel", ids=[cancelled])

    said = refused(payments.create([payment(vendor, bill=draft)]), "bill-not-posted")
    assert "a draft" in said
    refused(payments.create([payment(vendor, bill=cancelled)]), "bill-not-posted")
    refused(payments.create([payment(vendor, bill=99_999_999)]), "bill-gone")
    assert books.payments() == []


def test_a_refused_payment_is_named_leaves_nothing_and_stops_nobody(
    payments: Resource[Payment], books: Books
) -> None:
    vendor = books.vendor()
    bad = payment(vendor, "-1")

    outcomes = payments.create([payment(vendor), bad, payment(vendor)])

    assert [type(outcome) for outcome in outcomes] == [Created, Refused, Created]
    assert bad.number in refused(outcomes[1:2], "load")
    assert len(books.payments()) == 2


def test_a_day_inside_a_closed_period_is_told_as_booked(
    payments: Resource[Payment], books: Books
) -> None:
    books.close_until(date(2026, 11, 19))

    made = created(payments.create([payment(books.vendor())]))

    assert payments.closed_until() == date(2026, 11, 19)
    assert made.paid_on > date(2026, 11, 19)


def test_nothing_closed_is_no_day(payments: Resource[Payment]) -> None:
    assert payments.closed_until() is None


def test_the_last_of_the_lock_dates_counts(payments: Resource[Payment], books: Books) -> None:
    books.write("res.company", 1, fiscalyear_lock_date="2026-09-30")
    books.write("res.company", 1, hard_lock_date="2026-10-31")

    assert payments.closed_until() == date(2026, 10, 31)


def _loaded(books: Books, wanted: Payment) -> int:
    """Leave a draft under our key, as an attempt that died does."""
    columns = {
        "id": f"ml_connector.{wanted.reference}",
        "payment_type": "outbound",
        "partner_type": "supplier",
        "partner_id/.id": wanted.vendor_id,
        "amount": str(wanted.amount),
        "journal_id/.id": "3",
        "payment_method_line_id/.id": wanted.method_id,
        "date": wanted.paid_on.isoformat(),
        "memo": wanted.memo,
        "payment_reference": wanted.reference,
    }
    data = [list(columns.values())]
    answer = books.call("account.payment", "load", fields=list(columns), data=data)
    return int(answer["ids"][0])
