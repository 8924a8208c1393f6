"""Sets the stage for a story: an empty sandbox, a clock that can be moved, one pairing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import time_machine

from sandbox.server import SandboxServer
from tests.scenarios.houses import HOUSES
from tests.scenarios.houses.house import PairingHouse
from tests.scenarios.story import Story
from tests.scenarios.till import Till, open_till


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Our clock; the sandbox runs in this process and follows it."""
    with time_machine.travel(datetime.now(UTC), tick=True) as moved:
        yield moved


@pytest.fixture(params=HOUSES, ids=lambda house: house.pairing)
def house(request: pytest.FixtureRequest) -> PairingHouse:
    found: PairingHouse = request.param
    return found


@pytest.fixture
def story(
    house: PairingHouse,
    sandbox: SandboxServer,
    clock: time_machine.Traveller,
    settings: Any,
    db: None,
) -> Story:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    return Story(house, sandbox, clock)


@pytest.fixture
def twins(story: Story) -> Story:
    """Give a story that begins with the same 50 vendors and 200 documents on both sides."""
    url = f"{story.server.url}/_sandbox/reset"
    requests.post(url, json={"seed": "twins"}, timeout=60).raise_for_status()
    return story


@pytest.fixture
def live(story: Story) -> Story:
    """Give a story whose integration is confirmed and has nothing to do yet."""
    story.go_live()
    return story


@pytest.fixture
def till(story: Story) -> Till:
    """Give a live story whose payments are booked."""
    return open_till(story)
