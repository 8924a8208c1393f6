"""The test one condition of a domain makes, by the type of its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.odoo.errors import wrong_sql_type
from sandbox.odoo.moments import date_test, datetime_test
from sandbox.odoo.schema import Field
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

# Negative operator -> the operator it denies.
NEGATIVE = {
    "!=": "=",
    "not in": "in",
    "not like": "like",
    "not ilike": "ilike",
    "not =like": "=like",
    "not =ilike": "=ilike",
    "not any": "any",
}
COMPARISONS = ("<", ">", "<=", ">=")
LIKES = ("like", "ilike", "=like", "=ilike")
OPERATORS = {*NEGATIVE, *NEGATIVE.values(), *COMPARISONS, "child_of", "parent_of"}
NUMBERS = ("integer", "float", "monetary", "many2one_reference")
RowTest = Callable[[Row], bool]
ValueTest = Callable[[Any], bool]


def leaf_test(model: Model, field: Field, operator: str, value: Any) -> RowTest:
    """Return the test of one row for `field operator value`."""
    if operator in ("child_of", "parent_of"):
        return _hierarchy(model, field, operator, value)
    if field.is_x2many or field.type == "many2one":
        return _relation(model, field, operator, value)
    test = _scalar(model, field, operator, value)
    name = field.name
    if name in model.computed or field.company_dependent:
        return lambda row: test(_none_if_unset(field, model.value(row, name)))
    return lambda row: test(row.get(name))


def _none_if_unset(field: Field, value: Any) -> Any:
    return None if value is False and field.type != "boolean" else value


def _scalar(model: Model, field: Field, operator: str, value: Any) -> ValueTest:
    if operator in NEGATIVE and operator != "!=":
        positive = _scalar(model, field, NEGATIVE[operator], value)
        return lambda v: not positive(v)
    if operator == "in":
        tests = [_scalar(model, field, "=", item) for item in _as_list(value)]
        if field.type not in ("datetime", "date") and len(tests) > 1:
            return _one_of(field, _as_list(value))
        return lambda v: any(test(v) for test in tests)
    if operator in LIKES:
        return _like(operator, value)
    if field.type == "datetime":
        return datetime_test(model.env.version, operator, value)
    if field.type == "date":
        return date_test(operator, value)
    if operator == "!=":
        equal = _scalar(model, field, "=", value)
        return lambda v: not equal(v)
    return _compare(field, operator, _normal(field, value))


def _one_of(field: Field, values: list[Any]) -> ValueTest:
    wanted = {_normal(field, value) for value in values}
    return lambda v: _normal(field, v) in wanted


def _compare(field: Field, operator: str, limit: Any) -> ValueTest:
    if operator == "=":
        return lambda v: bool(_normal(field, v) == limit)
    comparisons: dict[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
    }
    compare = comparisons[operator]
    return lambda v: compare(_normal(field, v), limit)


def _normal(field: Field, value: Any) -> Any:
    """Bring stored and asked values to one form: unset equals false, and zero for numbers."""
    if field.type == "boolean":
        return bool(value)
    if field.type in NUMBERS:
        try:
            return float(value or 0)
        except (TypeError, ValueError) as error:
            kind = "integer" if field.type == "integer" else "double precision"
            raise wrong_sql_type(kind, value) from error
    if value is None or value is False:
        return ""
    return value if isinstance(value, str) else str(value)


def _like(operator: str, value: Any) -> ValueTest:
    pattern = str(value or "")
    if not operator.startswith("="):
        pattern = f"%{pattern}%"
    expression = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in pattern)
    flags = re.DOTALL | (re.IGNORECASE if "ilike" in operator else 0)
    matcher = re.compile(expression, flags)
    return lambda v: matcher.fullmatch("" if v is None or v is False else str(v)) is not None


def _relation(model: Model, field: Field, operator: str, value: Any) -> RowTest:
    """Test related ids; text is looked for in the related records' display names."""
    if operator in NEGATIVE:
        positive = _relation(model, field, NEGATIVE[operator], value)
        return lambda row: not positive(row)
    name = field.name
    asked = _as_list(value)
    if operator in LIKES or any(isinstance(item, str) for item in asked):
        by_name = _names(model, field, operator if operator in LIKES else "=", asked)
        return lambda row: any(by_name(i) for i in model.related_ids(row, name))
    if operator in COMPARISONS:
        compare = _compare(model.fields["id"], operator, float(value or 0))
        return lambda row: any(compare(i) for i in model.related_ids(row, name))
    wanted = {item for item in asked if item}
    empty_too = any(not item for item in asked)

    def fits(row: Row) -> bool:
        related = model.related_ids(row, name)
        return not wanted.isdisjoint(related) if related else empty_too

    return fits


def _names(model: Model, field: Field, operator: str, asked: list[Any]) -> Callable[[int], bool]:
    comodel = model.comodel(field)
    label = model.fields["display_name"]
    tests = [_scalar(model, label, operator, item) for item in asked]
    return lambda i: comodel is not None and any(test(comodel.display(i)) for test in tests)


def _hierarchy(model: Model, field: Field, operator: str, value: Any) -> RowTest:
    tree = model if field.name == "id" else model.comodel(field) or model
    found: set[int] = set()
    waiting = [i for i in _as_list(value) if isinstance(i, int)]
    while waiting:
        record = waiting.pop()
        found.add(record)
        if operator == "child_of":
            waiting.extend(i for i, row in tree.rows.items() if row.get("parent_id") == record)
        else:
            above = tree.rows.get(record, {}).get("parent_id")
            waiting.extend([above] if above else [])
    if field.name == "id":
        return lambda row: row["id"] in found
    return lambda row: not found.isdisjoint(model.related_ids(row, field.name))


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
