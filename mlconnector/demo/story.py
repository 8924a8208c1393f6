"""A pairing's story, told through real HTTP and a real worker; it ends when the ledgers agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connections.services import ping
from mlconnector.demo import odoo_billcom
from mlconnector.demo.company import demo_integration
from mlconnector.demo.waiting import run_by_worker
from syncs import services
from syncs.agreement import ledgers_agree
from syncs.engine.run import run_integration
from syncs.models import Integration, Run, Transfer
from syncs.money import shown
from syncs.pairings import pairing
from syncs.states import State

ACTOR = "demo"
RUN_SECONDS = 120

# What people do in the two systems and in the admin, chapter by chapter, for each pairing.
CHAPTERS: dict[str, tuple[Callable[[Integration, str], str], ...]] = {
    "odoo-billcom": odoo_billcom.CHAPTERS,
}


@dataclass
class Told:
    """What a story came to."""

    pairing: str
    agree: bool = False
    sentence: str = ""
    chapters: list[dict[str, Any]] = field(default_factory=list)
    differences: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return self.__dict__ | {"differences": list(self.differences)}


def tell(key: str, sandbox_url: str) -> Told:
    """Tell one pairing's story. Raises SyncError, Waited."""
    told = Told(pairing=key)
    integration = demo_integration(pairing(key), sandbox_url)
    for connection in (integration.erp, integration.ap):
        ping(connection, actor=ACTOR)
    _baseline(integration, told)
    _run(integration, told, "the first run")
    for chapter in CHAPTERS[key]:
        _run(integration, told, chapter(integration, sandbox_url))
    _run(integration, told, "a run with nothing to do")
    _end(integration, told)
    return told


def _baseline(integration: Integration, told: Told) -> None:
    summaries = run_integration(integration, baseline=True, actor=ACTOR)
    told.chapters.append({"chapter": "baseline", "flows": [s.as_json() for s in summaries]})
    integration.refresh_from_db()
    services.baseline_confirm(integration, actor=ACTOR)
    services.integration_pause(integration, actor=ACTOR)  # the story alone says when to run


def _run(integration: Integration, told: Told, chapter: str) -> None:
    last = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    run_by_worker(
        integration,
        lambda: services.integration_run_now(integration, actor=ACTOR),
        seconds=RUN_SECONDS,
    )
    runs = Run.objects.filter(pk__gt=last).order_by("pk")
    told.chapters.append({"chapter": chapter, "flows": [run.counts for run in runs]})


def _end(integration: Integration, told: Told) -> None:
    agreement = ledgers_agree(integration)
    idle = told.chapters[-1]["flows"]
    moved = [flow for flow in idle if flow["created"] or flow["updated"] or flow["cancelled"]]
    told.differences = (
        agreement.differences
        + tuple(f"{flow['flow']} sent something although nothing had changed." for flow in moved)
        + _unsettled(integration)
    )
    told.agree = not told.differences
    amounts = ", ".join(shown(amount, code) for code, amount in agreement.amounts.items())
    told.sentence = f"{agreement.documents} documents linked, {amounts}: " + (
        "ledgers agree" if told.agree else "ledgers DO NOT agree"
    )


def _unsettled(integration: Integration) -> tuple[str, ...]:
    left = Transfer.objects.filter(integration=integration).exclude(
        state__in=(State.DONE, State.SKIPPED, State.CANCELLED, State.REVERSED)
    )
    return tuple(f"{t} is {t.get_state_display().lower()}: {t.sentence}" for t in left)
