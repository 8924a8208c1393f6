"""The `filters` grammar: field:op:value, commas mean AND, quotes protect commas.

Reference: docs/systems/billcom.md#4-lists-paging-sort-filters
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.billcom.errors import invalid

OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "sw")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?"
)


@dataclass(frozen=True)
class Filterable:
    """A field one may filter by: the operators it knows and the type of its values."""

    ops: Sequence[str]
    kind: str = "text"  # text, flag, day, moment, number, word
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Clause:
    field: str
    op: str
    value: Any

    def holds(self, record: Mapping[str, Any]) -> bool:
        found = value_at(record, self.field)
        if self.op == "eq":
            return bool(found == self.value)
        if self.op == "ne":
            return bool(found != self.value)
        if self.op in ("in", "nin"):
            return (found in self.value) == (self.op == "in")
        if found is None:
            return False
        if self.op == "sw":
            return str(found).startswith(self.value)
        return COMPARE[self.op](found, self.value)


def value_at(record: Mapping[str, Any], path: str) -> Any:
    found: Any = record
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def parse(text: str, allowed: Mapping[str, Filterable]) -> list[Clause]:
    """Read the whole parameter; anything not understood is refused with 400."""
    return [_clause(part, allowed) for part in _split(text)] if text else []


def _split(text: str) -> list[str]:
    parts, quoted = [""], False
    for letter in text:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    if quoted:
        raise invalid("filters: a quotation mark is not closed")
    return parts


def _clause(part: str, allowed: Mapping[str, Filterable]) -> Clause:
    pieces = part.strip().split(":", 2)
    if len(pieces) != 3:
        raise invalid(f"filters: {part} is not of the form field:op:value")
    name, op, raw = pieces
    if name not in allowed:
        raise invalid(f"filters: {name} is not a filterable field")
    if op not in OPERATORS:
        raise invalid(f"filters: {op} is not an operator")
    if op not in allowed[name].ops:
        raise invalid(f"filters: operator {op} is not supported for {name}")
    text = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw
    if not text or '"' in text:
        raise invalid(f"filters: {raw} is not a value for {name}")
    if op in ("in", "nin"):
        return Clause(
            name, op, [_value(one.strip(), name, allowed[name]) for one in text.split(",")]
        )
    return Clause(name, op, _value(text, name, allowed[name]))


def _value(text: str, name: str, field: Filterable) -> Any:
    try:
        return _READERS[field.kind](text, field)
    except (ValueError, InvalidOperation):
        raise invalid(f"filters: {text} is not a value for {name}") from None


def _flag(text: str, _: Filterable) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _word(text: str, field: Filterable) -> str:
    if text not in field.words:
        raise ValueError
    return text


def _moment(text: str, _: Filterable) -> datetime:
    if not MOMENT.fullmatch(text):
        raise ValueError
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str, field: Filterable) -> date:
    return _moment(text, field).date()


_READERS: Mapping[str, Callable[[str, Filterable], Any]] = {
    "text": lambda text, _: text,
    "flag": _flag,
    "word": _word,
    "moment": _moment,
    "day": _day,
    "number": lambda text, _: Decimal(text),
}
