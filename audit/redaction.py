"""Takes secrets out of whatever is about to be kept or shown."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

HIDDEN = "•••"
LONGEST_TEXT = 4000

# Names of fields whose values nobody may read later, without case and punctuation. Bank details are
# refused in both directions.
_SECRET_NAME = re.compile(
    r"(password|passwd|passphrase|pwd|secret|token|credential|(api|dev|security|private)key|"
    r"session(id)?|authorization|cookie|signature|assertion|rememberme(id)?|jwt|"
    r"(routing|bankaccount|acc)number|accountnumberfull|iban|bban|sortcode|"
    r"bank(account|info|detail)s?)s?$"
)
_IN_TEXT = (
    # password=…, "devKey": "…", Authorization: Basic …, X-Api-Key: …
    (
        re.compile(
            r"""(?ix) ( [\w-]* (?: password | passwd | secret | token | (?:api|dev)[_-]?key
            | session[_-]?id | authorization | cookie ) \\?["']? \s* [=:] \s* )
            (?: (?:basic|bearer) \s+ )?
            (?: \\?" (?:[^"\\]|\\[^"])* \\?" | ' [^']* ' | [^\s"',;&}\]]+ )"""
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\bbearer\s+\S+"), HIDDEN),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"://[^/\s@]+@"), f"://{HIDDEN}@"),
)


def redacted(value: Any) -> Any:
    """Return a copy of `value` fit for JSON, with every secret replaced."""
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple | set | frozenset):
        return _sequence(list(value))
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, bytes):
        return redacted_text(value.decode(errors="replace"))
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    return redacted_text(str(value))


def redacted_text(text: str) -> str:
    """Return `text` with anything that looks like a credential replaced, cut to a sane length."""
    text = text.replace("\0", "").encode(errors="replace").decode()  # no database takes those
    for secret, instead in _IN_TEXT:
        text = secret.sub(instead, text)
    return text[:LONGEST_TEXT]


def is_secret(name: str) -> bool:
    """Say whether a field of this name holds what nobody may read."""
    return bool(_SECRET_NAME.search(re.sub(r"[^a-z0-9]", "", name.casefold())))


def _mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    names = {str(name).casefold(): value for name, value in values.items()}
    if is_secret(str(names.get("name", ""))) and "value" in names:  # a header as an object
        return {str(k): HIDDEN if str(k).casefold() == "value" else v for k, v in values.items()}
    return {redacted_text(str(k)): _named(str(k), v) for k, v in values.items()}


def _sequence(values: list[Any]) -> list[Any]:
    is_pair = len(values) == 2 and isinstance(values[0], str)
    if is_pair and is_secret(values[0]):  # a header as a pair
        return [values[0], HIDDEN]
    return [redacted(item) for item in values]


def _named(name: str, value: Any) -> Any:
    if is_secret(name) and value not in ("", None, False):
        return HIDDEN
    return redacted(value)
