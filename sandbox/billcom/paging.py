"""One page of a list: max, sort, filters and opaque tokens.

A token is a position, as in offset paging: rows that appear, vanish or change their place while a
client pages are seen twice or never. Reference: docs/systems/billcom.md#4-lists-paging-sort-filters
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sandbox.billcom.errors import invalid
from sandbox.billcom.filters import parse, value_at
from sandbox.billcom.listing import Listing

DEFAULT_MAX = 20
MOST = 100
Row = dict[str, Any]


def page_of(
    rows: list[Row], *, name: str, listing: Listing, query: Mapping[str, str], keep_query: bool
) -> dict[str, Any]:
    """Answer a list call. `keep_query` says whether a token carries sort and filters itself."""
    size = _size(query.get("max"))
    asked = {"sort": query.get("sort", ""), "filters": query.get("filters", "")}
    start = 0
    if query.get("page"):
        token = _read_token(query["page"], name)
        start = token["at"]
        asked = token["asked"] if keep_query else asked

    clauses = parse(asked["filters"], listing.filters)
    kept = [row for row in rows if all(clause.holds(row) for clause in clauses)]
    ordered = _sorted(kept, asked["sort"], listing)

    answer: dict[str, Any] = {}
    if start + size < len(ordered):
        answer["nextPage"] = _token(name, start + size, asked)
    if start > 0:
        answer["prevPage"] = _token(name, max(0, start - size), asked)
    return {**answer, "results": ordered[start : start + size]}


def _size(given: str | None) -> int:
    if given is None:
        return DEFAULT_MAX
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise invalid(f"max: must be between 1 and {MOST}")
    return int(given)


def _sorted(rows: list[Row], sort: str, listing: Listing) -> list[Row]:
    # Without a wish the newest come first; that order is not documented, so nobody may lean on it.
    ordered = sorted(rows, key=lambda row: row["createdTime"], reverse=True)
    for part in reversed(sort.split(",") if sort else []):
        field, _, direction = part.strip().partition(":")
        if field not in listing.sorts:
            raise invalid(f"sort: {field} is not a sortable field")
        if direction not in ("", "asc", "desc"):
            raise invalid(f"sort: {direction} is neither asc nor desc")
        ordered.sort(key=lambda row, field=field: _key(row, field), reverse=direction == "desc")  # type: ignore[misc]
    return ordered


def _key(row: Row, field: str) -> tuple[bool, Any]:
    found = value_at(row, field)
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return (found is not None, found if found is not None else 0)


def _token(name: str, at: int, asked: Mapping[str, str]) -> str:
    plain = json.dumps({"list": name, "at": at, "asked": dict(asked)})
    return base64.urlsafe_b64encode(plain.encode()).decode()


def _read_token(token: str, name: str) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.encode()))
        if read["list"] == name and isinstance(read["at"], int):
            return read
    except (binascii.Error, ValueError, KeyError, TypeError):
        pass
    raise invalid("page: the page token is not valid")
