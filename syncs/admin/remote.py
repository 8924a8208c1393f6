"""Our copies of what the systems hold, and picking one of them in a form."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audit.pages import ReadOnly
from audit.paging import LargePaginator
from audit.theme import RelatedFilter, SimpleListFilter, coloured
from connections.models import Connection
from syncs.admin.contents import header_of
from syncs.models import RemoteRecord

KINDS = {
    "Vendor": "Vendor",
    "GLAccount": "GL account",
    "Dimension": "Dimension",
    "Tax": "Tax",
    "PaymentMethod": "Payment method",
    "Bill": "Bill",
    "Payment": "Payment",
    "PurchaseOrder": "Purchase order",
}


class KindFilter(SimpleListFilter):
    """By kind of record."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(RemoteRecord)
class RemoteRecordAdmin(ReadOnly[RemoteRecord]):
    """What each system holds, as of the last look. Runs refresh it; nobody edits it."""

    list_display = ("code", "name", "kind_word", "connection", "use_word", "seen_at")
    list_display_links = ("code", "name")
    list_filter = (("connection", RelatedFilter), KindFilter)
    list_select_related = ("connection",)
    search_fields = ("code__istartswith", "name__icontains")
    search_help_text = "Code or number, or part of the name"
    sortable_by = ()
    paginator = LargePaginator
    fields = ("connection", "kind_word", "code", "name", "use_word", "values_words", "seen_at")

    @admin.display(description="kind")
    def kind_word(self, record: RemoteRecord) -> str:
        return KINDS.get(record.kind, record.kind)

    @coloured({"used": "success", "archived": "", "gone": "warning"}, description="in use")
    def use_word(self, record: RemoteRecord) -> tuple[str, str]:
        if record.gone:
            return "gone", "No longer there"
        return ("archived", "Archived") if record.archived else ("used", "In use")

    @admin.display(description="what it says there")
    def values_words(self, record: RemoteRecord) -> SafeString:
        return format_html_join("", "{}: {}<br>", header_of(record.values))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RemoteRecord], search_term: str
    ) -> tuple[QuerySet[RemoteRecord], bool]:
        """Keep to one company and kind when a form asks for choices (`RecordSelect`)."""
        connection, kind = request.GET.get("of"), request.GET.get("only")
        if connection and kind:
            queryset = queryset.filter(usable(connection, kind))
        return super().get_search_results(request, queryset, search_term)


def usable(connection: Connection | str, kind: str) -> Q:
    """Choose the records of one kind and company that new documents may name."""
    pk = connection.pk if isinstance(connection, Connection) else connection
    return Q(connection_id=pk, kind=kind, archived=False, gone=False)


class RecordSelect(AutocompleteSelect):
    """A box that finds records of one company and kind while one types."""

    def __init__(self, field: Any, connection: Connection, kind: str) -> None:
        super().__init__(field, admin.site)
        self._narrow = urlencode({"of": str(connection.pk), "only": kind})

    def get_url(self) -> str:
        return f"{super().get_url()}?{self._narrow}"
