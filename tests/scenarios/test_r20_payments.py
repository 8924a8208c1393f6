"""R20: looking again at a posted payment verifies that it is there, and posts nothing twice."""

from __future__ import annotations

from syncs.models import Transfer
from syncs.services import transfers_retry
from tests.scenarios.story import WHO
from tests.scenarios.till import Till


def test_r20_a_whole_read_of_everything_posts_nothing_twice(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill)
    till.run()
    till.story.later(25 * 3600)
    till.run(2)
    assert till.amounts == [100]
    assert till.standing(payment, owed.bill) == "done"
    till.agrees()


def test_r20_a_retry_of_what_was_refused_posts_it_once(till: Till) -> None:
    [owed] = till.owe(100)
    by_hand = till.erp.pay_by_hand(owed.erp_bill, 60)
    rest = till.erp.pay_by_hand(owed.erp_bill, 40)
    payment = till.ap.pay(owed.bill)
    till.run()
    assert till.standing(payment, owed.bill) == "blocked rejected"
    for one in (by_hand, rest):
        till.erp.cancel_payment(one)
    transfers_retry([till.part(payment, owed.bill)], actor=WHO)
    till.run(2)
    assert till.amounts == [100]
    till.agrees()


def test_r20_an_amount_changed_after_posting_is_held_and_never_corrected(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, amounts=["60"])
    till.run()
    parts = till.ap.payments()[0]["billPayments"]
    till.ap.change_payment(payment, amount=70, billPayments=[{**parts[0], "amount": 70}])
    till.run(2)
    assert till.standing(payment, owed.bill) == "held after-payment"
    assert till.amounts == [60]
    sentence = till.part(payment, owed.bill).sentence
    assert "70.00 USD" in sentence
    assert "60.00 USD" in sentence


def test_r20_a_part_that_is_gone_after_posting_is_a_person_s(till: Till) -> None:
    first, second = till.owe(100, 60)
    payment = till.ap.pay(first.bill, second.bill)
    till.run()
    parts = till.ap.payments()[0]["billPayments"]
    till.ap.change_payment(payment, amount=100, billPayments=parts[:1])
    till.run(2)
    assert till.standing(payment, second.bill) == "held lost-part"
    assert till.standing(payment, first.bill) == "done"
    assert sorted(till.amounts) == [60, 100]
    till.ap.change_payment(payment, amount=160, billPayments=parts)
    till.run(2)
    assert till.standing(payment, second.bill) == "done"
    till.agrees()


def test_r20_money_that_names_no_bill_is_listed(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="SCHEDULED")
    till.ap.change_payment(payment, billPayments=[], billId=None, singleStatus="CLEARED")
    till.run(2)
    [part] = Transfer.objects.filter(flow="payments", group=payment)
    assert (part.state, part.reason, part.amount) == ("skipped", "unknown-bill", 100)
    assert till.amounts == []


def test_r20_parts_that_do_not_add_up_are_a_person_s(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="SCHEDULED")
    parts = till.ap.payments()[0]["billPayments"]
    lesser = [{**parts[0], "amount": 70}]
    till.ap.change_payment(payment, billPayments=lesser, singleStatus="CLEARED")
    till.run(2)
    assert till.amounts == []
    assert till.standing(payment, owed.bill) == "blocked incomplete"
