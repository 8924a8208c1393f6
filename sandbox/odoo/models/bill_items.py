"""How a bill's lines become tax items and the payable item.

Reference: docs/systems/odoo.md §5.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.odoo import rates
from sandbox.odoo.models.base import Model
from sandbox.odoo.models.entries import ITEM
from sandbox.odoo.models.entry_items import complete
from sandbox.odoo.models.residuals import follow
from sandbox.odoo.pricing import line_amounts, money
from sandbox.odoo.store import Row

ON_THE_BILL = ("product", "line_section", "line_subsection", "line_note")
# The side the lines of a document stand on: bills debit, credit notes credit.
SIGNS = {"in_invoice": 1, "out_refund": 1, "in_refund": -1, "out_invoice": -1, "in_receipt": 1}


def bill_line_ids(model: Model, row: Row) -> list[int]:
    """Return the lines a person sees on the bill, without tax and payable items."""
    items = model.env[ITEM].rows
    ids = model.env.store.children(ITEM, "move_id", row["id"])
    return [i for i in ids if items[i]["display_type"] in ON_THE_BILL]


def rebuild(moves: Model, record: int) -> None:
    """Recompute the amounts of a move, its tax items and its payable item."""
    move = moves.rows[record]
    if move["move_type"] not in SIGNS:
        complete(moves.env, record)
        _follow(moves, moves.rows[record])
        follow(moves.env, [record])
        return
    sign = SIGNS[move["move_type"]]
    untaxed, taxes = _price_lines(moves, move, sign)
    _tax_items(moves, move, taxes, sign)
    tax = sum(taxes.values(), Decimal())
    _payable_item(moves, move, untaxed + tax, sign)
    rate = _rate(moves, move)
    signed = {
        "amount_untaxed": untaxed,
        "amount_tax": tax,
        "amount_total": untaxed + tax,
    }
    values: dict[str, Any] = {"invoice_currency_rate": float(rate)}
    for name, amount in signed.items():
        values[name] = float(amount)
        values[f"{name}_signed"] = float(-sign * money(amount / rate))
    values["amount_total_in_currency_signed"] = float(-sign * (untaxed + tax))
    moves.assign(record, values)
    _follow(moves, moves.rows[record])
    follow(moves.env, [record])


def _rate(moves: Model, move: Row) -> Decimal:
    """The rate of the bill's day; a posted bill keeps the one it was posted with."""
    if move["state"] == "posted" and move.get("invoice_currency_rate"):
        return Decimal(repr(float(move["invoice_currency_rate"])))
    day = move.get("invoice_date") or move["date"]
    own = moves.env["res.company"].rows[move["company_id"]]["currency_id"]
    return rates.between(moves.env, own, move["currency_id"], day)


def _price_lines(moves: Model, move: Row, sign: int) -> tuple[Decimal, dict[int, Decimal]]:
    items = moves.env[ITEM]
    untaxed = Decimal()
    taxes: dict[int, Decimal] = {}
    for item in bill_line_ids(moves, move):
        row = items.rows[item]
        if row["display_type"] != "product":
            continue
        amounts = line_amounts(
            moves.env,
            quantity=row.get("quantity") or 0.0,
            price=row.get("price_unit") or 0.0,
            discount=row.get("discount") or 0.0,
            tax_ids=row.get("tax_ids") or [],
            currency=move["currency_id"],
        )
        untaxed += amounts.untaxed
        for tax, amount in amounts.taxes.items():
            taxes[tax] = taxes.get(tax, Decimal()) + amount
        totals = {
            "price_subtotal": float(amounts.untaxed),
            "price_total": float(amounts.total),
        }
        items.assign(item, {**totals, **_sides(moves, move, sign * amounts.untaxed)})
    return untaxed, taxes


def _sides(moves: Model, move: Row, amount: Decimal) -> dict[str, float]:
    balance = money(amount / _rate(moves, move))
    return {
        "amount_currency": float(amount),
        "balance": float(balance),
        "debit": float(max(balance, Decimal())),
        "credit": float(max(-balance, Decimal())),
    }


def _closing_sides(moves: Model, move: Row, amount: Decimal) -> dict[str, float]:
    """Return the sides of the item that balances all others, whatever they were rounded to."""
    items = moves.env[ITEM].rows
    ids = moves.env.store.children(ITEM, "move_id", move["id"])
    others = [items[i] for i in ids if items[i]["display_type"] != "payment_term"]
    balance = -sum((Decimal(repr(float(row.get("balance") or 0))) for row in others), Decimal())
    return {
        "amount_currency": float(amount),
        "balance": float(balance),
        "debit": float(max(balance, Decimal())),
        "credit": float(max(-balance, Decimal())),
    }


def _own_items(moves: Model, move: Row, kind: str) -> list[Row]:
    items = moves.env[ITEM].rows
    ids = moves.env.store.children(ITEM, "move_id", move["id"])
    return [items[i] for i in ids if items[i]["display_type"] == kind]


def _tax_items(moves: Model, move: Row, taxes: dict[int, Decimal], sign: int) -> None:
    held = {row["tax_line_id"]: row["id"] for row in _own_items(moves, move, "tax")}
    for tax, record in held.items():
        if not taxes.get(tax):
            moves.env.store.drop(ITEM, record)
    for tax, amount in taxes.items():
        if amount:
            described = moves.env["account.tax"].rows[tax]
            values = {
                "name": described["name"],
                "tax_line_id": tax,
                "account_id": moves.env.db.tax_account,
                **_sides(moves, move, sign * amount),
            }
            _keep_item(moves, move, "tax", held.get(tax), values)


def _payable_item(moves: Model, move: Row, total: Decimal, sign: int) -> None:
    held = _own_items(moves, move, "payment_term")
    if not bill_line_ids(moves, move):
        for row in held:
            moves.env.store.drop(ITEM, row["id"])
        return
    partners = moves.env["res.partner"]
    partner = partners.rows.get(move.get("partner_id") or 0, {"id": 0})
    labels = [label for label in (move.get("ref"), move.get("payment_reference")) if label]
    sides = _closing_sides(moves, move, -sign * total)
    values = {
        "name": " - ".join(dict.fromkeys(labels)) or None,
        "account_id": partners.value(partner, "property_account_payable_id") or None,
        "date_maturity": move.get("invoice_date_due"),
        **sides,
    }
    _keep_item(moves, move, "payment_term", held[0]["id"] if held else None, values)


def _keep_item(
    moves: Model, move: Row, kind: str, record: int | None, values: dict[str, Any]
) -> None:
    items = moves.env[ITEM]
    if record is not None:
        items.assign(record, values)
        return
    own = {"move_id": move["id"], "display_type": kind, "sequence": 10000}
    items.insert({**own, "currency_id": move["currency_id"], **values})


def _follow(moves: Model, move: Row) -> None:
    """Copy to the items what they keep of their move."""
    items = moves.env[ITEM]
    values = {
        "parent_state": move["state"],
        "move_name": move.get("name"),
        "date": move.get("date"),
        "invoice_date": move.get("invoice_date"),
        "ref": move.get("ref"),
        "journal_id": move.get("journal_id"),
        "company_id": move["company_id"],
    }
    if move["move_type"] != "entry":
        values["partner_id"] = move.get("commercial_partner_id")
    for item in moves.env.store.children(ITEM, "move_id", move["id"]):
        items.assign(item, values)
