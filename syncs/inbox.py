"""Taking in what a webhook tells: stored, shared out to integrations, and a run queued for it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from connections.models import Connection, WebhookEvent, WebhookState
from connections.webhook import Event, Webhook
from syncs.models import InboxItem, Integration
from syncs.pairings import Direction, Flow
from syncs.planning import enqueue_inbox_run


def receive(connection: Connection, webhook: Webhook, events: Sequence[Event]) -> None:
    """Store verified events, once each, with all that follows, in one transaction an event."""
    ours = webhook.company(connection.settings)
    for event in events:
        if event.company and ours and event.company != ours:
            count(connection, "ignored")
        else:
            _take(connection, event)


def count(connection: Connection, what: str) -> None:
    """Add one to a counter of the connection's webhook."""
    WebhookState.objects.filter(connection=connection).update(**{what: F(what) + 1})


def flow_for(integration: Integration, connection: Connection, record: str) -> Flow | None:
    """Return the flow a change of such a record there concerns: what reads it, else writes it."""
    flows = integration.declared.flows
    is_ap = integration.ap_id == connection.pk
    reading = [f for f in flows if f.reads.__name__ == record and reads_from_ap(f) == is_ap]
    writing = [f for f in flows if f.writes.__name__ == record and reads_from_ap(f) != is_ap]
    return next(iter(reading + writing), None)


def reads_from_ap(flow: Flow) -> bool:
    """Say whether a flow's source is the AP system."""
    return flow.direction == Direction.AP_TO_ERP


def _take(connection: Connection, event: Event) -> None:
    try:
        with transaction.atomic():
            row = WebhookEvent.objects.create(
                connection=connection,
                event_id=event.id,
                kind=event.kind,
                record=event.record.__name__ if event.record else "",
                record_id=event.record_id,
                changed_at=event.changed_at,
                is_test=event.is_test,
            )
            _note_time(connection, event)
            if event.record is not None:
                _share_out(row)
    except IntegrityError:  # told before; the answer that would have said so was lost
        return


def _note_time(connection: Connection, event: Event) -> None:
    now = timezone.now()
    seen = {"last_test_at": now} if event.is_test else {"last_event_at": now, "silence": ""}
    WebhookState.objects.filter(connection=connection).update(**seen)


def _share_out(event: WebhookEvent) -> None:
    """Give the event to every integration of the connection; each takes what it owns (R23)."""
    users = Integration.objects.filter(
        Q(erp=event.connection_id) | Q(ap=event.connection_id), enabled=True
    )
    for integration in users.select_related("erp", "ap"):
        flow = flow_for(integration, event.connection, event.record)
        if flow is None:
            continue
        waiting = InboxItem.objects.filter(
            integration=integration, flow=flow.name, handled_at=None
        ).exists()
        InboxItem.objects.create(integration=integration, event=event, flow=flow.name)
        if not waiting and not integration.paused_reason:  # else a run for it is queued already
            enqueue_inbox_run(integration.pk, flow.name)
