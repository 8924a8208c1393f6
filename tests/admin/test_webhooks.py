"""The webhook of a connection on its page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from connections.models import Connection, WebhookState
from connections.models.webhook import KEY
from tests.admin.conftest import act_url, change_url, messages, words
from tests.factories import a_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill() -> Connection:
    return a_connection("billcom", health="good")


def subscribed(connection: Connection, **changes: Any) -> WebhookState:
    connection.keep_secrets({KEY: "a-very-secret-key"})
    values = {"subscription_id": "s1", "is_enabled": True, **changes}
    return WebhookState.objects.create(connection=connection, **values)


def test_a_connection_that_never_subscribed_offers_it(anna: Client, bill: Connection) -> None:
    page = words(anna.get(change_url(bill)))

    assert "Webhook: subscribe" in page
    assert "Webhook: test" not in page


def test_a_system_that_tells_nothing_offers_nothing(anna: Client, db: None) -> None:
    assert "Webhook" not in words(anna.get(change_url(a_connection("odoo"))))


def test_the_page_says_how_it_stands_and_shows_no_key(anna: Client, bill: Connection) -> None:
    subscribed(bill, last_event_at=timezone.now(), last_test_at=timezone.now(), refused=3)

    page = words(anna.get(change_url(bill)))

    for sentence in ("tells of changes as they happen", "Last event:", "Test received:"):
        assert sentence in page
    assert "not signed with our key or unreadable: 3" in page
    assert "Webhook: mend" in page
    assert "a-very-secret-key" not in page


def test_a_subscription_that_was_switched_off_says_what_to_press(
    anna: Client, bill: Connection
) -> None:
    subscribed(bill, is_enabled=False)

    assert "Press Mend" in words(anna.get(change_url(bill)))


def test_an_address_that_cannot_be_called_is_told_in_a_sentence(
    anna: Client, bill: Connection, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://connector.example"

    answer = anna.post(act_url(bill, "webhook-subscribe"), follow=True)

    assert "PUBLIC_URL" in messages(answer)
    assert anna.get(act_url(bill, "webhook-subscribe")).status_code == 405
