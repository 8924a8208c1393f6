"""What people do in Odoo: pay a bill by hand, enter a bill, close a period, set a rate.

Offered to tests and to the sandbox page under /_sandbox/odoo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sandbox.odoo import banking, locks, moments
from sandbox.odoo.environment import Env
from sandbox.odoo.errors import UserError
from sandbox.odoo.store import Row

Asked = Mapping[str, Any]


def pay_by_hand(env: Env, asked: Asked) -> dict[str, Any]:
    """Register a payment of a bill: all that is open, unless an amount is given."""
    bill = _named(env, "account.move", asked["bill"], "name", "ref")
    values: dict[str, Any] = {}
    if asked.get("journal"):
        values["journal_id"] = _named(env, "account.journal", asked["journal"], "code", "name")
    for given, field in (("amount", "amount"), ("date", "payment_date"), ("memo", "communication")):
        if asked.get(given) is not None:
            values[field] = asked[given]
    context = {"active_model": "account.move", "active_ids": [bill]}
    own = Env(env.db, env.uid, context, env.now, su=True)
    wizards = own["account.payment.register"]
    action = wizards.action_create_payments(wizards.create([values]))  # type: ignore[attr-defined]
    payment = own["account.payment"].rows[action["res_id"]]
    return {"payment": payment["id"], "name": payment["name"], "state": payment["state"]}


def post_bill_for_order(env: Env, asked: Asked) -> dict[str, Any]:
    """Enter and post the vendor's bill for what is still to be billed of an order."""
    order = _named(env, "purchase.order", asked["order"], "name")
    day = asked.get("date") or env.now.date().isoformat()
    orders, moves = env["purchase.order"], env["account.move"]
    bill = orders.action_create_invoice([order])["res_id"]  # type: ignore[attr-defined]
    values = {"invoice_date": day, "date": day, "ref": asked.get("ref") or False}
    if asked.get("date_due"):
        values |= {"invoice_payment_term_id": False, "invoice_date_due": asked["date_due"]}
    moves.write([bill], values)
    moves.action_post([bill])  # type: ignore[attr-defined]
    row = moves.rows[bill]
    return {"bill": bill, "name": row["name"], "total": row["amount_total"]}


def lock(env: Env, asked: Asked) -> dict[str, Any]:
    """Close a period; without a date the lock is taken away."""
    field = asked.get("field") or "fiscalyear_lock_date"
    if field not in locks.FIELDS:
        raise UserError(f"field is one of {', '.join(locks.FIELDS)}")
    env["res.company"].write([env.company], {field: asked.get("date") or False})
    return {field: asked.get("date")}


def rate(env: Env, asked: Asked) -> dict[str, Any]:
    """Set what one unit of the company's currency is worth from that day on."""
    currency = _named(env, "res.currency", asked["currency"], "name")
    row = env["res.currency"].rows[currency]
    day = moments.parse_date(asked.get("date")) or env.now.date()
    held: dict[date, float] = dict(row.get("_rates") or ())
    held[day] = float(asked["rate"])
    env["res.currency"].assign(currency, {"_rates": sorted(held.items())})
    return {"currency": row["name"], "rate": float(asked["rate"]), "date": day.isoformat()}


def bank_match(env: Env, asked: Asked) -> dict[str, Any]:
    """Let the bank statement confirm a payment."""
    payment = _named(env, "account.payment", asked["payment"], "name", "memo")
    statement = banking.match(env, payment)
    row = env["account.payment"].rows[payment]
    return {"payment": payment, "state": row["state"], "entry": statement}


def _named(env: Env, model: str, asked: Any, *fields: str) -> int:
    """Return the record with this id or, as people say it, with this name."""
    rows: Mapping[int, Row] = env[model].rows
    if isinstance(asked, int) and asked in rows:
        return asked
    found = [i for i, row in rows.items() if asked and asked in [row.get(f) for f in fields]]
    if len(found) != 1:
        raise UserError(f"{len(found)} records of {model} answer to {asked!r}")
    return found[0]


ACTIONS: dict[str, tuple[Callable[[Env, Asked], dict[str, Any]], tuple[str, ...]]] = {
    "pay-by-hand": (pay_by_hand, ("bill",)),
    "post-bill-for-order": (post_bill_for_order, ("order",)),
    "lock": (lock, ("field",)),
    "rate": (rate, ("currency", "rate")),
    "bank-match": (bank_match, ("payment",)),
}
