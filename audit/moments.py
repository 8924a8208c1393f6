"""Days and moments as every page shows them: 3 Nov 2026, 14:05, in the time zone of the server."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def shown_day(day: date | None) -> str:
    """Return "3 Nov 2026"."""
    return date_format(day, "DATE_FORMAT") if day else "—"


def shown_moment(at: datetime) -> str:
    """Return "3 Nov 2026, 14:05"."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
