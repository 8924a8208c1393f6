"""purchase.order.line: prices, taxes, quantities, and what a change does to its order.

Reference: docs/systems/odoo.md §4: name, analytic_distribution and qty_received leave the order's
write_date alone, because nothing stored on the order changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo.errors import UserError, ValidationError
from sandbox.odoo.models.base import Model
from sandbox.odoo.pricing import line_amounts
from sandbox.odoo.store import Row

ITEM = "account.move.line"


class PurchaseOrderLine(Model):
    looked_into = frozenset({"order_id", "product_id"})

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"sequence": 10, "product_qty": 1.0, "price_unit": 0.0}
        if values.get("display_type"):
            return {**found, "product_qty": 0.0}
        order = self.env["purchase.order"].rows.get(values.get("order_id") or 0)
        product = self.env["product.product"].rows.get(values.get("product_id") or 0)
        if order and product:
            found |= self._from_product(order, product)
        return found

    def _from_product(self, order: Row, product: Row) -> dict[str, Any]:
        products = self.env["product.product"]
        company = order["company_id"]
        taxes = [
            i
            for i in product.get("supplier_taxes_id") or ()
            if self.env["account.tax"].rows[i]["company_id"] == company
        ]
        rate = self.env["res.currency"].rows[order["currency_id"]].get("_rate", 1.0)
        cost = products.value(product, "standard_price") or 0.0
        return {
            "name": products.display(product["id"]),
            "price_unit": round(cost * rate, 2),
            "product_uom_id": product["uom_id"],
            "tax_ids": [[6, 0, taxes]],
            "date_planned": order["date_order"],
        }

    def check_required(self, row: Row) -> None:
        if row.get("display_type") and (row.get("product_id") or row.get("price_unit")):
            raise ValidationError(
                "The operation cannot be completed: Forbidden values on non-accountable "
                "purchase order line"
            )
        super().check_required(row)

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        self._settle(ids, dates=any(self.rows[i].get("date_planned") for i in ids))

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        kind = values.get("display_type") or None
        if "display_type" in values and any(row.get("display_type") != kind for row in rows):
            raise UserError(
                "You cannot change the type of a purchase order line. Instead you should delete "
                "the current line and create a new line of the proper type."
            )

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        if "qty_received" in values:
            for record in ids:
                self.assign(record, {"qty_received_manual": self.rows[record]["qty_received"]})
        self._settle(ids, dates="date_planned" in values)

    def before_unlink(self, rows: list[Row]) -> None:
        for row in rows:
            order = self.env["purchase.order"].rows[row["order_id"]]
            if order["state"] == "purchase" and not row.get("display_type"):
                raise UserError(
                    "Cannot delete a purchase order line which is in state "
                    "\u201cPurchase Order\u201d."
                )

    def after_unlink(self, rows: list[Row]) -> None:
        for order in {row["order_id"] for row in rows}:
            if order in self.env["purchase.order"].rows:
                self.env["purchase.order"].recompute(order)  # type: ignore[attr-defined]

    def _settle(self, ids: list[int], *, dates: bool) -> None:
        for record in ids:
            self.recompute(record)
        for order in {self.rows[record]["order_id"] for record in ids}:
            self.env["purchase.order"].recompute(order, dates=dates)  # type: ignore[attr-defined]

    def recompute(self, record: int) -> None:
        """Bring the line's stored amounts and quantities up to date."""
        row = self.rows[record]
        order = self.env["purchase.order"].rows[row["order_id"]]
        amounts = line_amounts(
            self.env,
            quantity=row.get("product_qty") or 0.0,
            price=row.get("price_unit") or 0.0,
            discount=row.get("discount") or 0.0,
            tax_ids=row.get("tax_ids") or [],
            currency=order["currency_id"],
        )
        invoiced = self._invoiced(record)
        accountable = not row.get("display_type")
        self.assign(
            record,
            {
                "price_subtotal": float(amounts.untaxed),
                "price_tax": float(amounts.tax),
                "price_total": float(amounts.total),
                "product_uom_qty": row.get("product_qty") or 0.0,
                "qty_invoiced": invoiced,
                "qty_to_invoice": self._to_invoice(row, order, invoiced) if accountable else 0.0,
                "qty_received_method": "manual" if row.get("product_id") else None,
                "company_id": order["company_id"],
                "partner_id": order["partner_id"],
            },
        )

    def _invoiced(self, record: int) -> float:
        """Count draft and posted bills; a credit note takes away (§5)."""
        moves = self.env["account.move"].rows
        total = 0.0
        for item in self.env.store.children(ITEM, "purchase_line_id", record):
            line = self.env[ITEM].rows[item]
            move = moves[line["move_id"]]
            if move["state"] != "cancel":
                sign = -1 if move["move_type"] == "in_refund" else 1
                total += sign * (line.get("quantity") or 0.0)
        return total

    def _to_invoice(self, row: Row, order: Row, invoiced: float) -> float:
        if order["state"] != "purchase":
            return 0.0
        product = self.env["product.product"].rows.get(row.get("product_id") or 0)
        by_order = product is not None and product.get("purchase_method") == "purchase"
        wanted = row["product_qty"] if by_order else row.get("qty_received") or 0.0
        return float(wanted) - invoiced

    def bill_line(self, record: int) -> dict[str, Any]:
        """Return the values of a bill line for what is still to be billed."""
        row = self.rows[record]
        return {
            "name": row["name"],
            "quantity": row["qty_to_invoice"],
            "price_unit": row["price_unit"],
            "discount": row.get("discount") or 0.0,
            "product_id": row.get("product_id") or False,
            "purchase_line_id": record,
            "tax_ids": [[6, 0, row.get("tax_ids") or []]],
            "analytic_distribution": row.get("analytic_distribution") or False,
        }


def _of_order(name: str) -> Any:
    def value(model: Model, row: Row) -> Any:
        orders = model.env["purchase.order"]
        return orders.value(orders.rows[row["order_id"]], name)

    return value


def _product_type(model: Model, row: Row) -> Any:
    product = model.env["product.product"].rows.get(row.get("product_id") or 0)
    return product["type"] if product else False


PurchaseOrderLine.computed = {
    **PurchaseOrderLine.computed,
    **{name: _of_order(name) for name in ("state", "currency_id", "date_order", "date_approve")},
    "product_type": _product_type,
    "display_name": lambda model, row: row.get("name") or "",
}
