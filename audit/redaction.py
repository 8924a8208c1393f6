"""Takes secrets out of whatever is about to be kept or shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

HIDDEN = "•••"
LONGEST_TEXT = 4000

# Names of fields whose values nobody may read later. Bank details are refused in both directions.
_SECRET_NAME = re.compile(
    r"(pass(word|wd)?|secret|token|api_?key|dev_?key|security_?key|session_?id|authorization|cookie|"
    r"signature|account_?number_?full|routing_?number|iban|bank_?account)$",
    re.IGNORECASE,
)
# An equals sign or a colon has to follow: "the password was refused" is a sentence, not a secret.
_SECRET_TEXT = re.compile(
    r"(?i)\b(bearer\s+\S+|(?:password|devkey|api_?key|sessionid|token)"
    r"[\"']?\s*[=:]\s*[\"']?[^\s\"',}]+)"
)


def redacted(value: Any) -> Any:
    """Return a copy of `value` fit for JSON, with every secret replaced."""
    if isinstance(value, Mapping):
        return {str(k): _named(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(item) for item in value]
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return redacted_text(str(value))


def redacted_text(text: str) -> str:
    """Return `text` with anything that looks like a credential replaced, cut to a sane length."""
    return _SECRET_TEXT.sub(HIDDEN, text[:LONGEST_TEXT])


def _named(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name) and value not in ("", None, False):
        return HIDDEN
    return redacted(value)
