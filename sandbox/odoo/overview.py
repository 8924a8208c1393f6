"""What the sandbox page and tests see of this side: the ledger and the whole state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo import moments
from sandbox.odoo.installation import Database, Installation
from sandbox.odoo.store import Row

ORDER_COLUMNS = ["name", "vendor", "status", "total", "billing", "date"]
BILL_COLUMNS = ["number", "vendor", "reference", "status", "total", "open"]
VENDOR_COLUMNS = ["name", "email", "tax id", "active"]


def ledger(installation: Installation) -> dict[str, Any]:
    """Return the tables a person looks at, of the first database."""
    db = next(iter(installation.databases.values()))
    tables = [
        ("Purchase orders", ORDER_COLUMNS, _orders(db)),
        ("Vendor bills", BILL_COLUMNS, _bills(db)),
        ("Vendors", VENDOR_COLUMNS, _vendors(db)),
    ]
    listed = [{"name": name, "columns": columns, "rows": rows} for name, columns, rows in tables]
    return {"title": f"Odoo 19 ({db.name})", "tables": listed}


def _orders(db: Database) -> list[list[Any]]:
    return [
        [
            row["name"],
            _vendor(db, row),
            "locked" if row.get("locked") else row["state"],
            row["amount_total"],
            row["invoice_status"],
            moments.shown(row["date_order"]),
        ]
        for row in sorted(db.store.rows("purchase.order"), key=lambda row: -row["id"])
    ]


def _bills(db: Database) -> list[list[Any]]:
    return [
        [
            row.get("name") or "draft",
            _vendor(db, row),
            row.get("ref") or "",
            row["state"],
            row["amount_total"],
            row["amount_residual"],
        ]
        for row in sorted(db.store.rows("account.move"), key=lambda row: -row["id"])
    ]


def _vendors(db: Database) -> list[list[Any]]:
    return [
        [row["name"], row.get("email") or "", row.get("vat") or "", row["active"]]
        for row in db.store.rows("res.partner")
        if row.get("supplier_rank")
    ]


def _vendor(db: Database, row: Row) -> str:
    partner = db.store.get("res.partner", row.get("partner_id") or 0)
    return str(partner["name"]) if partner else ""


def state(installation: Installation) -> Mapping[str, Any]:
    """Return all rows by model, of the first database, without secrets and file contents."""
    db = next(iter(installation.databases.values()))
    return {
        name: [_open(row) for row in table.rows.values()]
        for name, table in db.store.tables.items()
        if table.rows
    }


def _open(row: Row) -> dict[str, Any]:
    return {
        key: moments.shown(value) if hasattr(value, "isoformat") else value
        for key, value in row.items()
        if not key.startswith("_")
    }
