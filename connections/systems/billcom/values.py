"""Amounts, days and moments the way BILL writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

LONGEST_TEXT = 4000


def decoded(text: str) -> Any:
    """Parse JSON with every number exact. Raises ValueError."""
    return json.loads(text, parse_float=Decimal)


def encoded(body: Any) -> bytes:
    """Return `body` as JSON; a Decimal becomes the number it is, digit by digit."""
    return _text(body).encode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(k)}:{_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_text(item) for item in value) + "]"
    return json.dumps(value)


def amount(value: Any) -> Decimal:
    """Return a number of an answer; what is missing is nothing."""
    return Decimal(0) if value in (None, "") else Decimal(str(value))


def optional_amount(value: Any) -> Decimal | None:
    """Return a number of an answer, None where it is missing."""
    return None if value in (None, "") else Decimal(str(value))


def words(value: Any) -> str:
    """Return a text of an answer: some ids and numbers come as JSON numbers."""
    return "" if value is None else str(value)


def moment(value: Any) -> datetime | None:
    """Return a time of an answer in UTC, None where it is missing or unreadable."""
    try:
        found = datetime.fromisoformat(words(value))
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def day(value: Any) -> date:
    """Return a date of an answer; webhooks write a date-time where lists write a date."""
    return date.fromisoformat(words(value)[:10])


def stamp(time: datetime) -> str:
    """Write a moment for a filter: milliseconds, rounded down."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def without_blanks(fields: Mapping[str, Any]) -> Row:
    """Return the fields that say something: BILL is never sent null or an empty text."""
    return {name: value for name, value in fields.items() if value not in ("", None, {}, [])}


def cut(text: str) -> str:
    """Return a description no longer than BILL takes; nothing is matched by it."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
