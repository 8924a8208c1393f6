"""The one small web page: the ledgers of all systems, side by side."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sandbox.world import World


def create_blueprint(world: World) -> Blueprint:
    page = Blueprint("page", __name__)

    @page.get("/")
    def ledgers() -> ResponseReturnValue:
        shown = []
        for key, system in world.systems.items():
            with world.locks[key]:
                shown.append(system.ledger(world))
        return render_template(
            "ledgers.html",
            ledgers=shown,
            now=world.clock.now(),
            seed=world.seed,
            told=request.args.get("told"),
            faults=world.faults.as_json(),
        )

    return page
