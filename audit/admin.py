"""The audit log: read-only for everybody, superusers included."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.models import AuditEntry
from audit.pages import ReadOnly
from audit.paging import LargePaginator
from audit.theme import SimpleListFilter

PERIODS = {"today": "Today", "7": "Last 7 days", "30": "Last 30 days"}
# Typed out: asking the log itself for its different actions would read all of it.
ACTIONS = {
    "transfer.created": "Document created",
    "transfer.found": "Document found or linked",
    "transfer.chosen": "Document linked by a person",
    "transfer.updated": "Document changed",
    "transfer.cancelled": "Document withdrawn",
    "transfer.blocked": "Document blocked",
    "transfer.held": "Document held",
    "transfer.refused": "Document refused",
    "transfer.failed": "Document failed",
    "transfer.retry": "Tried again by a person",
    "transfer.decided": "Decided by a person",
    "transfer.dismissed": "Left by a person",
    "mapping.changed": "Mapping changed",
    "mapping.deleted": "Mapping deleted",
    "integration.added": "Integration added",
    "integration.changed": "Integration changed",
    "integration.baseline": "Baseline taken",
    "integration.confirmed": "Baseline confirmed",
    "integration.enabled": "Integration switched on",
    "integration.disabled": "Integration switched off",
    "integration.paused": "Integration paused itself",
    "connection.added": "Connection added",
    "connection.changed": "Connection changed",
    "connection.deleted": "Connection deleted",
    "connection.answered": "Connection answered",
    "connection.refused": "Connection failed",
}

# Which part of the product has the page of what an entry is about.
SUBJECTS = {"transfer": "syncs", "integration": "syncs", "connection": "connections"}


class PeriodFilter(SimpleListFilter):
    """The last days; a range over an index, however long the log is."""

    title = "time"
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(PERIODS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> Any:
        period = self.value()
        if period == "today":
            return queryset.filter(at__gte=timezone.localtime().replace(hour=0, minute=0, second=0))
        if period in PERIODS:
            return queryset.filter(at__gte=timezone.now() - timedelta(days=int(period)))
        return queryset


class ActionFilter(SimpleListFilter):
    """By what was done."""

    title = "what was done"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(ACTIONS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> Any:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly[AuditEntry]):
    """Every step of every record. The log can be read, and that is all."""

    list_display = ("at", "who", "what", "document", "vendor", "amount_word")
    list_display_links = ("at", "what")
    list_filter = (PeriodFilter, ActionFilter)
    search_fields = ("document__exact",)
    search_help_text = "Exact document number"
    sortable_by = ()
    paginator = LargePaginator
    fields = (
        "at", "who", "sentence", "action_word", "subject_link", "integration", "document", "vendor",
        "amount_word", "payload_folded",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).defer("payload")

    @admin.display(description="who")
    def who(self, entry: AuditEntry) -> str:
        return "ml-connector" if entry.actor == "system" else entry.actor

    @admin.display(description="what happened")
    def what(self, entry: AuditEntry) -> str:
        return entry.sentence if len(entry.sentence) <= 200 else entry.sentence[:199] + "…"

    @admin.display(description="what was done")
    def action_word(self, entry: AuditEntry) -> str:
        return ACTIONS.get(entry.action, entry.action)

    @admin.display(description="record")
    def subject_link(self, entry: AuditEntry) -> SafeString | str:
        app = SUBJECTS.get(entry.subject_type)
        if app is None or not entry.subject_id:
            return entry.subject or "—"
        address = reverse(f"admin:{app}_{entry.subject_type}_change", args=(entry.subject_id,))
        return format_html('<a class="mc-link" href="{}">{}</a>', address, entry.subject)

    @admin.display(description="amount")
    def amount_word(self, entry: AuditEntry) -> str:
        if entry.amount is None:
            return "—"
        return f"{entry.amount:,.2f} {entry.currency}".strip()

    @admin.display(description="sent and received")
    def payload_folded(self, entry: AuditEntry) -> SafeString | str:
        if not entry.payload:
            return "—"
        text = json.dumps(entry.payload, indent=2, ensure_ascii=False)
        return format_html(
            '<details><summary>Show</summary><pre class="mc-payload">{}</pre></details>', text
        )
