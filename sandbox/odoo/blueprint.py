"""The addresses an Odoo server answers: JSON-2, its version and its health."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xmlrpc import client as xmlrpc

from flask import Blueprint, request
from werkzeug.wrappers import Response

from sandbox.odoo import transport
from sandbox.odoo.control import control_blueprint
from sandbox.odoo.errors import (
    NO_DATABASE,
    WRONG_CONTENT_TYPE,
    NotFound,
    ServerError,
    Unauthorized,
)
from sandbox.odoo.installation import Installation
from sandbox.odoo.overview import state
from sandbox.world import Hooks, World

VERSION_INFO = [19, 0, 0, "final", 0, ""]
SERVER_VERSION = {
    "server_version": "19.0",
    "server_version_info": VERSION_INFO,
    "server_serie": "19.0",
    "protocol_version": 1,
}
ANY_VERB = ["GET", "POST", "PUT", "PATCH", "DELETE"]
TOO_MANY = "<html><head><title>429 Too Many Requests</title></head></html>"


def create_blueprint(world: World) -> Blueprint:
    odoo = Blueprint("odoo", __name__)
    world.register(
        "odoo",
        Hooks(
            refuse=lambda kind: fault_answer(world, kind),
            organization=lambda incoming: incoming.headers.get("X-Odoo-Database"),
            is_read=lambda incoming: incoming.path.rpartition("/")[2] in transport.READS,
            state=lambda: state(world.records["odoo"]),
            control=control_blueprint(world),
        ),
    )

    @odoo.post("/json/2/<model>/<method>")
    def json2(model: str, method: str) -> Response:
        installation: Installation = world.view("odoo")
        db = installation.database(request.headers.get("X-Odoo-Database"))
        if db is None:
            return Response(NO_DATABASE, 404, content_type="text/html; charset=utf-8")
        if request.mimetype != "application/json":
            refusal = Response(WRONG_CONTENT_TYPE, 415, content_type="text/html; charset=utf-8")
            refusal.headers["Accept"] = "application/json"
            return refusal
        db.settle(_naive(world.clock.now()))
        began = request.environ.get("sandbox.received") or world.clock.now()
        answer = transport.answer(db, request, model, method, _naive(began))
        db.committed(_naive(world.clock.now()))
        return answer

    @odoo.route("/json/2", methods=ANY_VERB)
    @odoo.route("/json/2/<path:rest>", methods=ANY_VERB)
    def elsewhere(rest: str = "") -> Response:
        return transport.refused(NotFound("Did you mean POST /json/2/<model>/<method>?"))

    @odoo.get("/json/version")
    @odoo.get("/web/version")
    def version() -> Response:
        return transport.as_json({"version_info": VERSION_INFO, "version": "19.0"})

    @odoo.get("/web/health")
    def health() -> Response:
        return transport.as_json({"status": "pass"})

    @odoo.post("/web/webclient/version_info")
    def version_info() -> Response:
        asked = request.get_json(silent=True) or {}
        return transport.as_json(
            {"jsonrpc": "2.0", "id": asked.get("id"), "result": SERVER_VERSION}
        )

    @odoo.post("/xmlrpc/2/common")
    def common() -> Response:
        _, method = xmlrpc.loads(request.get_data().decode())
        result: Any = SERVER_VERSION
        if method != "version":
            result = xmlrpc.Fault(1, f"AttributeError: dispatch has no method {method!r} here")
        answer = (result,) if not isinstance(result, xmlrpc.Fault) else result
        body = xmlrpc.dumps(answer, methodresponse=True)
        return Response(body, content_type="text/xml; charset=utf-8")

    return odoo


def fault_answer(world: World, kind: str) -> Response | None:
    """Show a fault of the sandbox's dial the way this system would."""
    if kind == "session_lost":
        return transport.refused(Unauthorized("Invalid apikey"))
    if kind == "rate_limited":
        return Response(TOO_MANY, 429, content_type="text/html")
    if kind == "server_error":
        name = f"psycopg2.errors.{world.records['odoo'].server_error}"
        message = "could not serialize access due to concurrent update\n"
        return transport.refused(ServerError(name, message))
    return None


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
