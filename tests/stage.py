"""The sandbox as a test sees it: the control calls, and a connection that leads there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from connections.models import Connection
from sandbox.server import SandboxServer


class Stage:
    """One stand-in of a running sandbox."""

    def __init__(self, sandbox: SandboxServer, system: str) -> None:
        self.url = sandbox.url
        self.system = system

    def control(self, path: str, /, **wanted: Any) -> Any:
        """Make a control call, or do what a person would do in the system."""
        answer = requests.post(f"{self.url}/_sandbox{path}", json=wanted, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, kind: str, **wanted: Any) -> None:
        self.control("/faults", system=self.system, kind=kind, **wanted)

    def clear_faults(self) -> None:
        requests.delete(f"{self.url}/_sandbox/faults", timeout=10)

    def advance(self, seconds: float) -> None:
        self.control("/clock", advance=seconds)

    def state(self) -> Any:
        return requests.get(f"{self.url}/_sandbox/state/{self.system}", timeout=10).json()

    def journal(self) -> Any:
        url = f"{self.url}/_sandbox/journal"
        return requests.get(url, params={"system": self.system}, timeout=10).json()

    def forget_journal(self) -> None:
        requests.delete(f"{self.url}/_sandbox/journal", timeout=10)

    def requests(self, method: str = "", path: str = "") -> list[Any]:
        """Return the requests seen, of one method and with `path` in theirs."""
        seen = self.journal()["requests"]
        return [r for r in seen if method in ("", r["method"]) and path in r["path"]]


def connect(
    system: str, settings: Mapping[str, str], secrets: Mapping[str, str], *, name: str = ""
) -> Connection:
    """Store a connection as the form would."""
    connection = Connection.objects.create(
        name=name or f"Test of {system}", system=system, settings=dict(settings)
    )
    connection.keep_secrets(dict(secrets))
    return connection
