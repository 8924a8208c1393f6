"""R8: a payment is posted once for each bill it pays, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncs.models import Transfer
from syncs.services import transfer_agree, transfer_choose, transfers_retry
from tests.scenarios.story import WHO
from tests.scenarios.till import Till


def test_r08_one_payment_pays_40_of_one_bill_and_60_of_another(till: Till) -> None:
    first, second = till.owe(100, 60)
    payment = till.ap.pay(first.bill, second.bill, amounts=["40", "60"])
    till.run(2)
    assert sorted(till.amounts) == [40, 60]
    assert till.erp.open_amount(first.erp_bill) == 60
    assert till.erp.open_amount(second.erp_bill) == 0
    parts = Transfer.objects.filter(group=payment)
    assert sorted(part.amount or 0 for part in parts) == [40, 60]
    till.agrees()


def test_r08_the_rest_of_a_bill_is_a_payment_of_its_own(till: Till) -> None:
    [owed] = till.owe(100)
    for amount in ("40", "60"):
        till.ap.pay(owed.bill, amounts=[amount])
        till.run(2)
    assert till.amounts == [40, 60]
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()


def test_r08_two_payments_of_one_amount_on_one_day_are_two(till: Till) -> None:
    [owed] = till.owe(100)
    till.ap.pay(owed.bill, amounts=["50"])
    till.ap.pay(owed.bill, amounts=["50"])
    till.run(2)
    assert till.amounts == [50, 50]
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()


def test_r08_a_bill_named_twice_in_a_payment_gets_both_parts(till: Till) -> None:
    [owed] = till.owe(100)
    till.ap.pay(owed.bill, owed.bill, amounts=["30", "70"])
    till.run(2)
    assert sum(till.amounts) == 100
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()


def test_r08_a_vendor_credit_beside_the_money_is_said_and_not_posted(till: Till) -> None:
    [owed] = till.owe(100)
    vendor = till.story.the_bill(owed.order).vendor_id
    credit = till.ap.give_credit(vendor, 30)
    till.ap.pay(owed.bill, amounts=["70"], credits={owed.bill: [{"id": credit, "amount": 30}]})
    till.run(2)
    assert till.only().amount == 70
    assert "30.00 USD of vendor credits" in till.only().memo
    assert till.erp.open_amount(owed.erp_bill) == 30


def test_r08_a_bill_paid_wholly_by_credit_posts_nothing(till: Till) -> None:
    first, second = till.owe(100, 30)
    vendor = till.story.the_bill(first.order).vendor_id
    credit = till.ap.give_credit(vendor, 30)
    used = {second.bill: [{"id": credit, "amount": 30}]}
    payment = till.ap.pay(first.bill, second.bill, amounts=["100", "0"], credits=used)
    till.run(2)
    assert till.amounts == [100]
    assert till.standing(payment, second.bill) == "skipped nothing-to-pay"


def test_r08_the_key_names_payment_bill_and_generation(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill)
    till.run()
    assert till.only().key == f"pay_billcom_{payment}_{owed.bill}_0"


@pytest.mark.parametrize("times", [1, 2])
def test_r08_fail_reverse_clear_ends_with_one_live_payment(till: Till, times: int) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill)
    till.run()
    for generation in range(1, times + 1):
        till.ap.fail(payment)
        till.run()
        assert till.amounts == [100]  # it may be mended
        till.story.later(11 * 24 * 3600)
        till.run()
        assert till.amounts == []
        till.ap.arrive(payment)
        till.run(2)
        assert till.part(payment, owed.bill).generation == generation
        assert till.only().key.endswith(f"_{generation}")
    assert len(till.erp.posted()) == times + 1
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()


def test_r08_what_somebody_cancelled_there_is_never_posted_again_silently(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="PROCESSED")
    till.run()
    till.erp.cancel_payment(till.only().id)
    till.ap.arrive(payment)
    till.run(2)
    till.story.later(25 * 3600)
    till.run()
    assert till.amounts == []
    part = till.part(payment, owed.bill)
    assert till.standing(payment, owed.bill) == "held cancelled-there"
    assert "was cancelled in" in part.sentence
    transfers_retry([part], actor=WHO)
    till.run(2)
    assert till.amounts == []
    part = till.part(payment, owed.bill)
    assert part.needs_attention
    transfer_agree(part, actor=WHO)
    till.run(2)
    assert till.only().key.endswith("_1")
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()


def test_r08_what_somebody_deleted_there_is_shown(till: Till) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill)
    till.run()
    till.erp.delete_payment(till.only().id)
    till.story.later(25 * 3600)
    till.run(2)
    assert till.standing(payment, owed.bill) == "held gone-there"
    assert till.amounts == []


def test_r08_a_cancelled_payment_found_by_its_key_is_no_success(till: Till) -> None:
    [owed] = till.owe(100)
    till.erp.stage.fault("commit_then_drop", path=till.erp.posting_steps[2], method="POST")
    payment = till.ap.pay(owed.bill)
    till.story.run()
    [posted] = till.erp.posted()
    Transfer.objects.filter(source_id=payment).update(target_id="", target_scope="")
    till.erp.cancel_payment(posted.id)
    Transfer.objects.filter(source_id=payment).update(state="new", wanted="create", sent_seen="")
    till.run()
    part = till.part(payment, owed.bill)
    assert till.standing(payment, owed.bill) == "blocked candidates"
    assert "cancelled there by somebody" in part.sentence
    transfer_choose(part, posted.id, actor=WHO)
    till.run()
    part = till.part(payment, owed.bill)
    assert part.needs_attention, part.sentence
    assert till.amounts == []


def test_r08_a_reversed_payment_forgets_what_a_person_chose(till: Till) -> None:
    """Else the next life of a payment would be linked to one that was taken back."""
    [owed] = till.owe(100)
    by_hand = till.erp.enter_payment(owed.vendor, 100)
    payment = till.ap.pay(owed.bill)
    till.run()
    assert till.standing(payment, owed.bill) == "blocked candidates"
    transfer_choose(till.part(payment, owed.bill), by_hand, actor=WHO)
    till.run(2)
    assert till.standing(payment, owed.bill) == "done"
    assert till.amounts == [100]
    till.ap.fail(payment)
    till.run()
    till.story.later(11 * 24 * 3600)
    till.run()
    assert till.amounts == []
    till.ap.arrive(payment)
    till.run(2)
    assert till.only().key.endswith("_1")
    assert till.erp.open_amount(owed.erp_bill) == Decimal(0)
    till.agrees()


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop_then_commit"])
def test_r11_voided_while_the_answer_is_awaited_is_taken_back(till: Till, kind: str) -> None:
    [owed] = till.owe(100)
    more = {"seconds": 40} if kind == "drop_then_commit" else {}
    path = till.erp.posting_steps[0]
    till.erp.stage.fault(kind, method="POST", path=path, times=9, **more)
    payment = till.ap.pay(owed.bill, word="SENT")
    till.story.run()
    till.ap.void(payment)
    till.story.run()
    till.erp.stage.clear_faults()
    for _ in range(3):
        till.story.later(301)
        till.run()
    assert till.alive == []
    assert till.erp.open_amount(owed.erp_bill) == 100
    assert till.part(payment, owed.bill).state in ("reversed", "cancelled")
    till.agrees()


def test_r08_said_to_be_new_beside_one_entered_by_hand(till: Till) -> None:
    """The money of another bill of the same amount."""
    [owed] = till.owe(100)
    till.erp.enter_payment(owed.vendor, 100)
    payment = till.ap.pay(owed.bill)
    till.run()
    transfer_choose(till.part(payment, owed.bill), Transfer.CREATE_NEW, actor=WHO)
    till.run(2)
    assert till.amounts == [100, 100]
    assert till.erp.open_amount(owed.erp_bill) == 0
    till.agrees()
