"""Records to JSON and back, without loss: Decimal and dates as text, tuples as lists."""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Return `value`, a record or part of one, as JSON types."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\0", "")  # which no database of ours keeps
    return value


def plain(amount: Decimal) -> str:
    """Return an amount without exponent or trailing zeros: 10, 10.0 and 10.00 are one amount."""
    text = format(amount or Decimal(0), "f")  # nor is there a 0 and a -0
    return text.rstrip("0").rstrip(".") if "." in text else text


def from_json(kind: type[T], stored: Any) -> T:
    """Return the record of type `kind` that `to_json` made `stored` from."""
    made: T = _build(kind, stored)
    return made


def digest(value: Any) -> str:
    """Return a short digest of a record or part of one; equal values, equal digests."""
    text = json.dumps(to_json(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_hints: Callable[[Any], dict[str, Any]] = cache(typing.get_type_hints)


def _build(kind: Any, stored: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if stored is None:
            return None
        (kind,) = [arm for arm in typing.get_args(kind) if arm is not type(None)]
        return _build(kind, stored)
    if origin is tuple:
        item = typing.get_args(kind)[0]
        return tuple(_build(item, each) for each in stored)
    if is_dataclass(kind):
        hints = _hints(kind)
        make: Any = kind
        return make(**{n: _build(hints[n], v) for n, v in stored.items() if n in hints})
    return _scalar(kind, stored)


def _scalar(kind: Any, stored: Any) -> Any:
    if kind is Decimal:
        return Decimal(stored)
    if kind is datetime or kind is date:
        return kind.fromisoformat(stored)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(stored)
    return stored
