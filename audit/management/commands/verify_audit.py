"""Compares the audit log with its seals and says whether anything was changed afterwards."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.models import Seal
from audit.services import BrokenPart, broken_parts, unsealed_entries


class Command(BaseCommand):
    help = (
        "Prove that no line of the audit log was changed, deleted or added after it was sealed. "
        "Ends with an error that names the days concerned if one was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="SEAL",
            default="",
            help="a seal this command printed earlier and you noted elsewhere: it must still be "
            "there. Whoever deletes the end of the log with its seals is found only like this.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = [_sentence(part) for part in broken_parts()]
        expected = options["expect"]
        if expected and not Seal.objects.filter(digest=expected).exists():
            broken.append(f"The seal {expected} is no longer there: the end of the log is missing.")
        if broken:
            raise CommandError("\n".join(broken))
        self.stdout.write(_all_good())


def _sentence(part: BrokenPart) -> str:
    seal = part.seal
    entries = f"entries {seal.first_id} to {seal.last_id}"
    if part.begins is None or part.ends is None:
        sealed = f"sealed on {seal.at:%Y-%m-%d %H:%M} UTC"
        return f"The audit log is not as it was written: nothing is left of {entries}, {sealed}."
    return (
        f"The audit log is not as it was written from {part.begins:%Y-%m-%d %H:%M} to "
        f"{part.ends:%Y-%m-%d %H:%M} UTC ({entries}, {seal.entries} of them when sealed)."
    )


def _all_good() -> str:
    last = Seal.objects.last()
    waiting = unsealed_entries().count()
    if last is None:
        return f"Nothing is sealed yet; {waiting} entries wait for their seal."
    return (
        f"The audit log is as it was written, up to entry {last.last_id}; {waiting} entries wait "
        f"for their seal.\nLast seal: {last.digest}"
    )
