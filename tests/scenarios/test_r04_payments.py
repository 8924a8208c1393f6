"""R4: whatever breaks while a payment is posted, it is posted exactly once, and matched."""

from __future__ import annotations

import pytest

from tests.scenarios.till import Owed, Till

STEPS = (0, 1, 2)
SETTLED = 5 * 60


def _settle(till: Till) -> None:
    """Let time pass as far as an unanswered write needs."""
    till.story.run()
    for _ in range(2):
        till.story.later(SETTLED + 1)
        till.run()


def _is_posted_once(till: Till, *owed: Owed) -> None:
    assert len(till.alive) == len(owed)
    assert [till.erp.open_amount(one.erp_bill) for one in owed] == [0] * len(owed)
    assert len(till.erp.posted()) == len(owed)
    till.agrees()


@pytest.mark.parametrize("step", STEPS, ids=["load", "confirm", "match"])
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("commit_then_drop", 1),
        ("commit_then_drop", 9),
        ("drop_before", 9),
        ("commit_then_error", 1),
    ],
)
def test_r04_a_lost_step_of_a_posting_ends_in_one_payment(
    till: Till, step: int, kind: str, times: int
) -> None:
    [owed] = till.owe(100)
    path = till.erp.posting_steps[step]
    till.erp.stage.fault(kind, method="POST", path=path, times=times)
    till.ap.pay(owed.bill)
    till.story.run()
    till.erp.stage.clear_faults()
    _settle(till)
    _is_posted_once(till, owed)


@pytest.mark.parametrize("step", STEPS, ids=["load", "confirm", "match"])
@pytest.mark.parametrize("seconds", [40, 400])
def test_r04_a_step_carried_out_later_ends_in_one_payment(
    till: Till, step: int, seconds: float
) -> None:
    [owed] = till.owe(100)
    path = till.erp.posting_steps[step]
    till.erp.stage.fault("drop_then_commit", method="POST", path=path, seconds=seconds, times=9)
    till.ap.pay(owed.bill)
    till.story.run()
    till.erp.stage.clear_faults()
    till.story.later(seconds + 1)
    _settle(till)
    _is_posted_once(till, owed)


@pytest.mark.parametrize("step", STEPS, ids=["load", "confirm", "match"])
def test_r04_a_lost_step_in_the_middle_of_a_batch(till: Till, step: int) -> None:
    owed = till.owe(10, 20, 30)
    path = till.erp.posting_steps[step]
    till.erp.stage.fault("drop_then_commit", method="POST", path=path, seconds=40, after=1, times=9)
    for one in owed:
        till.ap.pay(one.bill)
    till.story.run()
    till.erp.stage.clear_faults()
    till.story.later(41)
    _settle(till)
    _is_posted_once(till, *owed)


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop_then_commit"])
def test_r04_a_lost_reversal_reverses_once(till: Till, kind: str) -> None:
    [owed] = till.owe(100)
    payment = till.ap.pay(owed.bill, word="SENT")
    till.run()
    more = {"seconds": 40} if kind == "drop_then_commit" else {}
    till.erp.stage.fault(kind, method="POST", path=till.erp.undoing_step, times=9, **more)
    till.ap.void(payment)
    till.story.run()
    till.erp.stage.clear_faults()
    till.story.later(41)
    _settle(till)
    assert till.alive == []
    assert till.standing(payment, owed.bill) == "reversed"
    assert till.erp.open_amount(owed.erp_bill) == 100
    till.agrees()
