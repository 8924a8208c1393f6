"""Dates and times as Odoo reads, shows and compares them.

Reference: docs/systems/odoo.md §2 (values) and §4 (filters: whole seconds on 19, microseconds
before). Stored datetimes are naive UTC with microseconds, as in Odoo's own tables.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.odoo.errors import value_error

FORMAT = "%Y-%m-%d %H:%M:%S"
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
Test = Callable[[Any], bool]


def shown(moment: Any) -> Any:
    """Return how the API shows a stored date or time: whole seconds, no zone."""
    if isinstance(moment, datetime):
        return moment.strftime(FORMAT)
    if isinstance(moment, date):
        return moment.isoformat()
    return False


def parse_datetime(value: Any) -> datetime | None:
    """Read a datetime value to be written: only `YYYY-MM-DD HH:MM:SS` or a part of it will do."""
    if not value:
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.strptime(value, FORMAT[: len(value) - 2])
    except (TypeError, ValueError) as error:
        raise value_error(str(error)) from error


def parse_date(value: Any) -> date | None:
    """Read a date value; anything after the tenth character is cut off without complaint."""
    if not value:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.strptime(value[:10], "%Y-%m-%d").date()
    except (TypeError, ValueError) as error:
        raise value_error(str(error)) from error


def datetime_test(version: int, operator: str, value: Any) -> Test:
    """Return the test a filter on a datetime field makes."""
    if not value:
        return _emptiness(operator)
    moment, is_day = _filter_moment(version, value)
    if version < 19:
        return _compare(operator, moment)
    moment = moment.replace(microsecond=0)
    step = DAY if is_day else SECOND
    if operator == "=":
        return lambda v: v is not None and moment <= v < moment + SECOND
    if operator == "!=":
        return lambda v: v is None or not moment <= v < moment + SECOND
    if operator == ">":
        return _compare(">=", moment + step)
    if operator == "<=":
        return _compare("<", moment + step)
    return _compare(operator, moment)


def date_test(operator: str, value: Any) -> Test:
    if not value:
        return _emptiness(operator)
    return _compare(operator, parse_date(value))


def _filter_moment(version: int, value: Any) -> tuple[datetime, bool]:
    if not isinstance(value, str):
        raise value_error(f"Unsupported datetime value {value!r}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise value_error(str(error)) from error
    if moment.tzinfo is not None:
        if version >= 19:
            raise value_error("expecting only datetimes with no timezone")
        moment = moment.replace(tzinfo=None)
    return moment, len(value) <= 10


def _emptiness(operator: str) -> Test:
    if operator == "=":
        return lambda v: v is None
    if operator == "!=":
        return lambda v: v is not None
    return lambda v: False


def _compare(operator: str, limit: Any) -> Test:
    tests: dict[str, Test] = {
        "=": lambda v: v == limit,
        "!=": lambda v: v != limit,
        ">": lambda v: v is not None and v > limit,
        ">=": lambda v: v is not None and v >= limit,
        "<": lambda v: v is not None and v < limit,
        "<=": lambda v: v is not None and v <= limit,
    }
    return tests[operator]
