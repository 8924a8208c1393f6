"""Login, session and logout; and the check that every other call has a live session.

Reference: docs/systems/billcom.md#2-sign-in-and-session
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Request, Response

from sandbox.billcom.access import Access, Session
from sandbox.billcom.call import Call, access_of, body, call
from sandbox.billcom.errors import Refusal, respond, session_lost
from sandbox.billcom.shapes import Record, Text
from sandbox.world import World

LOGIN = Record(
    fields={
        "username": Text(required=True),
        "password": Text(required=True),
        "organizationId": Text(required=True),
        "devKey": Text(required=True),
        "rememberMeId": Text(),
        "device": Text(),
    }
)
API = "/connect/v3"
OPEN = ("/login", "/health")
NOBODY = (None, None)


def add_routes(api: Blueprint, world: World) -> None:
    @api.before_request
    def find_session() -> None:
        if request.path.partition(API)[2] not in OPEN:
            now = request.environ.get("sandbox.received") or world.clock.now()
            session = _session(access_of(world), request, now)
            g.call = Call(world, session, world.clock.now())

    @api.after_request
    def keep_alive(response: Any) -> Any:
        # Only a successful call starts the 35 minutes again.
        if "call" in g and response.status_code < 400:
            call().session.last_call = world.clock.now()
        return response

    _add_login_routes(api, world)


def _add_login_routes(api: Blueprint, world: World) -> None:
    @api.post(f"{API}/login")
    def log_in() -> ResponseReturnValue:
        session = access_of(world).log_in(body(LOGIN), world.clock.now())
        return jsonify(
            sessionId=session.id,
            organizationId=session.organization,
            userId=session.user.id,
            trusted=session.trusted,
        )

    @api.get(f"{API}/login/session")
    def show_session() -> ResponseReturnValue:
        session = call().session
        return jsonify(
            organizationId=session.organization,
            userId=session.user.id,
            mfaStatus="COMPLETE" if session.trusted else "DISABLED",
            mfaBypass=False,
        )

    @api.post(f"{API}/logout")
    def log_out() -> ResponseReturnValue:
        access_of(world).sessions.pop(call().session.id, None)
        return "", 200

    @api.get(f"{API}/health")
    def health() -> ResponseReturnValue:
        return jsonify(appId="sandbox", appEnv="sandbox", appVersion="1", bdcRegion="us")


def _session(access: Access, seen: Request, now: Any) -> Session:
    session_id, dev_key = seen.headers.get("sessionId"), seen.headers.get("devKey")
    if not session_id or not dev_key:
        raise session_lost()
    return access.session(session_id, dev_key, now)


def organization_of(world: World) -> Callable[[Request], str | None]:
    """Say whom a request belongs to, before it is let in."""

    def organization(seen: Request) -> str | None:
        return _caller(access_of(world), seen)[1]

    return organization


def enter(world: World) -> Callable[[Request], Response | Callable[[], None]]:
    """Apply the limits: per hour and developer key, and at once per key and organisation.

    Reference: docs/systems/billcom.md#33-limits
    """

    def let_in(seen: Request) -> Response | Callable[[], None]:
        access = access_of(world)
        dev_key, organization = _caller(access, seen)
        if dev_key is None:
            return lambda: None
        login = seen.path.endswith(f"{API}/login")
        try:
            access.count(dev_key, organization, world.clock.now(), login=login)
            if organization is None:
                return lambda: None
            access.begin(dev_key, organization)
        except Refusal as refusal:
            return respond(refusal, world.clock.now())
        return lambda: access.end(dev_key, organization)

    return let_in


def _caller(access: Access, seen: Request) -> tuple[str | None, str | None]:
    """Return developer key and organisation as far as the request shows good ones."""
    if seen.path.endswith(f"{API}/login"):
        given = seen.get_json(silent=True)
        given = given if isinstance(given, dict) else {}
        organization = str(given.get("organizationId"))
        claimed = organization if organization in access.switches else None
        return (given["devKey"], claimed) if given.get("devKey") in access.dev_keys else NOBODY
    dev_key = seen.headers.get("devKey")
    if dev_key not in access.dev_keys:
        return NOBODY
    session = access.sessions.get(seen.headers.get("sessionId", ""))
    return dev_key, session.organization if session and session.dev_key == dev_key else None
