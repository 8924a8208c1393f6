"""res.partner: vendors, contacts and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo.errors import ValidationError
from sandbox.odoo.models.base import Model
from sandbox.odoo.models.thread import Thread
from sandbox.odoo.store import Row


class Partner(Thread):
    restricted_by = (
        ("purchase.order", "partner_id"),
        ("account.move", "partner_id"),
        ("res.company", "partner_id"),
        ("res.users", "partner_id"),
    )

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        searched_as = self.env.context.get("res_partner_search_mode")
        return {
            "active": True,
            "type": "contact",
            "lang": "en_US",
            "autopost_bills": "ask",
            "supplier_rank": 1 if searched_as == "supplier" else 0,
            "customer_rank": 1 if searched_as == "customer" else 0,
        }

    def property_default(self, name: str) -> Any:
        """Payable and receivable account fall back to the company's own."""
        wanted = {
            "property_account_payable_id": "liability_payable",
            "property_account_receivable_id": "asset_receivable",
        }.get(name)
        if wanted is None:
            return super().property_default(name)
        for account in self.env["account.account"].rows.values():
            if account["account_type"] == wanted and self.env.company in account["company_ids"]:
                return account["id"]
        return False

    def check_required(self, row: Row) -> None:
        if not row.get("name") and row.get("type", "contact") == "contact":
            raise ValidationError("The operation cannot be completed: Contacts require a name")
        super().check_required(row)

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record in ids:
            self._complete(record)

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        for record in ids:
            self._complete(record)
            if "name" in values:
                for child in self.env.store.children(self.name, "parent_id", record):
                    self._complete(child)

    def _complete(self, record: int) -> None:
        row = self.rows[record]
        parent = self.rows.get(row.get("parent_id") or 0)
        top = parent["commercial_partner_id"] if parent and not row.get("is_company") else record
        website = row.get("website")
        if website and "://" not in website:
            website = f"http://{website}"
        self.assign(
            record,
            {
                "complete_name": _complete_name(row, parent),
                "commercial_partner_id": top,
                "website": website,
            },
        )

    def raise_supplier_rank(self, record: int) -> None:
        """A posted bill makes a vendor; on 19 this touches write_date (§0.4)."""
        top = self.rows[record]["commercial_partner_id"]
        row = self.rows[top]
        self.assign(top, {"supplier_rank": (row.get("supplier_rank") or 0) + 1})


def _complete_name(row: Row, parent: Row | None) -> str:
    name = row.get("name") or ""
    if parent is not None and not row.get("is_company"):
        label = name or {"invoice": "Invoice", "delivery": "Delivery"}.get(row["type"], "Other")
        return f"{parent['name']}, {label}"
    return name


def _display_name(model: Model, row: Row) -> str:
    return str(row.get("complete_name") or row.get("name") or "")


def _country_code(model: Model, row: Row) -> Any:
    country = model.env["res.country"].rows.get(row.get("country_id") or 0)
    return country["code"] if country else False


def _company_type(model: Model, row: Row) -> str:
    return "company" if row.get("is_company") else "person"


Partner.computed = {
    **Partner.computed,
    "display_name": _display_name,
    "country_code": _country_code,
    "company_type": _company_type,
}
