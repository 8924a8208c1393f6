"""The connection form: built from what its system declares, and silent about secrets."""

from __future__ import annotations

from typing import Any

from django import forms

from audit.theme import PasswordInput, Select, TextInput
from connections.errors import ConnectionProblem
from connections.models import Connection
from connections.system import Field, System

PREFIX = "option_"
AGAIN = "Type it again: what was typed here is never sent back to the browser."
KEPT = "Stored. Leave it blank to keep it; nobody can read it here."


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and settings of a connection. `new_secrets` are those typed in now.

    Subclasses come from `form_for`; their `declared` names the system.
    """

    declared: System

    class Meta:
        model = Connection
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.system = self.declared.key
        self._stored, self._unreadable = _stored_names(self.instance)
        for declared in self.declared.fields:
            self._fit(self.fields[PREFIX + declared.name], declared)

    def _fit(self, box: forms.Field, declared: Field) -> None:
        is_stored = declared.name in self._stored
        if declared.secret:
            box.required = declared.required and not is_stored
            words = KEPT if is_stored else self._unreadable
            if self.is_bound and not is_stored:
                words = AGAIN
            box.help_text = " ".join(part for part in (words, declared.help) if part)
        elif not self.instance._state.adding:
            box.initial = self.instance.settings.get(declared.name, "")

    def clean(self) -> dict[str, Any]:
        """Put what was typed into the connection: settings to settings, secrets aside."""
        cleaned = super().clean() or {}
        typed = {
            declared: str(cleaned.get(PREFIX + declared.name) or "").strip()
            for declared in self.declared.fields
        }
        self.instance.settings = {f.name: text for f, text in typed.items() if not f.secret}
        self.new_secrets = {f.name: text for f, text in typed.items() if f.secret and text}
        return cleaned


def form_for(system: System) -> type[ConnectionForm]:
    """Return the form of a system: one box for each of its fields."""
    boxes: dict[str, Any] = {PREFIX + field.name: _box(field) for field in system.fields}
    return type("ConnectionForm", (ConnectionForm,), {"declared": system, **boxes})


def fieldsets_for(system: System) -> list[tuple[str | None, dict[str, Any]]]:
    """Return the sections of the form; what hardly anybody needs is folded away."""
    usual = tuple(PREFIX + f.name for f in system.fields if not f.advanced)
    advanced = tuple(PREFIX + f.name for f in system.fields if f.advanced)
    sections: list[tuple[str | None, dict[str, Any]]] = [
        (None, {"fields": ("name",)}),
        (f"{system.label}: where and who", {"fields": usual}),
    ]
    if advanced:
        sections.append(
            (
                "Advanced",
                {
                    "fields": advanced,
                    "classes": ("collapse",),
                    "description": "Leave these as they are unless something asks for them.",
                },
            )
        )
    return sections


def _box(field: Field) -> forms.Field:
    words: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required,
    }
    if field.secret:
        # Never sent back to the browser, not even after a mistake elsewhere in the form.
        widget = PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)
        return forms.CharField(widget=widget, strip=True, **words)
    if field.choices:
        choices = list(field.choices) if field.required else [("", "—"), *field.choices]
        return forms.ChoiceField(choices=choices, initial=field.default, widget=Select(), **words)
    return forms.CharField(initial=field.default, widget=TextInput(), max_length=500, **words)


def _stored_names(connection: Connection) -> tuple[frozenset[str], str]:
    """Return which secrets are stored, and a sentence if they are but cannot be read."""
    if connection._state.adding:
        return frozenset(), ""
    try:
        return frozenset(name for name, value in connection.secrets().items() if value), ""
    except ConnectionProblem:
        return frozenset(), "What is stored cannot be read any more: enter it again."
