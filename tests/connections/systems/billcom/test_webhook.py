"""BILL's webhooks: whose message it is, what it tells, and the subscription there."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from connections.records import Bill, Payment, Vendor
from connections.systems.billcom import BILLCOM
from connections.systems.billcom.signature import HEADER, signature, verify
from connections.webhook import Malformed, Webhook

BODY = b'{"a":1}'
CHECK_VALUE = "SG7NGxjnfvGUXumE138IgurzHHXJS+YySywEcq+VVuc="
BOTH = ("raw", "decoded")


@pytest.fixture
def webhook() -> Webhook:
    assert BILLCOM.webhook is not None
    return BILLCOM.webhook


def message(kind: str, **record: Any) -> bytes:
    metadata = {"eventId": str(uuid.uuid4()), "organizationId": "00801", "eventType": kind}
    return json.dumps({"metadata": metadata, kind.partition(".")[0]: record}).encode()


# The signature --------------------------------------------------------------------------------


def test_the_check_value_of_the_documents() -> None:
    assert signature("test-key", BODY) == CHECK_VALUE


def test_only_the_exact_bytes_are_signed() -> None:
    headers = {"X-Bill-Sha-Signature": CHECK_VALUE}

    assert verify(headers, BODY, ["test-key"], BOTH)
    assert not verify(headers, b'{"a": 1}', ["test-key"], BOTH)
    assert not verify(headers, BODY, ["another-key"], BOTH)
    assert not verify({}, BODY, ["test-key"], BOTH)
    assert not verify(headers, BODY, [], BOTH)
    assert not verify({HEADER: "ä" * 40}, BODY, ["test-key"], BOTH)


def test_an_empty_key_signs_nothing() -> None:
    assert not verify({HEADER: signature("", BODY)}, BODY, [""], BOTH)


def test_while_a_key_changes_both_are_taken() -> None:
    assert verify({HEADER: signature("old", BODY)}, BODY, ["new", "old"], BOTH)


def test_a_body_that_is_a_string_may_be_signed_over_its_text(webhook: Webhook) -> None:
    text = message("bill.updated", id="00nA")
    body = json.dumps(text.decode()).encode()
    headers = {HEADER: signature("k", text)}

    assert verify(headers, body, ["k"], BOTH)
    assert not verify(headers, body, ["k"], ("raw",))
    assert webhook.verify(headers, body, ["k"], {})
    assert not webhook.verify(headers, body, ["k"], {"signature_variants": "raw"})
    assert webhook.events(body) == webhook.events(text)


# What it tells --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("bill.created", Bill),
        ("bill.archived", Bill),
        ("payment.updated", Payment),
        ("vendor.restored", Vendor),
        ("invoice.created", None),
    ],
)
def test_an_event_names_a_record(webhook: Webhook, kind: str, record: Any) -> None:
    body = message(kind, id="00nABC", updatedTime="2026-11-12T09:00:00.000+00:00")

    [event] = webhook.events(body)

    assert (event.kind, event.record) == (kind, record)
    assert event.record_id == ("00nABC" if record else "")
    assert event.company == "00801"
    assert event.changed_at == datetime(2026, 11, 12, 9, tzinfo=UTC)


def test_a_failed_payment_has_no_id_and_concerns_nothing(webhook: Webhook) -> None:
    [event] = webhook.events(message("payment.failed", errors=[{"code": "BDC_1159"}]))

    assert (event.record, event.record_id) == (None, "")


@pytest.mark.parametrize("id", ["../../v3/logout", "00n/archive", "a" * 65, "00n?x=1", 7.5, None])
def test_an_id_that_could_lead_elsewhere_is_no_id(webhook: Webhook, id: Any) -> None:
    [event] = webhook.events(message("bill.updated", id=id))

    assert event.record is None


def test_a_test_is_known_by_its_record(webhook: Webhook) -> None:
    [event] = webhook.events(message("bill.created", id="test-bill-id"))

    assert event.is_test
    assert event.record is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b'{"metadata": []}',
        b'{"metadata": {"eventId": "", "eventType": "bill.created"}}',
        b'{"metadata": {"eventId": "e/1", "eventType": "bill.created"}}',
        b'{"metadata": {"eventId": "e1"}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_event_is_malformed(webhook: Webhook, body: bytes) -> None:
    with pytest.raises(Malformed):
        webhook.events(body)


def test_only_https_is_called_but_for_the_stand_in(webhook: Webhook) -> None:
    own = {"environment": "own"}

    assert webhook.address_problem("https://connector.example/webhooks/", {}) == ""
    assert "PUBLIC_URL" in webhook.address_problem("http://connector.example/", own)
    assert "PUBLIC_URL" in webhook.address_problem("http://127.0.0.1:8000/", {})
    assert webhook.address_problem("http://127.0.0.1:8000/", own) == ""
    assert webhook.address_problem("http://localhost:8000/", own) == ""
