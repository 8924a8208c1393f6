"""A connection to the sandbox's Odoo, and a desk to work at behind its back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from connections.services import Opened, opened
from sandbox.server import SandboxServer
from tests.connections.systems.odoo.desk import SECRETS, Desk, settings_for
from tests.stage import Stage, connect

Opener = Callable[..., Opened]


@pytest.fixture
def stage(sandbox: SandboxServer, settings: Any) -> Stage:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    return Stage(sandbox, "odoo")


@pytest.fixture
def desk(stage: Stage) -> Desk:
    return Desk(stage)


@pytest.fixture
def open_odoo(stage: Stage, db: None) -> Iterator[Opener]:
    """Open connections with changed settings; `key` is the API key, `at` another server."""
    with ExitStack() as doors:

        def open_one(*, key: str = SECRETS["api_key"], **changes: str) -> Opened:
            chosen = {**settings_for(stage.url), **changes}
            connection = connect("odoo", chosen, {"api_key": key}, name=f"Odoo {id(changes)}")
            return doors.enter_context(opened(connection))

        yield open_one


@pytest.fixture
def odoo(open_odoo: Opener) -> Opened:
    return open_odoo()
