"""R18: what is cancelled is withdrawn once, and comes back under the same link."""

from __future__ import annotations

from syncs.services import transfers_retry
from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import WHO, Story


def _sent(live: Story) -> Ordered:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.run()
    live.ap.stage.forget_journal()
    return order


def test_r18_a_cancelled_order_is_archived_there_once(live: Story) -> None:
    order = _sent(live)
    live.erp.cancel(order)
    live.run()
    live.run()
    assert [w["path"].rpartition("/")[2] for w in live.ap.writes()] == ["archive"]
    assert live.held(order) == "cancelled"
    assert live.bills_of(order) == []
    live.ledgers()


def test_r18_back_to_draft_counts_as_cancelled(live: Story) -> None:
    order = _sent(live)
    live.erp.reset(order)
    live.run()
    assert live.held(order) == "cancelled"
    assert live.bills_of(order) == []
    live.ledgers()


def test_r18_confirmed_again_restores_the_same_bill_with_what_is_new(live: Story) -> None:
    order = _sent(live)
    before = live.the_bill(order)
    live.erp.cancel(order)
    live.run()
    live.erp.reset(order)
    live.erp.reprice(order, 130.0)
    live.erp.confirm(order)
    live.run()
    after = live.the_bill(order)
    assert (after.id, after.total) == (before.id, 130)
    assert len(live.ap.bills()) == 1
    live.ledgers()


def test_r18_cancelled_and_confirmed_between_two_runs_changes_nothing(live: Story) -> None:
    order = _sent(live)
    live.erp.cancel(order)
    live.erp.reset(order)
    live.erp.confirm(order)
    live.run()
    assert live.held(order) == "done"
    live.ledgers()


def test_r18_a_deleted_order_is_found_by_the_sweep(live: Story) -> None:
    order = _sent(live)
    live.erp.delete(order)
    live.run()
    live.later(25 * 3600)
    live.run()
    assert live.held(order) == "cancelled"
    assert live.bills_of(order) == []
    live.traces()


def test_r18_cancelled_before_it_was_sent_it_never_leaves(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"), number="PO-2026-EAST-QUAY-LIGHT-7")
    live.run()
    live.erp.cancel(order)
    live.run()
    assert live.held(order) == "cancelled"
    assert live.ap.bills() == []


def test_r18_cancelled_unsent_and_then_billed_it_is_only_skipped(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"), number="PO-2026-EAST-QUAY-LIGHT-7")
    live.run()
    live.erp.cancel(order)
    live.run()
    live.erp.reset(order)
    live.erp.confirm(order)
    live.erp.bill(order, number="A-17")
    numbers = live.bills_run()
    assert numbers.outcome == "done"
    assert live.held(order) == "skipped billed"


def test_r18_archived_by_a_person_there_and_changed_here_takes_a_person(live: Story) -> None:
    order = _sent(live)
    bill = live.the_bill(order).id
    live.ap.act(bill, "archive")
    live.erp.reprice(order, 130.0)
    live.run()
    assert live.held(order) == "held archived-there"
    live.ap.act(bill, "restore")
    transfers_retry([live.of(order)], actor=WHO)
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()


def test_r18_a_cancelled_order_whose_payment_is_scheduled_is_shown_not_archived(
    live: Story,
) -> None:
    order = _sent(live)
    bill = live.the_bill(order).id
    live.ap.act(bill, "approve")
    live.ap.act(bill, "schedule")
    live.erp.cancel(order)
    live.run()
    assert live.held(order) == "held after-scheduling"
    assert "Stop its payment" in live.of(order).sentence
    live.erp.reset(order)
    live.erp.confirm(order)
    live.run()
    assert live.held(order) == "done"
    live.ledgers()


def test_r18_a_cancellation_after_a_failed_update_is_carried_out(live: Story) -> None:
    order = _sent(live)
    live.erp.reprice(order, 130.0)
    live.ap.stage.fault("rate_limited", method="PUT", path=live.ap.bill_path, times=0)
    live.run()
    live.ap.stage.clear_faults()
    live.erp.cancel(order)
    numbers = live.bills_run()
    assert numbers.outcome == "done"
    assert live.held(order) == "cancelled"
    assert live.bills_of(order) == []
    live.ledgers()
