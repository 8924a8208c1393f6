"""Integrations: the rules, the baseline, the switch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audit.moments import shown_moment
from audit.pages import Base, Note
from audit.theme import coloured
from connections.models import Connection
from connections.system import Side
from connections.systems import SYSTEMS
from syncs.admin.integration_acts import ACTS
from syncs.admin.remote import RecordSelect, usable
from syncs.admin.words import OUTCOME_COLOURS, STAGE_COLOURS, done_words, flow_word
from syncs.models import Integration, RemoteRecord, Run
from syncs.pairings import Direction
from syncs.services import DECIDING_FIELDS, NotPossible, integration_save
from syncs.states import NEEDS_ATTENTION

RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("When it begins", {"fields": ("start_date",)}),
    ("What moves", {"fields": ("order_leaves", "currencies", "vendor_tags", "duplicates",
                               "vendor_changes_wait", "send_documents")}),
    ("How often", {"fields": ("schedule",)}),
)  # fmt: skip
ACCOUNTS = ("default_account", "rounding_account")
PAYMENTS = ("payment_method", "post_at", "closed_period", "unknown_bills", "paid_elsewhere",
            "fixable_days")  # fmt: skip
PAIR = ("pairing", "erp", "ap")
FIELDS = (
    "name", *PAIR, "start_date", "order_leaves", "currencies", "vendor_tags", "duplicates",
    "vendor_changes_wait", "send_documents", "number_prefix", *ACCOUNTS, *PAYMENTS, "schedule",
)  # fmt: skip

READ_ANEW = (
    "The next run reads everything again and sends what the new rules let through. Switch the "
    "integration off first if that should wait."
)


class IntegrationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rules of an integration. Accounts are found among those of the payables company."""

    class Meta:
        model = Integration
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, side in (("erp", Side.ERP), ("ap", Side.AP)):
            self._limit(name, Connection.objects.filter(system__in=_keys(side)))
        if not self.instance._state.adding:
            for name in ACCOUNTS:
                self._offer(name, self.instance.ap, "GLAccount")
            self._offer("payment_method", self.instance.erp, "PaymentMethod")

    def _limit(self, name: str, rows: Any) -> None:
        box = self.fields.get(name)
        if isinstance(box, forms.ModelChoiceField):
            box.queryset = rows

    def _offer(self, name: str, connection: Connection, kind: str) -> None:
        box = self.fields.get(name)
        if isinstance(box, forms.ModelChoiceField):
            # What is chosen already stays visible, also when it was archived since.
            chosen = Q(pk=getattr(self.instance, f"{name}_id"))
            self._limit(name, RemoteRecord.objects.filter(usable(connection, kind) | chosen))
            box.widget = RecordSelect(Integration._meta.get_field(name), connection, kind)
            box.widget.choices = box.choices


