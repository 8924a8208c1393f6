"""R8: a run killed in the middle of posting leaves exactly one payment, and it gets matched."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from django.db import connections

from sandbox.server import SandboxServer
from syncs.models import Attempt, Transfer
from tests.scenarios.elsewhere_run import other_process
from tests.scenarios.houses.house import PairingHouse
from tests.scenarios.story import Story, wait_until
from tests.scenarios.till import FLOW, Till, open_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def till(house: PairingHouse, sandbox: SandboxServer, clock: Any, settings: Any) -> Till:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    return open_till(Story(house, sandbox, clock))


@pytest.mark.parametrize("step", [0, 1, 2], ids=["load", "confirm", "match"])
def test_r08_a_run_killed_while_it_posts_leaves_exactly_one_payment(till: Till, step: int) -> None:
    owed = till.owe(10, 20)
    for one in owed:
        till.ap.pay(one.bill)
    path = till.erp.posting_steps[step]
    till.erp.stage.fault("slow", method="POST", path=path, seconds=1.5)
    till.erp.stage.forget_journal()
    process = other_process(till.story)
    wait_until(lambda: till.erp.stage.requests(path=path.strip("*")), 60)
    assert Transfer.objects.filter(flow=FLOW, state="sending").exists()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    connections.close_all()
    till.story.end_leases()
    till.run()
    for _ in range(2):
        till.story.later(301)
        till.run()
    assert sorted(till.amounts) == [10, 20]
    assert len(till.erp.posted()) == 2
    assert [till.erp.open_amount(one.erp_bill) for one in owed] == [0, 0]
    assert not Attempt.objects.filter(outcome="").exists()
    till.agrees()
