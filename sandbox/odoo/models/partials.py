"""Reconciliation: which debit closes which credit, and what the exchange rate left over.

Reference: docs/systems/odoo.md §6.3. Two items in one foreign currency are matched in it; an item
in the company's currency is brought to the other's by the rate of its own day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo import rates
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.entries import ITEM, ZERO, Entry, Line, book
from sandbox.odoo.models.groups import mark_groups
from sandbox.odoo.models.residuals import ALWAYS_OPEN, PARTIAL, decimal, follow
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env


@dataclass
class Side:
    """What is still open on one item while it is being matched; amounts without sign."""

    row: Row
    amount: Decimal
    in_currency: Decimal

    @property
    def currency(self) -> int:
        return int(self.row["currency_id"])

    @property
    def day(self) -> date:
        found: date = self.row["date"]
        return found

    @property
    def rate(self) -> Decimal:
        """Units of its currency for one of the company's, as the item was booked."""
        balance = abs(decimal(self.row["balance"]))
        return abs(decimal(self.row["amount_currency"])) / balance if balance else Decimal(1)


def reconcile(env: Env, ids: list[int]) -> None:
    """Match debits with credits, oldest first, as far as they go."""
    env = env.sudo()
    rows = [env[ITEM].rows[i] for i in dict.fromkeys(ids)]
    if not rows:
        return
    check(env, rows)
    ordered = sorted(rows, key=lambda row: (row.get("date_maturity") or row["date"], row["id"]))
    debits = [_side(row) for row in ordered if _weight(row) > 0]
    credits = [_side(row) for row in ordered if _weight(row) < 0]
    while debits and credits:
        debit, credit = debits[0], credits[0]
        _match(env, debit, credit)
        for queue, side in ((debits, debit), (credits, credit)):
            if side.amount == ZERO and side.in_currency == ZERO:
                queue.pop(0)
    touched = {row["move_id"] for row in rows}
    follow(env, touched)
    mark_groups(env, [row["id"] for row in rows])


def check(env: Env, rows: list[Row]) -> None:
    """Refuse what cannot be reconciled."""
    if any(row.get("reconciled") for row in rows):
        raise UserError("You are trying to reconcile some entries that are already reconciled.")
    if any(row.get("parent_state") == "cancel" for row in rows):
        raise UserError("You can only reconcile posted entries.")
    accounts = env["account.account"]
    held = list(dict.fromkeys(row.get("account_id") for row in rows))
    if len(held) > 1:
        names = ", ".join(accounts.display(i or 0) for i in held)
        raise UserError(f"Entries are not from the same account: {names}")
    if len({row["company_id"] for row in rows}) > 1:
        companies = env["res.company"]
        names = ", ".join(companies.display(i) for i in {row["company_id"] for row in rows})
        raise UserError(f"Entries don't belong to the same company: {names}")
    account = accounts.rows.get(held[0] or 0, {})
    if not account.get("reconcile") and account.get("account_type") not in ALWAYS_OPEN:
        raise UserError(
            f"Account {account.get('name') or ''} does not allow reconciliation. First change the "
            "configuration of this account to allow it."
        )


def _weight(row: Row) -> Decimal:
    return decimal(row["amount_residual"]) or decimal(row["amount_residual_currency"])


def _side(row: Row) -> Side:
    amount, in_currency = decimal(row["amount_residual"]), row["amount_residual_currency"]
    return Side(row, abs(amount), abs(decimal(in_currency)))


def _match(env: Env, debit: Side, credit: Side) -> None:
    """Write one partial reconciliation and, if rates differ, the exchange difference."""
    own = int(env["res.company"].rows[debit.row["company_id"]]["currency_id"])
    common = _common_currency(own, debit, credit)
    matched = min(_available(env, debit, common, own), _available(env, credit, common, own))
    of_debit = _in_company(env, debit, matched, common, own)
    of_credit = _in_company(env, credit, matched, common, own)
    amount = min(of_debit, of_credit)
    values: dict[str, Any] = {"amount": float(amount), "company_id": debit.row["company_id"]}
    for name, side in (("debit", debit), ("credit", credit)):
        taken = _taken(env, side, matched, common, own, amount)
        side.in_currency -= taken
        side.amount -= amount
        values[f"{name}_move_id"] = side.row["id"]
        values[f"{name}_amount_currency"] = float(taken)
        values[f"{name}_currency_id"] = side.currency
    values["max_date"] = max(debit.day, credit.day)
    partial = env[PARTIAL].insert(values)
    for side, share in ((debit, of_debit), (credit, of_credit)):
        if share != amount:
            _exchange(env, side, share - amount, partial, own)


def _common_currency(own: int, debit: Side, credit: Side) -> int:
    foreign = {side.currency for side in (debit, credit)} - {own}
    return foreign.pop() if len(foreign) == 1 else own


def _available(env: Env, side: Side, common: int, own: int) -> Decimal:
    if side.currency == common:
        return side.in_currency
    if common == own:
        return side.amount
    return rates.converted(env, side.amount, own, common, side.day)


def _in_company(env: Env, side: Side, matched: Decimal, common: int, own: int) -> Decimal:
    """Return what the matched amount is worth on this side; all of it if nothing is left."""
    if matched == _available(env, side, common, own):
        return side.amount
    if common == own:
        return matched
    rate = side.rate if side.currency == common else rates.between(env, own, common, side.day)
    return min(rates.rounded(env, matched / rate, own), side.amount)


def _taken(
    env: Env, side: Side, matched: Decimal, common: int, own: int, amount: Decimal
) -> Decimal:
    """Return what goes off the item in its own currency."""
    if side.currency == own:
        return amount
    if side.currency == common:
        return matched
    if matched == side.amount:
        return side.in_currency
    return rates.rounded(env, matched * side.rate, side.currency)


def _exchange(env: Env, side: Side, left: Decimal, partial: int, own: int) -> None:
    """Book away what only the exchange rate left on an item: a debit left is a loss."""
    company = env["res.company"].rows[side.row["company_id"]]
    is_debit = decimal(side.row["balance"]) > 0
    kind = "expense" if is_debit else "income"
    balance = -left if is_debit else left
    in_currency = balance if side.currency == own else ZERO
    label = "Currency exchange rate difference"
    account = side.row["account_id"]
    result = company[f"{kind}_currency_exchange_account_id"]
    lines = [
        Line(account, side.currency, in_currency, balance, label, role="exchange"),
        Line(result, side.currency, -in_currency, -balance, label),
    ]
    day = max(side.day, env[PARTIAL].rows[partial]["max_date"])
    journal = company["currency_exchange_journal_id"]
    partner = side.row.get("partner_id")
    entry = Entry(journal, day, own, company["id"], partner=partner)
    move = book(env, entry, lines)
    other = env.store.children(ITEM, "move_id", move)[0]
    debit, credit = (side.row["id"], other) if is_debit else (other, side.row["id"])
    env[PARTIAL].insert(
        {
            "debit_move_id": debit,
            "credit_move_id": credit,
            "amount": float(left),
            "debit_amount_currency": float(abs(in_currency)),
            "credit_amount_currency": float(abs(in_currency)),
            "debit_currency_id": side.currency,
            "credit_currency_id": side.currency,
            "company_id": company["id"],
            "max_date": day,
            "exchange_move_id": move,
        }
    )
    side.amount -= left
    side.in_currency -= abs(in_currency)
    env[PARTIAL].assign(partial, {"exchange_move_id": move})
    follow(env, [move])
