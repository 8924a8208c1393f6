"""What every page of the admin is built on: thin model admins, and buttons that are POSTs.

It lives on the ground floor because every floor has pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets, helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from audit.theme import ModelAdmin

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a confirm page says: sentences, a table, and what the button will do."""

    title: str
    sentences: Sequence[str] = ()
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    warning: str = ""


@dataclass(frozen=True, kw_only=True)
class Act:
    """A button on a record's page.

    `do(record, who, answers)` returns the sentence to show, "" if the page says enough. With
    `asks` a page is shown first; `form(record, data)` adds boxes to it.
    """

    name: str
    label: str
    do: Callable[[Any, str, dict[str, Any]], str]
    possible: Callable[[Any], bool] = lambda record: True
    asks: Callable[[Any], Question] | None = None
    form: Callable[[Any, Any], forms.Form] | None = None
    strong: bool = False

    @property
    def asks_first(self) -> bool:
        """Say whether a page comes before it. A template would call `asks`, and find nothing."""
        return self.asks is not None


@dataclass(frozen=True)
class Note:
    """A banner: tone is good, warning, problem or plain."""

    tone: str
    text: str
    title: str = ""
    items: tuple[str, ...] = ()


@dataclass
class Panel:
    """What stands above a record's form: banners and buttons."""

    notes: list[Note] = field(default_factory=list)
    buttons: list[tuple[Act, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


class Base(ModelAdmin[M]):
    """A model admin of ours. `refusals` are the errors whose text is written for the person."""

    acts: ClassVar[tuple[Act, ...]] = ()
    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # they would count every choice of every filter
    list_per_page = 50
    compressed_fields = True
    change_form_outer_before_template = "admin/panel.html"

    # Searching: the whole text is looked for, with the lookups of `search_fields` as they stand.
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        term = search_term.strip()
        wanted = Q()
        for lookup in self.get_search_fields(request) if term else ():
            wanted |= Q(**{lookup: term})
        return queryset.filter(wanted), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out deleting many at once: nothing here should be that easy to lose."""
        actions = cast("dict[str, Any]", super().get_actions(request))
        actions.pop("delete_selected", None)
        return actions

    # Buttons -----------------------------------------------------------------------------------

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Say whether this user may press buttons, also where the form itself is read-only."""
        name = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return bool(request.user.has_perm(name))

    def acts_for(self, request: HttpRequest, record: M) -> list[Act]:
        if not self.has_act_permission(request):
            return []
        return [act for act in self.acts if act.possible(record)]

    def notes_for(self, record: M) -> list[Note]:
        """Return the banners above a record."""
        return []

    def links_for(self, record: M) -> list[tuple[str, str]]:
        """Return (words, address) of the pages that help with a record, most helpful first."""
        return []

    def get_urls(self) -> list[URLPattern]:
        info = self.opts.app_label, self.opts.model_name
        act = path(
            "<path:object_id>/act/<slug:name>/",
            self.admin_site.admin_view(self.act_view),
            name="{}_{}_act".format(*info),
        )
        return [act, *super().get_urls()]

    def act_url(self, record: M, name: str) -> str:
        info = self.opts.app_label, self.opts.model_name
        return reverse("admin:{}_{}_act".format(*info), args=(record.pk, name))

    def record_url(self, record: M) -> str:
        info = self.opts.app_label, self.opts.model_name
        return reverse("admin:{}_{}_change".format(*info), args=(record.pk,))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        extra = {"show_save_and_add_another": False, **(extra_context or {})}
        if record is not None:
            acts = self.acts_for(request, record)
            extra["panel"] = Panel(
                self.notes_for(record),
                [(act, self.act_url(record, act.name)) for act in acts],
                self.links_for(record),
            )
        return super().change_view(request, object_id, form_url, extra)

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask, or do: only a POST does anything."""
        record = self.get_object(request, unquote(object_id))
        if not self.has_act_permission(request):
            raise PermissionDenied
        if record is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined, no-any-return]
                request, self.opts, object_id
            )
        act = next((act for act in self.acts_for(request, record) if act.name == name), None)
        if act is None:
            messages.warning(request, f"{record}: this is not possible any more.")
            return HttpResponseRedirect(self.record_url(record))
        answers = act.form(record, request.POST or None) if act.form else None
        if request.method == "POST" and (answers is None or answers.is_valid()):
            self._do(request, act, record, answers.cleaned_data if answers else {})
            return HttpResponseRedirect(self.record_url(record))
        if act.asks is None:
            return HttpResponseNotAllowed(["POST"])
        if answers is not None and request.method == "GET":
            answers.initial = {**answers.initial, **request.GET.dict()}
        return self.ask(
            request,
            act.asks(record),
            button=act.label,
            back=self.record_url(record),
            answers=answers,
            record=record,
        )

    def _do(self, request: HttpRequest, act: Act, record: M, answers: dict[str, Any]) -> None:
        try:
            sentence = act.do(record, request.user.get_username(), answers)
            if sentence:
                messages.success(request, sentence)
        except self.refusals as error:
            messages.error(request, str(error))

    def ask(
        self,
        request: HttpRequest,
        question: Question,
        *,
        button: str,
        back: str,
        answers: forms.Form | None = None,
        hidden: Sequence[tuple[str, str]] = (),
        record: M | None = None,
    ) -> TemplateResponse:
        """Show a confirm page; its button posts to the same address."""
        context = self.admin_site.each_context(request) | {
            "title": question.title,
            "opts": self.opts,
            "original": record,
            "question": question,
            "button": button,
            "back": back,
            "answers": answers,
            "hidden": hidden,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def ask_for_many(
        self, request: HttpRequest, question: Question, *, action: str
    ) -> TemplateResponse:
        """Show a confirm page for an action of the list; it sends the same choice once more."""
        box = helpers.ACTION_CHECKBOX_NAME
        hidden = [(box, pk) for pk in request.POST.getlist(box)]
        hidden += [("select_across", request.POST.get("select_across", "0"))]
        hidden += [("action", action), ("confirmed", "yes")]
        return self.ask(
            request, question, button="Yes, do it", back=request.get_full_path(), hidden=hidden
        )


class ReadOnly(Base[M]):
    """Pages that only show. What may be done there is done by buttons."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
