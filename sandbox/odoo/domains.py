"""Search domains: from the list a client sends to a test on rows.

Reference: docs/systems/odoo.md §2 (refusals), §4 (datetimes), §5 (fields that are not stored).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.odoo.errors import ServerError, value_error
from sandbox.odoo.leaves import NEGATIVE, OPERATORS, leaf_test
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

Test = Callable[[Row], bool]
ALIASES = {"==": "=", "<>": "!="}


@dataclass(frozen=True)
class Node:
    """A part of a domain: its test and, where an index gives it, the only ids it can fit."""

    test: Test
    ids: set[int] | None = None


def compiled(model: Model, domain: Any) -> Node:
    """Return the test for a whole domain."""
    if isinstance(domain, str) or not isinstance(domain, Sequence | None):
        raise ServerError("builtins.TypeError", f"Domain() invalid type {type(domain).__name__}")
    stack: list[Node] = []
    for item in reversed(domain or []):
        if isinstance(item, str):
            stack.append(_joined(item, stack))
        else:
            stack.append(_leaf(model, item))
    return _all(reversed(stack))


def mentions(domain: Any, field: str) -> bool:
    """Say whether the domain itself filters on the field, which turns the active test off."""
    return any(
        isinstance(item, Sequence) and not isinstance(item, str) and item and item[0] == field
        for item in domain or []
    )


def _joined(operator: str, stack: list[Node]) -> Node:
    needed = {"!": 1, "&": 2, "|": 2}.get(operator)
    if needed is None:
        raise value_error(f"Domain() invalid item in domain: {operator!r}")
    if len(stack) < needed:
        raise value_error(f"Domain() missing operand for {operator!r}")
    first = stack.pop()
    if operator == "!":
        return Node(lambda row: not first.test(row))
    second = stack.pop()
    if operator == "&":
        return _all([first, second])
    ids = first.ids | second.ids if first.ids is not None and second.ids is not None else None
    return Node(lambda row: first.test(row) or second.test(row), ids)


def _all(nodes: Iterable[Node]) -> Node:
    parts = list(nodes)
    if len(parts) == 1:
        return parts[0]
    tests = [part.test for part in parts]
    known = [part.ids for part in parts if part.ids is not None]
    ids = set.intersection(*known) if known else None
    return Node(lambda row: all(test(row) for test in tests), ids)


def _leaf(model: Model, item: Any) -> Node:
    if not isinstance(item, Sequence) or len(item) != 3:
        raise value_error(f"Domain() invalid item in domain: {item!r}")
    path, operator, value = item
    if (path, operator) in ((1, "="), (0, "=")):
        return Node(lambda row: path == value)
    operator = ALIASES.get(operator, operator)
    condition = f"({path!r}, {operator!r}, {value!r})"
    if operator not in OPERATORS:
        raise value_error(f"Invalid operator in condition {condition}")
    if not isinstance(path, str):
        raise value_error(f"Invalid field in condition {condition}")
    name, _, rest = path.partition(".")
    field = model.fields.get(name)
    if field is None:
        raise value_error(f"Invalid field {model.name}.{path} in condition {condition}")
    if not field.store and not field.searchable:
        raise value_error(f"Cannot convert {model.name}.{name} to SQL because it is not stored")
    if rest:
        return _through(model, name, [[rest, operator, value]], condition)
    if operator in ("any", "not any"):
        node = _through(model, name, value, condition)
        return node if operator == "any" else Node(lambda row: not node.test(row))
    return Node(leaf_test(model, field, operator, value), _ids(model, name, operator, value))


def _through(model: Model, name: str, domain: list[Any], condition: str) -> Node:
    """Test the records a relation leads to; a negative condition means none of them fits."""
    comodel = model.comodel(model.fields[name])
    if comodel is None:
        raise value_error(f"Invalid field {model.name}.{name} in condition {condition}")
    negated = len(domain) == 1 and domain[0][1] in NEGATIVE
    if negated:
        path, operator, value = domain[0]
        domain = [[path, NEGATIVE[operator], value]]
    node = compiled(comodel, domain)
    rows = comodel.rows

    def fits(row: Row) -> bool:
        related = model.related_ids(row, name)
        found = any(i in rows and node.test(rows[i]) for i in related)
        return found is not negated

    return Node(fits)


def _ids(model: Model, name: str, operator: str, value: Any) -> set[int] | None:
    """Return the only ids that can fit, when the id or an indexed parent says so."""
    wanted = value if operator == "in" else [value] if operator == "=" else None
    if not isinstance(wanted, list) or not all(type(v) is int for v in wanted):
        return None
    if name == "id":
        return set(wanted)
    index = model.table.children.get(name)
    if index is None:
        return None
    return {child for parent in wanted for child in index.get(parent, ())}
