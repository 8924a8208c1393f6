"""Waiting for what other processes do, with a limit and a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable

import requests

from syncs.models import Integration, Run


class Waited(Exception):
    """It did not happen in time; the message says what."""


def wait_for(what: str, done: Callable[[], bool], *, seconds: float) -> None:
    """Look again and again until `done`. Raises Waited after `seconds`."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Waited(f"{what} did not happen within {seconds:.0f} seconds.")
        time.sleep(0.2)


def sandbox_answers(url: str) -> bool:
    """Say whether the sandbox is up."""
    try:
        return requests.get(f"{url}/_sandbox/clock", timeout=2).ok
    except requests.RequestException:
        return False


def run_by_worker(integration: Integration, queue: Callable[[], None], *, seconds: float) -> None:
    """Queue a run and wait until a worker has ended its last flow. Raises Waited."""
    last_flow = integration.declared.flows[-1].name
    before = list(Run.objects.filter(integration=integration).values_list("pk", flat=True))
    queue()

    def ended() -> bool:
        new = Run.objects.filter(integration=integration, ended_at__isnull=False)
        runs = new.exclude(pk__in=before)
        stopped = runs.filter(outcome=Run.Outcome.STOPPED).exists()
        return stopped or runs.filter(flow=last_flow, outcome=Run.Outcome.DONE).exists()

    wait_for(f"A worker's run of {integration}", ended, seconds=seconds)
