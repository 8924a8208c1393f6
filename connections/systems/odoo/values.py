"""How Odoo writes values in JSON, turned into ours. Empty is `false`, a link is [id, "words"]."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
Domain = list[Any]


def text(value: Any) -> str:
    """Return a text without blanks around it, "" for Odoo's `false`."""
    return str(value).strip() if value else ""


def link(value: Any) -> int:
    """Return the id a many2one points to, 0 for none."""
    return int(value[0]) if value else 0


def words(value: Any) -> str:
    """Return the words a many2one is shown with."""
    return text(value[1]) if value else ""


def moment(value: Any) -> datetime | None:
    """Return a date and time. Odoo keeps and sends them in UTC, without saying so."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if value else None


def day(value: Any) -> date | None:
    """Return an accounting date."""
    return date.fromisoformat(value) if value else None


def number(value: Any) -> Decimal:
    """Return a number as it was written in the answer; nothing passed through a float."""
    return Decimal(str(value or 0))


def stamp(value: datetime) -> str:
    """Write a moment as Odoo's filters take it on every version: no `T`, no zone."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def ids_of(values: Any) -> list[int]:
    """Return our text ids as Odoo's numbers, leaving out what cannot be one."""
    return [int(value) for value in values if str(value).isdecimal()]
