"""BILL tells of changes: subscribing, and reading what it tells.

Reference: docs/systems/billcom.md#webhooks
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from connections.errors import TransientError, UnknownOutcome, Unsupported
from connections.http import Call, Client
from connections.records import Bill, Payment, Record, Vendor
from connections.systems.billcom import signature
from connections.systems.billcom.client import BillcomClient, is_absent
from connections.systems.billcom.errors import Refusal
from connections.systems.billcom.lists import Lister, Listing
from connections.systems.billcom.options import signature_variants
from connections.systems.billcom.values import Row, encoded, moment, words
from connections.webhook import Event, Malformed, Subscription, Webhook

SUBSCRIPTIONS = Listing("/v3/subscriptions", {}, frozenset())
NAME = "ml-connector"
VERSION = "1"
TOLD: Mapping[str, type[Record]] = {"bill": Bill, "payment": Payment, "vendor": Vendor}
# Reference: docs/systems/billcom.md#events. payment.failed names no payment, but is worth a row.
WANTED = (
    *(f"{kind}.{verb}" for kind in ("vendor", "bill")
      for verb in ("created", "updated", "archived", "restored")),
    "payment.updated",
    "payment.failed",
)  # fmt: skip
TEST_ID = "test-of-ml-connector"
# An id becomes part of an address: nothing but what BILL's own ids are made of.
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class BillcomWebhook(Webhook):
    """BILL's notifications."""

    def verify(
        self,
        headers: Mapping[str, str],
        body: bytes,
        keys: Sequence[str],
        settings: Mapping[str, str],
    ) -> bool:
        return signature.verify(headers, body, keys, signature_variants(settings))

    def events(self, body: bytes) -> list[Event]:
        message = _message(body)
        metadata = message.get("metadata")
        if not isinstance(metadata, dict):
            raise Malformed("It has no metadata.")
        id, kind = words(metadata.get("eventId")), words(metadata.get("eventType"))
        if not (_ID.fullmatch(id) and 0 < len(kind) <= 40):
            raise Malformed("It names no event.")
        return [_event(id, kind, words(metadata.get("organizationId")), message)]

    def company(self, settings: Mapping[str, str]) -> str:
        return settings.get("organization_id", "").strip()

    def address_problem(self, url: str, settings: Mapping[str, str]) -> str:
        parts = urlsplit(url)
        on_this_computer = settings.get("environment") == "own" and _is_loopback(parts.hostname)
        if parts.scheme == "https" or on_this_computer:
            return ""
        return (
            f"BILL only sends to https addresses, and this installation says it is at {url}. "
            "Set PUBLIC_URL to its https address."
        )

    def subscribe(self, client: Client, url: str, token: str, *, again: bool) -> Subscription:
        bill = _billcom(client)
        there = None if again else _at(bill, url)
        if there is None:
            try:
                return self._create(bill, url, token)
            except Refusal:
                there = _at(bill, url)
                if there is None:
                    raise
        # Its key was told once, and not to us.
        self.enable(client, there.id)
        return Subscription(id=there.id, url=url, key=self.rotate_key(client, there.id, token))

    def _create(self, bill: BillcomClient, url: str, token: str) -> Subscription:
        body = {
            "name": NAME,
            "status": {"enabled": True},
            "events": [{"type": kind, "version": VERSION} for kind in WANTED],
            "notificationUrl": url,
        }
        # Reference: docs/systems/billcom.md#subscriptions
        answer = bill.call(_keyed("POST", SUBSCRIPTIONS.path, token, body))
        made = _subscription(answer)
        if not made.id or not made.key:
            raise UnknownOutcome("BILL took the subscription, but its answer holds no key.")
        return made

    def inspect(self, client: Client, id: str) -> Subscription | None:
        try:
            # Reference: docs/systems/billcom.md#subscriptions
            return _subscription(_billcom(client).get(f"{SUBSCRIPTIONS.path}/{id}"))
        except Refusal as refusal:
            if _is_gone(refusal):
                return None
            raise

    def enable(self, client: Client, id: str) -> None:
        # Reference: docs/systems/billcom.md#subscriptions. Done twice is the same as once.
        _billcom(client).call(
            Call(
                method="PATCH",
                path=f"{SUBSCRIPTIONS.path}/{id}",
                json={"status": {"enabled": True}},
                writes=True,
                repeatable=True,
            )
        )

    def rotate_key(self, client: Client, id: str, token: str) -> str:
        bill = _billcom(client)
        path = f"{SUBSCRIPTIONS.path}/{id}/security"
        try:
            # Reference: docs/systems/billcom.md#subscriptions
            answer = bill.call(_keyed("POST", f"{path}-key", token))
        except (Refusal, Unsupported) as refusal:
            if isinstance(refusal, Refusal) and refusal.status not in (404, 405):
                raise
            # Reference: docs/systems/billcom.md#subscriptions. BILL's own pages spell it both ways.
            answer = bill.call(_keyed("POST", f"{path}_key", token))
        key = words(answer.get("securityKey")) if isinstance(answer, dict) else ""
        if not key:
            raise UnknownOutcome("BILL made a new key, but its answer does not hold it.")
        return key

    def send_test(self, client: Client, id: str) -> None:
        body = {"eventType": "bill.updated", "version": VERSION, "bill": {"id": TEST_ID}}
        # Reference: docs/systems/billcom.md#subscriptions
        answer = _billcom(client).post(f"{SUBSCRIPTIONS.path}/{id}/test", body)
        status = answer.get("statusCode") if isinstance(answer, dict) else None
        if status not in (None, 200):
            raise TransientError(
                f"BILL sent the test and got status {status} back. Check that {NAME} can be "
                "reached from the internet at its address."
            )

    def unsubscribe(self, client: Client, id: str) -> None:
        try:
            # Reference: docs/systems/billcom.md#subscriptions
            _billcom(client).call(
                Call(
                    method="DELETE",
                    path=f"{SUBSCRIPTIONS.path}/{id}",
                    writes=True,
                    repeatable=True,
                )
            )
        except Refusal as refusal:
            if not _is_gone(refusal):
                raise


