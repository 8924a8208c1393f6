"""What a test or a person does to the stand-in behind its API, under /_sandbox/odoo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sandbox.odoo import persons, switches
from sandbox.odoo.environment import Env
from sandbox.odoo.errors import OdooError
from sandbox.odoo.installation import Database
from sandbox.odoo.seed import ADMIN, SEEDS, new_database

if TYPE_CHECKING:
    from sandbox.world import World


def control_blueprint(world: World) -> Blueprint:
    """Offer databases, switches, late-commit and what people do."""
    control = Blueprint("odoo_control", __name__)

    @control.post("/databases")
    def add_database() -> ResponseReturnValue:
        asked = _body()
        name, seed = asked.get("name"), asked.get("seed", "empty")
        databases = world.records["odoo"].databases
        if not name or seed not in SEEDS:
            return _refused(f"give a name and a seed, one of {', '.join(SEEDS)}")
        if name in databases:
            return _refused(f"there is a database {name!r} already")
        with world.locks["odoo"]:
            databases[name] = new_database(name, seed, world.clock.now())
        return jsonify(databases=sorted(databases))

    @control.post("/switches")
    def set_switches() -> ResponseReturnValue:
        asked = _body()
        reason = switches.wrong(asked)
        if reason:
            return _refused(reason)
        if "server_error" in asked:
            world.records["odoo"].server_error = asked["server_error"]
        with world.locks["odoo"]:
            switches.turn(_env(world, _database(world, asked)), asked)
        return jsonify(asked)

    @control.post("/<action>")
    def act(action: str) -> ResponseReturnValue:
        """Do what a person does; see persons.py."""
        if action not in persons.ACTIONS:
            return _refused(f"people do: {', '.join(persons.ACTIONS)}")
        work, needed = persons.ACTIONS[action]
        asked = _body()
        missing = [name for name in needed if asked.get(name) in (None, "")]
        if missing:
            return _refused(f"give {', '.join(missing)}")
        db = _database(world, asked)
        with world.locks["odoo"]:
            try:
                done = work(_env(world, db, su=True), asked)
            except OdooError as error:
                db.store.rollback()
                if _is_form():
                    return redirect(url_for("page.ledgers", told=str(error)))
                return jsonify(error.body()), error.status
            except Exception:
                db.store.rollback()
                raise
            db.store.commit()
        return redirect("/") if _is_form() else jsonify(done)

    @control.post("/late-commit")
    def late_commit() -> ResponseReturnValue:
        """Do work now that others see `seconds` later, with the write_date of now."""
        asked = _body()
        if "model" not in asked or "seconds" not in asked or not asked.keys() & {"values", "ids"}:
            return _refused("give model, seconds, and values to create or ids to write")
        db = _database(world, asked)
        if asked["model"] not in db.store.tables:
            return _refused(f"unknown model {asked['model']!r}")
        with world.locks["odoo"]:
            try:
                ids = _work(_env(world, db), asked)
            except OdooError as error:
                db.store.rollback()
                return jsonify(error.body()), error.status
            due = world.clock.now().astimezone(UTC).replace(tzinfo=None)
            db.postpone(due + timedelta(seconds=float(asked["seconds"])))
        return jsonify(ids=ids)

    return control


def _work(env: Env, asked: Mapping[str, Any]) -> list[int]:
    model = env[asked["model"]]
    if "ids" not in asked:
        created: list[int] = model.create(asked["values"])
        return created
    model.write(asked["ids"], asked.get("values") or {})
    return list(asked["ids"])


def _database(world: World, asked: Mapping[str, Any]) -> Database:
    databases: dict[str, Database] = world.records["odoo"].databases
    return databases[asked.get("database") or next(iter(databases))]


def _env(world: World, db: Database, *, su: bool = False) -> Env:
    now = world.clock.now().astimezone(UTC).replace(tzinfo=None)
    return Env(db, ADMIN, {}, now, su=su)


def _is_form() -> bool:
    return request.mimetype == "application/x-www-form-urlencoded"


def _body() -> dict[str, Any]:
    """Return what was sent: JSON, or the fields of the page's forms, an amount as a number."""
    if _is_form():
        fields: dict[str, Any] = {name: value for name, value in request.form.items() if value}
        return fields | ({"amount": _number(fields["amount"])} if "amount" in fields else {})
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return 0.0


def _refused(reason: str) -> ResponseReturnValue:
    return jsonify(error=reason), 400
