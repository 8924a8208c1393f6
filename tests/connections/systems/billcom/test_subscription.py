"""The subscription of a connection in BILL: made once, tried, mended, its key changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from audit.models import AuditEntry
from connections.errors import ConnectionProblem, SyncError, TransientError
from connections.models import Connection, WebhookState
from connections.models.webhook import KEY, PREVIOUS_KEY
from connections.systems.billcom import BILLCOM
from connections.webhook import Webhook
from connections.webhooks import (
    webhook_check,
    webhook_forget,
    webhook_keys,
    webhook_mend,
    webhook_rotate,
    webhook_subscribe,
    webhook_test,
    webhook_unsubscribe,
    webhook_url,
)
from tests.stage import Stage


@pytest.fixture
def webhook() -> Webhook:
    assert BILLCOM.webhook is not None
    return BILLCOM.webhook


class Listener:
    """A server that answers every POST; what it got is kept."""

    def __init__(self) -> None:
        self.bodies: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.bodies.append((dict(self.headers.items()), body))
                self.send_response(listener.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *args: Any) -> None:
                """Stay quiet."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listener(settings: Any) -> Any:
    made = Listener()
    settings.PUBLIC_URL = made.url
    yield made
    made.close()


def subscriptions(stage: Stage) -> list[Any]:
    return [r for r in stage.requests() if "/subscriptions" in r["path"]]


def state_of(connection: Connection) -> WebhookState:
    return WebhookState.objects.get(connection=connection)


def test_subscribing_keeps_the_key_and_nothing_shows_it(
    connection: Connection, listener: Listener
) -> None:
    webhook_subscribe(connection, actor="anna")

    state, key = state_of(connection), connection.secrets()[KEY]
    assert state.is_enabled
    assert state.subscription_id
    assert state.url == webhook_url(connection)
    assert state.token == ""
    assert len(key) > 20
    assert not AuditEntry.objects.filter(sentence__contains=key).exists()
    assert AuditEntry.objects.filter(action="webhook.subscribed", actor="anna").exists()


def test_a_test_arrives_signed_with_our_key(
    connection: Connection, listener: Listener, webhook: Webhook
) -> None:
    webhook_subscribe(connection)

    arrived = webhook_test(connection)

    [(headers, body)] = listener.bodies
    keys = webhook_keys(connection, state_of(connection))
    assert webhook.verify(headers, body, keys, {})
    assert webhook.events(body)[0].is_test
    assert not arrived  # this listener is not the view that would note it


def test_a_test_that_is_refused_says_so(connection: Connection, listener: Listener) -> None:
    webhook_subscribe(connection)
    listener.status = 401

    with pytest.raises(TransientError, match="status 401"):
        webhook_test(connection)


def test_a_lost_answer_is_asked_for_again_with_the_same_token(
    connection: Connection, listener: Listener, stage: Stage
) -> None:
    stage.fault("commit_then_drop", path="*/connect-events/v3/subscriptions", method="POST")

    webhook_subscribe(connection)

    posts = [r for r in subscriptions(stage) if r["method"] == "POST"]
    assert len(posts) == 2
    assert webhook_test(connection) is False  # signed with the key of the one that is there
    assert len(listener.bodies) == 1


def test_subscribing_after_a_crash_makes_no_second_one(
    connection: Connection, listener: Listener, webhook: Webhook, stage: Stage
) -> None:
    webhook_subscribe(connection)
    first = state_of(connection)
    first.delete()  # a database restored from before

    webhook_subscribe(connection)

    assert state_of(connection).subscription_id == first.subscription_id
    webhook_test(connection)
    headers, body = listener.bodies[-1]
    assert webhook.verify(headers, body, [connection.secrets()[KEY]], {})


def test_a_new_key_leaves_the_old_one_valid_for_a_while(
    connection: Connection, listener: Listener, settings: Any
) -> None:
    webhook_subscribe(connection)
    old = connection.secrets()[KEY]

    webhook_rotate(connection, actor="anna")

    secrets = connection.secrets()
    assert secrets[PREVIOUS_KEY] == old != secrets[KEY]
    assert webhook_keys(connection, state_of(connection)) == [secrets[KEY], old]
    settings.WEBHOOK_KEY_OVERLAP_HOURS = 0
    webhook_rotate(connection)
    assert webhook_keys(connection, state_of(connection)) == [connection.secrets()[KEY]]


def test_a_subscription_that_was_switched_off_is_brought_back(
    connection: Connection, listener: Listener, stage: Stage, harbour: Any
) -> None:
    webhook_subscribe(connection)
    id = state_of(connection).subscription_id
    url = f"{stage.url}/billcom/connect-events/v3/subscriptions/{id}"
    off = {"status": {"enabled": False}}
    requests.patch(url, json=off, headers=harbour.headers, timeout=10).raise_for_status()

    assert "does so again" in webhook_check(connection)

    answer = requests.get(url, headers=harbour.headers, timeout=10).json()
    assert answer["status"]["enabled"] is True
    assert AuditEntry.objects.filter(action="webhook.mended").count() == 1


def test_a_setting_has_it_told_only(
    connection: Connection, listener: Listener, stage: Stage, harbour: Any, settings: Any
) -> None:
    settings.WEBHOOK_MENDS_ITSELF = False
    webhook_subscribe(connection)
    id = state_of(connection).subscription_id
    url = f"{stage.url}/billcom/connect-events/v3/subscriptions/{id}"
    off = {"status": {"enabled": False}}
    requests.patch(url, json=off, headers=harbour.headers, timeout=10).raise_for_status()

    webhook_check(connection)

    assert not state_of(connection).is_enabled
    assert "Press Mend" in state_of(connection).warning


def test_a_subscription_that_is_gone_is_made_anew(
    connection: Connection, listener: Listener, stage: Stage, harbour: Any
) -> None:
    webhook_subscribe(connection)
    first = state_of(connection).subscription_id
    url = f"{stage.url}/billcom/connect-events/v3/subscriptions/{first}"
    requests.delete(url, headers=harbour.headers, timeout=10).raise_for_status()

    assert "a new one was made" in webhook_mend(connection)

    assert state_of(connection).subscription_id != first


def test_another_address_of_ours_is_told_there(
    connection: Connection, listener: Listener, settings: Any
) -> None:
    webhook_subscribe(connection)
    settings.PUBLIC_URL = listener.url.replace("127.0.0.1", "localhost")

    webhook_mend(connection)

    assert state_of(connection).url.startswith("http://localhost")


def test_unsubscribing_twice_says_what_to_do(connection: Connection, listener: Listener) -> None:
    webhook_subscribe(connection)

    webhook_unsubscribe(connection)

    assert state_of(connection).subscription_id == ""
    with pytest.raises(ConnectionProblem, match="Press Subscribe"):
        webhook_unsubscribe(connection)


def test_a_connection_to_be_deleted_is_told_no_more(
    connection: Connection, listener: Listener, stage: Stage
) -> None:
    webhook_subscribe(connection)

    webhook_forget(connection)
    webhook_forget(connection)

    assert len([r for r in subscriptions(stage) if r["method"] == "DELETE"]) == 1


def test_an_address_bill_would_not_call_is_told_before_any_call(
    make_connection: Callable[..., Connection], stage: Stage, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://connector.example"

    with pytest.raises(SyncError, match="https"):
        webhook_subscribe(make_connection())

    assert not subscriptions(stage)
