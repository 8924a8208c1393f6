"""account.move.line: what may be done with journal items.

Reference: docs/systems/odoo.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo import rights
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.base import Model, on_records
from sandbox.odoo.models.bill_items import rebuild
from sandbox.odoo.models.entries import ITEM
from sandbox.odoo.models.partials import reconcile
from sandbox.odoo.models.unmatching import unreconcile
from sandbox.odoo.store import Row


class MoveLine(Model):
    looked_into = frozenset({"account_id", "move_id", "product_id", "purchase_line_id"})

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        move = self.env["account.move"].rows.get(values.get("move_id") or 0)
        found: dict[str, Any] = {"display_type": "product", "sequence": 100}
        if move is not None and move["move_type"] == "entry":
            partner = move.get("commercial_partner_id")
            return {**found, "currency_id": move["currency_id"], "partner_id": partner}
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
        reconcile(self.env, [row["id"] for row in self.existing(ids)])

    @on_records
    def remove_move_reconcile(self, ids: list[Any]) -> None:
        rights.check(self.env, self.name, "write")
        unreconcile(self.env, [row["id"] for row in self.existing(ids)])

    def _moves_follow(self, moves: set[int]) -> None:
        for move in moves:
            rebuild(self.env["account.move"], move)
            items = self.env.store.children(ITEM, "move_id", move)
            self._order_lines_follow([self.rows[i].get("purchase_line_id") for i in items])

    def _order_lines_follow(self, lines: list[int | None]) -> None:
        moves = self.env["account.move"]
        moves._orders_follow(*(line for line in lines if line))  # type: ignore[attr-defined]


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
