"""Settings are read in a process of their own, as an administrator's environment gives them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
UNRELATED = {"CONNECTOR_ENV_FILE": "", "PATH": os.environ["PATH"]}


def read(expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = f"from mlconnector import settings; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", program],
        env=UNRELATED | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_debug_is_off_unless_asked_for() -> None:
    assert read("settings.DEBUG, settings.CONNECTOR_ALLOWED_NETWORKS").stdout == "False []\n"


def test_a_misspelt_switch_stops_the_start() -> None:
    assert "DEBUG is 'ture'. Please use true or false." in read("1", DEBUG="ture").stderr


def test_every_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("first-key, second-key\n")

    said = read("settings.CONNECTOR_SECRET_KEYS", CONNECTOR_SECRET_KEYS_FILE=str(file))

    assert said.stdout == "['first-key', 'second-key']\n"


def test_sqlite_gets_what_keeps_it_from_locking() -> None:
    said = read("settings.DATABASES['default']['OPTIONS']['transaction_mode']")

    assert said.stdout == "IMMEDIATE\n"


def test_postgresql_keeps_its_connections_and_gets_more_workers() -> None:
    said = read(
        "settings.DATABASES['default']['CONN_HEALTH_CHECKS'], settings.Q_CLUSTER['queue_limit']",
        DATABASE_URL="postgres://u:p@db.example.com/connector",
    )

    assert said.stdout == "True 4\n"


@pytest.mark.parametrize("database", ["sqlite:///x.sqlite3", "postgres://u:p@h/d"])
def test_no_task_is_run_twice_because_it_waited(database: str) -> None:
    """A task taken ahead by a worker that is busy twice as long must still not be given away."""
    said = read("settings.Q_CLUSTER", DATABASE_URL=database).stdout
    cluster = eval(said)  # noqa: S307 - our own settings

    assert cluster["retry"] > 3 * cluster["timeout"]
    assert cluster["queue_limit"] == cluster["workers"]


def test_the_example_names_every_variable_and_no_other() -> None:
    source = (ROOT / "mlconnector/settings.py").read_text()
    read_here = set(re.findall(r'(?:env\.\w+|yes_or_no)\(\s*"([A-Z_]+)"', source))
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert example == read_here | {"PORT", "SANDBOX_PORT", "DEMO_PASSWORD"}
