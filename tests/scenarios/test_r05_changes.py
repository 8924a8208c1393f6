"""R5: what was approved changes only with a person's word; what people changed there is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connections.records import Approval, Settlement
from syncs.changes import ONCE_MONEY_MOVES, WHILE_OPEN, Action, Answer
from syncs.services import transfer_agree, transfer_dismiss, transfers_retry
from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import WHO, Story

# How people bring a bill there; what is on its way or of an unknown word, they cannot.
SETTLEMENTS: dict[Settlement, tuple[tuple[str, dict[str, int]], ...]] = {
    Settlement.SCHEDULED: (("approve", {}), ("schedule", {})),
    Settlement.PARTLY_PAID: (("approve", {}), ("pay", {"amount": 40})),
    Settlement.PAID: (("approve", {}), ("pay", {})),
}


def _sent(live: Story) -> Ordered:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.run()
    return order


def _do(live: Story, order: Ordered, action: Action) -> None:
    if action == Action.CANCEL:
        live.erp.cancel(order)
    else:
        live.erp.reprice(order, 130.0)


@pytest.mark.parametrize(("action", "approval"), WHILE_OPEN, ids=lambda word: str(word.value))
def test_r5_while_nothing_is_scheduled_the_approval_decides(
    live: Story, action: Action, approval: Approval
) -> None:
    order = _sent(live)
    bill = live.the_bill(order)
    for verb, wanted in live.ap.approvals[approval]:
        live.ap.act(bill.id, verb, **wanted)
    _do(live, order, action)
    live.run()
    answer, reason = WHILE_OPEN[action, approval]
    after = next(b for b in live.ap.bills() if b.id == bill.id)
    if answer == Answer.SEND:
        assert (after.archived, after.total) == (
            (True, 100) if action == Action.CANCEL else (False, 130)
        )
        live.ledgers()
        return
    assert live.held(order) == f"held {reason}"
    assert "130.00 USD" in live.of(order).sentence
    assert "100.00 USD" in live.of(order).sentence
    assert after.total == 100


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("settlement", SETTLEMENTS)
def test_r5_once_money_moves_a_change_is_only_shown(
    live: Story, action: Action, settlement: Settlement
) -> None:
    order = _sent(live)
    bill = live.the_bill(order)
    for verb, wanted in SETTLEMENTS[settlement]:
        live.ap.act(bill.id, verb, **wanted)
    live.ap.stage.forget_journal()
    _do(live, order, action)
    live.run()
    answer, reason = ONCE_MONEY_MOVES[settlement]
    assert answer == Answer.SHOW
    assert live.held(order) == f"held {reason}"
    assert live.ap.writes() == []
    live.refused(lambda: transfer_agree(live.of(order), actor=WHO))
    assert live.the_bill(order).total == 100


def test_r5_a_change_after_approval_goes_when_a_person_agrees(live: Story) -> None:
    order = _sent(live)
    live.ap.act(live.the_bill(order).id, "approve")
    live.erp.reprice(order, 130.0)
    live.run()
    transfer_agree(live.of(order), actor=WHO)
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()


def test_r5_what_a_person_agreed_to_is_not_what_came_later(live: Story) -> None:
    order = _sent(live)
    live.ap.act(live.the_bill(order).id, "approve")
    live.erp.reprice(order, 130.0)
    live.run()
    transfer_agree(live.of(order), actor=WHO)
    live.erp.reprice(order, 990.0)
    live.run()
    assert live.held(order) == "held after-approval"
    assert "990.00 USD" in live.of(order).sentence
    assert live.the_bill(order).total == 100


def test_r5_a_change_taken_back_needs_nobody(live: Story) -> None:
    order = _sent(live)
    live.ap.act(live.the_bill(order).id, "approve")
    live.erp.reprice(order, 130.0)
    live.run()
    live.erp.reprice(order, 100.0)
    live.run()
    assert live.held(order) == "done"
    live.ledgers()


def test_r5_a_person_may_leave_it_as_it_was_approved(live: Story) -> None:
    order = _sent(live)
    live.ap.act(live.the_bill(order).id, "approve")
    live.erp.reprice(order, 130.0)
    live.run()
    transfer_dismiss(live.of(order), why="agreed by phone", actor=WHO)
    live.run()
    live.run()
    assert live.held(order) == "dismissed"
    assert live.the_bill(order).total == 100


def test_r5_an_order_left_as_approved_and_then_cancelled_is_withdrawn(live: Story) -> None:
    order = _sent(live)
    live.ap.act(live.the_bill(order).id, "approve")
    live.erp.reprice(order, 130.0)
    live.run()
    transfer_dismiss(live.of(order), why="agreed by phone", actor=WHO)
    live.erp.cancel(order)
    live.run()
    assert live.held(order) == "cancelled"
    assert live.bills_of(order) == []


def test_r5_what_a_person_changed_there_is_kept_and_shown(live: Story) -> None:
    order = _sent(live)
    bill = live.the_bill(order)
    live.ap.act(bill.id, "edit", dueDate="2027-01-31", description="Ask Ines first")
    live.erp.reprice(order, 130.0)
    live.run()
    after = live.the_bill(order)
    assert (after.total, after.due, after.description) == (130, "2027-01-31", "Ask Ines first")
    assert "kept as changed there: due date, description" in live.sentences("transfer.updated")[-1]
    live.ledgers()


def test_r5_lines_changed_on_both_sides_are_a_question(live: Story) -> None:
    order = _sent(live)
    bill = live.the_bill(order)
    live.ap.act(bill.id, "edit", billLineItems=[{"amount": 60.0}, {"amount": 40.0}])
    live.erp.reprice(order, 130.0)
    live.run()
    assert live.held(order) == "held conflict"
    assert len(live.the_bill(order).lines) == 2
    transfer_agree(live.of(order), actor=WHO)
    live.run()
    assert live.the_bill(order).lines == (("Rope", Decimal(130)),)
    live.ledgers()


def test_r5_an_update_that_failed_once_is_not_taken_for_a_person_s(live: Story) -> None:
    order = _sent(live)
    live.erp.reprice(order, 130.0)
    live.ap.stage.fault(**live.ap.hour_used_up, method="PUT", path=live.ap.bill_path)
    live.run()
    assert live.the_bill(order).total == 100
    live.later(3600)
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()


def test_r5_an_update_refused_once_is_sent_when_it_is_mended(live: Story) -> None:
    order = _sent(live)
    live.ap.stage.fault(
        "status", method="PUT", path=live.ap.bill_path, status=422,
        body=[{"code": "BDC_1143", "message": "Not this.", "severity": "ERROR"}],
    )  # fmt: skip
    live.erp.reprice(order, 130.0)
    live.run()
    assert live.held(order) == "blocked rejected"
    transfers_retry([live.of(order)], actor=WHO)
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()
