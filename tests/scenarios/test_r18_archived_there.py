"""R18: what somebody archives in the AP system is noticed, and shown until it is settled."""

from __future__ import annotations

from tests.scenarios.story import Story
from tests.scenarios.till import Till


def test_r18_archived_there_by_somebody_is_shown_and_forgotten_when_restored(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.run()
    bill = live.the_bill(order).id

    live.ap.act(bill, "archive")
    live.run()
    assert live.held(order) == "held archived-there"
    assert "still a debt" in live.of(order).sentence

    live.ap.act(bill, "restore")
    live.run()
    assert live.held(order) == "done"
    live.ledgers()


def test_r18_archiving_what_was_paid_by_hand_settles_it(till: Till) -> None:
    [owed] = till.owe(100)
    till.erp.pay_by_hand(owed.erp_bill)
    till.run()
    assert till.story.held(owed.order) == "held paid-elsewhere"

    till.ap.act(owed.bill, "archive")
    till.run(2)

    assert till.story.held(owed.order) == "cancelled paid-elsewhere"
    assert till.story.bills_of(owed.order) == []
