"""What a test or a person does to the stand-in behind its API, under /_sandbox/odoo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.odoo.environment import Env
from sandbox.odoo.errors import OdooError
from sandbox.odoo.installation import Database
from sandbox.odoo.models.users import PROGRAMMATIC_KEYS
from sandbox.odoo.seed import ADMIN, SEEDS, new_database

if TYPE_CHECKING:
    from sandbox.world import World

SERVER_ERRORS = ("SerializationFailure", "LockNotAvailable", "OperationalError")


def control_blueprint(world: World) -> Blueprint:
    """Offer databases, switches and late-commit."""
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
        if set(asked) - {"programmatic_api_keys", "server_error", "database"}:
            return _refused("switches: programmatic_api_keys (yes or no), server_error")
        if asked.get("server_error", SERVER_ERRORS[0]) not in SERVER_ERRORS:
            return _refused(f"server_error is one of {', '.join(SERVER_ERRORS)}")
        if "server_error" in asked:
            world.records["odoo"].server_error = asked["server_error"]
        if "programmatic_api_keys" in asked:
            value = str(bool(asked["programmatic_api_keys"]))
            env = _env(world, _database(world, asked))
            with world.locks["odoo"]:
                parameters = env["ir.config_parameter"]
                parameters.set_param(PROGRAMMATIC_KEYS, value)  # type: ignore[attr-defined]
                env.store.commit()
        return jsonify(asked)

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


def _env(world: World, db: Database) -> Env:
    return Env(db, ADMIN, {}, world.clock.now().astimezone(UTC).replace(tzinfo=None))


def _body() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _refused(reason: str) -> ResponseReturnValue:
    return jsonify(error=reason), 400
