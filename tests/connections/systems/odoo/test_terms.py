"""Due dates by each of Odoo's kinds of payment terms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from connections.systems.odoo.terms import due_date


def line(kind: str = "days_after", days: int = 0, on_the: Any = "10") -> dict[str, Any]:
    return {"delay_type": kind, "nb_days": days, "days_next_month": on_the}


@pytest.mark.parametrize(
    ("terms", "start", "due"),
    [
        (line(), date(2026, 11, 18), date(2026, 11, 18)),
        (line(days=30), date(2026, 11, 18), date(2026, 12, 18)),
        (line("days_after_end_of_month"), date(2026, 2, 3), date(2026, 2, 28)),
        (line("days_after_end_of_month", 15), date(2026, 12, 31), date(2027, 1, 15)),
        (line("days_after_end_of_next_month"), date(2026, 1, 31), date(2026, 2, 28)),
        (line("days_after_end_of_next_month", 5), date(2026, 11, 1), date(2027, 1, 5)),
        (line("days_end_of_month_on_the", 0, "10"), date(2026, 11, 18), date(2026, 12, 10)),
        (line("days_end_of_month_on_the", 45, "31"), date(2026, 12, 30), date(2027, 3, 31)),
        (line("days_end_of_month_on_the", 0, "31"), date(2026, 1, 31), date(2026, 2, 28)),
        (line("days_end_of_month_on_the", 0, "0"), date(2026, 2, 3), date(2026, 2, 28)),
        (line("days_end_of_month_on_the", 0, False), date(2026, 11, 18), date(2026, 12, 1)),
    ],
)
def test_each_kind_of_delay(terms: dict[str, Any], start: date, due: date) -> None:
    assert due_date([terms], start) == due


def test_the_last_instalment_counts() -> None:
    lines = [line(days=60), line(days=30)]

    assert due_date(lines, date(2026, 11, 1)) == date(2026, 12, 31)


def test_terms_without_lines_say_nothing() -> None:
    assert due_date([], date(2026, 11, 1)) is None
