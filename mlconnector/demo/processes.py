"""The processes of a headless demo: sandbox, worker and web, on a database thrown away after it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

MANAGE = str(settings.BASE_DIR / "manage.py")
WEB = [
    *(sys.executable, "-m", "gunicorn", "mlconnector.wsgi", "--no-control-socket"),
    *("--threads", "4", "--log-level", "warning", "--bind"),
]
SANDBOX = [sys.executable, "-m", "sandbox", "--port", "0", "--seed", "demo"]


@contextmanager
def throw_away_stage() -> Iterator[dict[str, str]]:
    """Start all processes on free ports and an empty database; yield their environment."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ml-connector-demo-")))
        sandbox = stack.enter_context(_started(SANDBOX, _plain()))
        env = _environment(folder, _address(sandbox))
        for command in (("migrate", "-v0"), ("createcachetable",)):
            subprocess.run([sys.executable, MANAGE, *command], env=env, check=True)  # noqa: S603
        log = stack.enter_context((folder / "demo.log").open("wb"))
        stack.enter_context(_started([sys.executable, MANAGE, "worker"], env, log))
        stack.enter_context(_started([*WEB, env["PUBLIC_URL"].removeprefix("http://")], env, log))
        yield env


def _plain() -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": "1"}


def _environment(folder: Path, sandbox_url: str) -> dict[str, str]:
    return _plain() | {
        "CONNECTOR_ENV_FILE": "",
        "DEBUG": "true",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "CONNECTOR_SECRET_KEYS": secrets.token_urlsafe(32),
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "SANDBOX_URL": sandbox_url,
        "PUBLIC_URL": f"http://127.0.0.1:{_free_port()}",
        "WORKER_STOP_TIMEOUT": "5",
    }


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _address(sandbox: subprocess.Popen[bytes]) -> str:
    """Return the address the sandbox prints when it is up."""
    line = sandbox.stdout.readline().decode() if sandbox.stdout else ""
    if "http" not in line:
        raise RuntimeError(f"The sandbox did not start: {line.strip() or 'it said nothing'}")
    return line.split()[-1]


@contextmanager
def _started(
    command: list[str], env: dict[str, str], out: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command,
        env=env,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE if out is None else out,
        stderr=None if out is None else subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
