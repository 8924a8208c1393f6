"""Numbers, states and records in words, for several pages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from syncs.models import Integration, Run
from syncs.money import shown
from syncs.pairings import PAIRINGS, Direction, Flow

STATE_COLOURS = {
    "new": "info",
    "waiting": "info",
    "blocked": "warning",
    "ready": "info",
    "sending": "info",
    "done": "success",
    "failed": "danger",
    "skipped": "",
    "held": "warning",
    "dismissed": "",
    "cancelled": "",
    "reversed": "",
}
OUTCOME_COLOURS = {
    "running": "info",
    "done": "success",
    "continues": "info",
    "stopped": "danger",
    "lost": "warning",
}
STAGE_COLOURS = {
    "running": "success",
    "paused": "danger",
    "baseline to confirm": "warning",
    "not started": "info",
    "switched off": "",
}
TRIGGERS = {
    "schedule": "by schedule",
    "person": "by a person",
    "answer": "to settle an answer",
    "webhook": "by webhook",
}
_COUNTED = (
    ("read", "read"),
    ("created", "created"),
    ("updated", "updated"),
    ("linked", "linked"),
    ("cancelled", "withdrawn"),
    ("waiting", "waiting"),
    ("blocked", "blocked"),
    ("held", "held"),
    ("failed", "failed"),
)


def flow_choices() -> list[tuple[str, str]]:
    """Return (name, label) of every flow of every pairing, each once."""
    return list({flow.name: flow.label for row in PAIRINGS for flow in row.flows}.items())


def flow_word(name: str) -> str:
    """Return a flow's label; its name if no pairing has it any more."""
    return dict(flow_choices()).get(name, name)


def flow_of(integration: Integration, name: str) -> Flow | None:
    """Return a flow, None if its pairing has it no more."""
    return {flow.name: flow for flow in integration.declared.flows}.get(name)


def sides(integration: Integration, flow: Flow | None) -> tuple[Any, Any]:
    """Return the connections a flow reads from and writes to."""
    if flow is not None and flow.direction == Direction.AP_TO_ERP:
        return integration.ap, integration.erp
    return integration.erp, integration.ap


def run_words(counts: Mapping[str, Any]) -> str:
    """Return a run's numbers as one line; what is zero is left out."""
    parts = [f"{counts[key]:,} {word}" for key, word in _COUNTED if counts.get(key)]
    skipped = sum((counts.get("skipped") or {}).values())
    if counts.get("would_create"):
        parts.append(f"{counts['would_create']:,} would be created")
    if skipped:
        parts.append(f"{skipped:,} skipped ({skipped_words(counts)})")
    return ", ".join(parts) or "nothing to do"


def done_words(run: Run) -> str:
    """Return what a run did, or that it is still at it: its numbers come at its end."""
    if run.outcome == Run.Outcome.RUNNING:
        return "under way"
    return run_words(run.counts)


def skipped_words(counts: Mapping[str, Any]) -> str:
    """Return how many were skipped, by reason."""
    reasons = sorted((counts.get("skipped") or {}).items(), key=lambda pair: -pair[1])
    return ", ".join(f"{reason.lower()}: {number:,}" for reason, number in reasons)


def amount_words(counts: Mapping[str, Any], heading: str) -> str:
    """Return the sums under a heading, by currency."""
    sums = (counts.get("amounts") or {}).get(heading) or {}
    return ", ".join(shown(Decimal(amount), code) for code, amount in sorted(sums.items()))


def headline(state: str, reason: str) -> str:
    """Return "Blocked: tax not mapped", and "Waiting for its vendor" without saying it twice."""
    if not reason or reason.startswith(state):
        return reason or state
    is_name = reason[:2].isupper()  # GL account
    return f"{state}: {reason if is_name else reason[0].lower() + reason[1:]}"


def times(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: 1 document, 2 documents."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
