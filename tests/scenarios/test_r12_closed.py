"""R12: nothing is posted into a closed month, and what moves a date is said."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread

from tests.scenarios.story import Story, wait_until
from tests.scenarios.till import Till, open_till

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
