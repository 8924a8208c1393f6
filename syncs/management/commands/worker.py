"""Runs background tasks, and keeps them running."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from syncs.heartbeat import worker_name
from syncs.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run background tasks until stopped. One per machine; on SQLite one in all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--name", help="needed only for a second worker on the same machine", default=None
        )

    def handle(self, *args: Any, **options: Any) -> None:
        Supervisor(options["name"] or worker_name()).run()
