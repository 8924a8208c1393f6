"""Looking after webhooks: does the subscription stand, and does it tell of what changes?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from audit.services import record_audit
from connections.errors import SyncError
from connections.models import Connection, WebhookState
from connections.webhooks import webhook_check
from syncs.models import Integration, RemoteRecord, Transfer

CHECK_EVERY = timedelta(hours=1)
# What polling found this lately may still be told of.
STILL_UNDER_WAY = timedelta(hours=1)


def start_webhook_checks() -> int:
    """Queue a check of every subscription not looked at for an hour; return how many."""
    now = timezone.now()
    due = Q(checked_at=None) | Q(checked_at__lte=now - CHECK_EVERY)
    started = 0
    for state in WebhookState.objects.filter(due).exclude(subscription_id=""):
        claimed = WebhookState.objects.filter(due, pk=state.pk).update(checked_at=now)
        if claimed:
            async_task("syncs.tasks.check_webhook", str(state.pk))
            started += 1
    return started


def webhook_look(connection: Connection) -> str:
    """Check a subscription, then whether it is suspiciously quiet; return what was found."""
    try:
        found = webhook_check(connection)
    except SyncError as error:
        return error.message  # the next run says so too, where a person looks
    return _warn_of_silence(connection) or found


def _warn_of_silence(connection: Connection) -> str:
    state = WebhookState.objects.get(connection=connection)
    heard = max((t for t in (state.last_event_at, state.subscribed_at) if t), default=None)
    longest = timedelta(hours=settings.WEBHOOK_SILENCE_HOURS)
    if heard is None or timezone.now() - heard < longest or not _changed(connection, heard):
        return ""
    warning = (
        f"{connection.declared.label} has told {connection} nothing since {heard:%Y-%m-%d %H:%M} "
        "UTC although records changed there. Changes still arrive by polling, only later. Press "
        "Test to see whether a message comes through."
    )
    if state.silence != warning:
        WebhookState.objects.filter(pk=state.pk).update(silence=warning)
        record_audit("webhook.silent", warning, subject=connection)
    return warning


def _changed(connection: Connection, since: datetime) -> bool:
    """Say whether polling found changes that an event should have told of."""
    until = timezone.now() - STILL_UNDER_WAY
    copies = RemoteRecord.objects.filter(
        connection=connection, kind__in=("Bill", "Vendor"), changed_at__range=(since, until)
    )
    if copies.exists():
        return True
    for integration in Integration.objects.filter(Q(erp=connection) | Q(ap=connection)):
        side = "ap to erp" if integration.ap_id == connection.pk else "erp to ap"
        flows = [f.name for f in integration.declared.flows if f.direction == side]
        found = Transfer.objects.filter(
            integration=integration, flow__in=flows, created_at__range=(since, until)
        )
        if found.exists():
            return True
    return False
