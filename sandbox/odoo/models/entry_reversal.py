"""Taking a journal entry back by another one, dated anew.

Unlike a bill, an entry is reversed and posted at once: what it was matched with is let go, and the
two close one another. Reference: Odoo's own sources; what a server answers is not measured.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo.models.entries import ITEM, MOVE, Entry, Line, book
from sandbox.odoo.models.partials import reconcile
from sandbox.odoo.models.residuals import ALWAYS_OPEN, follow
from sandbox.odoo.models.unmatching import unreconcile

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env
    from sandbox.odoo.store import Row


def reverse_entry(env: Env, move: Row, *, day: date, about: str, journal: int) -> int:
    """Post the opposite of a posted entry, match the two and return the new one."""
    env = env.sudo()
    items = env.store.children(ITEM, "move_id", move["id"])
    unreconcile(env, items)
    entry = Entry(
        journal,
        day,
        move["currency_id"],
        move["company_id"],
        ref=about,
        partner=move.get("partner_id"),
    )
    made = book(env, entry, [_opposite(env[ITEM].rows[item]) for item in items])
    env[MOVE].assign(made, {"reversed_entry_id": move["id"]})
    follow(env, [made])
    for old, new in zip(items, env.store.children(ITEM, "move_id", made), strict=True):
        if _can_be_matched(env, old):
            reconcile(env, [old, new])
    return made


def _opposite(row: Row) -> Line:
    amount, balance = Decimal(repr(row["amount_currency"])), Decimal(repr(row["balance"]))
    return Line(row["account_id"], row["currency_id"], -amount, -balance, row.get("name"))


def _can_be_matched(env: Env, item: int) -> bool:
    account = env["account.account"].rows.get(env[ITEM].rows[item]["account_id"] or 0, {})
    return bool(account.get("reconcile")) or account.get("account_type") in ALWAYS_OPEN
