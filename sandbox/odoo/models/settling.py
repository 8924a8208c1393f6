"""Bills and what settles them: open items assigned by hand, reversals, the payments of a bill.

Reference: docs/systems/odoo.md §6.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.odoo.models.entries import ITEM, MOVE
from sandbox.odoo.models.partials import reconcile
from sandbox.odoo.models.residuals import (
    counterparts,
    payable_items,
    payment_of,
    payments_of_bill,
)
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env


def assign_outstanding(env: Env, bills: list[int], line: int) -> None:
    """Reconcile the item with what is open on the bills, on the same account."""
    chosen = env[ITEM].row(line)
    ids = [line]
    for bill in bills:
        for item in env.store.children(ITEM, "move_id", bill):
            row = env[ITEM].rows[item]
            if row.get("account_id") == chosen["account_id"] and not row.get("reconciled"):
                ids.append(item)
    reconcile(env, ids)


def close_reversed(env: Env, record: int) -> None:
    """A credit note that is posted closes what it reverses, as far as both are open."""
    move = env[MOVE].rows[record]
    reversed_one = env[MOVE].rows.get(move["reversed_entry_id"])
    if reversed_one is None or reversed_one["state"] != "posted":
        return
    rows = [*payable_items(env, move), *payable_items(env, reversed_one)]
    open_rows = [row for row in rows if not row.get("reconciled")]
    if len({row["account_id"] for row in open_rows}) == 1 and len(open_rows) > 1:
        reconcile(env, [row["id"] for row in open_rows])


def _reconciled_payments(model: Any, row: Row) -> list[int]:
    found = counterparts(model.env, payable_items(model.env, row))
    payments = [payment_of(model.env, item) for item in found]
    ids = dict.fromkeys(payment["id"] for payment in payments if payment)
    return list(ids | dict.fromkeys(_matched_payments(model, row)))


def _matched_payments(model: Any, row: Row) -> list[int]:
    """Only payments that name the bill: who reconciles items by hand adds none (a guess)."""
    return [payment["id"] for payment in payments_of_bill(model.env, row["id"])]


def payment_fields() -> dict[str, Any]:
    """Return the computed fields of account.move that speak of payments."""
    return {
        "matched_payment_ids": _matched_payments,
        "reconciled_payment_ids": _reconciled_payments,
        "payment_count": lambda model, row: len(_reconciled_payments(model, row)),
        "has_reconciled_entries": lambda model, row: bool(
            counterparts(model.env, payable_items(model.env, row))
        ),
        "status_in_payment": lambda model, row: (
            row["payment_state"] if row["state"] == "posted" else row["state"]
        ),
    }
