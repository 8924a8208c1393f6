"""The sandbox server: all stand-ins, the control calls and the ledger page in one process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Response

from sandbox import billcom, control, odoo, page
from sandbox.gate import DROPPED, Gate
from sandbox.keeping import Keeper
from sandbox.world import System, World

SYSTEMS: Mapping[str, System] = {"odoo": odoo, "billcom": billcom}


def create_app(world: World) -> Flask:
    app = Flask("sandbox", static_folder=None, template_folder="templates")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for key, system in world.systems.items():
        app.register_blueprint(system.create_blueprint(world), url_prefix=f"/{key}")
        person = world.hooks[key].control
        if person is not None:
            app.register_blueprint(person, url_prefix=f"/_sandbox/{key}")
    app.register_blueprint(control.create_blueprint(world), url_prefix="/_sandbox")
    app.register_blueprint(page.create_blueprint(world))
    return app


class Handler(WSGIRequestHandler):
    """Keep connections open: the whole body is read before and the whole answer sent after."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def run_wsgi(self) -> None:
        # The base class reads on after each answer and closes; that would eat the next request.
        environ = self.make_environ()
        self.answer(Response.from_app(self.server.app, environ, buffered=True))

    def answer(self, response: Response) -> None:
        if response.status_code == DROPPED:
            self.close_connection = True
            return
        body = response.get_data()
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        if response.status_code != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and response.status_code != 204:
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay quiet: the journal has every request."""


class SandboxServer:
    """Run the sandbox in a thread on a free port; use as a context manager.

    With a state file the world begins as it was left there; the seed is for the first time only.
    """

    def __init__(self, port: int = 0, seed: str = "demo", state: Path | None = None) -> None:
        self.world = World(SYSTEMS)
        app = create_app(self.world)
        self.gate = Gate(app.wsgi_app, self.world)
        self.keeper = Keeper(self.world, state) if state else None
        if self.keeper is None or not self.keeper.load():
            self.world.reset(seed)
        self._server = ThreadedWSGIServer("127.0.0.1", port, self.gate, handler=Handler)
        self._stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def start(self) -> Self:
        self._start_watching()
        _start(lambda: self._server.serve_forever(poll_interval=0.05))
        return self

    def run_forever(self) -> None:
        self._start_watching()
        self._server.serve_forever()

    def _start_watching(self) -> None:
        _start(lambda: self.gate.late.watch(self._stopped))
        for hooks in self.world.hooks.values():
            if hooks.background:
                _start(partial(hooks.background, self._stopped))
        if self.keeper:
            keeper = self.keeper
            _start(lambda: keeper.watch(self._stopped))

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self.save()

    def save(self) -> None:
        if self.keeper:
            self.keeper.save()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _start(work: Callable[[], object]) -> None:
    threading.Thread(target=work, daemon=True).start()
