"""R4: a write nobody answered is looked for at once and repeated late: always exactly one."""

from __future__ import annotations

import pytest

from syncs.models import Attempt
from syncs.services import transfer_choose, transfer_dismiss, transfer_renumber
from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import WHO, Story

SETTLED = 5 * 60


def _ready(live: Story) -> Ordered:
    """Make an order whose vendor is linked already."""
    vendor = live.erp.vendor("Alder Works")
    live.run()
    return live.erp.order(vendor)


def _outcomes(live: Story, order: Ordered) -> list[str]:
    rows = Attempt.objects.filter(transfer=live.of(order)).order_by("number")
    return list(rows.values_list("outcome", flat=True))


@pytest.mark.parametrize("kind", ["commit_then_drop", "commit_then_error"])
def test_r4_a_bill_that_arrived_without_an_answer_is_linked_once(live: Story, kind: str) -> None:
    order = _ready(live)
    live.ap.stage.fault(kind, method="POST", path=live.ap.bill_path)
    live.run()
    live.run()
    assert live.of(order).target_id == live.the_bill(order).id
    assert live.of(order).linked_how == "found unanswered"
    assert _outcomes(live, order) == ["found"]
    live.ledgers()


def test_r4_a_vendor_that_arrived_without_an_answer_is_linked_once(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.ap.stage.fault("commit_then_drop", method="POST", path=live.ap.vendor_path)
    live.run()
    assert len(live.ap.vendors()) == 1
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_r4_a_batch_that_arrived_without_an_answer_is_linked_row_by_row(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    orders = live.erp.many_orders(vendor, [10, 20, 30, 40])
    live.run(flow_names=["vendors"])
    live.ap.stage.fault("commit_then_drop", method="POST", path=live.ap.bill_path)
    live.run()
    assert [live.the_bill(order).total for order in orders] == [10, 20, 30, 40]
    live.ledgers()


def test_r4_a_write_carried_out_after_40_seconds_is_not_repeated(live: Story) -> None:
    order = _ready(live)
    live.ap.stage.fault("drop_then_commit", method="POST", path=live.ap.bill_path, seconds=40)
    live.run()
    assert live.held(order) == "waiting answer"
    assert live.bills_of(order) == []
    assert len(live.ap.writes()) - 1 == 1  # the vendor before, the lost bill now
    live.run()
    assert len(live.ap.writes()) - 1 == 1
    live.later(41)
    live.run()
    assert live.of(order).target_id == live.the_bill(order).id
    assert _outcomes(live, order) == ["found"]
    live.ledgers()


def test_r4_a_write_that_never_arrived_is_sent_again_after_the_wait(live: Story) -> None:
    order = _ready(live)
    live.ap.stage.fault("drop_before", method="POST", path=live.ap.bill_path)
    live.run()
    live.later(SETTLED - 60)
    live.run()
    assert live.held(order) == "waiting answer"
    assert "sent again after 5 minutes" in live.of(order).sentence
    live.later(61)
    live.run()
    assert live.of(order).target_id == live.the_bill(order).id
    assert _outcomes(live, order) == ["not there", "created"]
    live.ledgers()


def test_r4_a_write_carried_out_later_than_anybody_waits_is_still_one_bill(live: Story) -> None:
    order = _ready(live)
    live.ap.stage.fault("drop_then_commit", method="POST", path=live.ap.bill_path, seconds=900)
    live.run()
    live.later(SETTLED + 1)
    live.run()
    assert live.of(order).state == "done"
    live.later(900)
    live.run()
    assert len(live.bills_of(order)) == 1  # the target refuses the number the second time
    live.ledgers()


def test_r4_nobody_can_send_again_by_hand_what_may_yet_arrive(live: Story) -> None:
    order = _ready(live)
    live.ap.stage.fault("drop_then_commit", method="POST", path=live.ap.bill_path, seconds=40)
    live.run()
    live.refused(lambda: transfer_choose(live.of(order), "create", actor=WHO))
    live.refused(lambda: transfer_renumber(live.of(order), "OTHER-1", actor=WHO))
    live.refused(lambda: transfer_dismiss(live.of(order), why="tired", actor=WHO))
    live.later(41)
    live.run()
    assert len(live.bills_of(order)) == 1
    live.ledgers()


def test_r4_a_change_made_while_the_answer_is_awaited_is_sent_afterwards(live: Story) -> None:
    order = _ready(live)
    live.ap.stage.fault("drop_then_commit", method="POST", path=live.ap.bill_path, seconds=40)
    live.run()
    live.erp.reprice(order, 130.0)
    live.run()
    assert live.held(order) == "waiting answer"
    live.later(41)
    live.run()
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()


def test_r4_an_order_cancelled_while_the_answer_is_awaited_is_withdrawn(live: Story) -> None:
    order = _ready(live)
    live.ap.stage.fault("drop_then_commit", method="POST", path=live.ap.bill_path, seconds=40)
    live.run()
    live.erp.cancel(order)
    live.run()
    live.later(41)
    live.run()
    live.run()
    assert live.bills_of(order) == []
    assert live.held(order) == "cancelled"
    live.ledgers()


def test_r4_a_lost_update_is_compared_and_then_done_again(live: Story) -> None:
    order = _ready(live)
    live.run()
    live.erp.reprice(order, 130.0)
    live.ap.stage.fault("drop_before", method="PUT", path=live.ap.bill_path)
    live.run()
    assert live.held(order) == "waiting answer"
    assert live.the_bill(order).total == 100
    live.later(SETTLED + 1)
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()


def test_r4_an_update_that_arrived_without_an_answer_is_no_conflict(live: Story) -> None:
    order = _ready(live)
    live.run()
    live.erp.reprice(order, 130.0)
    live.ap.stage.fault("commit_then_drop", method="PUT", path=live.ap.bill_path)
    live.run()
    live.erp.reprice(order, 140.0)
    live.later(SETTLED + 1)
    live.run()
    assert live.held(order) == "done"
    assert live.the_bill(order).total == 140
    live.ledgers()


def test_r4_a_lost_withdrawal_was_ours_and_can_be_taken_back(live: Story) -> None:
    order = _ready(live)
    live.run()
    live.erp.cancel(order)
    live.ap.stage.fault("commit_then_drop", method="POST", path="*/archive")
    live.run()
    live.later(SETTLED + 1)
    live.run()
    assert live.held(order) == "cancelled"
    live.erp.reset(order)
    live.erp.confirm(order)
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()


@pytest.mark.parametrize("seconds", [30, 120])
def test_r4_reads_that_lag_behind_writes_double_nothing(live: Story, seconds: float) -> None:
    order = _ready(live)
    live.ap.stage.fault("lag", seconds=seconds, times=0)
    live.ap.stage.fault("commit_then_drop", method="POST", path=live.ap.bill_path)
    live.run()
    assert live.held(order) == "waiting answer"
    live.later(seconds + 1)
    live.run()
    assert len(live.bills_of(order)) == 1
    assert live.of(order).target_id == live.the_bill(order).id
    live.ap.stage.clear_faults()
    live.ledgers()


def test_r4_two_alike_vendors_wait_for_one_another_s_answer(live: Story) -> None:
    for name in ("Alder Works", "Alder Works LLC"):
        live.erp.vendor(name, vat="20-5550001")
    path = live.ap.vendor_path
    live.ap.stage.fault("drop_then_commit", method="POST", path=path, seconds=40)
    live.run()
    live.later(41)
    live.run()
    assert len(live.ap.vendors()) == 1
    assert live.held("Alder Works LLC") == "blocked candidates"
