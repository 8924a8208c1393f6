"""Strict request bodies: what may be sent, what must be, and the complaints otherwise.

Reference: docs/systems/billcom.md#31-body-a-json-array
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Shape:
    """One value of a body. Subclasses say which values fit."""

    required: bool = False

    @property
    def never_null(self) -> bool:
        return self.required

    def complaints(self, value: Any, path: str) -> list[str]:
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Shape):
    longest: int | None = None

    def complaints(self, value: Any, path: str) -> list[str]:
        if not isinstance(value, str):
            return [f"{path}: must be a string"]
        if self.required and not value.strip():
            return [f"{path}: must not be blank"]
        if self.longest is not None and len(value) > self.longest:
            return [f"{path}: Maximum length cannot be greater than {self.longest} characters."]
        return []


@dataclass(frozen=True)
class OneOf(Shape):
    words: Sequence[str] = ()

    def complaints(self, value: Any, path: str) -> list[str]:
        if not isinstance(value, str):
            return [f"{path}: must be a string"]
        if self.required and not value.strip():
            return [f"{path}: must not be blank"]
        return [] if value in self.words else [f"{path}: {value} is not an accepted value"]


@dataclass(frozen=True)
class Flag(Shape):
    def complaints(self, value: Any, path: str) -> list[str]:
        return [] if isinstance(value, bool) else [f"{path}: must be true or false"]


@dataclass(frozen=True)
class Number(Shape):
    def complaints(self, value: Any, path: str) -> list[str]:
        fits = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return [] if fits else [f"{path}: must be a number"]


@dataclass(frozen=True)
class Day(Shape):
    def complaints(self, value: Any, path: str) -> list[str]:
        try:
            if isinstance(value, str) and DAY.fullmatch(value):
                date.fromisoformat(value)
                return []
        except ValueError:
            pass
        return [f"{path}: must be a date such as 2026-03-04"]


@dataclass(frozen=True)
class Record(Shape):
    fields: Mapping[str, Shape] = field(default_factory=dict)

    def complaints(self, value: Any, path: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{path or 'body'}: must be an object"]
        before = f"{path}." if path else ""
        found = [f"{before}{name}: unknown field" for name in value if name not in self.fields]
        for name, shape in self.fields.items():
            if value.get(name) is None:
                if shape.required or (name in value and shape.never_null):
                    found.append(f"{before}{name}: must not be null")
            else:
                found += shape.complaints(value[name], f"{before}{name}")
        return found

    def as_patch(self) -> Record:
        """Return the same shape with nothing required, except what is sent must still be good."""
        return Record(fields={name: _lenient(shape) for name, shape in self.fields.items()})


@dataclass(frozen=True)
class ListOf(Shape):
    of: Shape = field(default_factory=Shape)
    least: int = 0
    most: int | None = None

    def complaints(self, value: Any, path: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{path or 'body'}: must be an array"]
        if len(value) < self.least:
            return [f"{path or 'body'}: must not be empty"]
        if self.most is not None and len(value) > self.most:
            return [f"{path or 'body'}: size must be between {self.least} and {self.most}"]
        found = []
        for position, inner in enumerate(value):
            found += self.of.complaints(inner, f"{path}[{position}]")
        return found


@dataclass(frozen=True)
class _Sent(Shape):
    """A field that may stay away, but when sent has to pass as if it were required."""

    inner: Shape = field(default_factory=Shape)

    @property
    def never_null(self) -> bool:
        return self.inner.required

    def complaints(self, value: Any, path: str) -> list[str]:
        return self.inner.complaints(value, path)


def _lenient(shape: Shape) -> Shape:
    if isinstance(shape, Record):
        return shape.as_patch()
    return _Sent(inner=shape)
