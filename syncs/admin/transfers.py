"""Documents: where is bill INV-7, why, and what can be done about it?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from audit.pages import Note, ReadOnly
from audit.paging import LargePaginator
from audit.theme import ChoicesFilter, RelatedFilter, SimpleListFilter, coloured
from connections.services import record_url
from syncs.admin.contents import header_of, lines_of
from syncs.admin.runs import FlowFilter
from syncs.admin.timeline import steps_of
from syncs.admin.transfer_acts import ACTS, RETRIED
from syncs.admin.transfer_questions import NAMED_AT_MOST, ask_retry
from syncs.admin.words import STATE_COLOURS, flow_of, flow_word, headline, sides, times
from syncs.models import Mapping, Transfer
from syncs.money import shown
from syncs.services import NotPossible, transfers_retry
from syncs.states import NEEDS_ATTENTION, Reason, State

_MAPPED_BY = {
    Reason.GL_ACCOUNT: Mapping.Kind.GL_ACCOUNT,
    Reason.TAX: Mapping.Kind.TAX,
    Reason.DIMENSION: Mapping.Kind.DIMENSION,
}
_TONES = {"blocked": "warning", "held": "warning", "failed": "problem", "done": "good"}


class AttentionFilter(SimpleListFilter):
    """What waits for a person."""

    title = "needs attention"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", "Needs attention"), ("no", "Does not")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.filter(NEEDS_ATTENTION)
        return queryset.exclude(NEEDS_ATTENTION) if self.value() == "no" else queryset


@admin.register(Transfer)
class TransferAdmin(ReadOnly[Transfer]):
    """One row per document, for ever."""

    list_display = (
        "document_word", "vendor_word", "amount_word", "dated", "state_word", "why",
        "moved_at",
    )  # fmt: skip
    list_filter = (
        AttentionFilter,
        ("state", ChoicesFilter),
        ("reason", ChoicesFilter),
        FlowFilter,
        ("integration", RelatedFilter),
    )
    list_filter_submit = True
    search_fields = ("document__exact", "vendor__istartswith")
    search_help_text = "Exact number, or start of vendor"
    sortable_by = ()
    paginator = LargePaginator
    fields = ()
    actions = ("retry_many",)
    acts = ACTS
    refusals = (NotPossible,)
    change_form_template = "admin/syncs/transfer/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        """Leave out the two records themselves: a list does not show them and they are large."""
        rows = super().get_queryset(request)
        return rows.select_related("integration__erp", "integration__ap").defer("source", "body")

    @admin.display(description="document")
    def document_word(self, transfer: Transfer) -> SafeString:
        name = transfer.document or transfer.vendor or "(without a number)"
        return format_html('{}<br><span class="mc-muted">{}</span>', name, flow_word(transfer.flow))

    @admin.display(description="vendor")
    def vendor_word(self, transfer: Transfer) -> str:
        return transfer.vendor if transfer.vendor != transfer.document else ""

    @admin.display(description="amount")
    def amount_word(self, transfer: Transfer) -> SafeString:
        return format_html(
            '<span class="mc-nowrap">{}</span>', shown(transfer.amount, transfer.currency)
        )

    @coloured(STATE_COLOURS, description="state")
    def state_word(self, transfer: Transfer) -> tuple[str, str]:
        return transfer.state, transfer.get_state_display()

    @admin.display(description="why")
    def why(self, transfer: Transfer) -> str:
        words = transfer.sentence or (transfer.get_reason_display() if transfer.reason else "")
        return words if len(words) <= 160 else words[:159] + "…"

    # Many at once -------------------------------------------------------------------------------

    @admin.action(description="Try again", permissions=["act"])
    def retry_many(self, request: HttpRequest, chosen: QuerySet[Transfer]) -> HttpResponse | None:
        """Ask first, naming documents and amounts; then retry what can be retried."""
        possible = chosen.filter(state__in=RETRIED)
        count = possible.count()
        if not count:
            messages.warning(request, "None of these documents needs to be tried again.")
            return None
        if "confirmed" not in request.POST:
            named = list(possible[: NAMED_AT_MOST * 20])
            question = ask_retry(named, others=count - len(named))
            return self.ask_for_many(request, question, action="retry_many")
        done = transfers_retry(possible, actor=request.user.get_username())
        messages.success(request, f"{times(done, 'document')} will be looked at again.")
        return None

    # One document -------------------------------------------------------------------------------

    def notes_for(self, record: Transfer) -> list[Note]:
        """Say where the document is and why."""
        if not record.sentence:
            return []
        tone = _TONES.get(record.state, "plain")
        reason = record.get_reason_display() if record.reason else ""
        return [Note(tone, record.sentence, headline(record.get_state_display(), reason))]

    def links_for(self, record: Transfer) -> list[tuple[str, str]]:
        """Lead to what is missing."""
        address = _mapping_url(record)
        if not address:
            return []
        has_none = record.reason == Reason.DEFAULT_ACCOUNT
        words = "Choose the default GL account" if has_none else "Fill in the missing mapping"
        return [(words, address)]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        transfer = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if transfer is not None:
            extra |= self._page(transfer)
        return super().change_view(request, object_id, form_url, extra)

    def _page(self, transfer: Transfer) -> dict[str, Any]:
        flow = flow_of(transfer.integration, transfer.flow)
        source, target = sides(transfer.integration, flow)
        return {
            "title": f"{flow_word(transfer.flow)}: {transfer}",
            "transfer": transfer,
            "state_colour": STATE_COLOURS[transfer.state],
            "amount": shown(transfer.amount, transfer.currency),
            "flow": flow_word(transfer.flow),
            "source_label": source.declared.label,
            "target_label": target.declared.label,
            "source_rows": header_of(transfer.source),
            "target_rows": header_of(transfer.body, sent=True),
            "source_url": record_url(source, flow.reads, transfer.source_id) if flow else "",
            "target_url": record_url(target, flow.writes, transfer.target_id) if flow else "",
            "lines": lines_of(transfer.body, target),
            "source_lines": lines_of(transfer.source, source) if not transfer.body else [],
            "steps": steps_of(transfer),
            "files": list(transfer.documents.all()),
            "choose_url": self.act_url(transfer, "choose") if _asks_to_choose(transfer) else "",
        }


def _asks_to_choose(transfer: Transfer) -> bool:
    return (
        bool(transfer.candidates)
        and transfer.state == State.BLOCKED
        and (transfer.reason in (Reason.CANDIDATES, Reason.DUPLICATE))
    )


def _mapping_url(transfer: Transfer) -> str:
    """Return the address of the mapping that would free a document, filled in as far as known."""
    if transfer.state != State.BLOCKED:
        return ""
    if transfer.reason == Reason.DEFAULT_ACCOUNT:
        return reverse("admin:syncs_integration_change", args=(transfer.integration_id,))
    kind = _MAPPED_BY.get(Reason(transfer.reason))
    if kind is None or not transfer.missing:
        return ""
    known: dict[str, str | int] = {
        "integration": transfer.integration_id,
        "kind": kind,
        "code": transfer.missing,
    }
    return f"{reverse('admin:syncs_mapping_add')}?{urlencode(known)}"
