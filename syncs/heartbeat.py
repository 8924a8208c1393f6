"""Proof that background tasks are being run: a row that only finished tasks touch.

A task runner can look alive and run nothing, or run everything and save no result (see
docs/decisions/0002-background-tasks.md). So what counts is a task whose result was saved, by the
very runner that is being watched.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime

from django.db import models
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

NAME_VARIABLE = "WORKER_NAME"


class Heartbeat(models.Model):
    """When a worker last ran a task."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "syncs"

    def __str__(self) -> str:
        return f"{self.name}: {self.at:%Y-%m-%d %H:%M:%S}"


def worker_name() -> str:
    """Name the worker this process belongs to: several may share one queue."""
    return os.environ.get(NAME_VARIABLE) or f"worker {socket.gethostname()}"[:100]


def beat(name: str | None = None) -> str:
    """Note that this worker is alive. Tasks of more than a minute call it between batches."""
    name = name or worker_name()
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
    return name


def probe_queue(name: str) -> str:
    """Name the queue that only this worker looks into: see `syncs.queue`."""
    return f"probe of {name}"[:100]


def send_probe(name: str) -> None:
    """Queue a task that this very worker has to run, unless one is waiting already."""
    if not OrmQ.objects.filter(key=probe_queue(name)).exists():
        async_task(
            "syncs.heartbeat.probe", hook="syncs.heartbeat.answered", cluster=probe_queue(name)
        )


def forget_probes(name: str) -> None:
    OrmQ.objects.filter(key=probe_queue(name)).delete()


def probe() -> str:
    """Do nothing, in a worker."""
    return "still here"


def answered(task: Task) -> None:
    """Note that the result of a tick or a probe was saved: the hook of both."""
    beat()


def last_beat(name: str | None = None) -> datetime | None:
    """Return when this worker, or any worker if no name is given, last ran a task."""
    rows = Heartbeat.objects.filter(name=name) if name else Heartbeat.objects.all()
    newest: datetime | None = rows.aggregate(at=models.Max("at"))["at"]
    return newest
