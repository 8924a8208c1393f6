"""The history of one document: attempts and lines of history, in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import AuditEntry
from audit.redaction import redacted
from syncs.models import Attempt, Transfer

LATEST = 200
_ACTIONS = {"create": "Sent", "update": "Sent the change", "cancel": "Withdrew it"}


@dataclass(frozen=True)
class Step:
    """One step: when, who, what; `payload` is folded."""

    at: datetime
    who: str
    text: str
    tone: str
    payload: str


def steps_of(transfer: Transfer) -> list[Step]:
    """Return what happened to a document, newest last."""
    entries = AuditEntry.objects.filter(subject_type="transfer", subject_id=str(transfer.pk))
    steps = [_from_entry(entry) for entry in entries[:LATEST]]
    steps += [_from_attempt(a) for a in transfer.attempts.order_by("-number")[:LATEST]]
    return sorted(steps, key=lambda step: step.at)


def pretty(payload: Any) -> str:
    """Return JSON for reading, without secrets; "" for nothing."""
    if not payload:
        return ""
    return json.dumps(redacted(payload), indent=2, ensure_ascii=False)


def _from_entry(entry: AuditEntry) -> Step:
    who = "" if entry.actor == "system" else entry.actor
    return Step(entry.at, who, entry.sentence, "", pretty(entry.payload))


def _from_attempt(attempt: Attempt) -> Step:
    action = _ACTIONS.get(attempt.action, attempt.action)
    outcome = attempt.get_outcome_display() or "no answer yet"
    text = f"Attempt {attempt.number}: {action} — {outcome}."
    if attempt.sentence:
        text = f"{text} {attempt.sentence}"
    payload = {"sent": attempt.body} | ({"answer": attempt.answer} if attempt.answer else {})
    return Step(attempt.started_at, "", text, "attempt", pretty(payload))
