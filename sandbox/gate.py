"""The one place where every call to a stand-in passes: journal, admission and faults."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.faults import Fault
from sandbox.journal import Entry
from sandbox.late import LateCommits
from sandbox.world import World

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

HTML_502 = (
    "<html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1><p>The upstream server gave no usable answer.</p></body></html>"
)
# Fault kind -> status of the plain answer, for systems that name no answer of their own.
PLAIN_STATUS = {"session_lost": 401, "rate_limited": 429, "server_error": 500}


class Gate:
    """WSGI wrapper: lets calls to /<system>/... in, past the fault dial, and writes them down."""

    def __init__(self, app: Wsgi, world: World) -> None:
        self.app = app
        self.world = world
        self.late = LateCommits(world.clock)
        world.on_reset.append(self.late.forget)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        body = request.get_data()
        environ["wsgi.input"] = io.BytesIO(body)
        system, _, below = environ["PATH_INFO"].lstrip("/").partition("/")
        if system not in self.world.systems:
            return self.app(environ, start_response)
        # A call that commits late was admitted when it came in: its session counts from then.
        environ["sandbox.received"] = self.world.clock.now()
        answer = self.pass_through(request, system, f"/{below}", body)
        return answer(environ, start_response)

    def pass_through(self, request: Request, system: str, path: str, body: bytes) -> Response:
        hooks = self.world.hooks[system]
        with self.world.journal.record(
            system=system,
            method=request.method,
            path=path,
            query=request.query_string.decode(),
            organization=hooks.organization(request),
            headers=dict(request.headers),
        ) as entry:
            admitted = hooks.enter(request)
            if isinstance(admitted, Response):
                entry.status = admitted.status_code
                return admitted
            try:
                reads = hooks.is_read(request)
                faults = self.world.faults.strike(system, request.method, path, body, reads=reads)
                answer = self.answer(request, system, body, faults, entry)
            finally:
                admitted()
            entry.status = answer.status_code if answer.status_code != DROPPED else None
            return answer

    def answer(
        self, request: Request, system: str, body: bytes, faults: list[Fault], entry: Entry
    ) -> Response:
        entry.faults = [fault.kind for fault in faults]
        hard: Fault | None = None
        with ExitStack() as around:
            for fault in faults:
                if fault.kind == "slow":
                    time.sleep(fault.seconds)
                elif fault.kind == "lag":
                    around.enter_context(self.world.seen_late(system, fault.seconds))
                else:
                    hard = fault
            if hard is None:
                return self.process(request, system, body)
            return self.disturbed(request, system, body, hard)

    def disturbed(self, request: Request, system: str, body: bytes, fault: Fault) -> Response:
        if fault.kind == "status":
            return _plain(fault.status, fault.body)
        if fault.kind == "html":
            return Response(HTML_502, 502, mimetype="text/html")
        if fault.kind == "drop_before":
            return _drop(request)
        if fault.kind == "drop_then_commit":
            self.late.add(fault.seconds, lambda: self.process(request, system, body))
            return _drop(request)
        if fault.kind == "commit_then_drop":
            self.process(request, system, body)
            return _drop(request)
        kind = fault.kind
        if kind == "commit_then_error":
            self.process(request, system, body)
            kind = "server_error"
        return self.world.hooks[system].refuse(kind) or _plain(PLAIN_STATUS[kind], fault.body)

    def process(self, request: Request, system: str, body: bytes) -> Response:
        """Let the system itself handle the call, one at a time, as a database would."""
        environ = {**request.environ, "wsgi.input": io.BytesIO(body)}
        with self.world.locks[system]:
            answer = Response.from_app(self.app, environ, buffered=True)
            if not self.world.hooks[system].is_read(request):
                self.world.remember(system)
        return answer


DROPPED = 499  # Never sent: the socket is already shut when the server tries.


def _drop(request: Request) -> Response:
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=DROPPED)


def _plain(status: int, body: Any) -> Response:
    if isinstance(body, str):
        return Response(body, status, mimetype="text/plain")
    return Response(json.dumps(body), status, mimetype="application/json")
