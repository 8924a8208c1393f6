"""R11: what is voided is taken back once, dated the void's, and a closed month never changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from syncs.models import Transfer
from tests.scenarios.till import Owed, Till

DAY = 24 * 3600


def _posted(till: Till) -> tuple[str, Owed]:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="SENT")
    till.run(2)
    assert till.amounts == [100]
    return payment, owed


def _today(till: Till) -> date:
    return till.story.day_in("UTC")


def test_r11_voided_before_it_was_posted_leaves_nothing(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="SENT")
    till.ap.void(payment)
    till.run(2)
    assert till.erp.posted() == []
    assert not Transfer.objects.filter(group=payment).exists()


def test_r11_voided_while_it_only_waited_leaves_nothing(till: Till) -> None:
    [owed] = till.owe(100)
    till.erp.close_until(_today(till))
    payment = till.ap.pay(owed.bill, word="SENT")
    till.run()
    till.ap.void(payment)
    till.run()
    till.erp.close_until(None)
    till.run(2)
    assert till.erp.posted() == []
    assert till.standing(payment, owed.bill) == "cancelled"


def test_r11_voided_after_it_was_posted_is_taken_back_once(till: Till) -> None:
    payment, owed = _posted(till)
    till.ap.void(payment)
    till.run(3)
    assert till.alive == []
    assert len(till.erp.posted()) == 1
    assert till.erp.open_amount(owed.erp_bill) == 100
    assert till.erp.clearing() == 0
    assert till.standing(payment, owed.bill) == "reversed"
    till.agrees()


def test_r11_one_void_takes_back_what_it_paid_of_every_bill(till: Till) -> None:
    first, second = till.owe(100, 60)
    payment = till.ap.pay(first.bill, second.bill, amounts=["40", "60"], word="SENT")
    till.run()
    till.ap.void(payment)
    till.run(2)
    assert till.alive == []
    assert [till.erp.open_amount(owed.erp_bill) for owed in (first, second)] == [100, 60]
    till.agrees()


def test_r11_in_a_closed_month_an_entry_of_the_void_s_day_takes_it_back(till: Till) -> None:
    payment, owed = _posted(till)
    closed = _today(till)
    till.story.later(2 * DAY)
    till.erp.close_until(closed)
    before = till.erp.closed_entries(closed)
    till.ap.void(payment)
    till.run(3)
    assert till.alive == []
    [posted] = till.erp.posted()
    assert posted.reversed_on == _today(till).isoformat()
    assert till.erp.closed_entries(closed) == before
    assert till.erp.clearing() == 0
    assert till.erp.open_amount(owed.erp_bill) == 100
    till.agrees()


def test_r11_a_void_of_a_closed_month_is_dated_the_first_open_day(till: Till) -> None:
    payment, _ = _posted(till)
    till.ap.void(payment)
    closed = _today(till) + timedelta(days=2)
    till.story.later(4 * DAY)
    till.erp.close_until(closed)
    before = till.erp.closed_entries(closed)
    till.run(2)
    [posted] = till.erp.posted()
    assert posted.reversed_on == (closed + timedelta(days=1)).isoformat()
    assert till.erp.closed_entries(closed) == before
    till.agrees()


def test_r11_what_the_bank_has_confirmed_is_taken_back_by_an_entry(till: Till) -> None:
    payment, owed = _posted(till)
    till.erp.bank_match(till.only().id)
    till.ap.void(payment)
    till.run(3)
    part = till.part(payment, owed.bill)
    if part.needs_attention:
        assert "by hand" in part.sentence
        assert till.amounts == [100]
    else:
        [posted] = till.erp.posted()
        assert posted.reversed_on == _today(till).isoformat()
        assert till.erp.open_amount(owed.erp_bill) == 100
        till.agrees()


def test_r11_taken_back_by_hand_already_is_not_taken_back_twice(till: Till) -> None:
    payment, owed = _posted(till)
    till.erp.cancel_payment(till.only().id)
    till.ap.void(payment)
    till.run(2)
    assert till.standing(payment, owed.bill) == "reversed"
    assert till.erp.open_amount(owed.erp_bill) == 100
    till.agrees()


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_r11_paid_anew_after_the_void_is_one_more_payment(till: Till, closed: bool) -> None:
    payment, owed = _posted(till)
    if closed:
        day = _today(till)
        till.story.later(2 * DAY)
        till.erp.close_until(day)
    till.ap.void(payment)
    till.run()
    till.ap.pay(owed.bill)
    till.run(2)
    assert till.amounts == [100]
    assert till.erp.open_amount(owed.erp_bill) == 0
    assert till.erp.clearing() == -100
    till.agrees()
