"""Mappings: what becomes what. A person chooses, and what waited is looked at again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.pages import Base
from audit.theme import ChoicesFilter, RelatedFilter, SimpleListFilter
from syncs.admin.remote import RecordSelect, usable
from syncs.admin.transfer_questions import next_run
from syncs.admin.words import times
from syncs.models import Integration, Mapping, RemoteRecord
from syncs.services import mapping_delete, mapping_save

# Kind of mapping: kind of record in the accounting system, kind in the payables system.
RECORD_KINDS = {
    "gl-account": ("GLAccount", "GLAccount"),
    "tax": ("Tax", "GLAccount"),
    "dimension": ("Dimension", "Dimension"),
}
KIND_TEXTS = {
    "gl-account": "Accounts whose numbers differ. Equal numbers are matched without a row here.",
    "tax": "Taxes become a GL account of the payables system.",
    "dimension": "Analytic accounts become departments, locations or classes.",
}


class TargetFilter(SimpleListFilter):
    """Mapped or not."""

    title = "mapped"
    parameter_name = "mapped"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("no", "Not mapped yet"), ("yes", "Mapped")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("yes", "no"):
            return queryset.filter(target__isnull=self.value() == "no")
        return queryset


class MappingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Source and target; the integration and kind are settled before."""

    class Meta:
        model = Mapping
        fields = ("source", "target")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mapping = self.instance
        source_kind, target_kind = RECORD_KINDS[mapping.kind]
        for name, connection, kind in (
            ("source", mapping.integration.erp, source_kind),
            ("target", mapping.integration.ap, target_kind),
        ):
            box = self.fields.get(name)
            if not isinstance(box, forms.ModelChoiceField):
                continue
            box.label = f"In {connection.declared.label}"
            box.queryset = RemoteRecord.objects.filter(connection=connection, kind=kind)
            box.widget = RecordSelect(Mapping._meta.get_field(name), connection, kind)
            box.widget.choices = box.choices
        if "target" in self.fields:
            self.fields["target"].required = True

    def _get_validation_exclusions(self) -> set[str]:
        """Let the model compare with other rows of the same integration and kind."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"integration", "kind"}


@admin.register(Mapping)
class MappingAdmin(Base[Mapping]):
    """Rows a person made. Without a row, equal numbers and codes match by themselves."""

    list_display = ("source", "target_word", "kind", "integration", "changed_by", "changed_at")
    list_filter = (("kind", ChoicesFilter), TargetFilter, ("integration", RelatedFilter))
    list_select_related = ("integration", "source", "target")
    search_fields = (
        "source__code__istartswith", "source__name__icontains",
        "target__code__istartswith", "target__name__icontains",
    )  # fmt: skip
    search_help_text = "Number or name, on either side"
    sortable_by = ()

    @admin.display(description="in the payables system")
    def target_word(self, mapping: Mapping) -> str:
        return str(mapping.target) if mapping.target else "not mapped yet"

    def get_fieldsets(self, request: HttpRequest, obj: Mapping | None = None) -> Any:
        if obj is None:
            blank = self._blank(request)
            title = f"{blank.get_kind_display()} · {blank.integration}" if blank else None
            return [(title, {"fields": ("source", "target")})]
        return [
            (None, {"fields": ("integration", "kind", "source", "target")}),
            ("Last change", {"fields": ("changed_by", "changed_at")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Mapping | None = None) -> Any:
        fixed = ("changed_by", "changed_at")
        return ("integration", "kind", "source", *fixed) if obj else fixed

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        blank = self._blank(request)
        if blank is None and self.has_add_permission(request):
            return self._choose_kind(request)
        return super().add_view(request, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Mapping | None = None, change: bool = False, **kw: Any
    ) -> type[forms.ModelForm[Mapping]]:
        if self.has_change_permission(request, obj) or obj is None:
            kw["form"] = _form_about(None if obj else self._blank(request))
        return super().get_form(request, obj, change=change, **kw)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in the source that a blocked document asked for."""
        blank, code = self._blank(request), request.GET.get("code", "")
        if blank is None or not code:
            return {}
        source = RemoteRecord.objects.filter(
            usable(blank.integration.erp, RECORD_KINDS[blank.kind][0]), remote_id=code
        ).first()
        return {"source": source.pk} if source else {}

    def save_model(
        self, request: HttpRequest, obj: Mapping, form: forms.ModelForm[Mapping], change: bool
    ) -> None:
        released = mapping_save(obj, actor=request.user.get_username())
        if released:
            words = f"{times(released, 'document')} {'is' if released == 1 else 'are'}"
            messages.info(request, f"{words} looked at again. {next_run(obj.integration)}")

    def delete_model(self, request: HttpRequest, obj: Mapping) -> None:
        mapping_delete(obj, actor=request.user.get_username())

    def _blank(self, request: HttpRequest) -> Mapping | None:
        """Return a new mapping of the integration and kind in the address, if both make sense."""
        number, kind = request.GET.get("integration", ""), request.GET.get("kind", "")
        if not number.isdecimal() or kind not in RECORD_KINDS:
            return None
        integration = Integration.objects.filter(pk=int(number)).first()
        return Mapping(integration=integration, kind=kind) if integration else None

    def _choose_kind(self, request: HttpRequest) -> TemplateResponse:
        choices = [
            {
                "title": f"{label} · {integration}",
                "text": KIND_TEXTS[kind],
                "address": f"?integration={integration.pk}&kind={kind}",
            }
            for integration in Integration.objects.all()
            for kind, label in Mapping.Kind.choices
        ]
        context = self.admin_site.each_context(request) | {
            "title": "Add mapping",
            "content_title": "Add mapping",
            "lead": "What do you want to map, and for which integration?",
            "choices": choices,
            "nothing": "There is no integration yet. Create one first.",
        }
        return TemplateResponse(request, "admin/choose.html", context)


def _form_about(blank: Mapping | None) -> type[MappingForm]:
    """Return the form; a new mapping needs to know its integration and kind before it is filled."""
    if blank is None:
        return MappingForm

    class NewMappingForm(MappingForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["instance"] = blank
            super().__init__(*args, **kwargs)

    return NewMappingForm
