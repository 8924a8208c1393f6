"""The menu of the admin: what an accountant needs daily comes first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from syncs.models import Transfer
from syncs.states import NEEDS_ATTENTION

COUNTED_AT_MOST = 999


def stylesheet(request: HttpRequest) -> str:
    return static("mlconnector/pages.css")


def attention_url() -> str:
    """Return the address of the list of what waits for a person."""
    return f"{reverse('admin:syncs_transfer_changelist')}?attention=yes"


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu as the theme wants it; what somebody may not see is left out."""
    return [
        {
            "items": [
                {"title": "Home", "icon": "home", "link": reverse("admin:index")},
                _attention(request),
                _item(request, "Documents", "description", "syncs", "transfer"),
                _item(request, "Mappings", "compare_arrows", "syncs", "mapping"),
            ]
        },
        {
            "title": "Set up",
            "separator": True,
            "items": [
                _item(request, "Connections", "cable", "connections", "connection"),
                _item(request, "Integrations", "sync_alt", "syncs", "integration"),
            ],
        },
        {
            "title": "Look up",
            "separator": True,
            "items": [
                _item(request, "Audit log", "history", "audit", "auditentry"),
                _item(request, "Runs", "play_circle", "syncs", "run"),
                _item(request, "Remote records", "menu_book", "syncs", "remoterecord"),
            ],
        },
        {
            "title": "People",
            "separator": True,
            "items": [
                _item(request, "Users", "person", "auth", "user"),
                _item(request, "Groups", "group", "auth", "group"),
            ],
        },
    ]


def _attention(request: HttpRequest) -> dict[str, Any]:
    item = _item(request, "Needs attention", "notifications", "syncs", "transfer")
    item |= {"link": attention_url(), "active": _shows_attention(request)}
    rows = Transfer.objects.filter(NEEDS_ATTENTION).order_by()
    count = rows[: COUNTED_AT_MOST + 1].count()
    if count:
        item["badge"] = str(count) if count <= COUNTED_AT_MOST else f"{COUNTED_AT_MOST}+"
    return item


def _item(request: HttpRequest, title: str, icon: str, app: str, model: str) -> dict[str, Any]:
    link = reverse(f"admin:{app}_{model}_changelist")
    user = request.user
    allowed = user.has_perm(f"{app}.view_{model}") or user.has_perm(f"{app}.change_{model}")
    active = request.path.startswith(link) and not (
        model == "transfer" and _shows_attention(request)
    )
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "permission": lambda request: allowed,
        "active": active,
    }


def _shows_attention(request: HttpRequest) -> bool:
    changelist = reverse("admin:syncs_transfer_changelist")
    return request.path == changelist and request.GET.get("attention") == "yes"
