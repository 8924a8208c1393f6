"""Search: domain, record rules, archived rows, order and page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.odoo.domains import compiled, mentions
from sandbox.odoo.errors import ServerError, UserError, value_error
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

ORDER_TERM = re.compile(r"^(\w+)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$", re.IGNORECASE)
Key = Callable[[Row], Any]


def search(
    model: Model,
    domain: Any,
    *,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[int]:
    """Return the ids that fit, in order; `limit` 0 means no limit."""
    if (limit or 0) < 0:
        name = "psycopg2.errors.InvalidRowCountInLimitClause"
        raise ServerError(name, "LIMIT must not be negative\n")
    if offset < 0:
        name = "psycopg2.errors.InvalidRowCountInResultOffsetClause"
        raise ServerError(name, "OFFSET must not be negative\n")
    node = compiled(model, domain)
    keys = order_keys(model, order or model.schema.order)
    only_active = hides_archived(model, domain)
    rows = [
        row
        for row in _candidates(model, node.ids)
        if (not only_active or row.get("active")) and node.test(row) and model.fits(row)
    ]
    sort(rows, keys)
    end = offset + limit if limit else None
    return [row["id"] for row in rows[offset:end]]


def hides_archived(model: Model, domain: Any = None) -> bool:
    """Say whether archived rows stay out: they do unless the context or the domain asks."""
    if "active" not in model.fields or not model.fields["active"].store:
        return False
    return model.env.context.get("active_test", True) and not mentions(domain, "active")


def _candidates(model: Model, ids: set[int] | None) -> list[Row]:
    if ids is None:
        return list(model.rows.values())
    return [model.rows[i] for i in sorted(ids) if i in model.rows]


def order_keys(model: Model, order: str) -> list[tuple[Key, bool]]:
    """Read an order clause into sort keys and whether each runs downwards."""
    keys = []
    for term in order.split(","):
        match = ORDER_TERM.match(term.strip())
        if match is None:
            raise UserError(
                f'Invalid "order" specified ({order}). A valid "order" specification is a '
                "comma-separated list of valid field names (optionally followed by asc/desc "
                "for the direction)"
            )
        name, direction, nulls = match.groups()
        downwards = (direction or "").lower() == "desc"
        keys.append((_key(model, name, downwards, nulls), downwards))
    return keys


def sort(rows: list[Row], keys: list[tuple[Key, bool]]) -> None:
    for key, downwards in reversed(keys):
        rows.sort(key=key, reverse=downwards)


def _key(model: Model, name: str, downwards: bool, nulls: str | None) -> Key:
    """Return the sort key of one field; PostgreSQL puts nulls after everything else."""
    field = model.fields.get(name)
    if field is None:
        raise value_error(f"Invalid field '{name}' on model '{model.name}'")
    if not field.store and not field.searchable:
        raise value_error(f"Cannot convert {model.name}.{name} to SQL because it is not stored")
    nulls_high = (nulls or "").lower() != ("last" if downwards else "first")

    def key(row: Row) -> Any:
        value = model.value(row, name)
        if field.type == "many2one" and value:
            comodel = model.comodel(field)
            value = comodel.display(value) if comodel else value
        empty = value is None or (value is False and field.type != "boolean")
        return (empty is nulls_high, 0 if empty else value)

    return key
