"""A client that passed a second factor, and a server that listens for notifications."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import CREDENTIALS, BillClient, Control


@pytest.fixture
def trusted(bill: BillClient, control: Control) -> BillClient:
    device = control.post("/billcom/devices", username=CREDENTIALS["username"])
    answer = bill.log_in(**device)
    assert answer.json()["trusted"] is True
    return bill


class Listener:
    """Takes notifications and answers as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, dict[str, str]]] = []
        self.answers: list[int] = []  # statuses still to give; 200 when there are none
        self.seconds = 0.0
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((body, dict(self.headers)))
                time.sleep(listener.seconds)
                self.send_response(listener.answers.pop(0) if listener.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hear?from=bill"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for body, _ in self.heard]

    @property
    def types(self) -> list[str]:
        return [event["metadata"]["eventType"] for event in self.events]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


class EventClient:
    """A client of the event API."""

    def __init__(self, bill: BillClient, control: Control) -> None:
        self.base = bill.base.replace("/connect/", "/connect-events/")
        self.http = bill.http
        self.control = control

    def call(self, verb: str, path: str, key: str | None = "", **options: Any) -> requests.Response:
        """Send a call; with an idempotent key of its own unless one is given, or None for none."""
        given = {} if key is None else {"X-Idempotent-Key": key or str(uuid.uuid4())}
        url = f"{self.base}{path}"
        return self.http.request(verb, url, headers=given, timeout=30, **options)

    def body(self, url: str, *types: str, **changes: Any) -> dict[str, Any]:
        events = [{"type": type, "version": "1"} for type in types or ("bill.created",)]
        body = {"name": "Ours", "status": {"enabled": True}, "events": events}
        return {**body, "notificationUrl": url, **changes}

    def subscribe(self, url: str, *types: str) -> dict[str, Any]:
        answer = self.call("POST", "/subscriptions", json=self.body(url, *types))
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def deliveries(self) -> list[dict[str, Any]]:
        """Return all deliveries, as soon as nothing that is due is still on its way."""
        url = f"{self.control.url}/billcom/webhooks/deliveries?wait=1"
        found: list[dict[str, Any]] = requests.get(url, timeout=30).json()
        return found

    def states(self) -> list[str]:
        return [delivery["state"] for delivery in self.deliveries()]


@pytest.fixture
def events(bill: BillClient, control: Control) -> EventClient:
    return EventClient(bill, control)
