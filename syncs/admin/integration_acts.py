"""What can be done with an integration: each a button, a question, and a call to the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.moments import shown_day
from audit.pages import Act, Question
from syncs.admin.words import amount_words, skipped_words, times
from syncs.models import Integration
from syncs.services import (
    baseline_confirm,
    integration_enable,
    integration_pause,
    integration_run_now,
)

QUEUED = "It begins within a few seconds. Reload this page to see its numbers."


def _baseline(integration: Integration, who: str, answers: dict[str, Any]) -> str:
    integration_run_now(integration, actor=who, baseline=True)
    return f"The baseline of {integration} is queued; it writes nothing. {QUEUED}"


def _run(integration: Integration, who: str, answers: dict[str, Any]) -> str:
    integration_run_now(integration, actor=who)
    return f"A run of {integration} is queued. {QUEUED}"


def _confirm(integration: Integration, who: str, answers: dict[str, Any]) -> str:
    baseline_confirm(integration, actor=who)
    return f"{integration} is switched on. The first run begins within a minute."


def _on(integration: Integration, who: str, answers: dict[str, Any]) -> str:
    integration_enable(integration, actor=who)
    return f"{integration} is switched on. A run begins within a minute."


def _off(integration: Integration, who: str, answers: dict[str, Any]) -> str:
    integration_pause(integration, actor=who)
    return f"{integration} is switched off. A run that is under way ends by itself."


def ask_confirm(integration: Integration) -> Question:
    """Show the baseline's numbers in words, and what confirming does."""
    ap = integration.ap.declared.label
    return Question(
        title=f"Confirm the baseline of {integration}?",
        sentences=(
            f"This is what the comparison of {integration.erp} and {integration.ap} found, for "
            f"documents dated {shown_day(integration.start_date)} or later.",
        ),
        headers=("What", f"Would be created in {ap}", "Linked", "Left where they are",
                 "Need a person"),
        rows=[
            baseline_row(flow.label, integration.baseline_result.get(flow.name) or {})
            for flow in integration.declared.flows
        ],
        warning=f"Confirming switches the integration on. From the next minute on it creates these "
        f"in {ap}, {integration.schedule}, by itself. What is linked is not changed; what needs a "
        "person waits.",
    )  # fmt: skip


def baseline_row(label: str, counts: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Return one flow's numbers: created with amounts, linked, skipped by reason, blocked."""
    skipped = sum((counts.get("skipped") or {}).values())
    amounts = amount_words(counts, "would create")
    return (
        label,
        f"{counts.get('would_create', 0):,}" + (f"\n{amounts}" if amounts else ""),
        f"{counts.get('linked', 0):,}",
        f"{skipped:,}" + (f"\n{skipped_words(counts)}" if skipped else ""),
        f"{counts.get('blocked', 0) + counts.get('held', 0):,}",
    )


def _ask_off(integration: Integration) -> Question:
    return Question(
        title=f"Switch {integration} off?",
        sentences=(
            "Nothing is read or sent by itself until somebody switches it on again. What changes "
            "meanwhile is read then.",
        ),
    )


def _ask_on(integration: Integration) -> Question:
    waiting = integration.transfers.filter(state__in=("new", "ready")).count()
    return Question(
        title=f"Switch {integration} on?",
        sentences=(
            f"It runs {integration.schedule}, the first time within a minute.",
            f"{times(waiting, 'document')} can be sent at once." if waiting else "",
        ),
    )


def _is_off(integration: Integration) -> bool:
    return integration.stage == "switched off"


ACTS = (
    Act(
        name="confirm", label="Confirm baseline", do=_confirm, asks=ask_confirm, strong=True,
        possible=lambda i: i.baseline_at is not None and i.confirmed_at is None,
    ),
    Act(
        name="baseline", label="Run baseline", do=_baseline, strong=True,
        possible=lambda i: i.start_date is not None and i.baseline_at is None,
    ),
    Act(
        name="baseline-again", label="Run baseline again", do=_baseline,
        possible=lambda i: i.baseline_at is not None and i.confirmed_at is None,
    ),
    Act(
        name="resume", label="Resume", do=_on, asks=_ask_on, strong=True,
        possible=lambda i: bool(i.paused_reason) and i.confirmed_at is not None,
    ),
    Act(name="on", label="Switch on", do=_on, asks=_ask_on, strong=True, possible=_is_off),
    Act(
        name="run", label="Run now", do=_run,
        possible=lambda i: i.confirmed_at is not None,
    ),
    Act(
        name="off", label="Switch off", do=_off, asks=_ask_off, possible=lambda i: i.enabled,
    ),
)  # fmt: skip
