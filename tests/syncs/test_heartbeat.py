"""A probe reaches the worker it is for, and its saved result is that worker's heartbeat."""

from __future__ import annotations

import pytest
from django_q.models import OrmQ, Schedule
from django_q.tasks import async_task

from syncs import heartbeat
from syncs.apps import keep_the_schedule
from syncs.queue import Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv(heartbeat.NAME_VARIABLE, "here")
    return Queue(list_key="mlconnector")


def test_a_worker_takes_its_probe_before_its_work(queue: Queue) -> None:
    work = async_task("syncs.tasks.tick") and OrmQ.objects.get()
    heartbeat.send_probe("here")
    probe = OrmQ.objects.exclude(pk=work.pk).get()

    taken = [queue.dequeue(), queue.dequeue()]

    assert [[pk for pk, _ in tasks or []] for tasks in taken] == [[probe.pk], [work.pk]]


def test_a_worker_leaves_the_probe_of_another_alone(queue: Queue) -> None:
    heartbeat.send_probe("elsewhere")

    assert queue.dequeue() is None


def test_one_unanswered_probe_at_a_time() -> None:
    heartbeat.send_probe("here")
    heartbeat.send_probe("here")

    assert OrmQ.objects.count() == 1


def test_each_worker_has_its_heartbeat() -> None:
    heartbeat.beat("here")

    assert heartbeat.last_beat("here") == heartbeat.last_beat()
    assert heartbeat.last_beat("elsewhere") is None


def test_there_is_one_schedule_and_it_stays_as_it_is() -> None:
    keep_the_schedule()
    keep_the_schedule()

    tick = Schedule.objects.get()
    assert (tick.func, tick.minutes) == ("syncs.tasks.tick", 1)
