"""Create, write and unlink: values are checked by type, lists of lines come as commands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.odoo import moments, rights
from sandbox.odoo.errors import (
    ServerError,
    broken_reference,
    missing,
    required_missing,
    value_error,
    wrong_sql_type,
)
from sandbox.odoo.schema import Field
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

# Odoo keeps these itself and drops them from what a client sends.
OWN_FIELDS = frozenset({"id", "create_date", "create_uid", "write_date", "write_uid"})
CREATE, UPDATE, DELETE, UNLINK, LINK, CLEAR, SET = range(7)


def create(model: Model, vals_list: list[Any]) -> list[int]:
    """Create records with their lines; defaults fill what is left out."""
    ids = []
    given: list[Mapping[str, Any]] = []
    for values in vals_list:
        if not isinstance(values, Mapping):
            raise ServerError("builtins.TypeError", f"Unexpected values {values!r}")
        for name in values:
            if name not in model.fields:
                raise value_error(f"Invalid field '{name}' in '{model.name}'")
        asked = {name: v for name, v in values.items() if name not in OWN_FIELDS}
        ids.append(_create_one(model, {**model.defaults(asked), **asked}))
        given.append(asked)
    model.after_create(ids, given)
    # Last, because lines take their company from the record they belong to.
    rights.check_rows(model.env, model.name, [model.rows[i] for i in ids], "create")
    return ids


def _create_one(model: Model, values: Mapping[str, Any]) -> int:
    env = model.env
    record = env.store.next_id(model.name)
    row: Row = {
        "id": record,
        "create_date": env.now,
        "create_uid": env.uid,
        "write_date": env.now,
        "write_uid": env.uid,
    }
    row.update(_converted(model, row, values))
    model.check_required(row)
    env.store.put(model.name, record, row)
    _apply_commands(model, record, values)
    return record


def write(model: Model, ids: list[Any], values: Any) -> bool:
    """Change records; the write itself touches write_date, even with equal values."""
    if not isinstance(values, Mapping):
        raise ServerError("builtins.AttributeError", f"{type(values).__name__!r} has no 'items'")
    for name in values:
        if name not in model.fields:
            raise ServerError("builtins.KeyError", name)
    env = model.env
    rows = model.existing(ids)
    rights.check_rows(env, model.name, rows, "write")
    asked = {name: v for name, v in values.items() if name not in OWN_FIELDS}
    model.before_write(rows, asked)
    for record in ids:
        row = model.rows[record]
        stamp = {"write_date": env.now, "write_uid": env.uid}
        changed = {**row, **_converted(model, row, asked), **stamp}
        _check_not_emptied(model, changed, asked)
        env.store.put(model.name, record, changed)
        _apply_commands(model, record, asked)
    model.after_write(list(ids), asked)
    return True


def unlink(model: Model, ids: list[Any]) -> bool:
    rows = model.existing(ids)
    rights.check_rows(model.env, model.name, rows, "unlink")
    model.before_unlink(rows)
    for row in rows:
        _check_unused(model, row["id"])
        for child, field in model.cascades:
            lines = model.env.sudo()[child]
            for line in model.env.store.children(child, field, row["id"]):
                model.env.store.drop(lines.name, line)
        model.env.store.drop(model.name, row["id"])
    _forget_external_ids(model, {row["id"] for row in rows})
    model.after_unlink(rows)
    return True


def _forget_external_ids(model: Model, ids: set[int]) -> None:
    store = model.env.store
    for row in list(store.rows("ir.model.data")):
        if row["model"] == model.name and row["res_id"] in ids:
            store.drop("ir.model.data", row["id"])


def check_required(model: Model, row: Row) -> None:
    for field in model.fields.values():
        if field.required and field.store and _is_empty(field, row.get(field.name)):
            label = (model.schema.description, model.name, field.string, field.name)
            raise required_missing(*label)


def _check_not_emptied(model: Model, row: Row, written: Mapping[str, Any]) -> None:
    for name in written:
        field = model.fields[name]
        if field.required and field.store and _is_empty(field, row.get(name)):
            raise required_missing(model.schema.description, model.name, field.string, name)


def _is_empty(field: Field, value: Any) -> bool:
    """Only what PostgreSQL would keep as null: a number is zero and a choice has its default."""
    if field.type in ("many2one", "date", "datetime"):
        return value is None
    if field.type in ("char", "text"):
        return value is None or value is False
    return False


def _check_unused(model: Model, record: int) -> None:
    for name, field in model.restricted_by:
        user = model.env[name]
        if any(row.get(field) == record for row in user.rows.values()):
            label = user.fields[field].string
            raise broken_reference(user.schema.description, name, label, field)


def _converted(model: Model, row: Row, values: Mapping[str, Any]) -> Row:
    changes: Row = {}
    for name, value in values.items():
        field = model.fields[name]
        if field.type == "one2many" or (name in model.computed and not field.store):
            continue
        if field.type == "many2many":
            changes[name] = _many2many(model, field, row.get(name) or [], value)
        elif field.company_dependent:
            kept = convert(model, field, value)
            changes[name] = {**(row.get(name) or {}), model.env.company: kept}
        else:
            changes[name] = convert(model, field, value)
    return changes


def convert(model: Model, field: Field, value: Any) -> Any:
    """Turn a value as sent into a value as stored, or refuse it as Odoo would."""
    if field.type == "boolean":
        return bool(value)
    if field.type == "datetime":
        return moments.parse_datetime(value)
    if field.type == "date":
        return moments.parse_date(value)
    if field.type in ("float", "monetary", "integer", "many2one_reference"):
        return _number(field, value)
    if value is None or value is False:
        return None
    if field.type == "many2one":
        return _reference(model, field, value)
    if field.type == "selection":
        return _choice(model, field, value)
    if field.type == "json":
        return _json(field, value)
    if field.type == "html" and not str(value).lstrip().startswith("<"):
        return f"<p>{value}</p>" if value else None
    return value if isinstance(value, str) else str(value)


def _number(field: Field, value: Any) -> int | float:
    kind = int if field.type in ("integer", "many2one_reference") else float
    try:
        return kind(value or 0)
    except (TypeError, ValueError) as error:
        raise ServerError(f"builtins.{type(error).__name__}", str(error)) from error


def _choice(model: Model, field: Field, value: Any) -> Any:
    if field.selection and value not in {choice for choice, _ in field.selection}:
        raise value_error(f"Wrong value for {model.name}.{field.name}: {value!r}")
    return value


def _json(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = json.loads(value)
    if field.name == "analytic_distribution":
        return {str(key): round(float(share), 2) for key, share in value.items()} or None
    return value


def _reference(model: Model, field: Field, value: Any) -> int:
    if not isinstance(value, int):
        raise wrong_sql_type("integer", value)
    comodel = model.comodel(field)
    if comodel is not None and value not in comodel.rows:
        if field.name in model.looked_into:
            raise missing(comodel.name, value, model.env.uid)
        raise broken_reference(model.schema.description, model.name, field.string, field.name)
    return value


def commands(model: Model, field: Field, value: Any) -> list[Any]:
    """Bring the ways to write a list to commands; a list of ids replaces what was there."""
    if not value:
        return [[CLEAR]] if value in (False, None) else []
    if not isinstance(value, list):
        raise value_error(f"Wrong value for {model.name}.{field.name}: {value!r}")
    if all(type(item) is int for item in value):
        return [[SET, 0, value]]
    if not all(isinstance(item, list) and item and item[0] in range(7) for item in value):
        raise value_error(f"Wrong value for {model.name}.{field.name}: {value!r}")
    return value


def _many2many(model: Model, field: Field, ids: list[int], value: Any) -> list[int]:
    kept = list(ids)
    comodel = model.comodel(field)
    for command in commands(model, field, value):
        action = command[0]
        if action == CREATE and comodel is not None:
            kept += comodel.create([command[2]])
        elif action in (DELETE, UNLINK):
            kept = [i for i in kept if i != command[1]]
        elif action == LINK:
            kept.append(command[1])
        elif action in (CLEAR, SET):
            kept = list(command[2]) if action == SET else []
    for record in kept:
        if comodel is not None and record not in comodel.rows:
            raise missing(comodel.name, record, model.env.uid)
    return list(dict.fromkeys(kept))


def _apply_commands(model: Model, record: int, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        field = model.fields[name]
        comodel = model.comodel(field)
        if field.type == "one2many" and comodel is not None:
            _apply_to_lines(model, comodel, field, record, commands(model, field, value))


def _apply_to_lines(
    model: Model, lines: Model, field: Field, record: int, asked: list[Any]
) -> None:
    inverse = field.relation_field
    new = [{**command[2], inverse: record} for command in asked if command[0] == CREATE]
    for command in asked:
        action = command[0]
        if action == UPDATE:
            lines.write([command[1]], command[2])
        elif action in (DELETE, UNLINK):
            lines.unlink([command[1]])
        elif action == LINK:
            lines.write([command[1]], {inverse: record})
        elif action in (CLEAR, SET):
            kept = set(command[2]) if action == SET else set()
            held = model.related_ids(model.rows[record], field.name)
            lines.unlink([i for i in held if i not in kept])
    if new:
        lines.create(new)
