"""The pages of connections."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audit.pages import Act, Base, Note
from audit.theme import coloured
from connections.admin_webhook import WEBHOOK_ACTS, webhook_notes
from connections.errors import SyncError
from connections.forms import ConnectionForm, fieldsets_for, form_for
from connections.models import Connection
from connections.services import connection_delete, connection_save, ping
from connections.system import Level, System
from connections.systems import SYSTEMS
from connections.webhooks import webhook_forget

HEALTH_COLOURS = {"good": "success", "problem": "danger", "untested": "info"}
SIDE_WORDS = {"erp": "An accounting system", "ap": "An accounts-payable system"}
FACT_WORDS = {"time_zone": "Time zone"}


def _ping(connection: Connection, who: str, answers: dict[str, Any]) -> str:
    # The connection keeps what was found, good or bad, and its page shows that at the top.
    with suppress(SyncError):
        ping(connection, actor=who)
    return ""


@admin.register(Connection)
class ConnectionAdmin(Base[Connection]):
    """Credentials of one company in one system; secrets go in and never come out."""

    list_display = ("name", "system_word", "company", "health_word", "checked_at")
    list_filter = ("system", "health")
    search_fields = ("name__icontains", "company__icontains")
    acts = (
        Act(name="ping", label="Ping: test this connection", do=_ping, strong=True),
        *WEBHOOK_ACTS,
    )
    refusals = (SyncError,)

    @admin.display(description="system", ordering="system")
    def system_word(self, connection: Connection) -> str:
        return connection.declared.label

    @admin.display(description="health")
    def health_plain(self, connection: Connection) -> str:
        return connection.get_health_display()

    @coloured(HEALTH_COLOURS, description="health")
    def health_word(self, connection: Connection) -> tuple[str, str]:
        return connection.health, connection.get_health_display()

    @admin.display(description="what it said of itself")
    def facts_words(self, connection: Connection) -> SafeString:
        facts = [(FACT_WORDS.get(k, k.capitalize()), v) for k, v in connection.facts.items() if v]
        return format_html_join("", "{}: {}<br>", facts)

    @admin.display(description="settings")
    def settings_words(self, connection: Connection) -> SafeString:
        fields = connection.declared.setting_fields
        rows = [(field.label, connection.settings.get(field.name) or "—") for field in fields]
        return format_html_join("", "{}: {}<br>", rows)

    # What stands above the form -----------------------------------------------------------------

    def notes_for(self, record: Connection) -> list[Note]:
        """Say who answered and what the last ping found, one sentence each."""
        if record.health == Connection.Health.UNTESTED:
            return [
                Note(
                    "plain",
                    "Press Ping. It signs in, says which company answers and what the user may "
                    "do there, and changes nothing.",
                    "Not tested since it was entered or changed",
                )
            ]
        found = [(Level(level), text) for level, text in record.findings]
        serious = [Note(level, text) for level, text in found if level != Level.GOOD]
        good = tuple(text for level, text in found if level == Level.GOOD)
        if record.health == Connection.Health.GOOD or good:
            words = "It works." if record.health == Connection.Health.GOOD else "Except as below:"
            serious.append(Note("good", words, f"{record.company} answered", good))
        return [*serious, *webhook_notes(record)]

    # The form -----------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self._asked_for(request) is None and self.has_add_permission(request):
            return self._choose_system(request)
        return super().add_view(request, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Connection | None = None, change: bool = False, **kw: Any
    ) -> type[forms.ModelForm[Connection]]:
        system = obj.declared if obj else self._asked_for(request)
        if system is not None and self._may_edit(request, obj):
            kw["form"] = form_for(system)
        kw["fields"] = ("name",)  # the others are no fields of the model
        return super().get_form(request, obj, change=change, **kw)

    def get_fieldsets(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        system = obj.declared if obj else self._asked_for(request)
        if system is None or not self._may_edit(request, obj):
            sections: Any = [(None, {"fields": ("name", "system_word", "settings_words")})]
        else:
            sections = fieldsets_for(system)
        if obj is None:
            return sections
        answered = ("company", "health_plain", "checked_at", "facts_words")
        return [*sections, ("Who answered", {"fields": answered})]

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        return (
            "company", "health_plain", "checked_at", "facts_words", "system_word", "settings_words",
        )  # fmt: skip

    def save_model(
        self, request: HttpRequest, obj: Connection, form: forms.ModelForm[Connection], change: bool
    ) -> None:
        secrets = form.new_secrets if isinstance(form, ConnectionForm) else {}
        connection_save(obj, secrets, actor=request.user.get_username())

    def has_delete_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        """Keep what an integration stands on; pressing the button would only lead to a refusal."""
        if obj is not None and _is_used(obj):
            return False
        return super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        webhook_forget(obj, actor=request.user.get_username())
        connection_delete(obj, actor=request.user.get_username())

    def _may_edit(self, request: HttpRequest, obj: Connection | None) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def _asked_for(self, request: HttpRequest) -> System | None:
        return SYSTEMS.get(request.GET.get("system", ""))

    def _choose_system(self, request: HttpRequest) -> TemplateResponse:
        choices = [
            {
                "title": system.label,
                "text": SIDE_WORDS[system.side],
                "address": f"?system={system.key}",
            }
            for system in SYSTEMS.values()
        ]
        context = self.admin_site.each_context(request) | {
            "title": "Add connection",
            "content_title": "Add connection",
            "lead": "Which system do you want to connect? A connection is one company in one "
            "system: two companies need two connections.",
            "choices": choices,
        }
        return TemplateResponse(request, "admin/choose.html", context)


def _is_used(connection: Connection) -> bool:
    """Say whether something protects a connection. Who that may be only higher floors know."""
    holders = (
        (field.related_model, field.field.name)
        for field in Connection._meta.get_fields(include_hidden=True)
        if isinstance(field, models.ManyToOneRel) and field.on_delete is models.PROTECT
    )
    return any(
        model._default_manager.filter(**{name: connection}).exists() for model, name in holders
    )
