"""Journal entries people and programs write line by line: both sides must come to the same.

Reference: docs/systems/odoo.md §6.3. The refusal's text is that of Odoo's sources, not recorded.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo import rates
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.entries import ITEM, MOVE, ZERO
from sandbox.odoo.models.residuals import decimal
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env


def _items(env: Env, move: int) -> list[Row]:
    rows = env[ITEM].rows
    held = [rows[i] for i in env.store.children(ITEM, "move_id", move)]
    return [row for row in held if not str(row["display_type"]).startswith("line_")]


def complete(env: Env, move: int) -> None:
    """Bring debit, credit, balance and amount in currency of each line into agreement."""
    row = env[MOVE].rows[move]
    own = env["res.company"].rows[row["company_id"]]["currency_id"]
    items = _items(env, move)
    for item in items:
        if "_role" not in item:  # Odoo's own lines are in agreement already.
            env[ITEM].assign(item["id"], _sides(env, item, row, own))
    debit = sum((decimal(env[ITEM].rows[i["id"]]["debit"]) for i in items), ZERO)
    env[MOVE].assign(move, {"amount_total": float(debit), "amount_total_signed": float(debit)})


def _sides(env: Env, item: Row, move: Row, own: int) -> dict[str, Any]:
    currency = item.get("currency_id") or move["currency_id"] or own
    balance = decimal(item.get("debit")) - decimal(item.get("credit"))
    amount = decimal(item.get("amount_currency"))
    if not balance:
        balance = decimal(item.get("balance"))
    if not balance and amount:
        balance = rates.converted(env, amount, currency, own, move["date"])
    if currency == own or not amount:
        amount = rates.converted(env, balance, own, currency, move["date"])
    return {
        "currency_id": currency,
        "amount_currency": float(amount),
        "balance": float(balance),
        "debit": float(max(balance, ZERO)),
        "credit": float(max(-balance, ZERO)),
    }


def check_balanced(env: Env, move: int) -> None:
    row = env[MOVE].rows[move]
    if row["move_type"] != "entry":
        return
    items = _items(env, move)
    debit = sum((decimal(item.get("debit")) for item in items), Decimal())
    credit = sum((decimal(item.get("credit")) for item in items), Decimal())
    if debit == credit:
        return
    journal = env["account.journal"].rows[row["journal_id"]]["name"]
    raise UserError(
        f"An error has occurred.\n\nThe move ({env[MOVE].display(move)}) is not balanced.\n"
        f"The total of debits equals {debit:.2f} and the total of credits equals {credit:.2f}.\n"
        f'You might want to specify a default account on journal "{journal}" to automatically '
        "balance each move."
    )
