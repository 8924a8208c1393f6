"""R7: what is partly settled is never sent or posted as if it were whole."""

from __future__ import annotations

import pytest

from syncs.models import Integration
from tests.scenarios.story import Story
from tests.scenarios.till import Till

Leaves = Integration.Leaves


@pytest.fixture
def as_bills(story: Story) -> Story:
    """Give a story whose orders leave as their vendor bills."""
    story.go_live(order_leaves=Leaves.BILLED)
    return story


def test_r07_a_bill_partly_paid_before_it_is_sent_waits_for_a_person(as_bills: Story) -> None:
    order = as_bills.erp.order(as_bills.erp.vendor("Alder Works"))
    bill = as_bills.erp.bill(order, number="A-17")
    as_bills.erp.pay_by_hand(bill, 40)

    as_bills.run()

    assert as_bills.bills_of(order) == []
    assert as_bills.held(order) == "blocked amount"
    assert "already paid or partly paid" in as_bills.of(order).sentence


def test_r07_a_bill_credited_before_it_is_sent_waits_for_a_person(as_bills: Story) -> None:
    order = as_bills.erp.order(as_bills.erp.vendor("Alder Works"))
    as_bills.erp.credit(as_bills.erp.bill(order, number="A-17"))

    as_bills.run()

    assert as_bills.bills_of(order) == []
    assert as_bills.held(order) == "blocked amount"


def test_r07_a_payment_beside_a_vendor_credit_posts_its_cash_and_says_so(till: Till) -> None:
    [owed] = till.owe(100)
    credit = till.ap.give_credit(till.story.the_bill(owed.order).vendor_id, 30)
    till.ap.pay(owed.bill, amounts=["70"], credits={owed.bill: [{"id": credit, "amount": 30}]})

    till.run()

    assert till.amounts == [70]
    assert "besides 30.00 USD of vendor credits" in till.only().memo
    assert till.erp.open_amount(owed.erp_bill) == 30
