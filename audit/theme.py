"""The only door to the admin theme. To go back to Django's plain admin, change this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # the theme brings no types; what it adds to Django's classes is looks
    from django.contrib.admin import ModelAdmin, SimpleListFilter
    from django.contrib.admin.filters import (
        ChoicesFieldListFilter as ChoicesFilter,
    )
    from django.contrib.admin.filters import (
        RelatedFieldListFilter as RelatedFilter,
    )
    from django.contrib.auth.forms import (
        AdminPasswordChangeForm as PasswordChangeForm,
    )
    from django.contrib.auth.forms import (
        AdminUserCreationForm as UserCreationForm,
    )
    from django.contrib.auth.forms import UserChangeForm
    from django.forms import PasswordInput, RadioSelect, Select, Textarea, TextInput
else:
    from unfold.admin import ModelAdmin as _ModelAdmin
    from unfold.contrib.filters.admin import (
        ChoicesDropdownFilter as ChoicesFilter,
    )
    from unfold.contrib.filters.admin import (
        DropdownFilter as SimpleListFilter,
    )
    from unfold.contrib.filters.admin import (
        RelatedDropdownFilter as RelatedFilter,
    )
    from unfold.forms import (
        AdminPasswordChangeForm as PasswordChangeForm,
    )
    from unfold.forms import (
        UserChangeForm,
        UserCreationForm,
    )
    from unfold.widgets import (
        UnfoldAdminPasswordWidget as PasswordInput,
    )
    from unfold.widgets import (
        UnfoldAdminRadioSelectWidget as RadioSelect,
    )
    from unfold.widgets import (
        UnfoldAdminSelectWidget as Select,
    )
    from unfold.widgets import (
        UnfoldAdminTextareaWidget as Textarea,
    )
    from unfold.widgets import (
        UnfoldAdminTextInputWidget as TextInput,
    )

    class ModelAdmin(_ModelAdmin):
        """Takes its model in brackets, as the type checker wants it."""

        def __class_getitem__(cls, model: Any) -> type[Any]:
            return cls


__all__ = [
    "ChoicesFilter",
    "ModelAdmin",
    "PasswordChangeForm",
    "PasswordInput",
    "RadioSelect",
    "RelatedFilter",
    "Select",
    "SimpleListFilter",
    "TextInput",
    "Textarea",
    "UserChangeForm",
    "UserCreationForm",
    "coloured",
]

R = TypeVar("R")
Column = Callable[[Any, R], tuple[str, str]]


class Coloured(tuple[str, str]):
    """A word with its colour in a list; where there are no colours, the word alone."""

    def __str__(self) -> str:
        return self[1]


def coloured(colours: Mapping[str, str], *, description: str) -> Callable[[Column[R]], Column[R]]:
    """Show a column as a coloured word; the function returns (key of `colours`, word)."""

    def mark(function: Column[R]) -> Column[R]:
        @wraps(function)
        def shown(page: Any, record: R) -> tuple[str, str]:
            return Coloured(function(page, record))

        shown.label = dict(colours)  # type: ignore[attr-defined]
        shown.short_description = description  # type: ignore[attr-defined]
        return shown

    return mark
