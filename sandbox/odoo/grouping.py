"""read_group and formatted_read_group, as far as connectors use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.odoo import moments, searching
from sandbox.odoo.errors import value_error
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {"sum": sum, "min": min, "max": max}


def read_group(
    model: Model, domain: Any, fields: Any, groupby: Any, *, lazy: bool
) -> list[dict[str, Any]]:
    """Group as the deprecated read_group does: `<field>_count` and the `__domain` of each group."""
    names = [groupby] if isinstance(groupby, str) else list(groupby)
    used = names[:1] if lazy else names
    sums = [f for f in map(_plain, fields or ()) if f in model.fields and f not in used]
    sums = [f for f in sums if model.fields[f].type in ("float", "monetary", "integer")]
    groups = []
    for keys, rows in _groups(model, domain, used):
        group: dict[str, Any] = {n: _label(model, n, k) for n, k in zip(used, keys, strict=True)}
        group[f"{used[0]}_count" if lazy and used else "__count"] = len(rows)
        for name in sums:
            group[name] = sum(model.value(row, name) or 0 for row in rows)
        own = [
            [n, "=", moments.shown(k) if _is_moment(k) else k]
            for n, k in zip(used, keys, strict=True)
        ]
        group["__domain"] = _and([*_parts(domain), *own])
        groups.append(group)
    return groups


def formatted_read_group(
    model: Model, domain: Any, groupby: Any, aggregates: Any
) -> list[dict[str, Any]]:
    """Group as 19 does: the aggregates asked for and the `__extra_domain` of each group."""
    names = list(groupby)
    groups = []
    for keys, rows in _groups(model, domain, names):
        group: dict[str, Any] = {n: _label(model, n, k) for n, k in zip(names, keys, strict=True)}
        for aggregate in aggregates:
            group[aggregate] = _aggregate(model, aggregate, rows)
        group["__extra_domain"] = [[n, "=", k] for n, k in zip(names, keys, strict=True)]
        groups.append(group)
    return groups


def _groups(model: Model, domain: Any, names: list[str]) -> list[tuple[tuple[Any, ...], list[Row]]]:
    for name in names:
        if name not in model.fields:
            raise value_error(f"Invalid field '{name}' on model '{model.name}'")
    found: dict[tuple[Any, ...], list[Row]] = {}
    for record in searching.search(model, domain, order="id"):
        row = model.rows[record]
        found.setdefault(tuple(model.value(row, name) for name in names), []).append(row)
    keys = searching.order_keys(model, ",".join(names)) if names else []
    firsts = [rows[0] for rows in found.values()]
    searching.sort(firsts, keys)
    ordered = [tuple(model.value(row, name) for name in names) for row in firsts]
    return [(key, found[key]) for key in ordered]


def _label(model: Model, name: str, key: Any) -> Any:
    field = model.fields[name]
    if field.type == "many2one" and key:
        comodel = model.comodel(field)
        return [key, comodel.display(key) if comodel else ""]
    return moments.shown(key) if _is_moment(key) else key


def _is_moment(key: Any) -> bool:
    return hasattr(key, "isoformat")


def _aggregate(model: Model, aggregate: str, rows: list[Row]) -> Any:
    if aggregate == "__count":
        return len(rows)
    name, _, function = aggregate.partition(":")
    if name not in model.fields:
        raise value_error(f"Invalid field '{name}' on model '{model.name}'")
    values = [model.value(row, name) for row in rows]
    if function == "count":
        return sum(1 for value in values if value)
    if function == "count_distinct":
        return len({value for value in values if value})
    if function == "array_agg":
        return values
    if function not in AGGREGATES:
        raise value_error(f"Invalid aggregate method {function!r} for {aggregate!r}.")
    found = AGGREGATES[function](values) if values else False
    return moments.shown(found) if _is_moment(found) else found


def _plain(field: str) -> str:
    return field.partition(":")[0]


def _parts(domain: Any) -> list[Any]:
    return list(domain or [])


def _and(parts: list[Any]) -> list[Any]:
    """Write an and-list in prefix form, as the answer of a server has it."""
    if any(part in ("&", "|", "!") for part in parts if isinstance(part, str)):
        return ["&", *parts]
    return ["&"] * (len(parts) - 1) + parts
