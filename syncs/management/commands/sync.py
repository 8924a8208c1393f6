"""Run an integration once, now, in this process."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from syncs.engine.run import NotAllowed, run_integration
from syncs.engine.summary import Summary
from syncs.models import Integration


class Command(BaseCommand):
    """`manage.py sync INTEGRATION [--flow NAME] [--baseline] [--json]`."""

    help = "Run an integration, by name, and print what it did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("integration", help="its name")
        parser.add_argument("--flow", action="append", default=[], help="only this flow")
        parser.add_argument(
            "--baseline", action="store_true", help="look and link only; nothing is written"
        )
        parser.add_argument("--json", action="store_true", help="print JSON, one object per flow")

    def handle(self, *args: Any, **options: Any) -> None:
        integration = _integration(options["integration"])
        _check_flows(integration, options["flow"])
        try:
            summaries = run_integration(
                integration,
                flow_names=options["flow"],
                baseline=options["baseline"],
                trigger="command",
                actor="command line",
            )
        except NotAllowed as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps([summary.as_json() for summary in summaries], indent=2))
        else:
            for summary in summaries:
                self._print(summary)
        if any(summary.outcome != "done" for summary in summaries):
            raise CommandError("The run did not end; see above.")

    def _print(self, summary: Summary) -> None:
        self.stdout.write(f"{summary.flow}: {summary.outcome}  {summary.sentence}".rstrip())
        counts = summary.as_json()
        for name in ("read", "unchanged", "created", "updated", "linked", "cancelled", "waiting",
                     "blocked", "held", "failed", "calls"):  # fmt: skip
            if counts[name]:
                self.stdout.write(f"  {name:<10}{counts[name]:>7}")
        if summary.would_create:
            self.stdout.write(f"  would create{summary.would_create:>5}")
        for reason, count in sorted(summary.skipped.items()):
            self.stdout.write(f"  skipped   {count:>7}  {reason}")
        for heading, sums in counts["amounts"].items():
            amounts = ", ".join(f"{amount} {currency}" for currency, amount in sums.items())
            self.stdout.write(f"  {heading}: {amounts}")


def _integration(name: str) -> Integration:
    found = Integration.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Integration.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no integration called “{name}”. There are: {known}.")
    return found


def _check_flows(integration: Integration, names: list[str]) -> None:
    known = [flow.name for flow in integration.declared.flows]
    for name in names:
        if name not in known:
            raise CommandError(f"{integration} has no flow “{name}”. It has: {', '.join(known)}.")
