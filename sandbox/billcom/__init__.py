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
from sandbox.billcom.ledger import ledger, state
from sandbox.billcom.seed import sow
from sandbox.world import Hooks, World

__all__ = ["create_blueprint", "ledger", "reset"]


def create_blueprint(world: World) -> Blueprint:
    """Return BILL's API. The event API will answer below /connect-events beside it."""
    api = Blueprint(KEY, __name__)
    signin.add_routes(api, world)
    for part in (vendors, payments, bills, classifications, documents, approvals, reading):
        part.add_routes(api)
    _answer_the_rest(api, world)
    world.register(
        KEY,
        Hooks(
            refuse=lambda kind: _refuse(world, kind),
            enter=signin.enter(world),
            organization=signin.organization_of(world),
            state=lambda: state(world),
            control=persons.create_blueprint(world),
        ),
    )
    return api


def reset(world: World, seed: str) -> None:
    world.records[KEY], world.besides[KEY] = sow(seed)


def _answer_the_rest(api: Blueprint, world: World) -> None:
    @api.errorhandler(errors.Refusal)
    def refuse(refusal: errors.Refusal) -> ResponseReturnValue:
        return errors.respond(refusal, world.clock.now())

    @api.errorhandler(Exception)
    def fail(problem: Exception) -> ResponseReturnValue:
        world.journal.problems.append(repr(problem))
        return errors.respond(errors.server_error(), world.clock.now())

    # Also what a wrong verb gets: there is no DELETE for bills, for one.
    @api.route("/connect/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing_here(rest: str) -> ResponseReturnValue:
        raise errors.unknown_path()


def _refuse(world: World, kind: str) -> Response | None:
    refusals = {
        "session_lost": errors.session_lost,
        "rate_limited": lambda: errors.too_many_at_once(Switches.limit_status),
        "server_error": errors.server_error,
    }
    return errors.respond(refusals[kind](), world.clock.now())
