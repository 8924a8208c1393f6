"""Tells Django about this application, and keeps the one schedule row in place."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SyncsConfig(AppConfig):
    name = "syncs"
    verbose_name = "Documents"

    def ready(self) -> None:
        post_migrate.connect(keep_the_schedule, sender=self)


def keep_the_schedule(**kwargs: Any) -> None:
    """Own exactly one schedule row: one malformed row of django-q2 stops every other."""
    from django_q.models import Schedule

    Schedule.objects.update_or_create(
        name="tick",
        defaults={
            "func": "syncs.tasks.tick",
            "hook": "syncs.heartbeat.answered",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
        },
    )
