"""Taking reconciliation off again; what was booked for exchange differences is booked back.

Reference: docs/systems/odoo.md §6.1 (cancelling a payment opens its bills).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.odoo.models.base import Model
from sandbox.odoo.models.entries import ITEM, MOVE, Entry, Line, book
from sandbox.odoo.models.groups import group, mark_groups
from sandbox.odoo.models.partials import reconcile
from sandbox.odoo.models.residuals import PARTIAL, decimal, follow, partials_of
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env


def unreconcile(env: Env, ids: list[int]) -> None:
    """Take reconciliation off these items; exchange differences are booked back."""
    env = env.sudo()
    gone = {row["id"]: row for item in ids for row in partials_of(env, item)}
    remove_partials(env, list(gone.values()))


def remove_partials(env: Env, partials: list[Row]) -> None:
    exchanges = {row["exchange_move_id"] for row in partials if row.get("exchange_move_id")}
    of_exchange = [
        row for row in env[PARTIAL].rows.values() if row.get("exchange_move_id") in exchanges
    ]
    gone = {row["id"]: row for row in [*partials, *of_exchange]}
    around: set[int] = set()
    for row in gone.values():
        for item in (row["debit_move_id"], row["credit_move_id"]):
            around |= group(env, item)[0]
    for partial in gone:
        env.store.drop(PARTIAL, partial)
    rows = env[ITEM].rows
    moves = {rows[item]["move_id"] for item in around}
    follow(env, moves)
    mark_groups(env, sorted(around))
    for move in sorted(exchanges):
        _book_back(env, move)


def _book_back(env: Env, move: int) -> None:
    """Reverse an exchange difference and close it against its reversal."""
    row = env[MOVE].rows[move]
    items = [env[ITEM].rows[i] for i in env.store.children(ITEM, "move_id", move)]
    lines = [
        Line(
            item["account_id"],
            item["currency_id"],
            -decimal(item["amount_currency"]),
            -decimal(item["balance"]),
            item["name"],
            role=item["_role"],
        )
        for item in items
    ]
    entry = Entry(
        row["journal_id"],
        row["date"],
        row["currency_id"],
        row["company_id"],
        ref=f"Reversal of: {row['name']}",
        partner=row.get("partner_id"),
    )
    back = book(env, entry, lines)
    env[MOVE].assign(back, {"reversed_entry_id": move})
    follow(env, [back, move])
    first = env.store.children(ITEM, "move_id", back)[0]
    reconcile(env, [items[0]["id"], first])


class PartialReconcile(Model):
    """account.partial.reconcile: deleting one takes the match off."""

    def before_unlink(self, rows: list[Row]) -> None:
        remove_partials(self.env.sudo(), rows)

    def after_unlink(self, rows: list[Row]) -> None:
        """Nothing is left to do."""
