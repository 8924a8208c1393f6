"""The address monitoring asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from syncs.heartbeat import Heartbeat

pytestmark = pytest.mark.django_db


def beat(*, seconds_ago: int) -> None:
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(seconds=seconds_ago))


def test_it_is_well_when_tasks_run(client: Client) -> None:
    beat(seconds_ago=5)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_no_worker_was_ever_started(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["seconds_since_a_task_ran"] is None


def test_a_silent_worker_is_reported(client: Client) -> None:
    beat(seconds_ago=3600)

    assert client.get("/healthz").status_code == 503


def test_it_tells_how_long_the_oldest_task_waits(client: Client) -> None:
    beat(seconds_ago=5)
    OrmQ.objects.create(key="mlconnector", lock=timezone.now() - timedelta(seconds=90))
    OrmQ.objects.create(key="mlconnector", lock=timezone.now() + timedelta(seconds=900))

    assert 90 <= client.get("/healthz").json()["seconds_the_oldest_task_waits"] < 100


def test_every_page_comes_with_a_content_security_policy(client: Client) -> None:
    assert "frame-ancestors 'none'" in client.get("/admin/login/")["Content-Security-Policy"]
