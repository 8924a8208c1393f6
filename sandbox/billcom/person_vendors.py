"""What a person does with vendors, and archiving of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.billcom.store import Books

Row = dict[str, Any]
Action = Callable[[Books, Row, dict[str, Any], datetime], None]


def edit(books: Books, vendor: Row, wanted: dict[str, Any], now: datetime) -> None:
    for name, value in wanted.items():
        vendor[name] = vendor.get(name, {}) | value if isinstance(value, dict) else value
    books.touch(vendor, now)


def archiving(kind: str, *, archived: bool) -> Action:
    def act(books: Books, record: Row, wanted: dict[str, Any], now: datetime) -> None:
        books.archive(kind, record["id"], now, archived=archived)

    return act


ACTIONS: Mapping[str, Action] = {
    "archive": archiving("vendors", archived=True),
    "restore": archiving("vendors", archived=False),
    "edit": edit,
}