@admin.register(Integration)
class IntegrationAdmin(Base[Integration]):
    """One accounting company and one payables company kept in agreement."""

    form = IntegrationForm
    list_display = ("name", "pairing", "stage_word", "attention", "last_run", "next_run_at")
    list_select_related = ("erp", "ap")
    search_fields = ("name__icontains",)
    acts = ACTS
    refusals = (NotPossible,)
    change_form_outer_after_template = "admin/syncs/integration/runs.html"

    @coloured(STAGE_COLOURS, description="stage")
    def stage_word(self, integration: Integration) -> tuple[str, str]:
        return integration.stage, integration.stage.capitalize()

    @admin.display(description="needs attention")
    def attention(self, integration: Integration) -> int:
        return integration.transfers.filter(NEEDS_ATTENTION).count()

    @admin.display(description="last run")
    def last_run(self, integration: Integration) -> str:
        run = integration.runs.first()
        if run is None:
            return "never"
        return f"{shown_moment(run.started_at)} · {run.get_outcome_display().lower()}"

    def get_fieldsets(self, request: HttpRequest, obj: Integration | None = None) -> Any:
        if obj is None:
            return [
                ("Which two companies", {"fields": ("name", *PAIR)}),
                *RULES[:2],
                ("Numbers", {"fields": ("number_prefix",)}),
                RULES[2],
            ]
        backwards = any(f.direction == Direction.AP_TO_ERP for f in obj.declared.flows)
        return [
            ("Which two companies", {"fields": ("name", *PAIR)}),
            *RULES[:2],
            ("Numbers and accounts", {
                "fields": ("number_prefix", *ACCOUNTS),
                "description": "The lists of accounts come with the first baseline.",
            }),
            *([("Payments that come back", {"fields": PAYMENTS})] if backwards else []),
            RULES[2],
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Integration | None = None) -> Any:
        """Fix the two companies once documents link them: links never change company."""
        return PAIR if obj is not None and obj.transfers.exists() else ()

    def has_delete_permission(self, request: HttpRequest, obj: Integration | None = None) -> bool:
        """Keep what links documents of two ledgers: without it they would be sent again."""
        if obj is not None and obj.transfers.exists():
            return False
        return super().has_delete_permission(request, obj)

    def save_model(
        self,
        request: HttpRequest,
        obj: Integration,
        form: forms.ModelForm[Integration],
        change: bool,
    ) -> None:
        integration_save(
            obj, changed=form.changed_data, actor=request.user.get_username(), added=not change
        )
        if obj.confirmed_at and DECIDING_FIELDS.intersection(form.changed_data):
            messages.warning(request, READ_ANEW)

    # What stands around the form ----------------------------------------------------------------

    def notes_for(self, record: Integration) -> list[Note]:
        """Say how far it is and what to do next."""
        notes = [_stage_note(record)]
        running = record.runs.filter(outcome=Run.Outcome.RUNNING).first()
        if running is not None:
            what = "The baseline" if running.is_baseline else "A run"
            notes.append(
                Note("plain", f"{what} is under way: {flow_word(running.flow)}. Reload to see it.")
            )
        return notes

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        extra = dict(extra_context or {})
        found = Integration.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if found is not None:
            extra["runs"] = [_run_row(run) for run in found.runs.all()[:10]]
            extra["runs_url"] = (
                f"{reverse('admin:syncs_run_changelist')}?integration__id__exact={found.pk}"
            )
        return super().change_view(request, object_id, form_url, extra)


def _stage_note(integration: Integration) -> Note:
    if integration.paused_reason:
        button = "Resume" if integration.confirmed_at else "Run baseline"
        return Note(
            "problem",
            f"{integration.paused_reason} Put that right, test the connection with Ping, then "
            f"press {button}. Nothing was lost: what changed meanwhile is read then.",
            "Paused: nothing moves until an administrator acts",
        )
    if integration.start_date is None:
        return Note("warning", "Set a start date below and save. Then run the baseline.", "Step 1")
    if integration.stage == "not started":
        return Note(
            "plain",
            "Run the baseline. It compares both sides, links what both already have, counts what "
            "would be sent, and writes nothing anywhere.",
            "Next step",
        )
    if integration.stage == "baseline to confirm":
        return Note(
            "warning",
            "The baseline is ready. Look at its numbers and confirm it. Nothing is sent before.",
            "Next step",
        )
    if integration.stage == "switched off":
        return Note(
            "plain", "Switched off: nothing moves by itself. What changes meanwhile is read later."
        )
    return Note("good", f"Running: {integration.schedule}.")


def _run_row(run: Run) -> dict[str, Any]:
    flow = flow_word(run.flow) + (" (baseline)" if run.is_baseline else "")
    return {
        "at": run.started_at,
        "flow": flow,
        "outcome": run.get_outcome_display(),
        "colour": OUTCOME_COLOURS.get(run.outcome, ""),
        "words": run.sentence or done_words(run),
        "url": reverse("admin:syncs_run_change", args=(run.pk,)),
    }


def _keys(side: Side) -> list[str]:
    return [system.key for system in SYSTEMS.values() if system.side == side]
