"""account.move.line, and how a bill's lines become tax and payable items.

Reference: docs/systems/odoo.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.odoo import rates, rights
from sandbox.odoo.errors import UserError
from sandbox.odoo.models import partials
from sandbox.odoo.models.base import Model, on_records
from sandbox.odoo.models.residuals import follow
from sandbox.odoo.pricing import line_amounts, money
from sandbox.odoo.store import Row

ITEM = "account.move.line"
ON_THE_BILL = ("product", "line_section", "line_subsection", "line_note")
# The side the lines of a document stand on: bills debit, credit notes credit.
SIGNS = {"in_invoice": 1, "out_refund": 1, "in_refund": -1, "out_invoice": -1, "in_receipt": 1}


class MoveLine(Model):
    looked_into = frozenset({"account_id", "move_id", "product_id", "purchase_line_id"})

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        move = self.env["account.move"].rows.get(values.get("move_id") or 0)
        found: dict[str, Any] = {"display_type": "product", "sequence": 100}
        if values.get("display_type", "product") != "product" or move is None:
            return {**found, "currency_id": move["currency_id"] if move else None}
        product = self.env["product.product"].rows.get(values.get("product_id") or 0)
        account = values.get("account_id") or self._account(move, product)
        found |= {"quantity": 1.0, "account_id": account, "currency_id": move["currency_id"]}
        if product:
            found["name"] = self.env["product.product"].display(product["id"])
            found["product_uom_id"] = product["uom_id"]
        held = self.env["account.account"].rows.get(account or 0, {})
        taxes = product.get("supplier_taxes_id") if product else held.get("tax_ids")
        found["tax_ids"] = [[6, 0, taxes or []]]
        return found

    def _account(self, move: Row, product: Row | None) -> int | None:
        if product:
            products = self.env["product.product"]
            own = products.expense_account(product["id"])  # type: ignore[attr-defined]
            if own:
                return int(own)
        journal = self.env["account.journal"].rows.get(move["journal_id"] or 0, {})
        return journal.get("default_account_id")

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record in ids:
            self._check_company(self.rows[record])
        self._moves_follow({self.rows[record]["move_id"] for record in ids})

    def _check_company(self, row: Row) -> None:
        """No account of another company."""
        move = self.env["account.move"].rows[row["move_id"]]
        account = self.env["account.account"].rows.get(row.get("account_id") or 0)
        if account is None or move["company_id"] in account["company_ids"]:
            return
        company = self.env["res.company"].rows[move["company_id"]]["name"]
        reference = f"({move['ref']}) " if move.get("ref") else ""
        raise UserError(
            "Uh-oh! You\u2019ve got some company inconsistencies here:\n"
            f"- \u201c{reference}{row.get('name') or ''}\u201d belongs to company "
            f"\u201c{company}\u201d while \u201cAccount\u201d (account_id: '{account['name']}') "
            "belongs to another company.\nTo avoid a mess, no company crossover is allowed!"
        )

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        frozen = {"account_id", "price_unit", "quantity", "tax_ids", "debit", "credit", "balance"}
        if any(row.get("parent_state") == "posted" for row in rows) and frozen & set(values):
            raise UserError(
                "You cannot do this modification on a posted journal entry, you can just change "
                "some non legal fields. You must reset the journal entry to draft to do so."
            )

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        self._moves_follow({self.rows[record]["move_id"] for record in ids})

    def before_unlink(self, rows: list[Row]) -> None:
        if any(row.get("parent_state") == "posted" for row in rows):
            raise UserError(
                "You can't delete a posted journal item. Don\u2019t play games with your "
                "accounting records; reset the journal entry to draft before deleting it."
            )

    def after_unlink(self, rows: list[Row]) -> None:
        moves = self.env["account.move"].rows
        self._moves_follow({row["move_id"] for row in rows if row["move_id"] in moves})
        self._order_lines_follow([row.get("purchase_line_id") for row in rows])

    @on_records
    def reconcile(self, ids: list[Any]) -> None:
        """Match debits with credits on one account; answers null (§6.3)."""
        rights.check(self.env, self.name, "write")
        partials.reconcile(self.env, [row["id"] for row in self.existing(ids)])

    @on_records
    def remove_move_reconcile(self, ids: list[Any]) -> None:
        rights.check(self.env, self.name, "write")
        partials.unreconcile(self.env, [row["id"] for row in self.existing(ids)])

    def _moves_follow(self, moves: set[int]) -> None:
        for move in moves:
            rebuild(self.env["account.move"], move)
            items = self.env.store.children(ITEM, "move_id", move)
            self._order_lines_follow([self.rows[i].get("purchase_line_id") for i in items])

    def _order_lines_follow(self, lines: list[int | None]) -> None:
        moves = self.env["account.move"]
        moves._orders_follow(*(line for line in lines if line))  # type: ignore[attr-defined]


def bill_line_ids(model: Model, row: Row) -> list[int]:
    """Return the lines a person sees on the bill, without tax and payable items."""
    items = model.env[ITEM].rows
    ids = model.env.store.children(ITEM, "move_id", row["id"])
    return [i for i in ids if items[i]["display_type"] in ON_THE_BILL]


def rebuild(moves: Model, record: int) -> None:
    """Recompute the amounts of a move, its tax items and its payable item."""
    move = moves.rows[record]
    if move["move_type"] not in SIGNS:
        _follow(moves, move)
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
        "partner_id": move.get("commercial_partner_id"),
    }
    for item in moves.env.store.children(ITEM, "move_id", move["id"]):
        items.assign(item, values)


def _of_account(name: str) -> Any:
    def value(model: Model, row: Row) -> Any:
        accounts = model.env["account.account"]
        account = accounts.rows.get(row.get("account_id") or 0)
        return accounts.value(account, name) if account else False

    return value


def _order(model: Model, row: Row) -> Any:
    line = model.env["purchase.order.line"].rows.get(row.get("purchase_line_id") or 0)
    return line["order_id"] if line else False


MoveLine.computed = {
    **MoveLine.computed,
    "account_type": _of_account("account_type"),
    "account_code": _of_account("code"),
    "account_name": _of_account("name"),
    "account_internal_group": _of_account("internal_group"),
    "purchase_order_id": _order,
    "move_type": lambda model, row: model.env["account.move"].rows[row["move_id"]]["move_type"],
    "display_name": lambda model, row: row.get("name") or row.get("move_name") or "",
}
