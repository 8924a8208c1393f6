"""R6: what the books settle by another way is noticed before it is paid twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncs.models import Transfer
from syncs.services import transfer_choose, transfer_settle
from tests.scenarios.story import WHO, Story
from tests.scenarios.till import Owed, Till, open_till


def _stands(till: Till, owed: Owed) -> str:
    return till.story.held(owed.order)


def _sentence(till: Till, owed: Owed) -> str:
    return till.story.of(owed.order).sentence


def test_r06_paid_by_hand_while_open_there_is_told(till: Till) -> None:
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill)
    till.run(2)
    assert _stands(till, owed) == "held paid-elsewhere"
    assert "100.00 USD of" in _sentence(till, owed)
    assert len(till.story.sentences("transfer.held")) == 1  # and once


def test_r06_undone_in_the_books_it_is_done_again(till: Till) -> None:
    [owed] = till.owe(100)
    by_hand = till.erp.pay_by_hand(owed.erp_bill)
    till.run()
    till.erp.cancel_payment(by_hand)
    till.run()
    assert _stands(till, owed) == "done"
    till.agrees()


def test_r06_a_credit_note_settles_a_bill_too(till: Till) -> None:
    [owed] = till.owe(100)
    till.erp.credit(owed.erp_bill)
    till.run()
    assert _stands(till, owed) == "held paid-elsewhere"


@pytest.mark.parametrize("leaves", ["confirmed", "billed"])
def test_r06_archived_by_rule_it_does_not_come_back_by_itself(story: Story, leaves: str) -> None:
    till = open_till(story, paid_elsewhere="archive", order_leaves=leaves)
    owed = _owed(till, leaves)
    by_hand = till.erp.pay_by_hand(owed.erp_bill)
    till.run(3)
    story.later(25 * 3600)
    till.run(3)
    assert story.bills_of(owed.order) == []
    assert _stands(till, owed) == "cancelled paid-elsewhere"
    till.erp.cancel_payment(by_hand)
    story.later(25 * 3600)
    till.run(2)
    assert len(story.bills_of(owed.order)) == 1


def _owed(till: Till, leaves: str) -> Owed:
    if leaves == "confirmed":
        [owed] = till.owe(100)
        return owed
    vendor = till.erp.vendor("Alder Works")
    [order] = till.erp.many_orders(vendor, [100])
    erp_bill = till.bill(order)
    till.run()
    return Owed(vendor, order, erp_bill, till.story.of(order).target_id)


def test_r06_a_part_paid_by_hand_is_never_archived(story: Story) -> None:
    till = open_till(story, paid_elsewhere="archive")
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill, 40)
    till.run(2)
    assert _stands(till, owed) == "held paid-elsewhere"
    assert "pay only the rest" in _sentence(till, owed)
    assert len(story.bills_of(owed.order)) == 1


@pytest.mark.parametrize("by", ["rule", "person"])
@pytest.mark.parametrize("amount", [100.0, 40.0])
def test_r06_it_is_recorded_there_once_and_never_posted_back(
    story: Story, by: str, amount: float
) -> None:
    till = open_till(story, **({"paid_elsewhere": "record"} if by == "rule" else {}))
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill, amount)
    till.run()
    if by == "person":
        transfer_settle(story.of(owed.order), Transfer.RECORD, actor=WHO)
    till.run(3)
    [recorded] = till.ap.payments()
    assert Decimal(str(recorded["amount"])) == Decimal(str(amount))
    assert till.amounts == [Decimal(str(amount))]
    assert _stands(till, owed) == "done"
    till.agrees()


def test_r06_the_rest_of_what_was_recorded_is_paid_and_posted(story: Story) -> None:
    till = open_till(story, paid_elsewhere="record")
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill, 40)
    till.run(2)
    till.ap.pay(owed.bill, amounts=["60"])
    till.run(3)
    assert sorted(till.amounts) == [40, 60]
    assert len(till.ap.payments()) == 2
    assert _stands(till, owed) == "done"
    till.agrees()


def test_r06_the_rest_paid_by_hand_is_still_open_there(till: Till) -> None:
    """40 went through the AP system, 60 were paid by hand: those 60 would be paid twice."""
    [owed] = till.owe(100)
    till.ap.pay(owed.bill, amounts=["40"])
    till.run()
    till.erp.pay_by_hand(owed.erp_bill, 60)
    till.run()
    assert _stands(till, owed) == "held paid-elsewhere"
    assert "60.00 USD of" in _sentence(till, owed)
    assert "still open" in _sentence(till, owed)


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop_then_commit", "drop_before"])
def test_r06_a_recording_nobody_answered_is_a_person_s_and_never_repeated(
    story: Story, kind: str
) -> None:
    till = open_till(story, paid_elsewhere="record")
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill, 40)
    more = {"seconds": 40} if kind == "drop_then_commit" else {}
    till.ap.stage.fault(kind, method="POST", path=till.ap.outside_path, **more)
    till.run()
    assert _stands(till, owed) == "held paid-elsewhere"
    assert "did not answer" in _sentence(till, owed)
    till.run()
    story.later(41)
    till.run(2)
    story.later(600)
    till.run(2)
    assert len(till.ap.payments()) == (kind != "drop_before")
    assert till.amounts == [40]


def test_r06_scheduled_there_alerts_with_the_day(till: Till) -> None:
    [owed] = till.owe(100)
    till.ap.schedule(owed.bill, day="2026-12-04")
    till.run()
    till.erp.pay_by_hand(owed.erp_bill)
    till.run()
    assert _stands(till, owed) == "held paid-elsewhere"
    assert "before 2026-12-04" in _sentence(till, owed)


def test_r06_in_flight_there_shows_both_payments(story: Story) -> None:
    till = open_till(story, post_at="settled")
    [owed] = till.owe(100)
    till.ap.pay(owed.bill, word="FUNDING_STARTED")
    till.erp.pay_by_hand(owed.erp_bill)
    till.run()
    assert _stands(till, owed) == "held paid-elsewhere"
    assert "is paying it too" in _sentence(till, owed)


@pytest.mark.parametrize("word", ["FUNDING_STARTED", "SENT", "CLEARED"])
def test_r06_our_own_payment_is_never_elsewhere(till: Till, word: str) -> None:
    [owed] = till.owe(100)
    till.ap.pay(owed.bill, word=word)
    till.run(3)
    assert _stands(till, owed) == "done"
    till.agrees()


def test_r06_our_own_unanswered_payment_is_not_elsewhere(till: Till) -> None:
    [owed] = till.owe(100)
    path = till.erp.posting_steps[2]
    till.ap.pay(owed.bill, amounts=["40"], word="FUNDING_STARTED")
    till.erp.stage.fault("server_error", method="POST", path=path, times=0)
    till.story.run()
    till.story.run()
    till.erp.stage.clear_faults()
    assert _stands(till, owed) == "done"


def test_r06_entered_by_hand_meanwhile_a_person_links_it_and_it_is_not_doubled(till: Till) -> None:
    [owed] = till.owe(100)
    by_hand = till.erp.enter_payment(owed.vendor, 100)
    payment = till.ap.pay(owed.bill)
    till.run()
    part = till.part(payment, owed.bill)
    assert till.standing(payment, owed.bill) == "blocked candidates"
    assert [row[0] for row in part.candidates] == [by_hand]
    transfer_choose(part, by_hand, actor=WHO)
    till.run(2)
    assert [posted.id for posted in till.alive] == [by_hand]
    assert till.standing(payment, owed.bill) == "done"
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()


def test_r06_a_bill_paid_by_hand_already_is_refused_to_a_person(till: Till) -> None:
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill, 60)
    till.erp.pay_by_hand(owed.erp_bill, 40)
    payment = till.ap.pay(owed.bill)
    till.run(2)
    assert till.standing(payment, owed.bill) == "blocked rejected"
    assert "settled in" in till.part(payment, owed.bill).sentence
    assert sorted(till.amounts) == [40, 60]
