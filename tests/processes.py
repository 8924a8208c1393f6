"""Programs in processes of their own, on the database of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)
BEGIN = "import django; django.setup()\n"


def database_url() -> str:
    """Return where the running tests keep their rows."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    where = connection.settings_dict
    login = f"{where['USER']}:{quote(where['PASSWORD'], safe='')}"
    return f"postgres://{login}@{where['HOST']}:{where['PORT'] or 5432}/{where['NAME']}"


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python program that sees the tests' database."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + program, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def result(process: subprocess.Popen[str], **waiting: Any) -> str:
    """Return what a program printed. Fails if it did."""
    out, errors = process.communicate(timeout=waiting.get("timeout", 60))
    assert process.returncode == 0, errors
    return out.strip()
