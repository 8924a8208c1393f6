"""R2: an order and its vendor bills are one debt, and leave as one bill."""

from __future__ import annotations

from syncs.models import Integration
from syncs.services import transfer_choose
from tests.scenarios.story import WHO, Story

Leaves = Integration.Leaves


def test_r2_an_order_with_a_posted_vendor_bill_stays_where_it_is(story: Story) -> None:
    order = story.erp.order(story.erp.vendor("Alder Works"))
    story.erp.bill(order, number="A-17")
    story.go_live()
    story.run()
    assert story.bills_of(order) == []
    assert story.held(order) == "skipped billed"
    assert "A-17" in story.of(order).sentence


def test_r2_an_order_that_was_sent_is_not_sent_again_when_its_bill_is_posted(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.run()
    sent = live.the_bill(order)
    live.erp.bill(order, number="A-17")
    live.later(3600)
    live.run()
    live.run()
    assert live.the_bill(order) == sent
    assert live.of(order).target_id == sent.id
    live.ledgers()


def test_r2_a_bill_like_it_within_30_days_blocks_until_a_person_says_it_is_new(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works", vat="20-5550001"))
    vendor = live.ap.make_vendor("Alder Works", additionalInfo={"taxId": "20-5550001"})
    theirs = live.ap.make_bill(vendor, "TYPED-1", 100.0)
    live.run()
    assert live.held(order) == "blocked duplicate"
    assert "TYPED-1" in live.of(order).sentence
    assert live.of(order).candidates[0][0] == theirs
    assert live.bills_of(order) == []
    transfer_choose(live.of(order), "create", actor=WHO)
    live.run()
    assert live.the_bill(order).id != theirs
    live.ledgers()


def test_r2_a_person_may_say_that_it_is_the_bill_that_is_there(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works", vat="20-5550001"))
    vendor = live.ap.make_vendor("Alder Works", additionalInfo={"taxId": "20-5550001"})
    theirs = live.ap.make_bill(vendor, "TYPED-1", 100.0)
    live.run()
    transfer_choose(live.of(order), theirs, actor=WHO)
    live.run()
    assert live.of(order).target_id == theirs
    assert len(live.ap.bills()) == 1
    live.ledgers()


def test_r2_a_bill_like_it_is_only_mentioned_where_the_setting_says_so(story: Story) -> None:
    story.go_live(duplicates=Integration.Duplicates.WARN)
    order = story.erp.order(story.erp.vendor("Alder Works", vat="20-5550001"))
    vendor = story.ap.make_vendor("Alder Works", additionalInfo={"taxId": "20-5550001"})
    story.ap.make_bill(vendor, "TYPED-1", 100.0)
    story.run()
    assert story.the_bill(order).total == 100
    [said] = story.sentences("transfer.duplicate")
    assert "TYPED-1" in said
    story.ledgers()


def test_r2_a_bill_like_it_from_two_months_ago_is_another_debt(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works", vat="20-5550001"))
    vendor = live.ap.make_vendor("Alder Works", additionalInfo={"taxId": "20-5550001"})
    live.ap.make_bill(vendor, "TYPED-1", 100.0, day="2026-08-20")
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_r2_two_orders_of_one_vendor_and_amount_are_two_debts(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    one, two = live.erp.order(vendor), live.erp.order(vendor)
    live.run()
    assert live.the_bill(one).id != live.the_bill(two).id
    live.ledgers()


def test_r2_an_order_may_wait_until_everything_is_received(story: Story) -> None:
    story.go_live(order_leaves=Leaves.RECEIVED)
    order = story.erp.order(story.erp.vendor("Alder Works"))
    story.run()
    assert story.held(order) == "skipped not-received"
    story.erp.receive(order)
    story.run()
    assert story.the_bill(order).total == 100
    story.ledgers()


def test_r2_an_order_may_leave_as_its_vendor_bill(story: Story) -> None:
    story.go_live(order_leaves=Leaves.BILLED)
    order = story.erp.order(story.erp.vendor("Alder Works"))
    story.run()
    assert story.bills_of(order) == []
    story.erp.bill(order, number="A-17")
    story.run()
    assert story.the_bill(order).number == "A-17"
    story.ledgers()


def test_r2_an_order_that_leaves_as_its_bill_is_withdrawn_with_it(story: Story) -> None:
    story.go_live(order_leaves=Leaves.BILLED)
    order = story.erp.order(story.erp.vendor("Alder Works"))
    bill = story.erp.bill(order, number="A-17")
    story.run()
    sent = story.the_bill(order)
    story.erp.unpost(bill)
    story.later(25 * 3600)
    story.run()
    assert story.bills_of(order) == []
    assert story.held(order) == "cancelled"
    assert [b.id for b in story.ap.bills() if b.archived] == [sent.id]
    story.ledgers()
