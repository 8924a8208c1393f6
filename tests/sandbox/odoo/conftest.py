"""A running sandbox and a JSON-2 client that sends whatever a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.odoo.seed.base import KEYS
from sandbox.server import SandboxServer


class Refused(Exception):
    """An answer that is not 200."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(response.text[:400])
        self.status = response.status_code
        self.body: dict[str, Any] = response.json()
        self.name = self.body["name"]
        self.message: str = self.body["message"]


class Client:
    """One user's calls."""

    def __init__(self, url: str, login: str = "integration", database: str = "demo") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"bearer {KEYS[login]}"
        self.session.headers["X-Odoo-Database"] = database

    def post(self, model: str, method: str, **arguments: Any) -> requests.Response:
        address = f"{self.url}/odoo/json/2/{model}/{method}"
        return self.session.post(address, json=arguments, timeout=20)

    def call(self, model: str, method: str, **arguments: Any) -> Any:
        response = self.post(model, method, **arguments)
        if response.status_code != 200:
            raise Refused(response)
        return response.json()

    def create(self, model: str, **values: Any) -> int:
        return int(self.call(model, "create", vals_list=values)[0])

    def write(self, model: str, record: int, **values: Any) -> None:
        self.call(model, "write", ids=[record], vals=values)

    def read(self, model: str, record: int, *fields: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.call(model, "read", ids=[record], fields=list(fields))
        return found[0]

    def search(self, model: str, domain: list[Any], **options: Any) -> list[int]:
        found: list[int] = self.call(model, "search", domain=domain, **options)
        return found

    def named(self, model: str, name: str) -> int:
        return self.search(model, [["name", "=", name]])[0]

    def account(self, code: str) -> int:
        return self.search("account.account", [["code", "=", code]])[0]


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer(seed="demo") as running:
        yield running


@pytest.fixture
def odoo(server: SandboxServer) -> Client:
    """Return the integration user's client."""
    return Client(server.url)


@pytest.fixture
def person(server: SandboxServer) -> Client:
    """Return somebody who may do everything."""
    return Client(server.url, "admin")


@pytest.fixture
def as_user(server: SandboxServer) -> Callable[..., Client]:
    return lambda login: Client(server.url, login)


@pytest.fixture
def control(server: SandboxServer) -> Callable[..., Any]:
    """Return the /_sandbox calls."""

    def post(path: str, /, **body: Any) -> Any:
        response = requests.post(f"{server.url}/_sandbox/{path}", json=body, timeout=20)
        assert response.status_code == 200, response.text
        return response.json()

    return post


@pytest.fixture
def frozen(control: Callable[..., Any]) -> Callable[[float], None]:
    """Stop the clock at a known fraction of a second; return a way to move it on."""
    control("clock", freeze=True)
    control("clock", set="2026-11-20T11:56:44.408338+00:00")
    return lambda seconds: control("clock", advance=seconds)


@pytest.fixture
def books(person: Client) -> Iterator[Any]:
    """Return the accountant's view; whatever a test did, the books must balance after it."""
    from tests.sandbox.odoo.books import Books

    kept = Books(person)
    yield kept
    kept.check()
