"""The journal entry of a payment: what leaves the bank, and what it settles.

Reference: docs/systems/odoo.md §6.3 and §6.4: debit the destination, credit the outstanding
account, both labelled with the memo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo import locks, rates
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.entries import (
    ITEM,
    MOVE,
    ZERO,
    Entry,
    Line,
    book,
    put_lines,
    state_becomes,
)
from sandbox.odoo.models.residuals import partials_of
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env


@dataclass(frozen=True)
class WriteOff:
    """What a payment closes without paying it; the amount is in the payment's currency."""

    account: int
    amount: Decimal
    label: str


def post(env: Env, payment: Row, write_offs: Sequence[WriteOff] = ()) -> int:
    """Write the payment's entry, or post again the one it had, and return its id."""
    env = env.sudo()
    move = payment.get("move_id")
    if not move:
        return book(env, _entry(payment), lines_of(env, payment, write_offs))
    env[MOVE].assign(move, {"date": locks.open_day(env, env[MOVE].rows[move], payment["date"])})
    put_lines(env, move, lines_of(env, payment))
    state_becomes(env, move, "posted")
    return int(move)


def rewrite(env: Env, payment: Row) -> None:
    """Let the entry follow a change of its payment; not if it is reconciled (stricter guess)."""
    env = env.sudo()
    move = env[MOVE].rows[payment["move_id"]]
    wanted, held = lines_of(env, payment), _held(env, move["id"])
    if wanted == held and move.get("ref") == payment.get("memo"):
        return
    if move["state"] == "posted" and wanted != held:
        locks.check(env, move)
    ids = env.store.children(ITEM, "move_id", move["id"])
    figures = [(line.account, line.balance, line.amount) for line in wanted]
    if figures != [(line.account, line.balance, line.amount) for line in held] and any(
        partials_of(env, item) for item in ids
    ):
        raise UserError(
            "You cannot do this modification on a reconciled journal entry. You can just change "
            "some non legal fields or you must unreconcile first.\n"
            f"Journal Entry (id): {move['name']} ({move['id']})"
        )
    partner = env["res.partner"].rows.get(payment.get("partner_id") or 0)
    commercial = partner["commercial_partner_id"] if partner else None
    values = {"ref": payment.get("memo"), "partner_id": payment.get("partner_id")}
    env[MOVE].assign(move["id"], {**values, "commercial_partner_id": commercial})
    put_lines(env, move["id"], wanted)


def _entry(payment: Row) -> Entry:
    return Entry(
        payment["journal_id"],
        payment["date"],
        payment["currency_id"],
        payment["company_id"],
        ref=payment.get("memo"),
        partner=payment.get("partner_id"),
        payment=payment["id"],
    )


def lines_of(env: Env, payment: Row, write_offs: Sequence[WriteOff] = ()) -> list[Line]:
    """Return the entry's lines: the money, what it settles, and what is written off."""
    currency = payment["currency_id"]
    own = env["res.company"].rows[payment["company_id"]]["currency_id"]
    sign = -1 if payment["payment_type"] == "outbound" else 1
    label = payment.get("memo") or _default_label(payment)

    def line(account: int, amount: Decimal, name: str, role: str = "") -> Line:
        balance = rates.converted(env, amount, currency, own, payment["date"])
        return Line(account, currency, amount, balance, name, role)

    amount = sign * rates.rounded(env, payment["amount"], currency)
    money = line(payment["outstanding_account_id"], amount, label, "liquidity")
    rest = [line(off.account, sign * off.amount, off.label, "writeoff") for off in write_offs]
    booked = [money, *rest]
    total = -sum((one.amount for one in booked), ZERO)
    balance = -sum((one.balance for one in booked), ZERO)
    settled = Line(payment["destination_account_id"], currency, total, balance, label)
    return [money, settled, *rest]


def _default_label(payment: Row) -> str:
    whom = "Vendor" if payment["partner_type"] == "supplier" else "Customer"
    return f"{whom} {'Payment' if payment['payment_type'] == 'outbound' else 'Receipt'}"


def _held(env: Env, move: int) -> list[Line]:
    rows = [env[ITEM].rows[i] for i in env.store.children(ITEM, "move_id", move)]
    return [
        Line(
            row["account_id"],
            row["currency_id"],
            Decimal(repr(row["amount_currency"])),
            Decimal(repr(row["balance"])),
            row.get("name"),
            row.get("_role") or "",
        )
        for row in rows
    ]
