"""Currency rates by day, and amounts brought from one currency to another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo.pricing import money
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env


def on(row: Row, day: date) -> Decimal:
    """Return the currency's rate that day: units for one unit of the company's currency."""
    found = row.get("_rate", 1.0)
    for since, rate in sorted(row.get("_rates") or ()):
        if since <= day:
            found = rate
    return Decimal(repr(float(found)))


def between(env: Env, source: int, target: int, day: date) -> Decimal:
    """Return how many units of `target` one unit of `source` is worth that day."""
    currencies = env["res.currency"].rows
    return on(currencies[target], day) / on(currencies[source], day)


def places(env: Env, currency: int) -> int:
    return int(env["res.currency"].rows[currency].get("decimal_places") or 0)


def rounded(env: Env, amount: Decimal | float, currency: int) -> Decimal:
    return money(amount, places(env, currency))


def converted(env: Env, amount: Decimal, source: int, target: int, day: date) -> Decimal:
    if source == target:
        return amount
    return rounded(env, amount * between(env, source, target, day), target)
