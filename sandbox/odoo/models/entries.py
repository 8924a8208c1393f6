"""Journal entries Odoo writes itself: of payments, of bank statements, of exchange differences.

Reference: docs/systems/odoo.md §6.3 and §8 (an entry of a closed period is booked today).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo import locks
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

MOVE, ITEM = "account.move", "account.move.line"
ZERO = Decimal()


@dataclass(frozen=True)
class Line:
    """A line to book: debits are positive. `role` tells the money side of a payment's entry."""

    account: int | None
    currency: int
    amount: Decimal
    balance: Decimal
    name: str | None = None
    role: str = ""


@dataclass(frozen=True)
class Entry:
    """What an entry is about."""

    journal: int
    day: date
    currency: int
    company: int
    ref: str | None = None
    partner: int | None = None
    payment: int | None = None


def book(env: Env, entry: Entry, lines: Sequence[Line]) -> int:
    """Write a posted entry and return its id."""
    values = _move_values(env, entry, lines)
    day = locks.open_day(env, values, entry.day)
    name = next_name(env, entry, day)
    move = env[MOVE].insert({**values, "name": name, "date": day, "state": "posted"})
    put_lines(env, move, lines)
    return move


def next_name(env: Env, entry: Entry, day: date) -> str:
    """Payments and bank lines are numbered by year, other entries by month."""
    journal = env["account.journal"].rows[entry.journal]
    if entry.payment is not None:
        return env.db.next_entry(f"P{journal['code']}/{day.year}/", 5)
    if journal["type"] in ("bank", "cash"):
        return env.db.next_entry(f"{journal['code']}/{day.year}/", 5)
    return env.db.next_entry(f"{journal['code']}/{day.year}/{day.month:02d}/", 4)


def _move_values(env: Env, entry: Entry, lines: Sequence[Line]) -> Row:
    partner = env["res.partner"].rows.get(entry.partner or 0)
    return {
        "move_type": "entry",
        "journal_id": entry.journal,
        "company_id": entry.company,
        "date": entry.day,
        "ref": entry.ref,
        "partner_id": entry.partner,
        "commercial_partner_id": partner["commercial_partner_id"] if partner else None,
        "currency_id": entry.currency,
        "origin_payment_id": entry.payment,
        "payment_state": "not_paid",
        "posted_before": True,
        "auto_post": "no",
        **_totals(lines),
    }


def _totals(lines: Sequence[Line]) -> dict[str, float]:
    total = float(sum((max(line.amount, ZERO) for line in lines), ZERO))
    balance = float(sum((max(line.balance, ZERO) for line in lines), ZERO))
    return {"amount_total": total, "amount_total_signed": balance}


def put_lines(env: Env, move: int, lines: Sequence[Line]) -> None:
    """Give the entry these lines; lines it has are changed in place, in order."""
    if sum((line.balance for line in lines), ZERO) != ZERO:
        raise AssertionError(f"the entry {move} does not balance: {lines}")
    items = env[ITEM]
    held = env.store.children(ITEM, "move_id", move)
    for number, line in enumerate(lines):
        values = {**_inherited(env[MOVE].rows[move]), **_line_values(line)}
        if number < len(held):
            items.assign(held[number], values)
        else:
            items.insert({"move_id": move, "display_type": "product", "sequence": 100, **values})
    for record in held[len(lines) :]:
        env.store.drop(ITEM, record)
    env[MOVE].assign(move, _totals(lines))


def _inherited(move: Row) -> Row:
    return {
        "parent_state": move["state"],
        "move_name": move["name"],
        "date": move["date"],
        "ref": move.get("ref"),
        "journal_id": move["journal_id"],
        "company_id": move["company_id"],
        "partner_id": move.get("commercial_partner_id"),
        "payment_id": move.get("origin_payment_id"),
    }


def _line_values(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "account_id": line.account,
        "currency_id": line.currency,
        "amount_currency": float(line.amount),
        "balance": float(line.balance),
        "debit": float(max(line.balance, ZERO)),
        "credit": float(max(-line.balance, ZERO)),
        "date_maturity": None,
        "_role": line.role,
    }


def state_becomes(env: Env, move: int, state: str) -> None:
    env[MOVE].assign(move, {"state": state})
    for record in env.store.children(ITEM, "move_id", move):
        env[ITEM].assign(record, {"parent_state": state})
