"""R10: every word of a payment posts, waits, withdraws or alerts; the day is when money left."""

from __future__ import annotations

from datetime import date

import pytest

from audit.models import AuditEntry
from syncs.models import Transfer
from tests.scenarios.story import Story
from tests.scenarios.till import Till, open_till

POSTS, WAITS, WITHDRAWS, ALERTS, ASKS = "done", "planned", "nothing", "unknown-word", "part-claimed"
FIXABLE = "fixable"
WORDS = {
    "SCHEDULED": WAITS,
    "READY_TO_FUND": WAITS,
    "CANCELLATION_IN_PROGRESS": WAITS,
    "FUNDING_ON_HOLD": WAITS,
    "FUNDING_STARTED": POSTS,
    "PROCESSED": POSTS,
    "SENT": POSTS,
    "DELIVERED": POSTS,
    "EXPIRING": POSTS,
    "DISBURSEMENT_ON_HOLD": POSTS,
    "CLEARED": POSTS,
    "PARTIALLY_CLAIMED": ASKS,
    "FUNDING_FAILED_ACTION_NEEDED": FIXABLE,
    "DISBURSEMENT_FAILED_ACTION_NEEDED": FIXABLE,
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED": FIXABLE,
    "FUNDING_FAILED_VOIDED": WITHDRAWS,
    "CANCELED": WITHDRAWS,
    "CANCELLED": WITHDRAWS,
    "VOIDED": WITHDRAWS,
    "VOID": WITHDRAWS,
    "VOID_PENDING": ALERTS,
    "FUNDS_ESCHEATED": ALERTS,
    "UNDEFINED": ALERTS,
    "TELEPORTED": ALERTS,
}
DAY = 24 * 3600


def _alerts() -> int:
    return AuditEntry.objects.filter(
        action="source.noticed", sentence__startswith="The payment of"
    ).count()


@pytest.mark.parametrize("word", WORDS)
def test_r10_what_a_word_does_before_anything_is_posted(till: Till, word: str) -> None:
    [owed] = till.owe(100)
    payment = till.ap.schedule(owed.bill)
    till.ap.change_payment(payment, singleStatus=word)
    till.run(2)
    expected = WORDS[word]
    assert till.amounts == ([100] if expected == POSTS else [])
    if expected == WITHDRAWS:
        assert not Transfer.objects.filter(group=payment).exists()
    else:
        part = till.part(payment, owed.bill)
        assert expected in (part.state, part.reason)
    assert _alerts() == (expected == ALERTS)


@pytest.mark.parametrize("word", WORDS)
def test_r10_what_a_word_does_to_what_is_posted(till: Till, word: str) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="PROCESSED")
    till.run()
    till.ap.change_payment(payment, singleStatus=word)
    till.run(2)
    expected = WORDS[word]
    assert till.amounts == ([] if expected == WITHDRAWS else [100])
    part = till.part(payment, owed.bill)
    assert part.needs_attention == (expected == ASKS)
    assert _alerts() == (expected in (WAITS, ALERTS, FIXABLE))
    if expected not in (WITHDRAWS, POSTS):  # once it goes on its way, nothing is left to say
        assert part.sentence
        till.ap.change_payment(payment, singleStatus="CLEARED")
        till.run(2)
        assert till.standing(payment, owed.bill) == "done"
        assert till.part(payment, owed.bill).sentence == ""
    assert till.amounts == ([] if expected == WITHDRAWS else [100])
    till.agrees()


def test_r10_post_at_settled_waits_until_it_has_arrived(story: Story) -> None:
    till = open_till(story, post_at="settled")
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="DELIVERED")
    till.run()
    assert till.amounts == []
    till.ap.arrive(payment)
    till.run()
    assert till.amounts == [100]
    till.agrees()


def test_r10_a_failure_is_reversed_after_the_days_it_may_be_mended(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill)
    till.run()
    till.ap.fail(payment)
    till.run()
    till.story.later(9 * DAY)
    till.run()
    assert till.amounts == [100]
    assert "after 10 days" in till.part(payment, owed.bill).sentence
    till.story.later(2 * DAY)
    till.run()
    assert till.amounts == []
    assert till.standing(payment, owed.bill) == "reversed"
    till.agrees()


def test_r10_the_day_is_the_day_the_money_left(till: Till) -> None:
    [owed] = till.owe(100)
    day = date(2026, 11, 25)
    till.ap.pay(owed.bill, processDate=day.isoformat())
    till.run()
    assert till.only().day == day.isoformat()
    till.agrees()


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Auckland"])
def test_r10_zones_neither_move_the_day_nor_lose_a_payment(story: Story, zone: str) -> None:
    """A payment of the evening of the baseline is dated the day before it by UTC, or after."""
    story.later((24 + 9 - story.hour_now()) % 24 * 3600)  # 09:00 UTC: the day before in Honolulu
    story.prepare(erp=story.erp.connect(time_zone=zone))
    till = open_till(story)
    [owed] = till.owe(100)
    day = story.day_in(zone)
    till.ap.pay(owed.bill, processDate=day.isoformat())
    till.run()
    assert till.only().day == day.isoformat()
    till.agrees()
