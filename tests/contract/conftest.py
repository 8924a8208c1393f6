"""Sets the stage for one record type of one system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connections.services import opened
from sandbox.server import SandboxServer
from tests.contract.house import Case, House, Kind
from tests.stage import Stage, connect


@pytest.fixture
def case(
    request: pytest.FixtureRequest,
    sandbox: SandboxServer,
    settings: Any,
    db: None,
) -> Iterator[Case]:
    """Open a connection of the house to the sandbox; parametrised by `cases`."""
    house, kind, changes = request.param
    yield from _case(house, kind, changes, sandbox, settings)


def _case(
    house: House,
    kind: Kind,
    changes: dict[str, str],
    sandbox: SandboxServer,
    settings: Any,
) -> Iterator[Case]:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    connection = connect(house.system, {**house.settings(sandbox.url), **changes}, house.secrets)
    with opened(connection) as ready:
        yield Case(house, kind, Stage(sandbox, house.system), connection, ready)
