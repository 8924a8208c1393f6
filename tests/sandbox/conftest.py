"""A running sandbox and plain HTTP clients for it; nothing here knows the product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.server import SandboxServer

CREDENTIALS = {
    "username": "ap-bot@harbour.example",
    "password": "harbour-demo-password",
    "organizationId": "00801HARBOURSUPPLYCO",
    "devKey": "01HARBOURSANDBOXDEVELOPERKEY01",
}


class Control:
    """The /_sandbox calls."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/_sandbox"

    def post(self, path: str, /, **wanted: Any) -> Any:
        answer = requests.post(f"{self.url}{path}", json=wanted, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        return requests.get(f"{self.url}{path}", timeout=10).json()

    def fault(self, kind: str, **wanted: Any) -> None:
        self.post("/faults", system=wanted.pop("system", "billcom"), kind=kind, **wanted)

    def advance(self, seconds: float) -> None:
        self.post("/clock", advance=seconds)

    def switch(self, **switches: Any) -> None:
        organization = CREDENTIALS["organizationId"]
        self.post("/billcom/organizations", id=organization, switches=switches)

    def state(self, system: str = "billcom") -> Any:
        return self.get(f"/state/{system}")


class BillClient:
    """A client of BILL that sends what it is told to, good or bad."""

    def __init__(self, url: str) -> None:
        self.base = f"{url}/billcom/connect/v3"
        self.http = requests.Session()

    def log_in(self, **changes: Any) -> requests.Response:
        answer = self.post("/login", CREDENTIALS | changes)
        if answer.ok:
            headers = {"sessionId": answer.json()["sessionId"], "devKey": CREDENTIALS["devKey"]}
            self.http.headers.update(headers)
        return answer

    def call(self, verb: str, path: str, **options: Any) -> requests.Response:
        return self.http.request(verb, f"{self.base}{path}", timeout=20, **options)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, json: Any = None) -> requests.Response:
        return self.call("POST", path, json=json)

    def put(self, path: str, json: Any) -> requests.Response:
        return self.call("PUT", path, json=json)

    def patch(self, path: str, json: Any) -> requests.Response:
        return self.call("PATCH", path, json=json)

    def names(self, path: str, **query: Any) -> list[str]:
        return [row["name"] for row in self.get(path, **query).json()["results"]]

    def vendor(self, name: str = "Cedar Point Logistics LLC") -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.get("/vendors", max=100).json()["results"]
        return next(row for row in rows if row["name"] == name)

    def account(self, number: str = "600000") -> dict[str, Any]:
        path = "/classifications/chart-of-accounts"
        rows: list[dict[str, Any]] = self.get(path, max=100).json()["results"]
        return next(row for row in rows if row["account"]["number"] == number)

    def a_bill(self, **changes: Any) -> dict[str, Any]:
        """Return a body BILL accepts; a test changes what it is about."""
        bill = {
            "vendorId": self.vendor()["id"],
            "dueDate": "2026-11-30",
            "invoice": {"invoiceNumber": "INV-1", "invoiceDate": "2026-11-02"},
            "billLineItems": [{"amount": 100.25, "description": "Freight"}],
        }
        return {**bill, **changes}

    def created_bill(self, **changes: Any) -> dict[str, Any]:
        answer = self.post("/bills", self.a_bill(**changes))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


def codes(answer: requests.Response) -> list[str]:
    return [row["code"] for row in answer.json()]


def messages(answer: requests.Response) -> list[str]:
    return [row["message"] for row in answer.json()]


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(running_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """A sandbox as it is at the start of the demo; it must come through without an error."""
    running_sandbox.world.reset("demo")
    yield running_sandbox
    assert running_sandbox.world.journal.problems == []


@pytest.fixture
def control(sandbox: SandboxServer) -> Control:
    return Control(sandbox.url)


@pytest.fixture
def bill(sandbox: SandboxServer) -> BillClient:
    """A client that is logged in."""
    client = BillClient(sandbox.url)
    assert client.log_in().status_code == 200
    return client
