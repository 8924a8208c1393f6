"""JSON-2: one POST names a model, a method and its arguments, and is one transaction.

Reference: docs/systems/odoo.md §1 (keys, databases) and §2 (requests, answers, errors).
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.odoo.environment import ROOT, Env
from sandbox.odoo.errors import (
    AccessError,
    BadRequest,
    NotFound,
    OdooError,
    ServerError,
    Unauthorized,
    UnprocessableEntity,
)
from sandbox.odoo.installation import Database

BEARER = re.compile(r"^bearer\s+(\S+)\s*$", re.IGNORECASE)
NO_KEY = "User not authenticated, use an API Key with a Bearer Authorization header."
# Public by name, but closed to remote calls (decorated as private in Odoo).
CLOSED = frozenset(
    {"browse", "check_access", "concat", "copy_data", "ensure_one", "exists", "fetch", "filtered"}
    | {"flush_model", "flush_recordset", "grouped", "invalidate_model", "invalidate_recordset"}
    | {"mapped", "modified", "new", "search_fetch", "sorted", "sudo", "union"}
    | {"with_company", "with_context", "with_env", "with_user"}
)
READS = frozenset(
    {"search", "search_read", "search_count", "read", "web_search_read", "web_read", "read_group"}
    | {"name_search", "formatted_read_group", "fields_get", "default_get", "has_access"}
    | {"check_access_rights", "has_group", "context_get", "get_param"}
)


def answer(db: Database, request: Request, model: str, method: str, now: datetime) -> Response:
    """Carry out one call; any error takes the whole of it back."""
    try:
        result = _result(db, request, model, method, now)
        response = as_json(result)
    except OdooError as error:
        db.store.rollback()
        return refused(error)
    except Exception as error:
        # Odoo shows its own Python errors too: status 500 with the class as name.
        db.store.rollback()
        shown = ServerError(f"builtins.{type(error).__name__}", str(error))
        return as_json({**shown.body(), "debug": traceback.format_exc()}, 500)
    db.store.commit()
    return response


def as_json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json; charset=utf-8")


def refused(error: OdooError) -> Response:
    response = as_json(error.body(), error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer "
    return response


def _result(db: Database, request: Request, model: str, method: str, now: datetime) -> Any:
    uid = _authenticated(db, request.headers.get("Authorization"), now)
    arguments = _arguments(request.get_data())
    ids, context = arguments.pop("ids", []), dict(arguments.pop("context", {}))
    return call(Env(db, uid, context, now), model, method, ids, arguments)


def call(env: Env, model: str, method: str, ids: Any, arguments: Mapping[str, Any]) -> Any:
    """Call a public method with named arguments, as a client may."""
    if model not in env:
        raise NotFound(f"the model '{model}' does not exist")
    target = env[model]
    if method.startswith("_") or method in CLOSED:
        raise AccessError(
            f"Private methods (such as '{model}.{method}') cannot be called remotely."
        )
    public = target.public.get(method)
    if public is None:
        raise NotFound(f"The method '{model}.{method}' does not exist")
    if ids and not public.on_records:
        raise UnprocessableEntity(f"cannot call {model}.{method} with ids")
    try:
        bound = public.signature.bind(**arguments)
    except TypeError as error:
        raise UnprocessableEntity(str(error)) from error
    if not public.on_records:
        return public.call(target, *bound.args, **bound.kwargs)
    return public.call(target, _records(ids), *bound.args, **bound.kwargs)


def _records(ids: Any) -> list[Any]:
    """A single number will do for a list; text is taken for records that do not exist."""
    if isinstance(ids, int):
        return [ids]
    return list(ids or ())


def _authenticated(db: Database, header: str | None, now: datetime) -> int:
    match = BEARER.match(header or "")
    if match is None:
        raise Unauthorized(NO_KEY)
    keys = Env(db, ROOT, {}, now, su=True)["res.users.apikeys"]
    key = keys.find(match.group(1))  # type: ignore[attr-defined]
    user = db.store.get("res.users", key["user_id"]) if key else None
    if key is None or user is None or not user["active"]:
        raise Unauthorized("Invalid apikey")
    return int(user["id"])


def _arguments(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError as error:
        raise BadRequest(f"could not parse the body as json: {error}") from error
    return dict(found or {})
