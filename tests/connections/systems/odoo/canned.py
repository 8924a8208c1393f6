"""A server on a real socket that answers every call to the API with one prepared answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent / "fixtures"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
VERSION = {"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}
WHO_ANSWERS = {
    "/json/2/res.users/context_get": {"uid": 5, "lang": "en_US", "tz": False},
    "/json/2/res.users/read": [
        {"id": 5, "login": "integration", "company_id": [1, "Acme"], "tz": False, "lang": "en_US"}
    ],
    "/json/2/res.company/search_read": [
        {"id": 1, "name": "Acme", "currency_id": [1, "USD"], "parent_id": False}
    ],
    "/json/2/account.journal/search_read": [],
}


class CannedServer:
    """Tells its version and who answers; all else is the prepared answer."""

    def __init__(self) -> None:
        self.status, self.type, self.body, self.headers = 200, JSON, "[]", dict[str, str]()
        self.version: Any = VERSION
        self.knows_us = True
        self.calls: list[tuple[str, Any, dict[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(
        self, status: int, body: Any, type: str = JSON, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.type, self.headers = status, type, dict(headers or {})
        self.body = body if isinstance(body, str) else json.dumps(body)

    def replay(self, name: str) -> None:
        """Answer as a real server did once."""
        recorded = json.loads((FIXTURES / f"{name}.json").read_text())
        self.answer(recorded["status"], recorded["body"], recorded["type"])

    def fail(self, status: int, name: str, message: str = "It failed.") -> None:
        debug = "Traceback (most recent call last):\n  SECRET SERVER FRAMES"
        self.answer(status, {"name": name, "message": message, "arguments": [], "debug": debug})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        canned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                known = self.path in ("/json/version", "/web/version")
                self._send(200 if known else 404, JSON, json.dumps(canned.version), {})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                canned.calls.append((self.path, body, dict(self.headers)))
                if canned.knows_us and self.path in WHO_ANSWERS:
                    self._send(200, JSON, json.dumps(WHO_ANSWERS[self.path]), {})
                else:
                    self._send(canned.status, canned.type, canned.body, canned.headers)

            def _send(self, status: int, type: str, text: str, more: Mapping[str, str]) -> None:
                content = text.encode()
                self.send_response(status)
                for name, value in {"Content-Type": type, **more}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Stay silent."""

        return Handler
