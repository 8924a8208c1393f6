"""What is taken, what is refused, and that nothing is stored then."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connection as database
from django.utils import timezone
from django_q.models import OrmQ

from connections.models import Connection, WebhookEvent, WebhookState
from connections.models.webhook import KEY, PREVIOUS_KEY
from connections.systems.billcom.signature import HEADER, signature
from syncs.models import InboxItem, Integration
from tests.factories import a_connection, an_integration
from tests.syncs.webhooks.conftest import SECRET, Send, a_message, nothing_is_stored, state

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_signed_event_is_stored_shared_out_and_answered(
    send: Send, integration: Integration
) -> None:
    answer = send(a_message())

    assert (answer.status_code, answer.json()) == (200, {})
    event, item = WebhookEvent.objects.get(), InboxItem.objects.get()
    assert (event.kind, event.record, event.record_id) == (
        "payment.updated",
        "Payment",
        "stp01ABCDEFGHIJKLM01",
    )
    assert (item.integration, item.flow, item.handled_at) == (integration, "payments", None)
    assert OrmQ.objects.count() == 1
    assert state().last_event_at is not None


@pytest.mark.parametrize(
    ("kind", "flow"),
    [("bill.updated", "purchase-orders-as-bills"), ("vendor.archived", "vendors")],
)
def test_what_a_flow_writes_goes_to_that_flow(
    send: Send, integration: Integration, kind: str, flow: str
) -> None:
    send(a_message(kind))

    assert InboxItem.objects.get().flow == flow


def test_forged_altered_and_unsigned_messages_leave_a_number_only(
    send: Send, integration: Integration
) -> None:
    body = a_message()

    forged = send(body, key="another-key")
    altered = send(body + b" ", **{HEADER: signature(SECRET, body)})
    unsigned = send(body, **{HEADER: ""})

    assert [r.status_code for r in (forged, altered, unsigned)] == [401, 401, 401]
    assert nothing_is_stored()
    assert state().refused == 3


def test_nothing_is_parsed_before_the_signature_was_checked(
    send: Send,
) -> None:
    assert send(b"[" * 100_000, key="another-key").status_code == 401


def test_a_replayed_event_is_answered_and_not_stored_again(
    send: Send, integration: Integration
) -> None:
    body = a_message()

    answers = [send(body).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert WebhookEvent.objects.count() == InboxItem.objects.count() == OrmQ.objects.count() == 1


def test_while_the_key_changes_both_are_taken_and_then_one(send: Send, bill: Connection) -> None:
    bill.keep_secrets({KEY: "new-key", PREVIOUS_KEY: SECRET})
    WebhookState.objects.update(previous_key_until=timezone.now() + timedelta(minutes=5))

    assert send(a_message(), key="new-key").status_code == 200
    assert send(a_message()).status_code == 200

    WebhookState.objects.update(previous_key_until=timezone.now() - timedelta(seconds=1))
    assert send(a_message()).status_code == 401
    assert send(a_message(), key="new-key").status_code == 200


def test_a_connection_without_keys_takes_nothing(send: Send, bill: Connection) -> None:
    bill.keep_secrets({KEY: ""})

    assert send(a_message()).status_code == 401
    assert send(a_message(), key="").status_code == 401


def test_events_of_another_organization_are_answered_counted_and_left(
    send: Send, integration: Integration
) -> None:
    assert send(a_message(company="00801SOMEBODYELSE001")).status_code == 200

    assert nothing_is_stored()
    assert (state().ignored, state().refused) == (1, 0)


def test_a_test_is_noted_and_concerns_nobody(send: Send, integration: Integration) -> None:
    assert send(a_message("bill.created", id="test-bill-id")).status_code == 200

    assert WebhookEvent.objects.get().is_test
    assert not InboxItem.objects.exists()
    assert state().last_test_at is not None
    assert state().last_event_at is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"metadata":{}}'])
def test_what_is_signed_but_no_event_is_refused_and_counted(send: Send, body: bytes) -> None:
    assert send(body).status_code == 400

    assert nothing_is_stored()
    assert state().refused == 1


def test_an_unknown_address_and_another_verb_are_refused(
    send: Send, bill: Connection, live_server: Any
) -> None:
    url = f"{live_server.url}/webhooks"

    assert requests.post(f"{url}/{uuid.uuid4()}/", data=b"{}", timeout=30).status_code == 404
    assert requests.post(f"{url}/not-a-uuid/", data=b"{}", timeout=30).status_code == 404
    assert requests.get(f"{url}/{bill.pk}/", timeout=30).status_code == 405


def test_what_the_sender_says_it_accepts_does_not_matter(
    send: Send,
) -> None:
    assert send(a_message(), Accept="text/plain").status_code == 200
    assert send(a_message(), **{"Content-Type": "text/weird"}).status_code == 200


def test_r23_every_integration_of_the_company_hears_of_it(
    send: Send, integration: Integration, bill: Connection
) -> None:
    second = an_integration(ap=bill, name="Quay", erp=a_connection("odoo", name="B", identity="b"))
    off = an_integration(
        ap=bill, name="Off", erp=a_connection("odoo", name="C", identity="c"), enabled=False
    )

    send(a_message())

    assert WebhookEvent.objects.count() == 1
    heard = set(InboxItem.objects.values_list("integration", flat=True))
    assert heard == {integration.pk, second.pk}
    assert off.pk not in heard


def test_many_events_queue_one_look(send: Send, integration: Integration) -> None:
    for number in range(5):
        send(a_message(id=f"stp{number:017d}"))

    assert InboxItem.objects.count() == 5
    assert OrmQ.objects.count() == 1


def test_a_paused_integration_keeps_its_events_for_later(
    send: Send, integration: Integration
) -> None:
    Integration.objects.update(paused_reason="The key ended.")

    send(a_message())

    assert InboxItem.objects.count() == 1
    assert not OrmQ.objects.exists()


def test_nothing_a_message_says_of_its_record_is_kept(send: Send, integration: Integration) -> None:
    send(a_message("vendor.updated", name="IBAN DE00 1234", bankAccount="123"))

    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM connections_webhookevent")
        [row] = cursor.fetchall()
    assert "IBAN" not in str(row)
