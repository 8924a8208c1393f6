"""The customer's schedule: an interval in words, or a cron line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from croniter import CroniterError, croniter
from django.utils import timezone

_EVERY = re.compile(r"^every\s+(?:(\d{1,4})\s+)?(minute|hour|day)s?$", re.IGNORECASE)
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def schedule_problem(text: str) -> str:
    """Return a sentence on what is wrong with a schedule, "" if nothing is."""
    interval = _interval(text)
    if interval is not None:
        return "" if interval else "A schedule needs at least one minute between runs."
    if len(text.split()) == 5 and _comes_round(text):
        return ""
    return (
        "This is neither an interval such as “every 15 minutes” nor a cron line of five parts "
        "such as “0 6 * * 1-5”."
    )


def next_time(text: str, after: datetime) -> datetime:
    """Return when a valid schedule is due next, strictly after `after` (aware).

    A cron line is read in the installation's time zone.
    """
    interval = _interval(text)
    if interval:
        return after + interval
    local = timezone.localtime(after)
    due: datetime = croniter(text, local).get_next(datetime)
    return due


def _comes_round(cron: str) -> bool:
    """Say whether a cron line is one, and names a day that exists: 31 February never comes."""
    try:
        croniter(cron, timezone.now()).get_next(datetime)
    except CroniterError:
        return False
    return True


def _interval(text: str) -> timedelta | None:
    found = _EVERY.match(text.strip())
    if not found:
        return None
    count, unit = found.groups()
    return int(count or 1) * _UNITS[unit.lower()]
