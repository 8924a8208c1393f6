"""Limits, lost sessions, broken answers and refused batches: stopped, split, and gone on with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syncs.models import Attempt, Transfer
from tests.scenarios.story import Story


def test_a_used_up_hour_stops_the_flow_until_the_next_and_then_goes_on(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    orders = live.erp.many_orders(vendor, [10, 20])
    live.run(flow_names=["vendors"])
    live.ap.stage.fault(**live.ap.hour_used_up, method="POST", path=live.ap.bill_path)
    stopped = live.bills_run()
    assert stopped.outcome == "stopped"
    assert (stopped.blocked, stopped.failed) == (0, 0)
    full_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert live.integration.next_run_at == full_hour
    live.later(3600)
    live.run()
    assert [live.the_bill(order).total for order in orders] == [10, 20]
    live.ledgers()


def test_a_session_that_ends_in_the_middle_is_nobody_s_business(live: Story) -> None:
    orders = live.erp.many_orders(live.erp.vendor("Alder Works"), [10, 20])
    live.ap.stage.fault("session_lost", method="POST", path=live.ap.bill_path)
    live.ap.stage.fault("session_lost", method="GET", path=live.ap.vendor_path, after=1)
    assert {s.outcome for s in live.run().values()} == {"done"}
    assert [live.the_bill(order).total for order in orders] == [10, 20]
    live.ledgers()


@pytest.mark.parametrize("kind", ["server_error", "html"])
def test_a_broken_answer_to_a_write_is_an_unknown_outcome(live: Story, kind: str) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.ap.stage.fault(kind, method="POST", path=live.ap.bill_path)
    live.run()
    assert live.held(order) == "waiting answer"
    live.later(301)
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_a_call_too_many_at_once_is_repeated_by_itself(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.ap.stage.fault("rate_limited", method="POST", path=live.ap.bill_path)
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()


@pytest.mark.slow
def test_of_a_hundred_with_one_bad_row_99_are_created(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    live.run()
    orders = live.erp.many_orders(vendor, [10 + n for n in range(100)])
    target = live.of("Alder Works").target_id
    live.ap.make_bill(target, orders[41].number, 999.0, day="2026-01-05")
    live.ap.hide_bills_from_lists()
    live.run()
    live.ap.stage.clear_faults()
    states = Transfer.objects.filter(dated__isnull=False)
    assert states.filter(state="done").count() == 99
    assert live.of(orders[41]).state == "blocked"
    assert len(live.ap.bills()) == 100
    rolled_back = Attempt.objects.filter(outcome=Attempt.Outcome.ROLLED_BACK)  # and no halving
    assert rolled_back.count() == 99
    live.traces()


def test_a_batch_refused_without_a_name_is_halved_until_it_is_found(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    orders = live.erp.many_orders(vendor, [10 + n for n in range(8)])
    live.run(flow_names=["vendors"])
    culprit = orders[5].number
    live.ap.stage.fault(
        "status", method="POST", path=live.ap.bill_path, body_contains=culprit, times=0,
        status=422, body=[{"code": "BDC_1143", "message": "No.", "severity": "ERROR"}],
    )  # fmt: skip
    live.run()
    assert live.held(orders[5]) == "blocked rejected"
    assert len(live.ap.bills()) == 7
    assert not live.bills_of(orders[5])
    live.traces()


def test_a_refused_row_is_told_in_the_target_s_own_words(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.ap.stage.fault(
        "status", method="POST", path=live.ap.bill_path, times=0, status=422,
        body=[{"code": "BDC_1143", "message": "The moon is full.", "severity": "ERROR"}],
    )  # fmt: skip
    live.run()
    assert live.held(order) == "blocked rejected"
    assert "The moon is full." in live.of(order).sentence
    lines = live.audit_lines()
    live.run()
    assert live.audit_lines() == lines


def test_reads_that_lag_double_nothing_from_run_to_run(live: Story) -> None:
    live.ap.stage.fault("lag", seconds=90, times=0)
    vendor = live.erp.vendor("Alder Works", vat="20-5550001")
    orders = live.erp.many_orders(vendor, [10, 20, 30])
    for _ in range(3):
        live.run()
    live.later(100)
    live.run()
    live.ap.stage.clear_faults()
    assert len(live.ap.vendors()) == 1
    assert [live.the_bill(order).total for order in orders] == [10, 20, 30]
    live.ledgers()
