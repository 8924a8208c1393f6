"""What is still open: on journal items, on bills and on payments.

Reference: docs/systems/odoo.md §6.1 and §6.2 (the table of states), §3 (what 19 does).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo.models.entries import ITEM, MOVE, ZERO
from sandbox.odoo.pricing import money
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

PARTIAL, PAYMENT = "account.partial.reconcile", "account.payment"
ALWAYS_OPEN = ("asset_cash", "liability_credit_card")
REVERSES = {
    "in_invoice": ({"in_refund"}, {"in_refund", "entry"}),
    "in_receipt": ({"in_refund"}, {"in_refund", "entry"}),
    "out_invoice": ({"out_refund"}, {"out_refund", "entry"}),
    "in_refund": ({"entry"},),
    "out_refund": ({"entry"},),
}


def decimal(value: Any) -> Decimal:
    """Return a stored float as the number it shows."""
    return Decimal(repr(float(value or 0)))


def partials_of(env: Env, item: int) -> list[Row]:
    rows = env[PARTIAL].rows
    store = env.store
    ids = store.children(PARTIAL, "debit_move_id", item)
    return [rows[i] for i in [*ids, *store.children(PARTIAL, "credit_move_id", item)]]


def other_side(partial: Row, item: int) -> int:
    debit, credit = int(partial["debit_move_id"]), int(partial["credit_move_id"])
    return credit if debit == item else debit


def refresh_line(env: Env, record: int) -> None:
    """Recompute what is open on one journal item; only some accounts keep something open."""
    items = env[ITEM]
    row = items.rows[record]
    account = env["account.account"].rows.get(row.get("account_id") or 0)
    if account is None:
        return
    if not (account.get("reconcile") or account["account_type"] in ALWAYS_OPEN):
        items.assign(record, {"amount_residual": 0.0, "amount_residual_currency": 0.0})
        return
    open_amount, open_currency = decimal(row["balance"]), decimal(row["amount_currency"])
    partials = partials_of(env, record)
    for partial in partials:
        sign = -1 if partial["debit_move_id"] == record else 1
        side = "debit" if sign < 0 else "credit"
        open_amount += sign * decimal(partial["amount"])
        open_currency += sign * decimal(partial[f"{side}_amount_currency"])
    closed = open_amount == ZERO and open_currency == ZERO
    values = {"amount_residual": float(open_amount), "amount_residual_currency": 0.0}
    values["amount_residual_currency"] = float(open_currency)
    done = closed and (bool(partials) or row.get("parent_state") == "posted")
    items.assign(record, {**values, "reconciled": done and bool(account.get("reconcile"))})


def payable_items(env: Env, move: Row) -> list[Row]:
    items = env[ITEM].rows
    ids = env.store.children(ITEM, "move_id", move["id"])
    return [items[i] for i in ids if items[i]["display_type"] == "payment_term"]


def refresh_bill(env: Env, record: int) -> None:
    """Recompute a bill's residual and payment state from its payable items."""
    move = env[MOVE].rows[record]
    if move["move_type"] == "entry":
        return
    items = payable_items(env, move)
    residual = sum((decimal(row["amount_residual_currency"]) for row in items), ZERO)
    signed = sum((decimal(row["amount_residual"]) for row in items), ZERO)
    sign = -1 if move["move_type"] in ("in_invoice", "in_receipt", "out_refund") else 1
    values: dict[str, Any] = {
        "amount_residual": float(money(sign * residual)),
        "amount_residual_signed": float(money(signed)),
    }
    env[MOVE].assign(record, values)
    env[MOVE].assign(record, {"payment_state": _payment_state(env, record, items)})


def _payment_state(env: Env, record: int, items: list[Row]) -> str:
    move = env[MOVE].rows[record]
    if move["state"] == "cancel":
        return "not_paid"
    others = counterparts(env, items)
    if others or move["state"] == "posted":
        if items and not move["amount_residual"]:
            return _closed_state(env, move, others)
        if others:
            return "partial"
    promised = [row for row in payments_of_bill(env, record) if not row.get("move_id")]
    if move["state"] == "posted" and any(row["state"] in PROMISING for row in promised):
        return "in_payment" if env.db.enterprise else "paid"
    return "not_paid"


PROMISING = ("in_process", "paid")


def _closed_state(env: Env, move: Row, others: list[Row]) -> str:
    payments = [row for row in (payment_of(env, other) for other in others) if row]
    by_bank = any(other.get("_role") == "bank" for other in others)
    if payments or by_bank:
        confirmed = all(row.get("is_matched") for row in payments)
        return "paid" if confirmed or not env.db.enterprise else "in_payment"
    kinds = {env[MOVE].rows[other["move_id"]]["move_type"] for other in others}
    return "reversed" if kinds in REVERSES.get(move["move_type"], ()) else "paid"


def counterparts(env: Env, items: Iterable[Row]) -> list[Row]:
    """Return the items reconciled with these, without those of exchange differences."""
    rows = env[ITEM].rows
    found: dict[int, Row] = {}
    for item in items:
        for partial in partials_of(env, item["id"]):
            other = rows[other_side(partial, item["id"])]
            if other.get("_role") != "exchange":
                found[other["id"]] = other
    return list(found.values())


