"""Control calls for tests and demonstrations, under /_sandbox/."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from sandbox.faults import FaultRefused
from sandbox.world import World

SEEDS = ("empty", "demo", "twins")


def create_blueprint(world: World) -> Blueprint:
    control = Blueprint("control", __name__)

    @control.post("/reset")
    def reset() -> ResponseReturnValue:
        seed = _body().get("seed", "demo")
        if seed not in SEEDS:
            return _refused(f"unknown seed {seed!r}; one of {', '.join(SEEDS)}")
        world.reset(seed)
        return jsonify(seed=seed)

    @control.get("/journal")
    def show_journal() -> ResponseReturnValue:
        return jsonify(world.journal.as_json(request.args.get("system")))

    @control.delete("/journal")
    def clear_journal() -> ResponseReturnValue:
        world.journal.clear()
        return jsonify(requests=[], peak={})

    @control.get("/state/<system>")
    def show_state(system: str) -> ResponseReturnValue:
        if system not in world.systems:
            return _refused(f"unknown system {system!r}")
        with world.locks[system]:
            return jsonify(world.hooks[system].state())

    _add_clock_routes(control, world)
    _add_fault_routes(control, world)
    return control


def _add_clock_routes(control: Blueprint, world: World) -> None:
    @control.get("/clock")
    def show_clock() -> ResponseReturnValue:
        return jsonify(now=world.clock.now().isoformat(), frozen=world.clock.frozen)

    @control.post("/clock")
    def move_clock() -> ResponseReturnValue:
        wanted = _body()
        unknown = set(wanted) - {"advance", "set", "freeze"}
        if unknown or not wanted:
            return _refused("give advance (seconds), set (a date and time) or freeze (yes or no)")
        try:
            if "freeze" in wanted:
                world.clock.freeze(frozen=bool(wanted["freeze"]))
            if "set" in wanted:
                world.clock.set(datetime.fromisoformat(wanted["set"]))
            if "advance" in wanted:
                world.clock.advance(float(wanted["advance"]))
        except (ValueError, TypeError) as problem:
            return _refused(str(problem))
        return redirect("/") if request.form else show_clock()


def _add_fault_routes(control: Blueprint, world: World) -> None:
    @control.post("/faults")
    def add_fault() -> ResponseReturnValue:
        wanted = _body()
        if wanted.get("system") not in world.systems:
            return _refused(f"unknown system; one of {', '.join(world.systems)}")
        try:
            fault = world.faults.add(**wanted)
        except (FaultRefused, TypeError) as refusal:
            return _refused(str(refusal))
        if fault.kind == "lag":
            world.remember(fault.system)
        return jsonify(faults=world.faults.as_json())

    @control.get("/faults")
    def list_faults() -> ResponseReturnValue:
        return jsonify(faults=world.faults.as_json())

    @control.delete("/faults")
    def clear_faults() -> ResponseReturnValue:
        world.clear_faults()
        return jsonify(faults=[])


def _body() -> dict[str, Any]:
    given = request.form.to_dict() or request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _refused(reason: str) -> ResponseReturnValue:
    return jsonify(error=reason), 400
