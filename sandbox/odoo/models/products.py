"""Products: a product and its template are kept equal, as with one variant each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo.models.base import Model
from sandbox.odoo.models.thread import Thread
from sandbox.odoo.store import Row


class Template(Thread):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        service = values.get("type") == "service"
        return {
            "active": True,
            "type": "consu",
            "purchase_ok": True,
            "sale_ok": True,
            "uom_id": 1,
            "sequence": 1,
            "purchase_method": "purchase" if service else "receive",
            "supplier_taxes_id": [[6, 0, self._purchase_taxes()]],
        }

    def _purchase_taxes(self) -> list[int]:
        tax = self.env.company_row.get("account_purchase_tax_id")
        return [tax] if tax else []

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        if self.env.context.get("create_product_product", True):
            for record in ids:
                self._mirror_new("product.product", record, {"product_tmpl_id": record})

    def _mirror_new(self, model: str, record: int, extra: Row) -> int:
        other = self.env.store.next_id(model)
        row = {**self.rows[record], **extra, "id": other}
        self.env.store.put(model, other, row)
        return other

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        for record in ids:
            for variant in self.env["product.product"].rows.values():
                if variant["product_tmpl_id"] == record:
                    _mirror(self.env["product.product"], self.rows[record], variant)
                    break


class Product(Template):
    restricted_by = (
        ("purchase.order.line", "product_id"),
        ("account.move.line", "product_id"),
    )

    def check_required(self, row: Row) -> None:
        row.setdefault("product_tmpl_id", 0)
        super().check_required(row)

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record in ids:
            if not self.rows[record].get("product_tmpl_id"):
                template = self._mirror_new("product.template", record, {})
                row = {**self.rows[record], "product_tmpl_id": template}
                self.env.store.put(self.name, record, row)

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        templates = self.env["product.template"]
        for record in ids:
            row = self.rows[record]
            _mirror(templates, row, templates.rows[row["product_tmpl_id"]])

    def expense_account(self, record: int) -> int | None:
        """Return the product's expense account, else its category's."""
        row = self.rows[record]
        own = self.value(row, "property_account_expense_id")
        if own or not row.get("categ_id"):
            return own or None
        categories = self.env["product.category"]
        category = categories.rows[row["categ_id"]]
        return categories.value(category, "property_account_expense_categ_id") or None


def _mirror(model: Model, source: Row, target: Row) -> None:
    own = {"id", "product_tmpl_id", "create_date", "create_uid"}
    values = {key: value for key, value in source.items() if key not in own}
    model.env.store.put(model.name, target["id"], {**target, **values})


def _display_name(model: Model, row: Row) -> str:
    code = row.get("default_code")
    return f"[{code}] {row['name']}" if code else str(row["name"])


Template.computed = {**Template.computed, "display_name": _display_name}
Product.computed = {**Product.computed, "display_name": _display_name}


class Category(Model):
    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        self.after_write(ids, {})

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        for record in ids:
            row = self.rows[record]
            parent = self.rows.get(row.get("parent_id") or 0)
            name = f"{parent['complete_name']} / {row['name']}" if parent else row["name"]
            self.assign(record, {"complete_name": name})


Category.computed = {
    **Category.computed,
    "display_name": lambda model, row: row.get("complete_name") or row["name"],
}
