"""Turn rows into what the API shows.

Reference: docs/systems/odoo.md §2: many2one as [id, name], unset as false, no error for the
records that are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.odoo import moments, rights, searching
from sandbox.odoo.errors import AccessError, value_error
from sandbox.odoo.schema import Field
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model


def read(
    model: Model, ids: list[Any], fields: Any, *, load: str | None = "_classic_read"
) -> list[dict[str, Any]]:
    """Read records in the order asked for; unknown ids are left out without complaint."""
    names = field_names(model, fields)
    rows = _rows(model, ids, names)
    reader = Reader(model, bare=not load)
    return [reader.shown(row, names) for row in rows]


def field_names(model: Model, fields: Any) -> list[str]:
    """Return the fields to read: all of them when the client names none."""
    names = list(fields) if fields else list(model.fields)
    for name in names:
        if name not in model.fields:
            raise value_error(f"Invalid field '{name}' on '{model.name}'")
    return names


def _rows(model: Model, ids: list[Any], names: list[str]) -> list[Row]:
    """Return the rows to read, once it is sure that the user may read all of it."""
    rows = [model.rows[i] for i in ids if isinstance(i, int) and i in model.rows]
    rights.check_rows(model.env, model.name, rows, "read")
    if rows:
        for name in names:
            _check_lines(model, model.fields[name])
    return rows


def _check_lines(model: Model, field: Field) -> None:
    """Reading a list of records the user may not read fails as a whole."""
    if field.is_x2many and not rights.may(model.env, field.relation, "read"):
        reason = rights.refusal(model.env, field.relation, "read")
        raise AccessError(f"Failed to read field {model.name}.{field.name}\n{reason}")


class Reader:
    """Shows rows of one model, looking every related name up once."""

    def __init__(self, model: Model, *, bare: bool = False) -> None:
        self.model = model
        self.bare = bare
        self._names: dict[tuple[str, int], str] = {}

    def shown(self, row: Row, names: list[str]) -> dict[str, Any]:
        fields = self.model.fields
        return {"id": row["id"], **{name: self.value(row, fields[name]) for name in names}}

    def value(self, row: Row, field: Field) -> Any:
        value = self.model.value(row, field.name)
        if field.type == "many2one":
            return self._many2one(field, value)
        if field.is_x2many:
            return x2many_ids(self.model, field, value)
        return scalar(field, value)

    def _many2one(self, field: Field, record: Any) -> Any:
        if not record:
            return False
        if self.bare:
            return record
        name = self._names.get((field.relation, record))
        if name is None:
            comodel = self.model.comodel(field)
            name = comodel.display(record) if comodel else ""
            self._names[(field.relation, record)] = name
        return [record, name]


def scalar(field: Field, value: Any) -> Any:
    if field.type in ("datetime", "date"):
        return moments.shown(value)
    if field.type in ("float", "monetary"):
        return float(value or 0)
    if value is None or (value is False and field.type not in ("integer",)):
        return False
    return value


def x2many_ids(model: Model, field: Field, ids: Any) -> list[int]:
    """Return related ids in the related model's own order, without archived ones."""
    comodel = model.comodel(field)
    if comodel is None or not ids:
        return []
    rows = [comodel.rows[i] for i in ids if i in comodel.rows]
    if searching.hides_archived(comodel):
        rows = [row for row in rows if row.get("active")]
    if len(rows) > 1:
        searching.sort(rows, searching.order_keys(comodel, comodel.schema.order))
    return [row["id"] for row in rows]


def web_read(model: Model, ids: list[Any], specification: Any) -> list[dict[str, Any]]:
    """Read a tree of fields: `{"partner_id": {"fields": {"name": {}}}}` nests the record."""
    if not isinstance(specification, Mapping):
        raise value_error("specification should be a dict")
    names = [name for name in specification if name != "id"]
    rows = _rows(model, ids, field_names(model, names or ["id"]))
    return [
        {"id": row["id"], **{name: _nested(model, row, name, specification) for name in names}}
        for row in rows
    ]


def _nested(model: Model, row: Row, name: str, specification: Mapping[str, Any]) -> Any:
    field = model.fields[name]
    wanted = (specification[name] or {}).get("fields")
    value = model.value(row, name)
    comodel = model.comodel(field)
    if field.is_x2many:
        ids = x2many_ids(model, field, value)
        return web_read(comodel, ids, wanted) if wanted is not None and comodel else ids
    if field.type == "many2one":
        if not value or wanted is None or comodel is None:
            return value or False
        return web_read(comodel.env.sudo()[comodel.name], [value], wanted)[0]
    return scalar(field, value)
