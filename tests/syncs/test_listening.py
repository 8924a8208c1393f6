"""Looking after webhooks: when a check is due, and when silence is suspicious."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from audit.models import AuditEntry
from connections.models import Connection, WebhookEvent, WebhookState
from connections.systems.billcom import BILLCOM
from connections.webhook import Event
from syncs import listening, tasks
from syncs.inbox import receive
from syncs.listening import start_webhook_checks
from tests.factories import a_bill, a_connection, a_copy, an_integration

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def bill() -> Connection:
    made = a_connection("billcom")
    an_integration(ap=made)
    WebhookState.objects.create(
        connection=made,
        subscription_id="s1",
        is_enabled=True,
        subscribed_at=timezone.now() - 10 * DAY,
        last_event_at=timezone.now() - 3 * DAY,
        checked_at=timezone.now(),
    )
    return made


def changed(connection: Connection, ago: timedelta) -> None:
    a_copy(connection, a_bill(), changed_at=timezone.now() - ago)


def warned(connection: Connection) -> str:
    listening._warn_of_silence(connection)
    return WebhookState.objects.get(connection=connection).silence


def test_a_subscription_is_looked_at_once_an_hour(bill: Connection) -> None:
    assert start_webhook_checks() == 0

    WebhookState.objects.update(checked_at=timezone.now() - HOUR)
    assert start_webhook_checks() == 1
    assert start_webhook_checks() == 0
    assert OrmQ.objects.count() == 1


def test_who_never_subscribed_is_left_alone(bill: Connection) -> None:
    WebhookState.objects.update(subscription_id="", checked_at=None)

    assert start_webhook_checks() == 0


def test_silence_is_told_once_when_polling_found_changes(bill: Connection) -> None:
    changed(bill, 2 * HOUR)

    assert "Press Test" in warned(bill)
    warned(bill)

    assert AuditEntry.objects.filter(action="webhook.silent").count() == 1


def test_silence_without_changes_is_just_a_quiet_time(bill: Connection) -> None:
    changed(bill, 5 * DAY)

    assert warned(bill) == ""


def test_what_changed_a_moment_ago_may_still_be_told(bill: Connection) -> None:
    changed(bill, HOUR / 2)

    assert warned(bill) == ""


def test_a_company_that_told_something_lately_is_not_silent(bill: Connection) -> None:
    WebhookState.objects.update(last_event_at=timezone.now() - DAY)
    changed(bill, 2 * HOUR)

    assert warned(bill) == ""


def test_the_next_event_ends_the_warning(bill: Connection) -> None:
    changed(bill, 2 * HOUR)
    warned(bill)
    assert BILLCOM.webhook is not None

    receive(bill, BILLCOM.webhook, [Event(id="e1", kind="vendor.updated")])

    assert WebhookState.objects.get().silence == ""


def test_old_events_are_forgotten(bill: Connection) -> None:
    for number, age in enumerate((DAY, 40 * DAY)):
        WebhookEvent.objects.create(
            connection=bill,
            event_id=f"e{number}",
            kind="bill.updated",
            received_at=timezone.now() - age,
        )

    assert tasks.purge_old_events() == 1
    assert WebhookEvent.objects.get().event_id == "e0"
