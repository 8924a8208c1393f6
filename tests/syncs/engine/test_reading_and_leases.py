"""What is read, and how long a run may go on: the watermark, the sweep, time and leases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from connections.errors import TransientError
from connections.resource import Outcome
from syncs import services
from syncs.models import FlowState, Integration, Transfer
from syncs.states import State
from tests.factories import NOON
from tests.syncs.engine.between import (
    FLOW,
    MINUTE,
    clock,
    integration,
    numbers,
    order,
    run,
    states,
    systems,
)
from tests.two_systems import Shelf, Systems

__all__ = ["clock", "integration", "systems"]  # fixtures
pytestmark = pytest.mark.django_db


# Reading -----------------------------------------------------------------------------------------


def watermark() -> datetime | None:
    return FlowState.objects.get(flow=FLOW).watermark


def test_a_row_committed_late_is_met_by_the_overlap(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1, NOON))
    run(integration)
    systems.orders.put(order(2, NOON - 9 * MINUTE))
    run(integration)

    assert systems.orders.reads == [None, NOON - 10 * MINUTE]
    assert numbers(systems) == ["P1", "P2"]


def test_rows_with_one_time_stamp_over_several_pages_are_all_met(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(*(order(n, NOON) for n in range(1, 8)))
    run(integration)

    assert len(numbers(systems)) == 7


def broken_after(page: int) -> Any:
    def after(number: int) -> None:
        if number == page:
            raise TransientError("Books did not answer in time.")

    return after


@pytest.mark.parametrize(("seeks", "reached"), [(True, NOON + 4 * MINUTE), (False, None)])
def test_the_watermark_moves_only_with_what_was_staged(
    seeks: bool, reached: datetime | None, systems: Systems, integration: Integration
) -> None:
    systems.orders = replace_shelf(systems.orders, seeks=seeks)
    systems.orders.put(*(order(n, NOON + n * MINUTE) for n in range(1, 8)))
    systems.orders.after_page = broken_after(2)

    assert run(integration).outcome == "stopped"
    assert watermark() == reached
    assert len(states()) == 4

    systems.orders.after_page = lambda number: None
    run(integration)
    assert watermark() == NOON + 7 * MINUTE
    assert len(numbers(systems)) == 7


def replace_shelf(shelf: Shelf, **changes: Any) -> Shelf:
    for name, value in changes.items():
        setattr(shelf, name, value)
    return shelf


def test_a_record_that_fails_later_does_not_hold_the_watermark_back(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1), order(2, NOON + MINUTE, vendor_id="unknown"))
    run(integration)

    assert watermark() == NOON + MINUTE
    assert states() == {"P1": State.DONE, "P2": State.WAITING}


def test_the_nightly_sweep_finds_what_no_delta_shows(
    systems: Systems, integration: Integration, clock: Any
) -> None:
    systems.orders.put(order(1), order(2))
    run(integration)
    systems.orders.put(order(3, NOON - timedelta(days=5)))
    del systems.orders.rows["2"]
    clock.shift(timedelta(hours=1))
    run(integration)
    assert numbers(systems) == ["P1", "P2"]

    clock.shift(timedelta(hours=24))
    run(integration)
    assert numbers(systems) == ["P1", "P3"]
    assert states()["P2"] == State.CANCELLED


def test_a_page_that_fails_the_sweep_deletes_nothing(
    systems: Systems, integration: Integration, clock: Any
) -> None:
    systems.orders.put(order(1), order(2), order(3))
    run(integration)
    clock.shift(timedelta(hours=25))
    systems.orders.after_page = broken_after(1)
    run(integration)

    assert numbers(systems) == ["P1", "P2", "P3"]


# Time and leases ---------------------------------------------------------------------------------


def test_a_run_out_of_time_goes_on_where_it_stopped(
    systems: Systems, integration: Integration
) -> None:
    systems.batch_size = 1
    systems.orders.put(*(order(n) for n in range(1, 6)))
    outcomes = [run(integration, seconds=0).outcome for _ in range(12)]

    assert outcomes[0] == "continues"
    assert run(integration).outcome == "done"
    assert numbers(systems) == ["P1", "P2", "P3", "P4", "P5"]


def test_a_full_read_out_of_time_goes_on_from_the_page_it_had_reached(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(*(order(n, NOON + n * MINUTE) for n in range(1, 8)))

    assert run(integration, seconds=0).outcome == "continues"
    state = FlowState.objects.get(flow=FLOW)
    assert (state.swept_at, state.sweep["met"]) == (None, ["1", "2"])

    assert run(integration).outcome == "done"
    assert systems.orders.reads[-1] == NOON + 2 * MINUTE
    state.refresh_from_db()
    assert state.sweep == {}
    assert state.swept_at is not None
    assert len(numbers(systems)) == 7


def test_a_sweep_in_two_parts_misses_only_what_is_gone(
    systems: Systems, integration: Integration, clock: Any
) -> None:
    systems.orders.put(*(order(n, NOON + n * MINUTE) for n in range(1, 8)))
    run(integration)
    del systems.orders.rows["1"], systems.orders.rows["6"]
    clock.shift(timedelta(hours=25))

    assert run(integration, seconds=0).outcome == "continues"
    assert run(integration).outcome == "done"

    assert numbers(systems) == ["P2", "P3", "P4", "P5", "P7"]


def test_a_run_that_lost_its_lease_writes_nothing_more_and_the_next_one_heals(
    systems: Systems, integration: Integration
) -> None:
    def frozen(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        made = shelf.store(records)
        FlowState.objects.filter(flow=FLOW).update(fence=F("fence") + 1, holder="another")
        return made

    systems.orders.put(order(1), order(2))
    systems.bills.steps = [frozen]

    assert run(integration).outcome == "lost"
    assert set(states().values()) == {State.SENDING}
    assert run(integration).outcome == "busy"

    FlowState.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert run(integration).outcome == "done"
    assert numbers(systems) == ["P1", "P2"]


def test_a_document_left_while_a_run_holds_it_is_not_sent(
    systems: Systems, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        left = Transfer.objects.get(document="P2")
        services.transfer_dismiss(left, why="Paid in cash", actor="ann")
        return shelf.store(records)

    systems.batch_size = 1
    systems.register(monkeypatch)
    systems.orders.put(order(1), order(2))
    systems.bills.steps = [meanwhile]
    run(integration)

    assert numbers(systems) == ["P1"]
    assert states() == {"P1": State.DONE, "P2": State.DISMISSED}
