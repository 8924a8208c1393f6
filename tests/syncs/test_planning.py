"""Which integrations a tick starts, and that two ticks start each once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from syncs.models import Integration
from syncs.planning import enqueue_run, start_due
from syncs.states import Reason, State
from tests.factories import NOON, a_transfer, an_integration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def queued() -> list[Any]:
    return [row.task["args"] for row in OrmQ.objects.order_by("id")]


@pytest.mark.parametrize(
    ("changes", "starts"),
    [
        ({"next_run_at": None}, True),
        ({"next_run_at": NOON}, True),
        ({"next_run_at": NOON - timedelta(days=3)}, True),
        ({"next_run_at": NOON + timedelta(seconds=1)}, False),
        ({"next_run_at": None, "enabled": False}, False),
        ({"next_run_at": None, "paused_reason": "The password is wrong."}, False),
    ],
)
def test_what_is_due_is_started(changes: dict[str, Any], starts: bool) -> None:
    integration = an_integration(**changes)

    assert start_due() == starts
    assert queued() == ([(integration.pk, "schedule", "system", False)] if starts else [])


def test_a_start_plans_the_next_one() -> None:
    an_integration(next_run_at=NOON, schedule="every 2 hours")
    start_due()

    assert Integration.objects.get().next_run_at == NOON + timedelta(hours=2)
    assert start_due() == 0


def test_runs_that_were_missed_are_not_made_up_for() -> None:
    an_integration(next_run_at=NOON - timedelta(days=2), schedule="every 15 minutes")

    assert (start_due(), start_due()) == (1, 0)


@pytest.mark.parametrize(
    ("since", "starts"),
    [(NOON - timedelta(minutes=5), 1), (NOON - timedelta(minutes=4), 0), (None, 1)],
)
def test_an_unanswered_write_is_settled_before_the_schedule_says_so(
    since: datetime | None, starts: int
) -> None:
    integration = an_integration(next_run_at=NOON + timedelta(hours=1))
    a_transfer(integration, state=State.WAITING, reason=Reason.ANSWER, unknown_since=since)

    assert start_due() == starts


def test_waiting_for_a_vendor_starts_nothing() -> None:
    integration = an_integration(next_run_at=NOON + timedelta(hours=1))
    a_transfer(integration, state=State.WAITING, reason=Reason.VENDOR)

    assert start_due() == 0


def test_what_is_queued_in_a_transaction_that_fails_is_not_queued() -> None:
    integration = an_integration()

    def fail() -> None:
        with transaction.atomic():
            enqueue_run(integration.pk, trigger="person")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert queued() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_tick_together_start_each_run_once() -> None:
    an_integration(next_run_at=timezone.now())
    started: list[int] = []

    def tick() -> None:
        started.append(start_due())
        connection.close()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(started) == 1
    assert len(queued()) == 1
