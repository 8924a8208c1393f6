"""The rows of one database, with an undo journal so that a refused request leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.odoo import schema

Row = dict[str, Any]


class Table:
    """One model's rows by id, and the ids of its rows by parent."""

    def __init__(self, parents: tuple[str, ...]) -> None:
        self.rows: dict[int, Row] = {}
        self.last_id = 0
        # A dict instead of a set keeps the order in which rows came.
        self.children: dict[str, dict[int, dict[int, None]]] = {name: {} for name in parents}

    def __deepcopy__(self, memo: dict[int, Any]) -> Table:
        """Share the rows themselves, which nobody changes; a lagging read needs such a copy."""
        copied = Table(())
        copied.rows = dict(self.rows)
        copied.last_id = self.last_id
        copied.children = {
            field: {parent: dict(ids) for parent, ids in index.items()}
            for field, index in self.children.items()
        }
        return copied


class Store:
    """All tables. Rows are never changed in place: `put` replaces them."""

    def __init__(self, version: int) -> None:
        parents = schema.inverse_fields(version)
        self.tables = {name: Table(parents.get(name, ())) for name in schema.load(version)}
        self._before: dict[tuple[str, int], Row | None] = {}
        # The last number of each series without gaps; a rollback gives numbers back.
        self.numbers: dict[str, int] = {}
        self._numbers_before: dict[str, int] = {}

    def next_number(self, series: str) -> int:
        last = self.numbers.get(series, 0)
        self._numbers_before.setdefault(series, last)
        self.numbers[series] = last + 1
        return last + 1

    def keep_numbers(self) -> None:
        """Let the numbers taken stay taken, whatever happens to the rows."""
        self._numbers_before = {}

    def get(self, model: str, record: int) -> Row | None:
        return self.tables[model].rows.get(record)

    def rows(self, model: str) -> Iterator[Row]:
        return iter(self.tables[model].rows.values())

    def children(self, model: str, field: str, parent: int) -> list[int]:
        return list(self.tables[model].children[field].get(parent, ()))

    def next_id(self, model: str) -> int:
        """Take the next id; as with a PostgreSQL sequence, a rollback does not give it back."""
        table = self.tables[model]
        table.last_id += 1
        return table.last_id

    def put(self, model: str, record: int, row: Row) -> None:
        old = self._replace(model, record, row)
        self._before.setdefault((model, record), old)

    def drop(self, model: str, record: int) -> None:
        old = self._replace(model, record, None)
        self._before.setdefault((model, record), old)

    def commit(self) -> None:
        self._before = {}
        self._numbers_before = {}

    def rollback(self) -> None:
        for (model, record), row in self._before.items():
            self._replace(model, record, row)
        self._before = {}
        self.numbers.update(self._numbers_before)
        self._numbers_before = {}

    def changes(self) -> list[tuple[str, int, Row | None, Row | None]]:
        """Return (model, id, row before, row now) for all rows touched since the last commit."""
        return [(m, r, old, self.get(m, r)) for (m, r), old in self._before.items()]

    def _replace(self, model: str, record: int, row: Row | None) -> Row | None:
        table = self.tables[model]
        old = table.rows.get(record)
        for field, index in table.children.items():
            was = old.get(field) if old else None
            now = row.get(field) if row else None
            if was == now:
                continue
            if was:
                index[was].pop(record, None)
            if now:
                index.setdefault(now, {})[record] = None
        if row is None:
            table.rows.pop(record, None)
        else:
            table.rows[record] = row
        return old
