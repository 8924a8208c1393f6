"""What the other systems count, leased in the database: it holds across threads, processes, hosts.

A slot is a row with an expiry taken by a conditional UPDATE, the same on SQLite and PostgreSQL;
time is the database's, so the clocks of several machines need not agree.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from connections.errors import LimitReached, TransientError
from connections.models.limits import LimitHour, LimitSlot
from connections.system import Limit

SLOT_EXPIRES = timedelta(seconds=100)
LONGEST_QUEUE = 60.0


class Gate:
    """The limits of one connection, as its client passes them call by call."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        self._in_flight = [limit for limit in limits if limit.in_flight is not None]
        self._hourly = [limit for limit in limits if limit.per_hour is not None]

    @contextmanager
    def slots(self, wanted: int) -> Iterator[int]:
        """Hold up to `wanted` calls, at least one, for the body; yields how many.

        Raises LimitReached when the hour is used up, TransientError when no slot comes free.
        """
        holder = uuid.uuid4().hex
        try:
            width = self._wait(holder, wanted)
            self._spend(width)
            yield width
        finally:
            self._release(holder)

    def exhausted(self) -> None:
        """The system says the hour is used up: nobody calls again before the next one."""
        for limit in self._hourly:
            spend(limit, limit.per_hour or 0, anyway=True)

    def _wait(self, holder: str, wanted: int) -> int:
        deadline = time.monotonic() + LONGEST_QUEUE
        while True:
            width = min((take(limit, holder, wanted) for limit in self._in_flight), default=wanted)
            if width:
                return width
            self._release(holder)
            if time.monotonic() > deadline:
                raise TransientError("Other work is using every call the system allows at once.")
            time.sleep(random.uniform(0.02, 0.2))  # noqa: S311 - jitter, not a secret

    def _spend(self, calls: int) -> None:
        for limit in self._hourly:
            if not spend(limit, calls):
                raise LimitReached(
                    f"The {limit.per_hour:,} calls this hour allows are used up; "
                    "work goes on at the next full hour.",
                    until=next_hour(),
                )

    def _release(self, holder: str) -> None:
        if self._in_flight:
            LimitSlot.objects.filter(holder=holder).update(holder="", expires_at=Now())


def take(limit: Limit, holder: str, wanted: int) -> int:
    """Take up to `wanted` free slots of a limit for `holder`; return how many."""
    taken = 0
    for number in _free(limit):
        free = LimitSlot.objects.filter(key=limit.key, number=number, expires_at__lte=Now())
        taken += free.update(holder=holder, expires_at=Now() + SLOT_EXPIRES)
        if taken == wanted:
            break
    return taken


def spend(limit: Limit, calls: int, *, anyway: bool = False) -> bool:
    """Count calls against the running hour; False, and nothing counted, if they do not fit."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    LimitHour.objects.get_or_create(key=limit.key, hour=hour)
    row = LimitHour.objects.filter(key=limit.key, hour=hour)
    if not anyway:
        row = row.filter(used__lte=(limit.per_hour or 0) - calls)
    return bool(row.update(used=F("used") + calls))


def next_hour() -> datetime:
    """Return when the systems start counting anew."""
    now = timezone.now().astimezone(UTC)
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _free(limit: Limit) -> list[int]:
    slots = LimitSlot.objects.filter(key=limit.key)
    known = set(slots.values_list("number", flat=True))
    wanted = range(limit.in_flight or 0)
    missing = [LimitSlot(key=limit.key, number=n) for n in wanted if n not in known]
    if missing:
        LimitSlot.objects.bulk_create(missing, ignore_conflicts=True)
    return list(
        slots.filter(expires_at__lte=Now(), number__lt=limit.in_flight).values_list(
            "number", flat=True
        )
    )