def _message(body: bytes) -> Row:
    """Read the body, which is an object or, by BILL's rules, a string that holds one."""
    try:
        found: Any = json.loads(body)
        found = json.loads(found) if isinstance(found, str) else found
    except (ValueError, RecursionError):
        raise Malformed("It is no JSON.") from None
    if not isinstance(found, dict):
        raise Malformed("It is no object.")
    return found


def _event(id: str, kind: str, company: str, message: Row) -> Event:
    about = message.get(kind.partition(".")[0])
    row = about if isinstance(about, dict) else {}
    record_id = words(row.get("id"))
    is_test = record_id.casefold().startswith("test")
    record = TOLD.get(kind.partition(".")[0]) if _ID.fullmatch(record_id) else None
    return Event(
        id=id,
        kind=kind,
        record=None if is_test else record,
        record_id=record_id if record else "",
        company=company,
        changed_at=moment(row.get("updatedTime")),
        is_test=is_test,
    )


def _billcom(client: Client) -> BillcomClient:
    assert isinstance(client, BillcomClient)  # noqa: S101 - the declaration pairs them
    return client


def _keyed(method: str, path: str, token: str, body: Any = None) -> Call:
    """Return a call that BILL carries out once, however often it is made within a day."""
    return Call(
        method=method,
        path=path,
        data=None if body is None else encoded(body),
        headers={"X-Idempotent-Key": token, "Content-Type": "application/json"},
        writes=True,
        repeatable=True,
    )


def _at(client: BillcomClient, url: str) -> Subscription | None:
    found = (_subscription(row) for row in Lister(client, SUBSCRIPTIONS).rows())
    return next((one for one in found if one.url == url), None)


def _subscription(answer: Any) -> Subscription:
    row = answer if isinstance(answer, dict) else {}
    status = row.get("status")
    return Subscription(
        id=words(row.get("id")),
        url=words(row.get("notificationUrl")),
        is_enabled=bool(status.get("enabled", True)) if isinstance(status, dict) else True,
        key=words(row.get("securityKey")),
    )


def _is_gone(refusal: Refusal) -> bool:
    return is_absent(refusal) or refusal.status == 404


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
