"""The event API: what was sent, sending it again, and sending a test.

Reference: docs/systems/billcom.md#14-webhooks
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.billcom.call import body, call
from sandbox.billcom.errors import invalid, unknown_id
from sandbox.billcom.events.bodies import write
from sandbox.billcom.events.courier import ELSEWHERE, Courier, is_this_computer
from sandbox.billcom.events.hub import CATALOG, KEPT_FOR, VERSION, Event, Subscription, hub_of
from sandbox.billcom.events.subscriptions import EVENTS_API, one_page, subscription
from sandbox.billcom.shapes import OneOf, Record, Shape
from sandbox.billcom.values import presented, to_ms
from sandbox.world import World


class Anything(Record):
    """An object BILL passes on without looking inside."""

    def complaints(self, value: Any, path: str) -> list[str]:
        return [] if isinstance(value, dict) else [f"{path}: must be an object"]


ENTITIES = sorted({type.partition(".")[0] for type in CATALOG})
TEST_FIELDS: dict[str, Shape] = {
    "eventType": OneOf(required=True, words=CATALOG),
    "version": OneOf(required=True, words=(VERSION,)),
}
TEST = Record(fields={**TEST_FIELDS, **{entity: Anything() for entity in ENTITIES}})


def add_routes(api: Blueprint, world: World, courier: Courier) -> None:
    @api.get(f"{EVENTS_API}/events/subscription/<id>")
    def list_events(id: str) -> ResponseReturnValue:
        wanted = request.args.get("entityId")
        rows = [
            _as_row(event)
            for event in _events(world, subscription(world, id))
            if wanted in (None, event.entity)
        ]
        return jsonify(one_page(f"events of {id}", rows))

    @api.post(f"{EVENTS_API}/events/subscription/<id>/event/<event_id>")
    def resend(id: str, event_id: str) -> ResponseReturnValue:
        found = subscription(world, id)
        event = next((e for e in _events(world, found) if e.id == event_id), None)
        if event is None:
            raise unknown_id("event", event_id)
        return _sent(courier, found, event)

    @api.post(f"{EVENTS_API}/subscriptions/<id>/test")
    def send_test(id: str) -> ResponseReturnValue:
        found, wanted = subscription(world, id), body(TEST)
        entity = wanted["eventType"].partition(".")[0]
        if set(wanted) - {"eventType", "version", entity}:
            raise invalid(f"{entity}: is the only entity of a {wanted['eventType']}")
        if entity not in wanted:
            raise invalid(f"{entity}: must not be null")
        about = {entity: wanted[entity]}
        event = write(found, wanted["eventType"], about, call().switches, call().now)
        return _sent(courier, found, event)


def _sent(courier: Courier, found: Subscription, event: Event) -> ResponseReturnValue:
    if not is_this_computer(found.url):
        raise invalid(ELSEWHERE)
    courier.send_now(found, event)
    return jsonify(presented(_as_row(event)))


def _events(world: World, found: Subscription) -> list[Event]:
    """Return what was sent to it, as long as BILL keeps it."""
    since = call().now - KEPT_FOR
    return [e for e in hub_of(world).events if e.subscription == found.id and e.created >= since]


def _as_row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "version": VERSION,
        "subscriptionId": event.subscription,
        "payload": event.payload,
        "createdTime": to_ms(event.created),
        "statusCode": event.status_code,
    }