def payment_of(env: Env, item: Row) -> Row | None:
    return env[PAYMENT].rows.get(item.get("payment_id") or 0)


def payments_of_bill(env: Env, record: int) -> list[Row]:
    """Return the payments that name this bill (matched_payment_ids)."""
    return [row for row in env[PAYMENT].rows.values() if record in (row.get("invoice_ids") or ())]


def reconciled_moves(env: Env, payment: Row) -> list[Row]:
    """Return the bills and credit notes this payment is reconciled with or, unbooked, names."""
    moves = env[MOVE].rows
    if not payment.get("move_id"):
        return [moves[i] for i in payment.get("invoice_ids") or () if i in moves]
    items = env[ITEM].rows
    ids = env.store.children(ITEM, "move_id", payment["move_id"])
    others = counterparts(env, [items[i] for i in ids])
    found = dict.fromkeys(other["move_id"] for other in others)
    return [moves[i] for i in found if moves[i]["move_type"] != "entry"]


def refresh_payment(env: Env, record: int) -> None:
    """Recompute whether a payment is reconciled with bills and matched with the bank."""
    row = env[PAYMENT].rows[record]
    move = env[MOVE].rows.get(row.get("move_id") or 0)
    if not row.get("outstanding_account_id"):
        values = {"is_reconciled": False, "is_matched": row["state"] == "paid"}
    elif move is None or move["state"] != "posted":
        values = {"is_reconciled": False, "is_matched": False}
    elif not row["amount"]:
        values = {"is_reconciled": True, "is_matched": True}
    else:
        values = _marks(env, row, move)
    env[PAYMENT].assign(record, values)


def _marks(env: Env, payment: Row, move: Row) -> dict[str, bool]:
    items = [env[ITEM].rows[i] for i in env.store.children(ITEM, "move_id", move["id"])]
    accounts = env["account.account"].rows
    own = env["res.company"].rows[payment["company_id"]]["currency_id"]
    field = "amount_residual" if payment["currency_id"] == own else "amount_residual_currency"
    money_side = [row for row in items if row.get("_role") == "liquidity"]
    rest = [row for row in items if row.get("_role") != "liquidity"]
    bank = env["account.journal"].rows[payment["journal_id"]].get("default_account_id")
    matched = any(row["account_id"] == bank for row in money_side)
    open_side = sum((decimal(row.get(field)) for row in money_side), ZERO)
    open_rest = sum(
        (decimal(row.get(field)) for row in rest if accounts[row["account_id"]].get("reconcile")),
        ZERO,
    )
    return {"is_matched": matched or open_side == ZERO, "is_reconciled": open_rest == ZERO}


def refresh_state(env: Env, record: int) -> None:
    """Move a confirmed payment between in_process and paid."""
    row = env[PAYMENT].rows[record]
    move = env[MOVE].rows.get(row.get("move_id") or 0)
    if row["state"] not in PROMISING or move is None:
        return
    bills = {bill["id"]: bill for bill in reconciled_moves(env, row)}
    moves = env[MOVE].rows
    bills |= {i: moves[i] for i in row.get("invoice_ids") or () if i in moves}
    settled = bool(bills) and all(bill["payment_state"] == "paid" for bill in bills.values())
    env[PAYMENT].assign(
        record, {"state": "paid" if settled or _landed(env, move) else PROMISING[0]}
    )


def _landed(env: Env, move: Row) -> bool:
    """Say whether nothing stands on the outstanding account any more, or never does."""
    items = [env[ITEM].rows[i] for i in env.store.children(ITEM, "move_id", move["id"])]
    sides = [row for row in items if row.get("_role") == "liquidity"]
    accounts = env["account.account"].rows
    if any(not accounts[row["account_id"]].get("reconcile") for row in sides):
        return True
    return sum((decimal(row.get("amount_residual")) for row in sides), ZERO) == ZERO


def follow(env: Env, moves: Iterable[int]) -> None:
    """Bring these moves and all payments that touch them up to date, in the order needed."""
    env = env.sudo()
    wanted = [i for i in dict.fromkeys(moves) if i in env[MOVE].rows]
    for move in wanted:
        for item in env.store.children(ITEM, "move_id", move):
            refresh_line(env, item)
    payments = _payments_around(env, wanted)
    for payment in payments:
        refresh_payment(env, payment)
    bills = {bill["id"] for i in payments for bill in reconciled_moves(env, env[PAYMENT].rows[i])}
    for move in [*wanted, *sorted(bills - set(wanted))]:
        refresh_bill(env, move)
    for payment in payments:
        refresh_state(env, payment)


def _payments_around(env: Env, moves: list[int]) -> list[int]:
    found: dict[int, None] = {}
    for move in moves:
        for item in env.store.children(ITEM, "move_id", move):
            row = env[ITEM].rows[item]
            for near in [row, *counterparts(env, [row])]:
                if near.get("payment_id"):
                    found[near["payment_id"]] = None
        found |= dict.fromkeys(row["id"] for row in payments_of_bill(env, move))
    return [i for i in found if i in env[PAYMENT].rows]
