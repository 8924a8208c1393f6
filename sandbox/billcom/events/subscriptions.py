"""The event API: the catalog, subscriptions and their keys.

Reference: docs/systems/billcom.md#14-webhooks
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.billcom.call import body, call
from sandbox.billcom.errors import invalid, unknown_id
from sandbox.billcom.events.courier import is_this_computer
from sandbox.billcom.events.hub import (
    CATALOG,
    REPLAYED_FOR,
    VERSION,
    Hub,
    Subscription,
    hub_of,
)
from sandbox.billcom.listing import Listing
from sandbox.billcom.paging import page_of
from sandbox.billcom.shapes import Flag, ListOf, OneOf, Record, Text
from sandbox.billcom.values import presented, to_ms
from sandbox.world import World

EVENTS_API = "/connect-events/v3"
MOST = 10
STATUS = Record(required=True, fields={"enabled": Flag(required=True)})
EVENT = Record(
    fields={
        "type": OneOf(required=True, words=CATALOG),
        "version": OneOf(required=True, words=(VERSION,)),
    }
)
SUBSCRIPTION = Record(
    fields={
        "name": Text(required=True),
        "status": STATUS,
        "events": ListOf(required=True, least=1, of=EVENT),
        "notificationUrl": Text(required=True),
    }
)
# A PATCH does not change the events; a PUT does.
PATCH = Record(
    fields={"name": Text(), "status": Record(fields=STATUS.fields), "notificationUrl": Text()},
)
UNSORTED = Listing(filters={}, sorts=())


def add_routes(api: Blueprint, world: World) -> None:
    @api.get(f"{EVENTS_API}/events/catalog")
    def show_catalog() -> ResponseReturnValue:
        return jsonify([{"type": type, "versions": [VERSION]} for type in CATALOG])

    @api.post(f"{EVENTS_API}/subscriptions")
    def subscribe() -> ResponseReturnValue:
        return jsonify(once(hub_of(world), lambda: _create(hub_of(world))))

    @api.get(f"{EVENTS_API}/subscriptions")
    def list_subscriptions() -> ResponseReturnValue:
        rows = [_as_row(s) for s in hub_of(world).of(call().session.organization)]
        return jsonify(one_page("subscriptions", rows))

    # The guides and the official collection spell it differently; both work here.
    @api.post(f"{EVENTS_API}/subscriptions/<id>/<any('security-key', security_key):_>")
    def renew_key(id: str, _: str) -> ResponseReturnValue:
        found = subscription(world, id)
        return jsonify(once(hub_of(world), lambda: _new_key(found)))

    _add_single_routes(api, world)


def _add_single_routes(api: Blueprint, world: World) -> None:
    @api.get(f"{EVENTS_API}/subscriptions/<id>")
    def show_subscription(id: str) -> ResponseReturnValue:
        return jsonify(shown(subscription(world, id)))

    @api.put(f"{EVENTS_API}/subscriptions/<id>")
    def replace_subscription(id: str) -> ResponseReturnValue:
        found = subscription(world, id)
        return jsonify(_change(hub_of(world), found, body(SUBSCRIPTION)))

    @api.patch(f"{EVENTS_API}/subscriptions/<id>")
    def change_subscription(id: str) -> ResponseReturnValue:
        found = subscription(world, id)
        return jsonify(_change(hub_of(world), found, body(PATCH)))

    @api.delete(f"{EVENTS_API}/subscriptions/<id>")
    def unsubscribe(id: str) -> ResponseReturnValue:
        del hub_of(world).subscriptions[subscription(world, id).id]
        hub_of(world).drop(id)
        return "", 200


def subscription(world: World, id: str) -> Subscription:
    """Return a subscription of the caller's organisation; others do not exist for it."""
    found = hub_of(world).subscriptions.get(id)
    if found is None or found.organization != call().session.organization:
        raise unknown_id("subscription", id)
    return found


def shown(found: Subscription) -> dict[str, Any]:
    """Return a subscription without its key, which is told only once."""
    answer: dict[str, Any] = presented(_as_row(found))
    return answer


def _as_row(found: Subscription) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "organizationId": found.organization,
        "status": {"enabled": found.enabled},
        "events": found.events,
        "notificationUrl": found.url,
        "createdTime": to_ms(found.created),
        "updatedTime": to_ms(found.updated),
    }


def one_page(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Answer a list that only goes forward."""
    query = {key: value for key, value in request.args.items() if key in ("max", "page")}
    page = page_of(rows, name=name, listing=UNSORTED, query=query, keep_query=True)
    page.pop("prevPage", None)
    return {**page, "results": [presented(row) for row in page["results"]]}


def once(hub: Hub, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do it once per X-Idempotent-Key; for a day the same key gets the same answer.

    Reference: docs/systems/billcom.md#13-idempotency
    """
    given = request.headers.get("X-Idempotent-Key", "")
    if not _is_uuid4(given):
        raise invalid("X-Idempotent-Key: must be a UUID of version 4")
    now, key = call().now, (call().session.organization, request.path, given.lower())
    told, answer = hub.answers.get(key, (now - REPLAYED_FOR, None))
    if now - told < REPLAYED_FOR:
        return dict(answer)
    answer = work()
    hub.answers[key] = (now, answer)
    return answer


def _is_uuid4(given: str) -> bool:
    try:
        read = uuid.UUID(given)
    except ValueError:
        return False
    return read.version == 4 and str(read) == given.lower()


def _create(hub: Hub) -> dict[str, Any]:
    wanted, mine = body(SUBSCRIPTION), hub.of(call().session.organization)
    _check(mine, wanted["events"], wanted["notificationUrl"])
    if len(mine) >= MOST:
        raise invalid(f"An organization has at most {MOST} subscriptions.")
    made = Subscription(
        id=str(uuid.uuid4()),
        organization=call().session.organization,
        name=wanted["name"],
        enabled=wanted["status"]["enabled"],
        events=wanted["events"],
        url=wanted["notificationUrl"],
        key=secrets.token_urlsafe(32),
        created=call().now,
        updated=call().now,
    )
    hub.subscriptions[made.id] = made
    return {**shown(made), "securityKey": made.key}


def _new_key(found: Subscription) -> dict[str, Any]:
    # The old key is worth nothing from now on; that is a guess.
    found.key = secrets.token_urlsafe(32)
    return {"securityKey": found.key}


def _change(hub: Hub, found: Subscription, wanted: dict[str, Any]) -> dict[str, Any]:
    events = wanted.get("events") or found.events
    url = wanted.get("notificationUrl") or found.url
    others = [s for s in hub.of(found.organization) if s is not found]
    _check(others, events, url)
    found.name = wanted.get("name") or found.name
    found.events, found.url, found.updated = events, url, call().now
    found.enabled = (wanted.get("status") or {"enabled": found.enabled})["enabled"]
    if not found.enabled:
        hub.drop(found.id)
    return shown(found)


def _check(others: list[Subscription], events: list[dict[str, str]], url: str) -> None:
    """Refuse an address that is not safe, and what another subscription has already."""
    plain = call().switches.allow_http_loopback and url.startswith("http://")
    if not url.startswith("https://") and not (plain and is_this_computer(url)):
        raise invalid("notificationUrl: must use https")
    for other in others:
        if other.url == url and _set_of(other.events) == _set_of(events):
            raise invalid("A subscription with these events and this URL exists already.")


def _set_of(events: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(event["type"], event["version"]) for event in events}
