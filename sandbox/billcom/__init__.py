"""Stand-in for BILL, built from docs/systems/billcom.md."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from sandbox.billcom import (
    approvals,
    bills,
    classifications,
    documents,
    errors,
    payments,
    persons,
    reading,
    signin,
    vendors,
)
from sandbox.billcom.access import Switches
from sandbox.billcom.call import KEY
from sandbox.billcom.events import sent, subscriptions
from sandbox.billcom.events.courier import Courier
from sandbox.billcom.events.hub import EVENTS, Hub
from sandbox.billcom.ledger import ledger
from sandbox.billcom.seed import sow
from sandbox.billcom.state import state
from sandbox.world import Hooks, World

ANY_VERB = ["GET", "POST", "PUT", "PATCH", "DELETE"]
__all__ = ["create_blueprint", "ledger", "reset"]


def create_blueprint(world: World) -> Blueprint:
    """Return BILL's API, and the event API beside it below /connect-events."""
    api, courier = Blueprint(KEY, __name__), Courier(world)
    signin.add_routes(api, world)
    for part in (vendors, payments, bills, classifications, documents, approvals, reading):
        part.add_routes(api)
    subscriptions.add_routes(api, world)
    sent.add_routes(api, world, courier)
    _answer_the_rest(api, world)
    _tell_what_happened(api, courier)
    world.register(
        KEY,
        Hooks(
            refuse=lambda kind: _refuse(world, kind),
            enter=signin.enter(world),
            organization=signin.organization_of(world),
            state=lambda: state(world),
            control=persons.create_blueprint(world, courier),
            background=courier.watch,
        ),
    )
    return api


def reset(world: World, seed: str) -> None:
    world.records[KEY], world.besides[KEY] = sow(seed)
    world.besides[EVENTS] = Hub()


def _tell_what_happened(api: Blueprint, courier: Courier) -> None:
    @api.after_request
    def publish(response: Response) -> Response:
        courier.publish()
        return response


def _answer_the_rest(api: Blueprint, world: World) -> None:
    @api.errorhandler(errors.Refusal)
    def refuse(refusal: errors.Refusal) -> ResponseReturnValue:
        return errors.respond(refusal, world.clock.now())

    @api.errorhandler(Exception)
    def fail(problem: Exception) -> ResponseReturnValue:
        world.journal.problems.append(repr(problem))
        return errors.respond(errors.server_error(), world.clock.now())

    # Also what a wrong verb gets: there is no DELETE for bills, for one.
    @api.route("/connect/<path:rest>", methods=ANY_VERB)
    @api.route("/connect-events/<path:rest>", methods=ANY_VERB)
    def nothing_here(rest: str) -> ResponseReturnValue:
        raise errors.unknown_path()


def _refuse(world: World, kind: str) -> Response | None:
    refusals = {
        "session_lost": errors.session_lost,
        "rate_limited": lambda: errors.too_many_at_once(Switches.limit_status),
        "server_error": errors.server_error,
    }
    return errors.respond(refusals[kind](), world.clock.now())
