"""Bodies too long, lengths that lie, chunks, and many at once."""

from __future__ import annotations

import io
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.wsgi import get_wsgi_application

from connections.models import Connection, WebhookEvent
from connections.systems.billcom.signature import HEADER, signature
from syncs.models import InboxItem, Integration
from syncs.webhooks import MOST_BYTES
from tests.syncs.webhooks.conftest import SECRET, Send, a_message, nothing_is_stored, state

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_body_too_large_is_refused_unread(send: Send) -> None:
    assert send(b" " * (MOST_BYTES + 1)).status_code == 413

    assert nothing_is_stored()
    assert state().refused == 1


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


@pytest.mark.slow
def test_a_burst_of_fifty_side_by_side_is_taken_whole(send: Send, integration: Integration) -> None:
    bodies = [a_message(id=f"stp{number:017d}") for number in range(50)]

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, bodies))

    assert {answer.status_code for answer in answers} == {200}
    assert WebhookEvent.objects.count() == InboxItem.objects.count() == 50


def test_an_event_is_answered_quickly(send: Send, integration: Integration) -> None:
    send(a_message())
    took = []
    for _ in range(10):
        began = time.perf_counter()
        send(a_message())
        took.append(time.perf_counter() - began)

    assert min(took) < 0.1
