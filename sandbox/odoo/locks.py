"""Lock dates: what is dated in a closed period moves to an open day, and cannot be changed.

Reference: docs/systems/odoo.md §8.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.odoo import moments
from sandbox.odoo.errors import UserError
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

EVERYWHERE = ("fiscalyear_lock_date", "hard_lock_date")
OF_JOURNALS = {"sale": ("sale_lock_date",), "purchase": ("purchase_lock_date",)}
FIELDS = (*EVERYWHERE, "tax_lock_date", "sale_lock_date", "purchase_lock_date")


def violated(env: Env, move: Row, day: date) -> list[tuple[date, str]]:
    """Return the lock dates that day lies before or on, with their names, oldest first."""
    company = env["res.company"]
    row = company.rows[move["company_id"]]
    journal = env["account.journal"].rows.get(move.get("journal_id") or 0, {})
    names = [*EVERYWHERE, *OF_JOURNALS.get(str(journal.get("type")), ())]
    if _has_tax(env, move):
        names.append("tax_lock_date")
    held = [(row[n], company.fields[n].string) for n in names if row.get(n) and day <= row[n]]
    return sorted(held)


def _has_tax(env: Env, move: Row) -> bool:
    items = env["account.move.line"].rows
    ids = env.store.children("account.move.line", "move_id", move.get("id") or 0)
    return any(items[i].get("tax_line_id") or items[i].get("tax_ids") for i in ids)


def open_day(env: Env, move: Row, day: date) -> date:
    """Return the day an entry is booked on: the one asked for, else today, without complaint."""
    found = violated(env, move, day)
    if not found:
        return day
    return max(env.now.date(), found[-1][0] + timedelta(days=1))


def check(env: Env, move: Row) -> None:
    """Refuse to change a posted entry of a closed period."""
    found = violated(env, move, move["date"])
    if found:
        shown = ", ".join(f"{name} ({lock:%m/%d/%Y})" for lock, name in found)
        raise UserError(f"You cannot add/modify entries prior to and inclusive of: {shown}.")


def check_new(row: Row, values: Mapping[str, Any]) -> None:
    """Refuse what may not be done to a company's lock dates: the hard one only moves on."""
    if "hard_lock_date" not in values or not row.get("hard_lock_date"):
        return
    wanted = moments.parse_date(values["hard_lock_date"])
    if wanted is None:
        raise UserError("The Hard Lock Date cannot be removed.")
    if wanted < row["hard_lock_date"]:
        raise UserError("A new Hard Lock Date must be posterior (or equal) to the previous one.")
