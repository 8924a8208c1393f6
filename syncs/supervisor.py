"""Runs django-q2's cluster and replaces it when it no longer runs tasks.

Why a second process is needed for that: docs/decisions/0002-background-tasks.md.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_q.tasks import async_task

from syncs import heartbeat

log = logging.getLogger("mlconnector.worker")

LOOK_EVERY = 0.5
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
LIVED_LONG = 60.0


class Supervisor:
    """Keeps one cluster running until it is told to stop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.patience = timedelta(seconds=float(settings.WORKER_HEARTBEAT_TIMEOUT))
        self.alive_at = timezone.now()
        self.stops_asked = 0
        self.is_database_silent = False

    def run(self) -> None:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._ask_to_stop)
        pause = SHORTEST_PAUSE
        while not self.stops_asked:
            cluster = start_cluster(self.name)
            log.info("Background tasks are being run by '%s'.", self.name)
            started = time.monotonic()
            reason = self._watch(cluster)
            if self.stops_asked:
                self._stop(cluster)
                return
            end_group(cluster)
            log.error("%s Starting it again.", reason)
            self._wait(pause)
            lived_long = time.monotonic() - started > LIVED_LONG
            pause = SHORTEST_PAUSE if lived_long else min(pause * 2, LONGEST_PAUSE)

    def _ask_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stops_asked += 1

    def _watch(self, cluster: subprocess.Popen[bytes]) -> str:
        """Return, with the reason, when the cluster must be replaced or we were asked to stop."""
        self.alive_at = timezone.now()
        with self._database():
            heartbeat.forget_probes(self.name)
            # The first look at the schedule comes half a minute after the start. Why wait for it?
            async_task("syncs.tasks.tick", hook="syncs.heartbeat.answered")
        while not self.stops_asked:
            time.sleep(LOOK_EVERY)
            if cluster.poll() is not None:
                return f"The task runner ended by itself (code {cluster.returncode})."
            if self._silence() > self.patience:
                return f"No background task was run for {self._silence().seconds} seconds."
        return ""

    def _silence(self) -> timedelta:
        """Tell how long the cluster has run nothing, and give it something to run if it is long."""
        with self._database():
            self.alive_at = max(self.alive_at, heartbeat.last_beat(self.name) or self.alive_at)
            if timezone.now() - self.alive_at > self.patience / 3:
                heartbeat.send_probe(self.name)
        return timezone.now() - self.alive_at

    @contextmanager
    def _database(self) -> Iterator[None]:
        """Wait for a database that does not answer: it says nothing about the cluster."""
        close_old_connections()
        try:
            yield
            self.is_database_silent = False
        except DatabaseError as error:
            if not self.is_database_silent:
                log.warning("The database does not answer. Waiting for it. (%s)", error)
            self.is_database_silent = True
            self.alive_at = timezone.now()

    def _stop(self, cluster: subprocess.Popen[bytes]) -> None:
        """Let running tasks finish. A second signal, or too long a wait, ends them."""
        log.info("Stopping. Running tasks may finish first.")
        # Only the main process: a signal to all of them would end the workers in mid-task.
        cluster.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + float(settings.WORKER_STOP_TIMEOUT)
        while cluster.poll() is None and time.monotonic() < deadline and self.stops_asked < 2:
            time.sleep(0.1)
        end_group(cluster)
        log.info("Stopped.")

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stops_asked and time.monotonic() < until:
            time.sleep(LOOK_EVERY)


def start_cluster(name: str) -> subprocess.Popen[bytes]:
    """Start a cluster in a process group of its own, so that all of it can be ended at once."""
    return subprocess.Popen(  # noqa: S603 - our own command, no outside text in it
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"],
        env=os.environ | {heartbeat.NAME_VARIABLE: name},
        start_new_session=True,
        preexec_fn=stop_with_parent,
    )


def stop_with_parent() -> None:
    """Have Linux stop the cluster if its supervisor is killed: nobody would watch it any more."""
    if sys.platform == "linux":
        ask_for_signal_on_parent_death = 1
        ctypes.CDLL(None).prctl(ask_for_signal_on_parent_death, signal.SIGTERM)


def end_group(cluster: subprocess.Popen[bytes]) -> None:
    """End every process of the cluster, also those its main process left behind."""
    with suppress(ProcessLookupError):
        os.killpg(cluster.pid, signal.SIGKILL)
    cluster.wait()
