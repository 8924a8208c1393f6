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
from contextlib import suppress
from datetime import datetime, timedelta
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_q.tasks import async_task

from syncs import heartbeat

log = logging.getLogger("mlconnector.worker")

LOOK_EVERY = 0.5
LONGEST_PAUSE = 30.0
LIVED_LONG_ENOUGH = 60.0


class Supervisor:
    """Keeps one cluster running until it is told to stop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.timeout = float(settings.WORKER_HEARTBEAT_TIMEOUT)
        self.stops_asked = 0
        self.probed_at = 0.0

    def run(self) -> None:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._ask_to_stop)
        pause = 1.0
        while not self.stops_asked:
            cluster = start_cluster(self.name)
            log.info("Background tasks are being run by '%s'.", self.name)
            started = time.monotonic()
            reason = self._watch(cluster)
            if self.stops_asked:
                self._stop(cluster)
                return
            end_group(cluster)
            pause = 1.0 if time.monotonic() - started > LIVED_LONG_ENOUGH else pause * 2
            log.error("%s Starting it again.", reason)
            self._wait(min(pause / 2, LONGEST_PAUSE))

    def _ask_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stops_asked += 1

    def _watch(self, cluster: subprocess.Popen[bytes]) -> str:
        """Return, with the reason, when the cluster must be replaced or we were asked to stop."""
        alive_at = timezone.now()
        # The first pass over the schedule comes half a minute after the start. Nobody waits for it.
        self._enqueue("syncs.tasks.tick")
        while not self.stops_asked:
            time.sleep(LOOK_EVERY)
            if cluster.poll() is not None:
                return f"The task runner ended by itself (code {cluster.returncode})."
            alive_at = max(alive_at, self._last_beat() or alive_at)
            silence = timezone.now() - alive_at
            if silence > timedelta(seconds=self.timeout):
                return f"No background task was run for {silence.seconds} seconds."
            if silence > timedelta(seconds=self.timeout / 2):
                self._probe()
        return ""

    def _last_beat(self) -> datetime | None:
        """Read the heartbeat. A database that does not answer says nothing about the cluster."""
        close_old_connections()
        try:
            return heartbeat.last_beat(self.name)
        except DatabaseError as error:
            log.warning("The database does not answer: %s", error)
            return timezone.now()

    def _probe(self) -> None:
        """Give the cluster something to answer. Again and again: another one may take it."""
        if time.monotonic() - self.probed_at > self.timeout / 30:
            self.probed_at = time.monotonic()
            self._enqueue("syncs.heartbeat.probe")

    def _enqueue(self, task: str) -> None:
        try:
            async_task(task, hook="syncs.heartbeat.answered")
        except DatabaseError as error:
            log.warning("No task can be queued: %s", error)

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
