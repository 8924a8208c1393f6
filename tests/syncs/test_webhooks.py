"""The address webhooks come to: what is taken, what is refused, and that nothing is stored then."""

from __future__ import annotations

import io
import json
import socket
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.core.wsgi import get_wsgi_application
from django.db import connection as database
from django.utils import timezone
from django_q.models import OrmQ

from connections.models import Connection, WebhookEvent, WebhookState
from connections.models.webhook import KEY, PREVIOUS_KEY
from connections.systems.billcom.signature import HEADER, signature
from syncs.models import InboxItem, Integration
from syncs.webhooks import MOST_BYTES
from tests.factories import a_connection, an_integration

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "00801HARBOURSUPPLYCO"
SECRET = "a-key-of-the-tests"


@pytest.fixture
def bill() -> Connection:
    made = a_connection("billcom", settings={"organization_id": OURS})
    made.keep_secrets({KEY: SECRET})
    WebhookState.objects.create(connection=made, subscription_id="s1", is_enabled=True)
    return made


@pytest.fixture
def integration(bill: Connection) -> Integration:
    return an_integration(ap=bill)


@pytest.fixture
def send(bill: Connection, live_server: Any) -> Callable[..., requests.Response]:
    """Post a body to the address of the connection, signed unless a header is given."""

    def post(body: bytes, *, key: str = SECRET, **headers: str) -> requests.Response:
        url = f"{live_server.url}/webhooks/{bill.pk}/"
        signed = {HEADER: signature(key, body), "Content-Type": "application/json"}
        return requests.post(url, data=body, headers={**signed, **headers}, timeout=30)

    return post


def a_message(kind: str = "payment.updated", *, company: str = OURS, **record: Any) -> bytes:
    metadata = {"eventId": str(uuid.uuid4()), "organizationId": company, "eventType": kind}
    record = {"id": "stp01ABCDEFGHIJKLM01", **record}
    return json.dumps({"metadata": metadata, kind.partition(".")[0]: record}).encode()


def state() -> WebhookState:
    return WebhookState.objects.get()


def nothing_is_stored() -> bool:
    return not (
        WebhookEvent.objects.exists() or InboxItem.objects.exists() or OrmQ.objects.exists()
    )


def test_a_signed_event_is_stored_shared_out_and_answered(
    send: Callable[..., requests.Response], integration: Integration
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
    send: Callable[..., requests.Response], integration: Integration, kind: str, flow: str
) -> None:
    send(a_message(kind))

    assert InboxItem.objects.get().flow == flow


