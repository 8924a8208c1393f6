"""R4: a run killed in the middle of a write loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from django.db import connections

from sandbox.server import SandboxServer
from syncs.engine.run import run_integration
from syncs.models import Run, Transfer
from syncs.services import baseline_confirm
from tests.scenarios.elsewhere_run import other_process
from tests.scenarios.houses.house import PairingHouse
from tests.scenarios.story import WHO, Story, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def story(house: PairingHouse, sandbox: SandboxServer, clock: Any, settings: Any) -> Story:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    told = Story(house, sandbox, clock)
    told.prepare()
    run_integration(told.integration, baseline=True)
    baseline_confirm(told.integration, actor=WHO)
    return told


def _kill_while_writing(story: Story, path: str, **fault: Any) -> None:
    story.ap.stage.fault("slow", method="POST", path=path, seconds=1.5)
    if fault:
        story.ap.stage.fault(**fault, method="POST", path=path)
    written = len(story.ap.writes())
    process = other_process(story)
    wait_until(lambda: len(story.ap.writes()) > written, 60)
    assert Transfer.objects.filter(state="sending").exists()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    connections.close_all()


def _settle(story: Story) -> None:
    """Let the dead run's lease end, and time pass as far as an unanswered write needs."""
    story.end_leases()
    story.run()
    story.later(301)
    story.run()


@pytest.mark.parametrize("arrives", [True, False], ids=["it arrived", "it never arrived"])
def test_r4_a_run_killed_while_a_bill_is_written_leaves_exactly_one(
    story: Story, arrives: bool
) -> None:
    vendor = story.erp.vendor("Alder Works")
    story.run()
    orders = story.erp.many_orders(vendor, [10, 20, 30])
    _kill_while_writing(story, story.ap.bill_path, **({} if arrives else {"kind": "drop_before"}))
    _settle(story)
    assert Run.objects.filter(outcome=Run.Outcome.LOST).count() == 1
    assert not Run.objects.filter(outcome=Run.Outcome.RUNNING).exists()
    assert [story.the_bill(order).total for order in orders] == [10, 20, 30]
    story.ledgers()


def test_r4_a_run_killed_while_a_vendor_is_written_leaves_exactly_one(story: Story) -> None:
    order = story.erp.order(story.erp.vendor("Alder Works"))
    _kill_while_writing(story, story.ap.vendor_path)
    _settle(story)
    assert len(story.ap.vendors()) == 1
    assert story.the_bill(order).total == 100
    story.ledgers()
