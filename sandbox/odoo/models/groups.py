"""Which journal items hang together through reconciliation, and the number they show for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.odoo.models.entries import ITEM
from sandbox.odoo.models.residuals import PARTIAL, other_side, partials_of

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

FULL = "account.full.reconcile"


def group(env: Env, item: int) -> tuple[set[int], set[int]]:
    """Return all items that hang together with this one, and the partials between them."""
    items, partials, waiting = {item}, set(), [item]
    while waiting:
        current = waiting.pop()
        for partial in partials_of(env, current):
            partials.add(partial["id"])
            other = other_side(partial, current)
            if other not in items:
                items.add(other)
                waiting.append(other)
    return items, partials


def mark_groups(env: Env, ids: list[int]) -> None:
    """Give items that close each other one number, and those partly closed a provisional one."""
    for item in ids:
        items, partials = group(env, item)
        rows = env[ITEM].rows
        full = None
        number = f"P{min(partials)}" if partials else None
        if partials and all(rows[i].get("reconciled") for i in items):
            full = rows[item].get("full_reconcile_id") or env[FULL].insert({})
            number = str(full)
        for record in items:
            values = {"full_reconcile_id": full, "matching_number": number}
            env[ITEM].assign(record, values)
        for partial in partials:
            env[PARTIAL].assign(partial, {"full_reconcile_id": full})
