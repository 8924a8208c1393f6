"""What a run promises, with two tiny systems: nothing is lost, nothing is doubled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import DataError, Rejected, TransientError, UnknownOutcome
from connections.records import OrderState
from connections.resource import Created, Outcome, Refused, RolledBack
from syncs.models import Integration, Transfer
from syncs.states import Reason, State
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


def test_an_order_becomes_a_bill_and_a_second_run_adds_nothing(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1), order(2), order(3))

    first, second = run(integration), run(integration)

    assert (first.created, second.created, second.updated) == (3, 0, 0)
    assert numbers(systems) == ["P1", "P2", "P3"]
    assert states() == dict.fromkeys(["P1", "P2", "P3"], State.DONE)


# Crashes and lost answers ------------------------------------------------------------------------


class Killed(BaseException):
    """The process was ended; nothing after this ran."""


def killed_after_writing(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
    shelf.store(records)
    raise Killed


def killed_before_writing(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
    raise Killed


def unanswered(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
    raise UnknownOutcome("Payables did not answer.")


def written_but_unanswered(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
    shelf.store(records)
    raise UnknownOutcome("Payables did not answer.")


def test_a_crash_between_create_and_link_is_healed_by_the_next_run(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1), order(2))
    systems.bills.steps = [killed_after_writing]
    with pytest.raises(Killed):
        run(integration)
    assert set(states().values()) == {State.SENDING}

    run(integration)

    assert numbers(systems) == ["P1", "P2"]
    linked = Transfer.objects.filter(flow=FLOW)
    assert {t.linked_how for t in linked} == {"found unanswered"}
    assert {t.target_id for t in linked} == set(systems.bills.rows)


def test_a_crash_before_the_write_is_repeated_late_and_once(
    systems: Systems, integration: Integration, clock: Any
) -> None:
    systems.orders.put(order(1))
    systems.bills.steps = [killed_before_writing]
    with pytest.raises(Killed):
        run(integration)

    run(integration)
    run(integration)
    assert numbers(systems) == []
    assert Transfer.objects.get(flow=FLOW).reason == Reason.ANSWER

    clock.shift(6 * MINUTE)
    run(integration)
    run(integration)
    assert numbers(systems) == ["P1"]


def test_an_answer_that_was_lost_is_looked_for_at_once(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1), order(2))
    systems.bills.steps = [written_but_unanswered]

    assert run(integration).created == 2
    assert numbers(systems) == ["P1", "P2"]


def test_a_write_that_shows_up_minutes_later_is_not_repeated(
    systems: Systems, integration: Integration, clock: Any
) -> None:
    systems.orders.put(order(1))
    systems.bills.steps = [unanswered]
    run(integration)
    body = Transfer.objects.get(flow=FLOW).body
    clock.shift(4 * MINUTE)
    run(integration)

    from connections.records import Bill
    from connections.serial import from_json

    systems.bills.put(replace(from_json(Bill, body), id="late"))
    clock.shift(2 * MINUTE)
    run(integration)
    clock.shift(10 * MINUTE)
    run(integration)

    assert numbers(systems) == ["P1"]
    assert Transfer.objects.get(flow=FLOW).target_id == "late"


# Poison ------------------------------------------------------------------------------------------


def too_large(record: Any) -> bool:
    return bool(record.number == "P5")


def named(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
    """Refuse the whole batch for one, and say which."""
    if not any(map(too_large, records)):
        return shelf.store(records)
    shelf.steps.insert(0, named)
    error = Rejected("The amount is too large.", code="X1")
    return [Refused(error) if too_large(r) else RolledBack() for r in records]


def unnamed(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
    """Refuse the whole batch for one, and do not say which."""
    shelf.steps.insert(0, unnamed)
    if any(map(too_large, records)):
        raise Rejected("One amount is too large.", code="X1")
    return shelf.store(records)


@pytest.mark.parametrize(("poison", "calls"), [(named, 2), (unnamed, 7)])
def test_one_poisonous_record_waits_and_the_others_go(
    poison: Any, calls: int, systems: Systems, integration: Integration
) -> None:
    systems.orders.put(*(order(n) for n in range(1, 9)))
    systems.bills.steps = [poison]

    summary = run(integration)

    assert (summary.created, summary.blocked) == (7, 1)
    assert numbers(systems) == ["P1", "P2", "P3", "P4", "P6", "P7", "P8"]
    blocked = Transfer.objects.get(state=State.BLOCKED)
    assert "too large" in blocked.sentence
    assert len(systems.bills.creates) == calls


def test_some_created_and_one_refused_of_a_batch(
    systems: Systems, integration: Integration
) -> None:
    def partly(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        made = iter(shelf.store([r for r in records if not too_large(r)]))
        refused = Refused(DataError("No."))
        return [refused if too_large(r) else next(made) for r in records]

    systems.orders.put(order(4), order(5), order(6))
    systems.bills.steps = [partly]

    assert (run(integration).created, run(integration).created) == (2, 0)
    assert states() == {"P4": State.DONE, "P5": State.BLOCKED, "P6": State.DONE}
    for transfer in Transfer.objects.filter(flow=FLOW, state=State.DONE):
        assert systems.bills.rows[transfer.target_id].number == transfer.document


def test_a_lost_connection_stops_the_flow_and_blames_nobody(
    systems: Systems, integration: Integration, clock: Any
) -> None:
    def down(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        raise TransientError("Payables could not be reached.")

    systems.orders.put(order(1))
    systems.bills.steps = [down]
    assert run(integration).outcome == "stopped"
    clock.shift(3 * MINUTE)

    assert run(integration).outcome == "done"
    assert numbers(systems) == ["P1"]


def test_a_cancelled_order_takes_its_bill_along(systems: Systems, integration: Integration) -> None:
    systems.orders.put(order(1))
    run(integration)
    systems.orders.put(order(1, NOON + MINUTE, state=OrderState.CANCELLED))
    run(integration)

    assert numbers(systems) == []
    assert states() == {"P1": State.CANCELLED}


def test_a_total_that_differs_there_is_held(systems: Systems, integration: Integration) -> None:
    def wrong(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        (made,) = shelf.store(records)
        assert isinstance(made, Created)
        return [Created(made.id, replace(made.record, total=Decimal("7.00")))]

    systems.orders.put(order(1))
    systems.bills.steps = [wrong]
    run(integration)

    transfer = Transfer.objects.get(flow=FLOW)
    assert (transfer.state, transfer.reason) == (State.HELD, Reason.TOTAL_DIFFERS)
    assert "7.00 USD" in transfer.sentence
