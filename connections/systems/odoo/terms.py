"""When a bill falls due by Odoo's payment terms."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from connections.systems.odoo.values import Row, link

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

MODEL = "account.payment.term.line"
FIELDS = ("payment_id", "nb_days", "delay_type", "days_next_month")


def due_date(lines: Iterable[Row], start: date) -> date | None:
    """Return the day the last instalment is due, None for terms without lines."""
    days = [_line_due(line, start) for line in lines]
    return max(days, default=None)


def terms_by_id(client: OdooClient, ids: Iterable[int]) -> dict[int, list[Row]]:
    """Return the lines of these payment terms; each term is read once in the life of a client."""
    wanted = {id for id in ids if id}
    terms = client.lookup("account.payment.term", "line_ids")
    terms.load(wanted)
    lines = client.lookup(MODEL, *FIELDS)
    lines.load(line for term in wanted for line in terms.get(term).get("line_ids", ()))
    return {term: _lines(client, term) for term in wanted}


def _lines(client: OdooClient, term: int) -> list[Row]:
    lines = client.lookup(MODEL, *FIELDS)
    ids = client.lookup("account.payment.term", "line_ids").get(term).get("line_ids", ())
    found = [lines.get(line) for line in ids]
    return [line for line in found if link(line.get("payment_id")) == term]


def _line_due(line: Row, start: date) -> date:
    """Reference: docs/systems/odoo.md#payment-terms"""
    days = timedelta(days=int(line["nb_days"] or 0))
    kind = line["delay_type"]
    if kind == "days_after_end_of_month":
        return _month_end(start) + days
    if kind == "days_after_end_of_next_month":
        return _month_end(_next_month(start, 1)) + days
    if kind == "days_end_of_month_on_the":
        return _on_the(line["days_next_month"], start + days)
    return start + days


def _on_the(day_of_month: object, day: date) -> date:
    written = str(day_of_month or "").strip()
    wanted = int(written) if written.isdecimal() else 1
    return _next_month(day, wanted) if wanted else _month_end(day)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _next_month(day: date, wanted: int) -> date:
    """Return the wanted day of the month after, or its last if it is shorter."""
    first = _month_end(day) + timedelta(days=1)
    return first.replace(day=min(wanted, _month_end(first).day))
