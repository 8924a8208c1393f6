"""From the text cells of an import to values, with the refusals an import gives.

Reference: docs/systems/odoo.md §7.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.odoo import moments
from sandbox.odoo.errors import OdooError, ServerError
from sandbox.odoo.schema import Field

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

YES = ("1", "true", "yes")
NO = ("0", "false", "no", "")
DEFAULT_MODULE = "__import__"


class BadCell(Exception):
    """A cell that cannot be understood."""

    def __init__(self, message: str, field: str, **more: Any) -> None:
        super().__init__(message)
        self.message = message
        self.more = {"field": field, **more}


def split_id(external_id: str) -> tuple[str, str]:
    """Return module and name; without a dot the id goes to a default module."""
    module, dot, name = external_id.partition(".")
    return (module, name) if dot else (DEFAULT_MODULE, external_id)


def converted(model: Model, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one record of the import, without its ids."""
    return {
        name: _converted(model, name, cell)
        for name, cell in record.items()
        if name not in ("id", ".id")
    }


def _converted(model: Model, name: str, cell: Any) -> Any:
    field = model.fields.get(name)
    if field is None:
        raise ServerError("builtins.KeyError", repr(name))
    if isinstance(cell, list):
        comodel = model.comodel(field)
        return [[0, 0, converted(comodel, line)] for line in cell] if comodel else []
    if isinstance(cell, Mapping):
        return _relation(model, field, cell)
    if cell in ("", None, False):
        return False
    if field.type in ("many2one", "many2many"):
        return _relation(model, field, {"": cell})
    return _scalar(field, cell)


def _relation(model: Model, field: Field, cell: Mapping[str, Any]) -> Any:
    kind, value = next(iter(cell.items()))
    if value in ("", None, False):
        return [[6, 0, []]] if field.type == "many2many" else False
    if field.type == "many2one":
        return _found(model, field, kind, value)
    parts = [part.strip() for part in str(value).split(",")]
    return [[6, 0, [_found(model, field, kind, part) for part in parts]]]


def _found(model: Model, field: Field, kind: str, value: Any) -> int:
    comodel = model.comodel(field)
    if comodel is None:
        raise ServerError("builtins.KeyError", repr(field.relation))
    if kind == ".id":
        if str(value).isdigit() and int(value) in comodel.rows:
            return int(value)
        raise _no_match("database id", value, field)
    if kind == "id":
        row = model.env.sudo()["ir.model.data"].find(*split_id(str(value)))  # type: ignore[attr-defined]
        if row is not None and row["model"] == comodel.name:
            return int(row["res_id"])
        raise _no_match("external id", value, field)
    named = [i for i in comodel.rows if comodel.display(i) == value]
    if not named:
        raise _no_match("name", value, field)
    return named[0]


def _no_match(kind: str, value: Any, field: Field) -> BadCell:
    message = f"No matching record found for {kind} '{value}' in field '{field.string}'"
    found_in = "ir.model.data" if kind != "name" else field.relation
    action = {
        "name": "Possible Values",
        "type": "ir.actions.act_window",
        "target": "new",
        "view_mode": "list,form",
        "views": [[False, "list"], [False, "form"]],
        "context": {"create": False},
        "res_model": found_in,
        "domain": [["model", "=", field.relation]] if kind != "name" else [],
    }
    return BadCell(message, field.name, moreinfo=action, field_name=field.string)


def _scalar(field: Field, cell: Any) -> Any:
    text = str(cell)
    if field.type == "selection":
        for value, label in field.selection:
            if text in (value, label):
                return value
        labels = [label for _, label in field.selection]
        message = f"Value '{text}' not found in selection field '{field.string}'"
        raise BadCell(message, field.name, moreinfo=labels)
    if field.type == "boolean":
        if text.lower() not in YES + NO:
            message = f"Unknown value '{text}' for boolean field '{field.string}'"
            raise BadCell(message, field.name, moreinfo="Use '1' for yes and '0' for no")
        return text.lower() in YES
    return _typed(field, text)


def _typed(field: Field, text: str) -> Any:
    try:
        if field.type in ("integer", "many2one_reference"):
            return int(text)
        if field.type in ("float", "monetary"):
            return float(text)
        if field.type == "date":
            return moments.parse_date(text)
        if field.type == "datetime":
            return moments.parse_datetime(text)
        if field.type == "json":
            return json.loads(text)
    except (ValueError, OdooError) as error:
        kinds = {"integer": "an integer", "float": "a number", "monetary": "a number"}
        kind = kinds.get(field.type, f"a valid {field.type}")
        message = f"'{text}' does not seem to be {kind} for field '{field.string}'"
        raise BadCell(message, field.name) from error
    return text
