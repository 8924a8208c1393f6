"""A connection that is told of changes, and a sender."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django_q.models import OrmQ

from connections.models import Connection, WebhookEvent, WebhookState
from connections.models.webhook import KEY
from connections.systems.billcom.signature import HEADER, signature
from syncs.models import InboxItem, Integration
from tests.factories import a_connection, an_integration

OURS = "00801HARBOURSUPPLYCO"
SECRET = "a-key-of-the-tests"
Send = Callable[..., requests.Response]


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
def send(bill: Connection, live_server: Any) -> Send:
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
