"""What a run promises, with two tiny systems: nothing is lost, nothing is doubled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from connections.errors import DataError, Rejected, TransientError, UnknownOutcome
from connections.records import OrderState, PurchaseOrder
from connections.resource import Created, Outcome, Refused, RolledBack
from syncs import services
from syncs.engine.run import run_integration
from syncs.engine.summary import Summary
from syncs.models import FlowState, Integration, Transfer
from syncs.states import Reason, State
from tests.factories import NOON, a_line, a_transfer, a_vendor, an_account, an_integration, an_order
from tests.two_systems import Shelf, Systems

pytestmark = pytest.mark.django_db
FLOW = "purchase-orders-as-bills"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Systems:
    systems = Systems()
    systems.register(monkeypatch)
    systems.accounts.put(an_account(id="6100"))
    systems.vendors.put(a_vendor(id="v-1"))
    return systems


@pytest.fixture
def integration(systems: Systems) -> Integration:
    """An integration whose one vendor is linked."""
    integration = an_integration()
    a_transfer(
        integration, flow="vendors", source_key="7:USD", source_id="7", group="7",
        target_id="v-1", target_scope="vendors", state=State.DONE,
    )  # fmt: skip
    return integration


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


def order(n: int, changed_at: datetime | None = None, **changes: Any) -> PurchaseOrder:
    lines = (a_line(f"{n}.00", gl_account_id="6100"),)
    values = {"id": str(n), "number": f"P{n}", "lines": lines, "changed_at": changed_at or NOON}
    return an_order(**values | changes)


def run(integration: Integration, **how: Any) -> Summary:
    integration.refresh_from_db()
    (summary,) = run_integration(integration, flow_names=[FLOW], **how)
    return summary


def states() -> dict[str, str]:
    transfers = Transfer.objects.filter(flow=FLOW)
    return {t.document: t.state for t in transfers.order_by("source_key")}


def numbers(systems: Systems) -> list[str]:
    return sorted(bill.number for bill in systems.live_bills())


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
