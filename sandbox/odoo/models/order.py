"""purchase.order: states, totals and the way to a bill.

Reference: docs/systems/odoo.md §3 (states on 19), §4 (what touches write_date).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.odoo import rights
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.base import Model, on_records
from sandbox.odoo.models.thread import Thread
from sandbox.odoo.moments import parse_datetime
from sandbox.odoo.store import Row

LINE = "purchase.order.line"
BILLS_ACTION = {
    "display_name": "Bills",
    "name": "Bills",
    "type": "ir.actions.act_window",
    "xml_id": "account.action_move_in_invoice_type",
    "res_model": "account.move",
    "target": "current",
}


class PurchaseOrder(Thread):
    looked_into = frozenset({"partner_id"})
    cascades = ((LINE, "order_id"),)

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        partners = self.env["res.partner"]
        partner = partners.rows.get(values.get("partner_id") or 0)
        currency = term = None
        if partner:
            currency = partners.value(partner, "property_purchase_currency_id")
            term = partners.value(partner, "property_supplier_payment_term_id")
        company = values.get("company_id") or self.env.company
        own = self.env["res.company"].rows.get(company, self.env.company_row)
        found = {
            "state": "draft",
            "locked": False,
            "priority": "0",
            "invoice_status": "no",
            "date_order": self.env.now.replace(microsecond=0),
            "company_id": company,
            "currency_id": currency or own["currency_id"],
            "payment_term_id": term or None,
            "user_id": self.env.uid,
        }
        if values.get("name") in (None, "New"):
            found["name"] = self.env.db.next_number("purchase.order", "P{:05d}")
        return found

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record, values in zip(ids, given, strict=True):
            # Its own planned date is neither copied to the lines nor taken from them (§3).
            if values.get("date_planned"):
                self.assign(record, {"date_planned": parse_datetime(values["date_planned"])})
            self.recompute(record, dates=not values.get("date_planned"))

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        related = {"partner_id", "company_id", "currency_id", "state", "order_line"}
        for record in ids:
            if related & set(values):
                self._lines_follow(record)
            self.recompute(record)

    def before_unlink(self, rows: list[Row]) -> None:
        if any(row["state"] != "cancel" for row in rows):
            raise UserError("In order to delete a purchase order, you must cancel it first.")

    def line_ids(self, record: int) -> list[int]:
        return self.env.store.children(LINE, "order_id", record)

    def recompute(self, record: int, *, dates: bool = False) -> None:
        """Bring the stored totals and the billing status up to date."""
        row = self.rows[record]
        lines = [self.env[LINE].rows[i] for i in self.line_ids(record)]
        untaxed = sum((Decimal(repr(line["price_subtotal"])) for line in lines), Decimal())
        tax = sum((Decimal(repr(line["price_tax"])) for line in lines), Decimal())
        rate = self.env["res.currency"].rows[row["currency_id"]].get("_rate", 1.0)
        values: dict[str, Any] = {
            "amount_untaxed": float(untaxed),
            "amount_tax": float(tax),
            "amount_total": float(untaxed + tax),
            "amount_total_cc": round(float(untaxed + tax) / rate, 2),
            "currency_rate": rate,
            "invoice_count": len(bill_ids(self, row)),
            "invoice_status": self._invoice_status(row, lines),
        }
        if dates:
            planned = [line["date_planned"] for line in lines if line.get("date_planned")]
            values["date_planned"] = min(planned, default=None)
        self.assign(record, values)

    def _lines_follow(self, record: int) -> None:
        lines = self.env[LINE]
        for line in self.line_ids(record):
            lines.recompute(line)  # type: ignore[attr-defined]

    def _invoice_status(self, row: Row, lines: list[Row]) -> str:
        if row["state"] != "purchase":
            return "no"
        if any(line["qty_to_invoice"] for line in lines if not line.get("display_type")):
            return "to invoice"
        return "invoiced" if bill_ids(self, row) else "no"

    # What people and clients do with orders.

    @on_records
    def button_confirm(self, ids: list[Any]) -> bool:
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            if row["state"] not in ("draft", "sent"):
                continue
            self._check_products(row)
            if self._needs_approval(row):
                self.write([row["id"]], {"state": "to approve"})
            else:
                self._approve(row["id"])
        return True

    @on_records
    def button_approve(self, ids: list[Any], force: bool = False) -> dict[str, Any]:
        """Approve; a plain purchase user's call answers {} and changes nothing (§3)."""
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            if force or not self._needs_approval(row):
                self._approve(row["id"])
        return {}

    def _approve(self, record: int) -> None:
        locked = self.env.company_row.get("po_lock") == "lock"
        moment = self.env.now.replace(microsecond=0)
        values: dict[str, Any] = {"state": "purchase", "date_approve": moment}
        self.write([record], {**values, "locked": True} if locked else values)

    def _check_products(self, row: Row) -> None:
        lines = [self.env[LINE].rows[i] for i in self.line_ids(row["id"])]
        accountable = [i for i in lines if not (i.get("display_type") or i.get("is_downpayment"))]
        if any(not line.get("product_id") for line in accountable):
            raise UserError(
                "Some order lines are missing a product, you need to correct them before "
                "going further."
            )

    def _needs_approval(self, row: Row) -> bool:
        company = self.env.company_row
        if company.get("po_double_validation") != "two_step":
            return False
        limit = company.get("po_double_validation_amount") or 0.0
        manager = self.env.has_group("purchase.group_purchase_manager")
        return row["amount_total_cc"] >= limit and not manager

    @on_records
    def button_cancel(self, ids: list[Any]) -> None:
        rights.check(self.env, self.name, "write")
        rows = self.existing(ids)
        locked = [self.display(row["id"]) for row in rows if row.get("locked")]
        if locked:
            names = ", ".join(locked)
            raise UserError(
                f"Unable to cancel purchase order(s): {names}. You must first unlock them."
            )
        billed = [self.display(row["id"]) for row in rows if self._has_posted_bill(row)]
        if billed:
            names = ", ".join(billed)
            raise UserError(
                f"Unable to cancel purchase order(s): {names}. You must first cancel their "
                "related vendor bills."
            )
        self.write(ids, {"state": "cancel"})

    def _has_posted_bill(self, row: Row) -> bool:
        moves = self.env["account.move"].rows
        return any(moves[i]["state"] == "posted" for i in bill_ids(self, row))

    @on_records
    def button_draft(self, ids: list[Any]) -> dict[str, Any]:
        self.write(ids, {"state": "draft"})
        return {}

    @on_records
    def button_lock(self, ids: list[Any]) -> None:
        self.write(ids, {"locked": True})

    @on_records
    def button_unlock(self, ids: list[Any]) -> None:
        self.write(ids, {"locked": False})

    @on_records
    def action_create_invoice(self, ids: list[Any], attachment_ids: Any = False) -> dict[str, Any]:
        """Draft a bill for what is still to be billed; answers an action naming it."""
        made = []
        for row in self.existing(ids):
            lines = [
                self.env[LINE].bill_line(i)  # type: ignore[attr-defined]
                for i in self.line_ids(row["id"])
                if self.env[LINE].rows[i]["qty_to_invoice"]
            ]
            if lines:
                made += self.env["account.move"].create([self._bill(row, lines)])
        if not made:
            raise UserError(
                "There is no invoiceable line. If a product has a control policy based on "
                "received quantity, please make sure that a quantity has been received."
            )
        return {**BILLS_ACTION, "res_id": made[0], "view_mode": "form"}

    def _bill(self, row: Row, lines: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "move_type": "in_invoice",
            "partner_id": row["partner_id"],
            "currency_id": row["currency_id"],
            "company_id": row["company_id"],
            "invoice_origin": row["name"],
            "ref": row.get("partner_ref") or "",
            "invoice_payment_term_id": row.get("payment_term_id") or False,
            "invoice_line_ids": [[0, 0, line] for line in lines],
        }


def bill_ids(model: Model, row: Row) -> list[int]:
    """Return the bills any of the order's lines is on."""
    store = model.env.store
    items = model.env["account.move.line"].rows
    found: dict[int, None] = {}
    for line in store.children(LINE, "order_id", row["id"]):
        for item in store.children("account.move.line", "purchase_line_id", line):
            found[items[item]["move_id"]] = None
    return list(found)


def _display_name(model: Model, row: Row) -> str:
    reference = row.get("partner_ref")
    return f"{row['name']} ({reference})" if reference else str(row["name"])


PurchaseOrder.computed = {
    **PurchaseOrder.computed,
    "display_name": _display_name,
    "invoice_ids": bill_ids,
    "company_currency_id": lambda model, row: model.env["res.company"].rows[row["company_id"]][
        "currency_id"
    ],
    "lock_confirmed_po": lambda model, row: model.env.company_row.get("po_lock") or "edit",
}
