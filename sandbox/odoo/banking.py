"""What a bank statement does to payments: its lines settle the outstanding account.

Reference: docs/systems/odoo.md §6.2 (is_matched). How Odoo keeps statements is left out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo.errors import UserError
from sandbox.odoo.models.entries import ITEM, MOVE, Entry, Line, book
from sandbox.odoo.models.partials import reconcile
from sandbox.odoo.models.residuals import decimal, follow, payable_items
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

PAYMENT = "account.payment"


def match(env: Env, payment: int) -> int:
    """Book a bank statement line for the payment and return its entry."""
    row = env[PAYMENT].row(payment)
    if row["state"] not in ("in_process", "paid") or row.get("is_matched"):
        raise UserError("Only a confirmed payment that is not matched yet can be matched.")
    items = _money_items(env, row) or _billed_items(env, row)
    if not items:
        raise UserError("There is nothing open this bank statement line could settle.")
    statement = _book(env, row, items)
    follow(env, [statement])
    first = env.store.children(ITEM, "move_id", statement)[0]
    reconcile(env, [first, *(item["id"] for item in items)])
    env[PAYMENT].assign(payment, {"_bank_matched": True})
    if not row.get("move_id"):
        env[PAYMENT].assign(payment, {"state": "paid", "is_matched": True})
    follow(env, [statement, *(item["move_id"] for item in items)])
    return statement


def _money_items(env: Env, payment: Row) -> list[Row]:
    if not payment.get("move_id"):
        return []
    rows = [env[ITEM].rows[i] for i in env.store.children(ITEM, "move_id", payment["move_id"])]
    return [row for row in rows if row.get("_role") == "liquidity" and not row.get("reconciled")]


def _billed_items(env: Env, payment: Row) -> list[Row]:
    """A payment without entry is matched with its bills themselves."""
    moves = env[MOVE].rows
    bills = [moves[i] for i in payment.get("invoice_ids") or () if i in moves]
    rows = [row for bill in bills for row in payable_items(env, bill)]
    return [row for row in rows if not row.get("reconciled")]


def _book(env: Env, payment: Row, items: list[Row]) -> int:
    currency = items[0]["currency_id"]
    if payment.get("move_id"):
        amount = -sum((decimal(row["amount_residual_currency"]) for row in items), Decimal())
        balance = -sum((decimal(row["amount_residual"]) for row in items), Decimal())
    else:
        sign = 1 if payment["payment_type"] == "outbound" else -1
        amount = sign * decimal(payment["amount"])
        in_company = decimal(env[PAYMENT].value(payment, "amount_company_currency_signed"))
        balance = sign * abs(in_company)
        currency = payment["currency_id"]
    journal = env["account.journal"].rows[payment["journal_id"]]
    label = payment.get("memo") or payment.get("name")
    lines = [
        Line(items[0]["account_id"], currency, amount, balance, label, role="bank"),
        Line(journal["default_account_id"], currency, -amount, -balance, label),
    ]
    company, partner = payment["company_id"], payment.get("partner_id")
    entry = Entry(journal["id"], env.now.date(), currency, company, ref=label, partner=partner)
    return book(env, entry, lines)
