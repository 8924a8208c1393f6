"""BILL's client against BILL's stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connections.models import Connection
from connections.records import Bill
from connections.resource import Resource
from connections.services import Opened, opened
from connections.systems.billcom.client import BillcomClient
from sandbox.server import SandboxServer
from tests.connections.systems.billcom.harbour import SECRETS, Harbour, settings_for
from tests.stage import Stage, connect

FIXTURES = Path(__file__).parent / "fixtures"


def captured(name: str) -> Any:
    """Return the body of an answer, as BILL writes it."""
    return json.loads((FIXTURES / f"{name}.json").read_text())


@pytest.fixture
def stage(sandbox: SandboxServer, settings: Any) -> Stage:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    return Stage(sandbox, "billcom")


@pytest.fixture
def harbour(stage: Stage) -> Harbour:
    return Harbour(stage)


@pytest.fixture
def make_connection(stage: Stage, db: None) -> Callable[..., Connection]:
    """Store connections to the stand-in; settings may be changed."""

    def make(name: str = "Harbour in BILL", **changes: str) -> Connection:
        settings = {**settings_for(stage.url), **changes}
        return connect("billcom", settings, SECRETS, name=name)

    return make


@pytest.fixture
def connection(make_connection: Callable[..., Connection]) -> Connection:
    return make_connection()


@pytest.fixture
def ready(connection: Connection) -> Iterator[Opened]:
    with opened(connection) as open_connection:
        yield open_connection


@pytest.fixture
def client(ready: Opened) -> BillcomClient:
    assert isinstance(ready.client, BillcomClient)
    return ready.client


@pytest.fixture
def bills(ready: Opened) -> Resource[Bill]:
    return ready.resource(Bill)


@pytest.fixture
def acme(harbour: Harbour) -> str:
    return harbour.make_vendor("Acme Tooling")
