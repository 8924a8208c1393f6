"""Carries notifications to their subscribers, signed, in a thread of its own.

It only ever calls this computer. Reference: docs/systems/billcom.md#144-signature
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sandbox.billcom.access import Switches
from sandbox.billcom.call import KEY, access_of, records_of
from sandbox.billcom.events.bodies import event_for, write
from sandbox.billcom.events.hub import Delivery, Event, Subscription, hub_of
from sandbox.world import World

LONGEST_WAIT = 10.0
LOOK_EVERY_SECONDS = 0.2
ELSEWHERE = "The sandbox only calls this computer."


def signature(key: str, body: bytes) -> str:
    digest = hmac.new(key.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def is_this_computer(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Courier:
    """Takes down what happened, and delivers what is due by the sandbox clock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._wake = threading.Event()
        world.clock.on_move(self._wake.set)

    def publish(self) -> None:
        """Turn what happened into notifications. The caller holds the lock."""
        now, hub = self.world.clock.now(), hub_of(self.world)
        for books in records_of(self.world).all():
            happened, books.happened = books.happened, []
            for type, record in happened:
                for subscription in hub.of(books.organization["id"]):
                    if subscription.wants(type):
                        about = event_for(books, subscription, type, record)
                        hub.send(write(subscription, type, about, books.switches, now), now)
        self._wake.set()

    def watch(self, stopped: threading.Event) -> None:
        """Deliver until told to stop, one after the other."""
        while not stopped.is_set():
            self._wake.wait(LOOK_EVERY_SECONDS)
            self._wake.clear()
            while not stopped.is_set() and (delivery := self._take()):
                self._deliver(delivery)

    def wait_until_quiet(self, seconds: float) -> bool:
        """Wait, without the lock, until nothing is due any more."""
        ends = time.monotonic() + seconds
        with self.unlocked():
            while time.monotonic() < ends:
                with self.world.locks[KEY]:
                    if hub_of(self.world).quiet(self.world.clock.now()):
                        return True
                time.sleep(0.02)
        return False

    def send_now(self, subscription: Subscription, event: Event) -> None:
        """Send once and wait for the answer, as the test and resend calls do."""
        with self.unlocked():
            attempt = self._try(subscription, event, forged=False)
        event.status_code = attempt.get("status")

    @contextmanager
    def unlocked(self) -> Iterator[None]:
        """Let others in while waiting: the subscriber may well call back before it answers."""
        self.world.locks[KEY].release()
        try:
            yield
        finally:
            self.world.locks[KEY].acquire()

    def _take(self) -> Delivery | None:
        with self.world.locks[KEY]:
            hub = hub_of(self.world)
            delivery = hub.due(self.world.clock.now())
            if delivery is not None:
                known = delivery.event.subscription in hub.subscriptions
                delivery.state = "sending" if known else "dropped"
            return delivery

    def _deliver(self, delivery: Delivery) -> None:
        hub = hub_of(self.world)
        subscription = hub.subscriptions.get(delivery.event.subscription)
        if subscription is None:
            return
        if not is_this_computer(subscription.url):
            delivery.state = "refused"
            delivery.attempts.append({"time": self.world.clock.now(), "problem": ELSEWHERE})
            return
        attempt = self._try(subscription, delivery.event, forged=delivery.forged)
        with self.world.locks[KEY]:
            hub.settle(delivery, attempt, self._switches(subscription).webhook_after_failures)

    def _switches(self, subscription: Subscription) -> Switches:
        return access_of(self.world).switches_of(subscription.organization)

    def _try(self, subscription: Subscription, event: Event, *, forged: bool) -> dict[str, Any]:
        body = event.payload.encode()
        if forged:
            body = body.replace(event.id.encode(), event.id[::-1].encode())
        key = f"not {subscription.key}" if forged else subscription.key
        attempt: dict[str, Any] = {"time": self.world.clock.now()}
        began = time.monotonic()
        try:
            attempt["status"] = _post(subscription.url, body, signature(key, body))
        except (OSError, HTTPException, ValueError) as problem:
            return {**attempt, "problem": str(problem) or type(problem).__name__}
        if time.monotonic() - began > LONGEST_WAIT:
            return {"time": attempt["time"], "problem": "timed out"}
        return attempt


def _post(url: str, body: bytes, signed: str) -> int:
    """Post to this computer; no proxy, no redirect, nothing else is ever called."""
    if not is_this_computer(url):
        raise ValueError(ELSEWHERE)
    where = urlsplit(url)
    connection = _connection(where)
    try:
        headers = {"Content-Type": "application/json", "x-bill-sha-signature": signed}
        headers["Host"] = where.netloc
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _connection(where: SplitResult) -> HTTPConnection:
    host = "127.0.0.1" if where.hostname == "localhost" else str(where.hostname)
    made = HTTPSConnection if where.scheme == "https" else HTTPConnection
    return made(host, where.port, timeout=LONGEST_WAIT)
