"""Tell a document's whole story, headless, on a throw-away database and free ports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connections.errors import SyncError
from mlconnector.demo.processes import MANAGE, throw_away_stage
from mlconnector.demo.story import CHAPTERS, Told, tell
from mlconnector.demo.waiting import Waited


class Command(BaseCommand):
    """`manage.py demo [--pairing KEY] [--json]`: exits non-zero unless the ledgers agree."""

    help = "Move the demo company's documents between the stand-ins and compare the ledgers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pairing", choices=sorted(CHAPTERS), help="only this one")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
        # Set by the command itself for the process that runs on the throw-away database.
        parser.add_argument("--on-stage", action="store_true", help="(used by the command itself)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["on_stage"]:
            self._tell(options)
            return
        pairings = [options["pairing"]] if options["pairing"] else sorted(CHAPTERS)
        results = [self._stage(key, as_json=options["json"]) for key in pairings]
        if any(results):
            raise CommandError("The ledgers do not agree.")

    def _stage(self, pairing: str, *, as_json: bool) -> int:
        command = [sys.executable, MANAGE, "demo", "--on-stage", "--pairing", pairing]
        with throw_away_stage() as env:
            ended = subprocess.run(command + ["--json"] * as_json, env=env, check=False)  # noqa: S603
        return ended.returncode

    def _tell(self, options: dict[str, Any]) -> None:
        try:
            told = tell(options["pairing"], os.environ["SANDBOX_URL"])
        except (SyncError, Waited) as error:
            raise CommandError(f"{options['pairing']}: {error}") from None
        if options["json"]:
            self.stdout.write(json.dumps(told.as_json(), indent=2))
        else:
            self._print(told)
        if not told.agree:
            raise CommandError(f"{told.pairing}: the ledgers do not agree.")

    def _print(self, told: Told) -> None:
        for chapter in told.chapters:
            moves = ", ".join(_in_words(flow) for flow in chapter["flows"])
            self.stdout.write(f"  {chapter['chapter']}: {moves}")
        for difference in told.differences:
            self.stdout.write(f"  DIFFERENCE {difference}")
        self.stdout.write(f"{told.pairing}: {told.sentence}")


def _in_words(flow: dict[str, Any]) -> str:
    numbers = ("would_create", "created", "updated", "linked", "cancelled", "waiting", "blocked",
               "held", "failed")  # fmt: skip
    parts = [f"{flow[name]} {name.replace('_', ' ')}" for name in numbers if flow[name]]
    return f"{flow['flow']} {' '.join(parts) or 'nothing to do'}"
