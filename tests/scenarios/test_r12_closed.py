"""R12: nothing is posted into a closed month, and what moves a date is said."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread

import pytest

from tests.scenarios.story import Story, wait_until
from tests.scenarios.till import Till, book_by, open_till

DAY = 24 * 3600


def _today(till: Till) -> date:
    return till.story.day_in("UTC")


def test_r12_a_payment_of_a_closed_month_is_held_and_frees_itself(till: Till) -> None:
    [owed] = till.owe(100)
    paid_on = _today(till)
    payment = till.ap.pay(owed.bill)
    till.erp.close_until(paid_on)
    till.run(2)
    assert till.amounts == []
    assert till.standing(payment, owed.bill) == "held closed-period"
    assert paid_on.isoformat() in till.part(payment, owed.bill).sentence
    assert len(till.story.sentences("transfer.held")) == 1
    till.erp.close_until(paid_on - timedelta(days=1))
    till.run()
    assert till.only().day == paid_on.isoformat()
    till.agrees()


def test_r12_by_setting_it_goes_on_the_first_open_day_and_says_the_day_it_was(
    story: Story,
) -> None:
    till = open_till(story, closed_period="next")
    [owed] = till.owe(100)
    paid_on = _today(till)
    till.ap.pay(owed.bill)
    till.story.later(5 * DAY)
    till.erp.close_until(paid_on + timedelta(days=2))
    till.run()
    assert till.only().day == (paid_on + timedelta(days=3)).isoformat()
    assert f"paid on {paid_on.isoformat()}" in till.only().memo
    till.agrees()


def test_r12_the_setting_frees_what_is_held(till: Till) -> None:
    [owed] = till.owe(100)
    till.ap.pay(owed.bill)
    till.erp.close_until(_today(till))
    till.run()
    till.story.change_rules(closed_period="next")
    till.story.later(2 * DAY)
    till.run()
    assert till.amounts == [100]
    till.agrees()


def test_r12_a_date_moved_silently_is_said(till: Till) -> None:
    """The period is closed between our look and the posting."""
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill)
    paid_on = _today(till)
    till.story.later(2 * DAY)
    till.erp.stage.forget_journal()
    till.erp.stage.fault("slow", method="POST", path=till.erp.posting_steps[1], seconds=2)
    closing = Thread(target=_close_once_it_is_loaded, args=(till, paid_on))
    closing.start()
    till.run()
    closing.join()
    assert till.only().day == _today(till).isoformat()
    sentence = till.part(payment, owed.bill).sentence
    assert f"on {_today(till).isoformat()} instead of {paid_on.isoformat()}" in sentence


def _close_once_it_is_loaded(till: Till, day: date) -> None:
    wait_until(lambda: till.erp.stage.requests(path="account.payment/load"))
    till.erp.close_until(day)


def test_r12_what_waits_for_its_bill_is_matched_although_its_month_was_closed(till: Till) -> None:
    [owed] = till.owe(100, billed=False)
    payment = till.ap.pay(owed.bill)
    till.run()
    till.erp.close_until(_today(till))
    till.story.later(2 * DAY)
    erp_bill = till.bill(owed.order)
    till.run(2)
    assert till.standing(payment, owed.bill) == "done"
    assert till.erp.open_amount(erp_bill) == 0
    till.agrees()


@pytest.mark.parametrize("word", ["VOID_PENDING", "DISBURSEMENT_FAILED_ACTION_NEEDED"])
def test_r12_what_is_held_and_then_in_trouble_is_left_and_comes_back(till: Till, word: str) -> None:
    first, second = till.owe(100, 60)
    payment = till.ap.pay(first.bill, word="SENT")
    till.erp.close_until(_today(till))
    till.run()
    till.ap.change_payment(payment, singleStatus=word)
    till.erp.close_until(None)
    till.ap.pay(second.bill)
    till.run(2)
    assert till.amounts == [60]
    assert till.part(payment, first.bill).state == "skipped"
    till.ap.change_payment(payment, singleStatus="CLEARED")
    till.run(2)
    assert till.amounts == [60, 100]
    till.agrees()


def test_r12_what_was_unknown_and_turns_up_in_a_closed_month_is_held(till: Till) -> None:
    [owed] = till.owe(100)
    vendor = till.story.the_bill(owed.order).vendor_id
    bill = till.ap.make_bill(vendor, "INV-8", 300, day="2026-11-20")
    payment = till.ap.pay(bill)
    till.run()
    assert till.standing(payment, bill) == "skipped unknown-bill"
    till.erp.loose_bill(owed.vendor, "INV-8", 300, day="2026-11-20")
    till.erp.close_until(_today(till))
    till.run(2)
    assert till.standing(payment, bill) == "held closed-period"
    till.story.change_rules(payment_method=None)
    till.erp.close_until(None)
    till.run(2)
    assert till.standing(payment, bill) == "blocked payment-method"
    book_by(till.story.integration, till.erp.journal)
    till.run(2)
    assert till.amounts == [300]
    till.agrees()
