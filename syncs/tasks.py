"""What background workers run. A task takes ids, calls one function and returns a short string."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_q.models import Task

KEEP_TASKS = timedelta(days=30)


def tick() -> str:
    """Run once a minute, by the one schedule there is. Its saved result is the heartbeat."""
    return f"purged {purge_old_tasks()} old task results"


def purge_old_tasks() -> int:
    """Delete old results of tasks: django-q2 is told to keep all, as its own pruning is slow."""
    deleted: int
    deleted, _ = Task.objects.filter(stopped__lt=timezone.now() - KEEP_TASKS).delete()
    return deleted
