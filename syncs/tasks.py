"""What background workers run. A task takes ids, calls one function and returns a short string."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import Task

from audit.services import seal_entries
from connections.models import Connection, WebhookEvent
from syncs.engine.run import NotAllowed
from syncs.engine.run import run_integration as run
from syncs.heartbeat import beat
from syncs.listening import start_webhook_checks, webhook_look
from syncs.models import FlowState, Integration
from syncs.planning import enqueue_run, start_due, start_inbox

KEEP_TASKS = timedelta(days=30)
# A run stops itself at a safe point after so long; a task may take far longer
# (settings.Q_CLUSTER), for lists that another system cannot hand out in parts.
RUN_SECONDS = 200.0


def tick() -> str:
    """Run once a minute, by the one schedule there is. Its saved result is the heartbeat."""
    started = start_due() + start_inbox() + start_webhook_checks()
    sealed = seal_entries()
    purged = purge_old_tasks() + purge_old_events()
    return f"started {started} tasks, sealed {sealed} entries, purged {purged} old rows"


def run_integration(
    integration_id: int, trigger: str, actor: str = "system", baseline: bool = False
) -> str:
    """Run one integration; a run that ran out of time queues its own continuation."""
    integration = Integration.objects.filter(pk=integration_id).first()
    if integration is None:
        return "the integration is gone"
    try:
        summaries = run(
            integration,
            baseline=baseline,
            trigger=trigger,
            actor=actor,
            seconds=RUN_SECONDS,
            pulse=beat,  # both workers may be busy for longer than the supervisor waits
        )
    except NotAllowed as error:
        return str(error)[:200]
    if any(summary.outcome == "continues" for summary in summaries):
        enqueue_run(integration_id, trigger=trigger, actor=actor, baseline=baseline)
    return ", ".join(f"{s.flow}: {s.outcome}" for s in summaries)[:200]


def run_inbox(integration_id: int, flow: str) -> str:
    """Look at what webhooks told one flow. A run under way does so by itself, batch by batch."""
    integration = Integration.objects.filter(pk=integration_id, enabled=True).first()
    if integration is None or integration.paused_reason:
        return "not switched on"
    if FlowState.objects.filter(integration=integration, flow=flow, expires_at__gt=Now()).exists():
        return f"{flow}: busy"
    try:
        summaries = run(
            integration,
            flow_names=[flow],
            trigger="webhook",
            seconds=RUN_SECONDS,
            inbox_only=True,
            pulse=beat,
        )
    except NotAllowed as error:
        return str(error)[:200]
    return ", ".join(f"{s.flow}: {s.outcome}" for s in summaries)[:200]


def check_webhook(connection_id: str) -> str:
    """Look whether a subscription still stands and whether it tells of what it should."""
    connection = Connection.objects.filter(pk=connection_id).first()
    return "the connection is gone" if connection is None else webhook_look(connection)[:200]


def purge_old_events() -> int:
    """Forget events nobody will send again; what became of them is in the history."""
    old = WebhookEvent.objects.filter(received_at__lt=timezone.now() - KEEP_TASKS)
    return old.delete()[0]


def purge_old_tasks() -> int:
    """Delete old results of tasks: django-q2 is told to keep all, as its own pruning is slow."""
    deleted: int
    deleted, _ = Task.objects.filter(stopped__lt=timezone.now() - KEEP_TASKS).delete()
    return deleted
