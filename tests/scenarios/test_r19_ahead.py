"""R19: what is paid ahead of the vendor bill waits for it, and is matched by itself."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import Story
from tests.scenarios.till import Owed, Till, book_by


def test_r19_it_waits_and_is_matched_when_the_bill_comes(till: Till) -> None:
    [owed] = till.owe(100, billed=False)
    payment = till.ap.pay(owed.bill)
    till.run(2)
    part = till.part(payment, owed.bill)
    assert till.standing(payment, owed.bill) == "waiting vendor-bill"
    assert not part.needs_attention
    since = part.moved_at
    till.story.later(3600)
    till.run()
    assert till.part(payment, owed.bill).moved_at == since  # its age is that of the waiting
    erp_bill = till.bill(owed.order)
    till.run(2)
    assert till.standing(payment, owed.bill) == "done"
    assert till.erp.open_amount(erp_bill) == 0
    till.agrees()


def _two_deliveries(till: Till) -> tuple[Owed, str, str]:
    till.vendor = till.erp.vendor("Alder Works")
    order: Ordered = till.erp.order(till.vendor, {"quantity": 10.0, "price": 10.0})
    [owed] = till.sent(order, billed=False)
    late = till.erp.part_bill(order, 6, number="D-1", due="2026-12-20")
    soon = till.erp.part_bill(order, 4, number="D-2", due="2026-12-01")
    return owed, late, soon


def test_r19_of_two_deliveries_the_first_due_is_paid_first(till: Till) -> None:
    owed, late, soon = _two_deliveries(till)
    payment = till.ap.pay(owed.bill, amounts=["50"])
    till.run(2)
    assert till.erp.open_amount(soon) == 0
    assert till.erp.open_amount(late) == 50
    till.ap.pay(owed.bill, amounts=["50"])
    till.run(2)
    assert till.erp.open_amount(late) == 0
    assert till.standing(payment, owed.bill) == "done"
    till.agrees()


def test_r19_what_a_delivery_leaves_waits_for_the_next(till: Till) -> None:
    till.vendor = till.erp.vendor("Alder Works")
    order = till.erp.order(till.vendor, {"quantity": 10.0, "price": 10.0})
    [owed] = till.sent(order, billed=False)
    first = till.erp.part_bill(order, 6, number="D-1", due="2026-12-01")
    payment = till.ap.pay(owed.bill)
    till.run(2)
    part = till.part(payment, owed.bill)
    assert till.standing(payment, owed.bill) == "waiting vendor-bill"
    assert till.erp.open_amount(first) == 0
    till.story.later(3600)
    till.run()
    part = till.part(payment, owed.bill)
    tries, since = part.attempts.count(), part.moved_at
    till.story.later(3600)
    till.run(3)
    part = till.part(payment, owed.bill)
    assert (part.attempts.count(), part.moved_at) == (tries, since)  # it only waits
    second = till.erp.part_bill(order, 4, number="D-2", due="2026-12-20")
    till.run(2)
    assert till.standing(payment, owed.bill) == "done"
    assert till.erp.open_amount(second) == 0
    assert till.amounts == [100]
    till.agrees()


def test_r19_never_more_than_is_left_to_pay(till: Till) -> None:
    """The vendor's bill comes to less than was paid: the rest stays open, and is said."""
    till.vendor = till.erp.vendor("Alder Works")
    order = till.erp.order(till.vendor, {"quantity": 10.0, "price": 10.0})
    [owed] = till.sent(order, billed=False)
    payment = till.ap.pay(owed.bill)
    till.run()
    bill = till.bill(order)
    till.erp.pay_by_hand(bill, 30)
    till.run(2)
    assert till.erp.open_amount(bill) == 0
    assert till.amounts == [100, 30]
    sentence = till.part(payment, owed.bill).sentence
    assert "30.00 USD of it stay open" in sentence


def test_r19_a_journal_that_never_reaches_the_ledger_is_refused_by_name(story: Story) -> None:
    story.erp.use_paid_edition()
    integration = story.go_live()
    book_by(integration, story.erp.journal)
    integration.full_clean()
    book_by(integration, story.erp.bad_journal)
    with pytest.raises(ValidationError) as refusal:
        integration.full_clean()
    [words] = refusal.value.message_dict["payment_method"]
    assert "outstanding account" in words


def test_r19_a_journal_that_stopped_reaching_the_ledger_holds_payments_back(till: Till) -> None:
    book_by(till.story.integration, till.erp.bad_journal)
    [owed] = till.owe(100)
    till.erp.use_paid_edition()
    payment = till.ap.pay(owed.bill)
    till.run()
    assert till.standing(payment, owed.bill) == "blocked payment-method"
    assert "outstanding account" in till.part(payment, owed.bill).sentence
    book_by(till.story.integration, till.erp.journal)
    till.run()
    assert till.amounts == [100]
    till.agrees()
