"""load(): import of rows, with external ids that make it safe to repeat.

Reference: docs/systems/odoo.md §7: errors stand inside a 200 answer, all rows or none, a second
load of the same external id writes over the first, and one whose transaction began before the
other's was committed cannot be serialized.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.odoo import cells
from sandbox.odoo.errors import ConstraintError, OdooError, UserError, ValidationError
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

CONFLICT = "could not serialize access due to concurrent update"
Message = dict[str, Any]


@dataclass
class Record:
    """One record of the import and the rows it came from."""

    number: int
    first: int
    last: int
    values: dict[str, Any]

    def says(self, message: str, **more: Any) -> Message:
        rows = {"from": self.first, "to": self.last}
        return {"rows": rows, "record": self.number, "type": "error", "message": message, **more}


class Conflict(Exception):
    """Somebody else writes the same external id at the same time."""


def load(model: Model, fields: list[str], data: list[list[Any]]) -> dict[str, Any]:
    """Create or change the records; any error takes all of them back."""
    records = list(_records(model, [path.split("/") for path in fields], data))
    messages: list[Message] = []
    ready: list[tuple[Record, dict[str, Any]]] = []
    for record in records:
        try:
            ready.append((record, cells.converted(model, record.values)))
        except cells.BadCell as bad:
            messages.append(record.says(bad.message, **bad.more))
    ids = [] if messages else _written(model, ready, messages)
    if messages:
        model.env.store.rollback()
        return {"ids": False, "messages": messages, "nextrow": 0}
    return {"ids": ids, "messages": [], "nextrow": 0}


def _written(
    model: Model, ready: list[tuple[Record, dict[str, Any]]], messages: list[Message]
) -> list[int]:
    ids = []
    for record, values in ready:
        try:
            ids.append(_write_one(model, record, values))
        except cells.BadCell as bad:
            messages.append(record.says(bad.message, **bad.more))
        except Conflict:
            messages.append(record.says(CONFLICT))
        except ConstraintError as error:
            named = {"field": error.field} if error.field else {}
            messages.append(record.says(error.reason, **named))
        except OdooError as error:
            known = error.status < 500
            reason = f"{error.name.rpartition('.')[2]}: {error.message}"
            text = error.message if known else f"Unknown error during import: {reason}"
            messages.append(record.says(text))
    return ids


def _write_one(model: Model, record: Record, values: dict[str, Any]) -> int:
    if record.values.get(".id"):
        return _change(model, int(record.values[".id"]), values)
    external = record.values.get("id")
    if not external:
        return int(model.create([values])[0])
    if str(external).count(".") > 1:
        raise UserError(f'The ID reference "{external}" must contain maximum one dot.')
    key = cells.split_id(str(external))
    held = _held(model, key)
    if held is not None:
        return _change(model, int(held["res_id"]), values)
    made = int(model.create([values])[0])
    row = {"module": key[0], "name": key[1], "model": model.name, "res_id": made}
    model.env.sudo()["ir.model.data"].create([row])
    return made


def _change(model: Model, record: int, values: dict[str, Any]) -> int:
    if record not in model.rows:
        raise cells.BadCell(f"Unknown database identifier '{record}'", ".id")
    model.write([record], values)
    return record


def _held(model: Model, key: tuple[str, str]) -> Row | None:
    """Return what the external id names, as far as this transaction may know it."""
    db = model.env.db
    if db.load_conflicts > 0:
        db.load_conflicts -= 1
        raise Conflict
    row: Row | None = model.env.sudo()["ir.model.data"].find(*key)  # type: ignore[attr-defined]
    if row is None:
        return None
    visible = db.external_ids.get(key)
    if visible is not None and visible > model.env.now:
        raise Conflict
    if row["model"] != model.name:
        raise ValidationError(
            f"For external id {'.'.join(key)} when trying to create/update a record of model "
            f"{model.name} found record of different model {row['model']} ({row['res_id']})"
        )
    return row


def _records(model: Model, paths: list[list[str]], data: list[list[Any]]) -> Iterator[Record]:
    """Join rows to records: a row with only cells of lists continues the one before."""
    lists = {path[0] for path in paths if _is_list(model, path[0])}
    own = [i for i, path in enumerate(paths) if path[0] not in lists]
    row, number = 0, 0
    while row < len(data):
        last = row
        while last + 1 < len(data) and lists and not any(data[last + 1][i] for i in own):
            last += 1
        values = _values(model, paths, data[row : last + 1], lists)
        yield Record(number, row, last, values)
        row, number = last + 1, number + 1


def _values(
    model: Model, paths: list[list[str]], rows: list[list[Any]], lists: set[str]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path, cell in zip(paths, rows[0], strict=False):
        if path[0] not in lists:
            values[path[0]] = _cell(path, cell)
    for name in sorted(lists):
        columns = [i for i, path in enumerate(paths) if path[0] == name]
        below = [paths[i][1:] for i in columns]
        cut = [[row[i] for i in columns] for row in rows]
        comodel = model.comodel(model.fields[name])
        filled = [row for row in cut if any(row)]
        values[name] = (
            [record.values for record in _records(comodel, below, filled)] if comodel else []
        )
    return values


def _cell(path: list[str], cell: Any) -> Any:
    return {path[1]: cell} if len(path) > 1 else cell


def _is_list(model: Model, name: str) -> bool:
    field = model.fields.get(name)
    return field is not None and field.type == "one2many"
