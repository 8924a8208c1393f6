"""Writes the settings file of a new installation."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

TEXT = """\
# Made by `manage.py first_run` for trying things out on this computer.
# .env.example explains these and all other settings.
DEBUG=true
SECRET_KEY={secret_key}
# Whoever loses this loses every stored password and token. Keep a copy outside this computer.
CONNECTOR_SECRET_KEYS={encryption_key}
# The password of the login that `make run` creates.
DEMO_PASSWORD={password}
"""


class Command(BaseCommand):
    help = "Write a .env file with fresh keys, unless there is one already."
    requires_system_checks: list[str] = []  # they would complain about what this is about to write

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=settings.BASE_DIR / ".env")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            # Readable by its owner only, from the first moment on; and never over an older one.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(descriptor, "w") as file:
            file.write(
                TEXT.format(
                    secret_key=secrets.token_urlsafe(48),
                    encryption_key=secrets.token_urlsafe(32),
                    password=secrets.token_urlsafe(9),
                )
            )
        self.stdout.write(f"Wrote {path} with fresh keys.")
