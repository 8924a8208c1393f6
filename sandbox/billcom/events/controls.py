"""Disturbing and watching the notifications, under /_sandbox/billcom/webhooks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.billcom.events.courier import Courier
from sandbox.billcom.events.hub import Delivery, Dials, Hub, hub_of
from sandbox.billcom.values import presented
from sandbox.world import World

PATIENCE = 15.0


def add_routes(persons: Blueprint, world: World, courier: Courier) -> None:
    @persons.get("/webhooks")
    def show_dials() -> ResponseReturnValue:
        return jsonify(vars(hub_of(world).dials))

    @persons.post("/webhooks")
    def turn_dials() -> ResponseReturnValue:
        try:
            hub_of(world).dials.turn(**(request.get_json(silent=True) or {}))
        except ValueError as problem:
            return jsonify(error=str(problem)), 400
        return show_dials()

    @persons.delete("/webhooks")
    def reset_dials() -> ResponseReturnValue:
        hub_of(world).dials = Dials()
        return show_dials()

    @persons.post("/webhooks/release")
    def release() -> ResponseReturnValue:
        return jsonify(released=hub_of(world).release(world.clock.now()))

    # ?wait=1 answers when nothing is on its way and nothing is due by the sandbox clock.
    @persons.get("/webhooks/deliveries")
    def list_deliveries() -> ResponseReturnValue:
        if request.args.get("wait") and not courier.wait_until_quiet(PATIENCE):
            return jsonify(error="notifications are still being sent"), 504
        return jsonify(deliveries(hub_of(world)))


def deliveries(hub: Hub) -> list[dict[str, Any]]:
    return [_shown(hub, delivery) for delivery in hub.deliveries]


def _shown(hub: Hub, delivery: Delivery) -> dict[str, Any]:
    subscription = hub.subscriptions.get(delivery.event.subscription)
    shown: dict[str, Any] = presented(
        {
            "eventId": delivery.event.id,
            "type": delivery.event.type,
            "entity": delivery.event.entity,
            "subscription": delivery.event.subscription,
            "url": subscription.url if subscription else None,
            "state": delivery.state,
            "forged": delivery.forged or None,
            "due": delivery.due if delivery.state == "waiting" else None,
            "payload": delivery.event.payload,
        }
    )
    return shown | {"attempts": [presented(attempt) for attempt in delivery.attempts]}
