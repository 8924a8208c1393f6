"""Tells Django about this application, checks its pairings, keeps the one schedule row."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class SyncsConfig(AppConfig):
    name = "syncs"
    verbose_name = "Documents"

    def ready(self) -> None:
        from syncs.checks import check_pairings  # late: it needs the models

        post_migrate.connect(keep_the_schedule, sender=self)
        register(check_pairings)


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
