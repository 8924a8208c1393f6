"""The home page: is anything wrong?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connections.models import Connection
from mlconnector.navigation import attention_url
from syncs import heartbeat
from syncs.admin.words import STAGE_COLOURS
from syncs.models import Integration, Run
from syncs.states import NEEDS_ATTENTION


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the home page shows."""
    may_look = request.user.has_perm("syncs.view_integration")
    integrations = list(Integration.objects.select_related("erp", "ap")) if may_look else []
    return context | {
        "title": "Home",
        "integrations": [_card(integration) for integration in integrations],
        "steps": _first_steps() if may_look and not _is_running(integrations) else [],
        "worker_is_silent": _worker_is_silent(),
    }


def _card(integration: Integration) -> dict[str, Any]:
    waiting = integration.transfers.filter(NEEDS_ATTENTION).count()
    return {
        "name": integration.name,
        "pair": f"{integration.erp} and {integration.ap}",
        "stage": integration.stage.capitalize(),
        "colour": STAGE_COLOURS[integration.stage],
        "paused": integration.paused_reason,
        "last_run": integration.runs.first(),
        "moved": _moved_today(integration),
        "waiting": waiting,
        "waiting_url": f"{attention_url()}&integration__id__exact={integration.pk}",
        "next_run": integration.next_run_at if integration.stage == "running" else None,
        "is_due": integration.stage == "running" and _is_past(integration.next_run_at),
        "url": reverse("admin:syncs_integration_change", args=(integration.pk,)),
    }


def _is_past(at: datetime | None) -> bool:
    return at is None or at <= timezone.now()


def _moved_today(integration: Integration) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    runs = Run.objects.filter(integration=integration, is_baseline=False, started_at__gte=midnight)
    moved = ("created", "updated", "cancelled")
    return sum(
        int(counts.get(name, 0))
        for counts in runs.values_list("counts", flat=True)
        for name in moved
    )


def _is_running(integrations: list[Integration]) -> bool:
    return any(integration.confirmed_at for integration in integrations)


def _first_steps() -> list[dict[str, Any]]:
    sides = {c.declared.side for c in Connection.objects.all()}
    integration = Integration.objects.first()
    return [
        {
            "title": "1. Add two connections",
            "text": "One to your accounting system, one to your payables system. Press Ping on "
            "each: it tells which company answers.",
            "url": reverse("admin:connections_connection_changelist"),
            "done": len(sides) == 2,
        },
        {
            "title": "2. Create an integration",
            "text": "It joins the two. Choose the start date: older documents stay where they are.",
            "url": reverse("admin:syncs_integration_changelist"),
            "done": integration is not None and integration.start_date is not None,
        },
        {
            "title": "3. Run the baseline and confirm it",
            "text": "The baseline compares both sides and writes nothing. You see what would be "
            "sent, and nothing is sent before you confirm.",
            "url": reverse("admin:syncs_integration_change", args=(integration.pk,))
            if integration
            else "",
            "done": False,
        },
    ]


def _worker_is_silent() -> bool:
    last = heartbeat.last_beat()
    patience = timedelta(seconds=float(settings.WORKER_HEARTBEAT_TIMEOUT))
    return last is None or timezone.now() - last > patience
