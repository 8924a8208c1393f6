"""What webhooks told is read by its id and worked off, with two tiny systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connections.errors import Rejected
from connections.models import Connection, WebhookEvent
from connections.records import Bill, PurchaseOrder
from connections.resource import Outcome
from connections.systems import SYSTEMS
from syncs import tasks
from syncs.engine import working
from syncs.engine.lease import acquire
from syncs.engine.run import run_integration
from syncs.engine.summary import Summary
from syncs.models import FlowState, InboxItem, Integration, RemoteRecord, Run, Transfer
from syncs.planning import start_inbox
from tests.factories import NOON
from tests.syncs.engine.between import FLOW, order, systems
from tests.syncs.engine.between import integration as linked
from tests.two_systems import Shelf, Systems

__all__ = ["linked", "systems"]  # fixtures
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def integration(systems: Systems, linked: Integration) -> Integration:
    """An integration that has run once: its vendor is linked, all copies are loaded."""
    run(linked)
    systems.orders.reads.clear()
    systems.bills.reads.clear()
    return linked


def run(integration: Integration, **how: Any) -> Summary:
    integration.refresh_from_db()
    (summary,) = run_integration(integration, flow_names=[FLOW], **how)
    return summary


def told(
    integration: Integration,
    record: type,
    id: str,
    *,
    by: Connection | None = None,
    changed_at: datetime | None = None,
) -> InboxItem:
    event = WebhookEvent.objects.create(
        connection=by or (integration.erp if record is PurchaseOrder else integration.ap),
        event_id=f"e{WebhookEvent.objects.count()}",
        kind=f"{record.__name__}.updated",
        record=record.__name__,
        record_id=id,
        changed_at=changed_at,
        received_at=NOON - HOUR,
    )
    return InboxItem.objects.create(integration=integration, event=event, flow=FLOW)


def outcome(item: InboxItem) -> str:
    item.refresh_from_db()
    assert item.handled_at is not None
    return item.outcome


def states() -> dict[str, str]:
    return {t.document: t.state for t in Transfer.objects.filter(flow=FLOW)}


def test_what_was_told_is_read_by_its_id_and_sent(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1), order(2))
    before = FlowState.objects.get(flow=FLOW).watermark
    item = told(integration, PurchaseOrder, "1")

    summary = run(integration, inbox_only=True)

    assert outcome(item) == "staged"
    assert states() == {"P1": "done"}  # nobody told of the other one
    assert summary.created == 1
    assert systems.orders.reads == []
    assert FlowState.objects.get(flow=FLOW).watermark == before


def test_polling_still_finds_what_nobody_told_of(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1), order(2))
    told(integration, PurchaseOrder, "1")
    run(integration, inbox_only=True)

    run(integration)

    assert states() == {"P1": "done", "P2": "done"}
    assert len(systems.bills.rows) == 2


def test_an_unknown_id_is_harmless(systems: Systems, integration: Integration) -> None:
    item = told(integration, PurchaseOrder, "404")

    summary = run(integration, inbox_only=True)

    assert (summary.outcome, outcome(item)) == ("done", "not there")
    assert states() == {}


def test_one_id_the_system_refuses_does_not_stop_the_others(
    systems: Systems, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems.orders.put(order(1))
    resource = SYSTEMS["odoo"].resources[PurchaseOrder]
    healthy = resource.get

    def get(self: Any, ids: Sequence[str]) -> Any:
        if "wrong-kind" in ids:
            raise Rejected("This id is of another kind.", code="BDC_1302")
        return healthy(self, ids)

    monkeypatch.setattr(resource, "get", get)
    wrong = told(integration, PurchaseOrder, "wrong-kind")
    right = told(integration, PurchaseOrder, "1")

    run(integration, inbox_only=True)

    assert (outcome(wrong), outcome(right)) == ("not there", "staged")
    assert states() == {"P1": "done"}


def test_an_event_no_newer_than_what_we_hold_needs_no_call(
    systems: Systems, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems.orders.put(order(1))
    run(integration)
    asked: list[Sequence[str]] = []
    resource = SYSTEMS["odoo"].resources[PurchaseOrder]
    monkeypatch.setattr(resource, "get", lambda self, ids: asked.append(ids) or {})

    same = told(integration, PurchaseOrder, "1", changed_at=NOON)
    older = told(integration, PurchaseOrder, "1", changed_at=NOON - HOUR)
    run(integration, inbox_only=True)

    assert (outcome(same), outcome(older), asked) == ("no news", "no news", [])


def test_order_and_doubles_mean_nothing(systems: Systems, integration: Integration) -> None:
    systems.orders.put(order(1, changed_at=NOON + HOUR))
    late = told(integration, PurchaseOrder, "1", changed_at=NOON + HOUR)
    early = told(integration, PurchaseOrder, "1", changed_at=NOON)

    run(integration, inbox_only=True)

    assert (outcome(late), outcome(early)) == ("staged", "staged")
    assert len(systems.bills.rows) == 1


def test_what_the_flow_writes_is_copied_and_nothing_is_sent(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1))
    run(integration)
    [id] = systems.bills.rows
    creates = list(systems.bills.creates)
    systems.bills.rows[id] = replace(
        systems.bills.rows[id], description="approved by hand", changed_at=NOON + HOUR
    )
    item = told(integration, Bill, id, changed_at=NOON + HOUR)

    run(integration, inbox_only=True)

    assert outcome(item) == "copied"
    copy = RemoteRecord.objects.get(kind="Bill", remote_id=id)
    assert copy.values["description"] == "approved by hand"
    assert systems.bills.creates == creates


def test_a_run_under_way_works_it_off_within_one_batch(
    systems: Systems, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "JUDGED_AT_ONCE", 1)
    systems.orders.put(order(1), order(2), order(3))
    sent: list[str] = []

    def noted(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        sent.extend(record.number for record in records)
        return shelf.store(records)

    def interrupted(shelf: Shelf, records: Sequence[Any]) -> list[Outcome[Any]]:
        systems.orders.put(order(9))
        told(integration, PurchaseOrder, "9")
        return noted(shelf, records)

    systems.bills.steps = [interrupted, noted, noted, noted]

    run(integration)

    assert sent == ["P1", "P9", "P2", "P3"]
    assert len(systems.bills.rows) == 4


def test_a_look_while_a_run_is_under_way_is_harmless(
    systems: Systems, integration: Integration
) -> None:
    systems.orders.put(order(1))
    item = told(integration, PurchaseOrder, "1")
    lease = acquire(integration, FLOW)
    assert lease is not None
    runs = Run.objects.count()

    assert "busy" in tasks.run_inbox(integration.pk, FLOW)
    assert run(integration, inbox_only=True).outcome == "busy"

    item.refresh_from_db()
    assert item.handled_at is None
    assert Run.objects.count() == runs
    lease.release()
    assert tasks.run_inbox(integration.pk, FLOW) == f"{FLOW}: done"
    assert outcome(item) == "staged"


def test_what_was_left_over_is_taken_up_by_the_tick(integration: Integration) -> None:
    told(integration, PurchaseOrder, "1")
    told(integration, PurchaseOrder, "2")

    assert start_inbox() == 1

    Integration.objects.update(paused_reason="The key ended.")
    assert start_inbox() == 0
    assert tasks.run_inbox(integration.pk, FLOW) == "not switched on"