def test_forged_altered_and_unsigned_messages_leave_a_number_only(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    body = a_message()

    forged = send(body, key="another-key")
    altered = send(body + b" ", **{HEADER: signature(SECRET, body)})
    unsigned = send(body, **{HEADER: ""})

    assert [r.status_code for r in (forged, altered, unsigned)] == [401, 401, 401]
    assert nothing_is_stored()
    assert state().refused == 3


def test_nothing_is_parsed_before_the_signature_was_checked(
    send: Callable[..., requests.Response],
) -> None:
    assert send(b"[" * 100_000, key="another-key").status_code == 401


def test_a_replayed_event_is_answered_and_not_stored_again(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    body = a_message()

    answers = [send(body).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert WebhookEvent.objects.count() == InboxItem.objects.count() == OrmQ.objects.count() == 1


def test_while_the_key_changes_both_are_taken_and_then_one(
    send: Callable[..., requests.Response], bill: Connection
) -> None:
    bill.keep_secrets({KEY: "new-key", PREVIOUS_KEY: SECRET})
    WebhookState.objects.update(previous_key_until=timezone.now() + timedelta(minutes=5))

    assert send(a_message(), key="new-key").status_code == 200
    assert send(a_message()).status_code == 200

    WebhookState.objects.update(previous_key_until=timezone.now() - timedelta(seconds=1))
    assert send(a_message()).status_code == 401
    assert send(a_message(), key="new-key").status_code == 200


def test_a_connection_without_keys_takes_nothing(
    send: Callable[..., requests.Response], bill: Connection
) -> None:
    bill.keep_secrets({KEY: ""})

    assert send(a_message()).status_code == 401
    assert send(a_message(), key="").status_code == 401


def test_events_of_another_organization_are_answered_counted_and_left(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    assert send(a_message(company="00801SOMEBODYELSE001")).status_code == 200

    assert nothing_is_stored()
    assert (state().ignored, state().refused) == (1, 0)


def test_a_test_is_noted_and_concerns_nobody(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    assert send(a_message("bill.created", id="test-bill-id")).status_code == 200

    assert WebhookEvent.objects.get().is_test
    assert not InboxItem.objects.exists()
    assert state().last_test_at is not None
    assert state().last_event_at is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"metadata":{}}'])
def test_what_is_signed_but_no_event_is_refused_and_counted(
    send: Callable[..., requests.Response], body: bytes
) -> None:
    assert send(body).status_code == 400

    assert nothing_is_stored()
    assert state().refused == 1


def test_a_body_too_large_is_refused_unread(send: Callable[..., requests.Response]) -> None:
    assert send(b" " * (MOST_BYTES + 1)).status_code == 413

    assert nothing_is_stored()
    assert state().refused == 1


def test_an_unknown_address_and_another_verb_are_refused(
    send: Callable[..., requests.Response], bill: Connection, live_server: Any
) -> None:
    url = f"{live_server.url}/webhooks"

    assert requests.post(f"{url}/{uuid.uuid4()}/", data=b"{}", timeout=30).status_code == 404
    assert requests.post(f"{url}/not-a-uuid/", data=b"{}", timeout=30).status_code == 404
    assert requests.get(f"{url}/{bill.pk}/", timeout=30).status_code == 405


def test_what_the_sender_says_it_accepts_does_not_matter(
    send: Callable[..., requests.Response],
) -> None:
    assert send(a_message(), Accept="text/plain").status_code == 200
    assert send(a_message(), **{"Content-Type": "text/weird"}).status_code == 200


def raw(live_server: Any, head: str, body: bytes) -> str:
    """Send bytes as they are, and return the first line of the answer."""
    where = urlsplit(live_server.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as wire:
        wire.sendall(head.encode() + b"\r\n\r\n" + body)
        wire.shutdown(socket.SHUT_WR)
        return wire.recv(200).decode(errors="replace").partition("\r\n")[0]


@pytest.mark.parametrize("length", [5, -1, "many"])
def test_a_length_that_lies_gets_nothing_in(
    bill: Connection, live_server: Any, length: object
) -> None:
    body = a_message()
    head = (
        f"POST /webhooks/{bill.pk}/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
        f"{HEADER}: {signature(SECRET, body)}\r\nConnection: close"
    )

    assert " 200 " not in raw(live_server, head, body)

    assert nothing_is_stored()


def test_a_length_longer_than_the_body_gets_nothing_in(bill: Connection, live_server: Any) -> None:
    body = a_message()
    head = (
        f"POST /webhooks/{bill.pk}/ HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Length: {len(body) + 9}\r\n{HEADER}: {signature(SECRET, b'x')}\r\n"
        "Connection: close"
    )

    assert " 200 " not in raw(live_server, head, body)

    assert nothing_is_stored()


def in_chunks(bill: Connection, body: bytes) -> str:
    """Call the application as a server does that has put a chunked body together."""
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/webhooks/{bill.pk}/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "HTTP_X_BILL_SHA_SIGNATURE": signature(SECRET, body),
    }
    get_wsgi_application()(environ, lambda status, headers, info=None: told.append(status))
    return told[0][:3]


def test_a_body_in_chunks_is_read_up_to_the_limit(bill: Connection) -> None:
    assert in_chunks(bill, a_message()) == "200"
    assert in_chunks(bill, b" " * (MOST_BYTES + 1)) == "413"
    assert WebhookEvent.objects.count() == 1


def test_r23_every_integration_of_the_company_hears_of_it(
    send: Callable[..., requests.Response], integration: Integration, bill: Connection
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


def test_many_events_queue_one_look(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    for number in range(5):
        send(a_message(id=f"stp{number:017d}"))

    assert InboxItem.objects.count() == 5
    assert OrmQ.objects.count() == 1


def test_a_paused_integration_keeps_its_events_for_later(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    Integration.objects.update(paused_reason="The key ended.")

    send(a_message())

    assert InboxItem.objects.count() == 1
    assert not OrmQ.objects.exists()


@pytest.mark.slow
def test_a_burst_of_fifty_side_by_side_is_taken_whole(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    bodies = [a_message(id=f"stp{number:017d}") for number in range(50)]

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, bodies))

    assert {answer.status_code for answer in answers} == {200}
    assert WebhookEvent.objects.count() == InboxItem.objects.count() == 50


def test_an_event_is_answered_quickly(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    send(a_message())
    took = []
    for _ in range(10):
        began = time.perf_counter()
        send(a_message())
        took.append(time.perf_counter() - began)

    assert min(took) < 0.1


def test_nothing_a_message_says_of_its_record_is_kept(
    send: Callable[..., requests.Response], integration: Integration
) -> None:
    send(a_message("vendor.updated", name="IBAN DE00 1234", bankAccount="123"))

    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM connections_webhookevent")
        [row] = cursor.fetchall()
    assert "IBAN" not in str(row)
