"""What a run did, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from syncs.models import Transfer
from syncs.money import rounded
from syncs.states import Reason, State


@dataclass
class Summary:
    """The numbers of one flow's run; waiting to failed are totals at its end.

    Amounts are by currency.
    """

    flow: str
    read: int = 0
    unchanged: int = 0
    created: int = 0
    updated: int = 0
    linked: int = 0
    cancelled: int = 0
    waiting: int = 0
    blocked: int = 0
    held: int = 0
    failed: int = 0
    calls: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    outcome: str = "done"
    sentence: str = ""
    would_create: int = 0
    amounts: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def count_states(self, transfers: models.QuerySet[Transfer]) -> None:
        """Count what is left standing now, of this flow's transfers."""
        states = Counter(transfers.order_by().values_list("state", flat=True))
        self.waiting = states[State.WAITING]
        self.blocked = states[State.BLOCKED]
        self.held = states[State.HELD]
        self.failed = states[State.FAILED]

    def skip(self, reason: str) -> None:
        """Count one record left where it is."""
        self.skipped[Reason(reason).label] += 1

    def add_amount(self, heading: str, amount: Decimal | None, currency: str) -> None:
        """Add to the sum shown under a heading."""
        if amount is not None:
            sums = self.amounts.setdefault(heading, {})
            sums[currency] = sums.get(currency, Decimal(0)) + amount

    def as_json(self) -> dict[str, Any]:
        """Return the numbers for `--json`, the run's row and the page."""
        counts = {
            name: getattr(self, name)
            for name in (
                "read", "unchanged", "created", "updated", "linked", "cancelled", "waiting",
                "blocked", "held", "failed", "calls",
            )
        }  # fmt: skip
        amounts = {
            h: {c: str(rounded(a, c)) for c, a in sums.items()} for h, sums in self.amounts.items()
        }
        return counts | {
            "flow": self.flow,
            "skipped": dict(self.skipped),
            "would_create": self.would_create,
            "amounts": amounts,
            "outcome": self.outcome,
            "sentence": self.sentence,
        }
