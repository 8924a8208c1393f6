"""`manage.py worker` really started, really killed: what django-q2 alone would not survive."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

HEARTBEAT_TIMEOUT = 8  # a busy machine takes half of it to start a cluster
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


class Worker:
    """The command, running on a database of its own, and what can be seen of it from outside."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "worker.sqlite3"
        self.log = folder / "worker.log"
        self.environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DJANGO_SETTINGS_MODULE": "mlconnector.settings",
            "WORKER_HEARTBEAT_TIMEOUT": str(HEARTBEAT_TIMEOUT),
            "WORKER_STOP_TIMEOUT": "20",
            "TASK_LOG_LEVEL": "INFO",
        }

    def run(self, *command: str) -> None:
        subprocess.run([*MANAGE, *command], env=self.environment, check=True)

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*MANAGE, "worker", "--name", "tested"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def end(self) -> None:
        """Stop at once: the second signal means that nobody waits for running tasks."""
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)

    def said(self, pattern: str) -> list[str]:
        return re.findall(pattern, self.log.read_text())

    def heartbeat(self) -> str:
        with closing(sqlite3.connect(self.database)) as rows:
            found = rows.execute("SELECT at FROM syncs_heartbeat WHERE name='tested'").fetchone()
        return str(found[0]) if found else ""

    def idle_workers(self) -> list[int]:
        return [int(pid) for pid in self.said(r"ready for work at (\d+)")]

    def monitors(self) -> list[int]:
        return [int(pid) for pid in self.said(r"monitoring at (\d+)")]

    def main_process_of_cluster(self) -> int:
        """Find the child of the supervisor: it leads the cluster's process group."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])

    def processes(self) -> list[str]:
        """List every living process of the cluster or above it: all carry our database's name."""
        mark = f"DATABASE_URL=sqlite:///{self.database}".encode()
        return [
            path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if has(path, mark)
        ]


def has(path: Path, mark: bytes) -> bool:
    try:
        return mark in path.read_bytes()
    except OSError:  # it ended meanwhile, or is not ours
        return False


def wait_for(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"No {what} within {seconds} seconds."
        time.sleep(0.1)


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the tables once: it takes longer than most of the tests."""
    first = Worker(tmp_path_factory.mktemp("worker"))
    first.run("migrate", "-v0")
    first.run("createcachetable")
    return first.database


@pytest.fixture
def worker(tmp_path: Path, empty_database: Path) -> Iterator[Worker]:
    worker = Worker(tmp_path)
    shutil.copy(empty_database, worker.database)
    worker.start()
    try:
        wait_for(worker.heartbeat, seconds=60, what="first heartbeat")
        yield worker
    finally:
        worker.end()


def assert_made_good(worker: Worker) -> None:
    """See tasks run again, by a new cluster, and the old one gone altogether."""
    before, old = worker.heartbeat(), set(worker.processes()) - {str(worker.process.pid)}
    wait_for(lambda: "Starting it again" in worker.log.read_text(), seconds=40, what="second start")
    at_restart = worker.heartbeat()
    wait_for(lambda: worker.heartbeat() > at_restart >= before, seconds=60, what="new heartbeat")
    assert not old & set(worker.processes())


def test_killed_idle_workers_are_made_good(worker: Worker) -> None:
    for pid in worker.idle_workers():
        os.kill(pid, signal.SIGKILL)

    assert_made_good(worker)


def test_a_killed_monitor_is_made_good(worker: Worker) -> None:
    """Without it tasks run but no result is saved: every task would run again and again."""
    for pid in worker.monitors():
        os.kill(pid, signal.SIGKILL)

    assert_made_good(worker)


def test_a_killed_cluster_is_started_again(worker: Worker) -> None:
    os.kill(worker.main_process_of_cluster(), signal.SIGKILL)

    assert_made_good(worker)


def test_a_healthy_worker_is_left_alone(worker: Worker) -> None:
    time.sleep(HEARTBEAT_TIMEOUT * 1.5)

    assert not worker.said("Starting it again")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_leaves_no_process_behind(
    worker: Worker, signum: signal.Signals
) -> None:
    worker.process.send_signal(signum)

    assert worker.process.wait(timeout=20) == 0
    assert worker.said("has stopped")
    assert worker.processes() == []


def test_a_killed_supervisor_takes_its_cluster_along(worker: Worker) -> None:
    worker.process.kill()
    worker.process.wait()

    wait_for(lambda: not worker.processes(), seconds=20, what="end of the cluster")
