"""Queueing runs: those a person wants, those that are due, those an unanswered write waits for."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from syncs.models import InboxItem, Integration, Transfer
from syncs.states import Reason, State

LEFT_OVER_AFTER = timedelta(seconds=60)


def enqueue_run(
    integration_id: int, *, trigger: str, actor: str = "system", baseline: bool = False
) -> None:
    """Queue one run of an integration. In a transaction, the queue row commits with it."""
    async_task("syncs.tasks.run_integration", integration_id, trigger, actor, baseline)


def enqueue_inbox_run(integration_id: int, flow: str) -> None:
    """Queue a look at what webhooks told one flow. In a transaction, it commits with it."""
    async_task("syncs.tasks.run_inbox", integration_id, flow)


def start_inbox() -> int:
    """Queue a look for every flow whose inbox was left over, and return how many.

    As a rule each event has queued its own; that one may have met a run under way, or a worker
    that died.
    """
    left = InboxItem.objects.filter(
        handled_at=None,
        event__received_at__lte=timezone.now() - LEFT_OVER_AFTER,
        integration__enabled=True,
        integration__paused_reason="",
    )
    pairs = set(left.order_by().values_list("integration", "flow"))
    for integration_id, flow in pairs:
        enqueue_inbox_run(integration_id, flow)
    return len(pairs)


def start_due() -> int:
    """Queue a run for every integration that is due; return how many.

    Claiming is a conditional update, so two workers that tick together start each run once.
    """
    started = 0
    for integration in Integration.objects.filter(enabled=True, paused_reason=""):
        due = integration.next_run_at
        by_schedule = due is None or due <= timezone.now()
        if by_schedule:
            started += _claim(integration)
        elif _answers_due(integration):
            enqueue_run(integration.pk, trigger="answer")
            started += 1
    return started


def _claim(integration: Integration) -> bool:
    was = integration.next_run_at
    integration.plan_next_run()
    with transaction.atomic():
        claimed = Integration.objects.filter(pk=integration.pk, next_run_at=was).update(
            next_run_at=integration.next_run_at
        )
        if claimed:
            enqueue_run(integration.pk, trigger="schedule")
    return bool(claimed)


def _answers_due(integration: Integration) -> bool:
    """Say whether an unanswered write of this integration is old enough to be settled."""
    now = timezone.now()
    waiting = Transfer.objects.filter(
        integration=integration, state=State.WAITING, reason=Reason.ANSWER
    )
    directions = {flow.name: flow.direction for flow in integration.declared.flows}
    for flow, since in waiting.values_list("flow", "unknown_since"):
        side = integration.ap if directions[flow] == "erp to ap" else integration.erp
        if since is None or now - since >= side.declared.settle_after:
            return True
    return False
