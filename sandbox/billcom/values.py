"""Ids, times and amounts the way BILL writes them.

Reference: docs/systems/billcom.md#5-ids
"""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

CENT = Decimal("0.01")
ID_LENGTH = 20
ALPHABET = string.ascii_uppercase + string.digits


def random_from(start: str) -> Random:
    """Return a source of ids that gives the same ones after every reset."""
    return Random(start)  # noqa: S311 (ids, not secrets)


def new_id(prefix: str, random: Random) -> str:
    """Return an id of 20 characters whose first three tell the type."""
    rest = ID_LENGTH - len(prefix) - 2
    return f"{prefix}01" + "".join(random.choices(ALPHABET, k=rest))


def stamp(moment: datetime) -> str:
    """Write a moment as BILL does: milliseconds and a numeric offset."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+00:00"


def to_ms(moment: datetime) -> datetime:
    """Cut to the resolution BILL stores, so that filters agree with what was shown."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def presented(value: Any) -> Any:
    """Make a record ready for JSON; empty fields are left out, as live answers do.

    Reference: docs/systems/billcom.md#6-vendors
    """
    if isinstance(value, dict):
        shown = {key: presented(inner) for key, inner in value.items()}
        return {key: inner for key, inner in shown.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [presented(inner) for inner in value]
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
