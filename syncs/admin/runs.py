"""Runs: what was done when, in numbers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.pages import Note, ReadOnly
from audit.paging import LargePaginator
from audit.theme import ChoicesFilter, RelatedFilter, SimpleListFilter, coloured
from syncs.admin.words import (
    OUTCOME_COLOURS,
    TRIGGERS,
    amount_words,
    done_words,
    flow_choices,
    flow_word,
)
from syncs.models import Run


class FlowFilter(SimpleListFilter):
    """By flow, in the words of the pairings table."""

    title = "flow"
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return flow_choices()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(flow=self.value()) if self.value() else queryset


@admin.register(Run)
class RunAdmin(ReadOnly[Run]):
    """One execution of one flow."""

    list_display = (
        "started_at", "integration", "flow_label", "outcome_word", "numbers", "trigger_word",
    )  # fmt: skip
    list_filter = (("integration", RelatedFilter), FlowFilter, ("outcome", ChoicesFilter))
    list_select_related = ("integration",)
    sortable_by = ()
    paginator = LargePaginator
    fields = (
        "integration", "flow_label", "outcome_word", "numbers", "amounts", "calls",
        "trigger_word", "is_baseline", "started_at", "ended_at",
    )  # fmt: skip

    def notes_for(self, record: Run) -> list[Note]:
        """Say why a run ended early."""
        if not record.sentence:
            return []
        return [
            Note("problem" if record.outcome == Run.Outcome.STOPPED else "plain", record.sentence)
        ]

    @admin.display(description="flow")
    def flow_label(self, run: Run) -> str:
        return flow_word(run.flow) + (" (baseline)" if run.is_baseline else "")

    @coloured(OUTCOME_COLOURS, description="how it ended")
    def outcome_word(self, run: Run) -> tuple[str, str]:
        return run.outcome, run.get_outcome_display()

    @admin.display(description="what was done")
    def numbers(self, run: Run) -> str:
        if run.outcome == Run.Outcome.STOPPED and run.sentence:
            return run.sentence
        return done_words(run)

    @admin.display(description="would be created")
    def amounts(self, run: Run) -> str:
        return amount_words(run.counts, "would create") or "—"

    @admin.display(description="calls made to the systems")
    def calls(self, run: Run) -> str:
        return f"{run.counts.get('calls', 0):,}"

    @admin.display(description="begun")
    def trigger_word(self, run: Run) -> str:
        person = run.actor if run.actor and run.actor != "system" else ""
        return f"by {person}" if person else TRIGGERS.get(run.trigger, run.trigger)
