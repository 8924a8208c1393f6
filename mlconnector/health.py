"""Answers monitoring: is the database there, are background tasks being run?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django_q.models import OrmQ

from syncs import heartbeat


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all is well and 503 when somebody should look. Needs no login."""
    try:
        found = _look()
    except DatabaseError:
        return JsonResponse({"status": "bad", "database": "no answer"}, status=503)
    return JsonResponse(found, status=200 if found["status"] == "ok" else 503)


def _look() -> dict[str, Any]:
    beat_age = _age(heartbeat.last_beat())
    is_beating = beat_age is not None and beat_age < settings.WORKER_HEARTBEAT_TIMEOUT
    return {
        "status": "ok" if is_beating else "bad",
        "database": "ok",
        "seconds_since_a_task_ran": beat_age,
        "seconds_the_oldest_task_waits": _oldest_waiting(),
    }


def _oldest_waiting() -> int:
    # A queued task's lock is the moment from which it may be taken, so also when it was queued;
    # one that a worker holds is locked into the future.
    waiting = OrmQ.objects.filter(key=settings.Q_CLUSTER["name"], lock__lt=timezone.now())
    oldest = waiting.aggregate(at=Min("lock"))["at"]
    return _age(oldest) or 0


def _age(moment: datetime | None) -> int | None:
    return None if moment is None else max(0, int((timezone.now() - moment).total_seconds()))
