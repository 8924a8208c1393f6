"""What several rooms of tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from sandbox.server import SandboxServer


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxServer]:
    """One sandbox on a free port for all tests of a process."""
    from sandbox.server import SandboxServer  # most tests do without it, and start faster

    with SandboxServer(seed="empty") as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: SandboxServer) -> SandboxServer:
    """Give an empty sandbox: what the test before it left there is gone."""
    answer = requests.post(
        f"{sandbox_server.url}/_sandbox/reset", json={"seed": "empty"}, timeout=10
    )
    answer.raise_for_status()
    return sandbox_server
