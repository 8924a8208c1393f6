"""Computed fields of account.move."""

from __future__ import annotations

from sandbox.odoo.models.base import Model
from sandbox.odoo.models.bill_items import bill_line_ids
from sandbox.odoo.models.entries import ITEM
from sandbox.odoo.store import Row

LABELS = {"in_invoice": "Vendor Bill", "in_refund": "Vendor Credit Note"}


def display_name(model: Model, row: Row) -> str:
    label = LABELS.get(row["move_type"], "Entry")
    name = row.get("name") or f"Draft {label} (* {row['id']})"
    return f"{name} ({row['ref']})" if row.get("ref") else str(name)


def purchase_orders(model: Model, row: Row) -> int:
    items = model.env[ITEM].rows
    lines = model.env["purchase.order.line"].rows
    linked = [items[i].get("purchase_line_id") for i in bill_line_ids(model, row)]
    return len({lines[i]["order_id"] for i in linked if i})


def same_reference(model: Model, row: Row) -> list[int]:
    """Return other documents of the vendor with this reference; nothing refuses them (§5)."""
    return [
        other["id"]
        for other in model.rows.values()
        if row.get("ref")
        and other["id"] != row["id"]
        and other.get("ref") == row["ref"]
        and other.get("commercial_partner_id") == row.get("commercial_partner_id")
        and other["move_type"] == row["move_type"]
        and other["state"] != "cancel"
    ]
