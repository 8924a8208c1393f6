"""What the sandbox page and tests see of this side: the ledger and the whole state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sandbox.odoo import moments
from sandbox.odoo.environment import Env
from sandbox.odoo.installation import Database, Installation
from sandbox.odoo.seed import ADMIN
from sandbox.odoo.store import Row

ROOT = "/_sandbox/odoo"
ORDER_COLUMNS = ["name", "vendor", "status", "total", "billing", "date"]
BILL_COLUMNS = ["number", "vendor", "reference", "status", "total", "open", "payment", "paid by"]
PAYMENT_COLUMNS = ["number", "vendor", "memo", "status", "amount", "date", "entry", "matched"]
BALANCE_COLUMNS = ["account", "balance", "open items"]
# Accounts through which money passes: what stands on them has not arrived yet.
PASSED_THROUGH = ("101404", "101406", "101410")
VENDOR_COLUMNS = ["name", "email", "tax id", "active"]


def ledger(installation: Installation) -> dict[str, Any]:
    """Return the tables a person looks at, of the first database."""
    db = next(iter(installation.databases.values()))
    orders, bills = _newest(db.store.rows("purchase.order")), _newest(_debts(db))
    tables = [
        _table("Purchase orders", ORDER_COLUMNS, _orders(db, orders), _order_buttons(orders)),
        _table("Vendor bills", BILL_COLUMNS, _bills(db, bills), _bill_buttons(bills)),
        _table("Payments", PAYMENT_COLUMNS, _payments(db)),
        _table("On the way", BALANCE_COLUMNS, _balances(db)),
        _table("Vendors", VENDOR_COLUMNS, _vendors(db)),
    ]
    return {"title": f"Odoo 19 ({db.name})", "tables": tables}


def _table(
    name: str, columns: list[str], rows: list[list[Any]], actions: list[list[Any]] | None = None
) -> dict[str, Any]:
    table: dict[str, Any] = {"name": name, "columns": columns, "rows": rows}
    return table | ({"actions": actions} if actions else {})


def _newest(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -row["id"])


def _debts(db: Database) -> list[Row]:
    moves = _as_root(db)["account.move"]
    return [row for row in moves.rows.values() if row["move_type"] != "entry"]


def _order_buttons(orders: list[Row]) -> list[list[Any]]:
    return [
        [_button("Post its bill", "post-bill-for-order", "order", row)]
        if row["invoice_status"] == "to invoice"
        else []
        for row in orders
    ]


def _bill_buttons(bills: list[Row]) -> list[list[Any]]:
    amount = {"name": "amount", "placeholder": "all"}
    return [
        [_button("Pay by hand", "pay-by-hand", "bill", row) | {"fields": [amount]}]
        if row["state"] == "posted" and row["amount_residual"]
        else []
        for row in bills
    ]


def _button(label: str, action: str, name: str, row: Row) -> dict[str, Any]:
    return {"label": label, "path": f"{ROOT}/{action}", "name": name, "value": row["name"]}


def _orders(db: Database, orders: list[Row]) -> list[list[Any]]:
    return [
        [
            row["name"],
            _vendor(db, row),
            "locked" if row.get("locked") else row["state"],
            row["amount_total"],
            row["invoice_status"],
            moments.shown(row["date_order"]),
        ]
        for row in orders
    ]


def _bills(db: Database, bills: list[Row]) -> list[list[Any]]:
    moves = _as_root(db)["account.move"]
    return [
        [
            row.get("name") or "draft",
            _vendor(db, row),
            row.get("ref") or "",
            row["state"],
            row["amount_total"],
            row["amount_residual"],
            row["payment_state"],
            ", ".join(_paid_by(db, moves.value(row, "reconciled_payment_ids"))),
        ]
        for row in bills
    ]


def _paid_by(db: Database, payments: list[int]) -> list[str]:
    rows = db.store.tables["account.payment"].rows
    return [str(rows[i].get("name") or f"draft {i}") for i in payments]


def _payments(db: Database) -> list[list[Any]]:
    moves = db.store.tables["account.move"].rows
    return [
        [
            row.get("name") or "draft",
            _vendor(db, row),
            row.get("memo") or "",
            row["state"],
            row["amount"],
            moments.shown(row["date"]),
            moves[row["move_id"]]["name"] if row.get("move_id") else "none",
            bool(row.get("is_matched")),
        ]
        for row in _newest(db.store.rows("account.payment"))
    ]


def _balances(db: Database) -> list[list[Any]]:
    return [[f"{code} {name}", *balance_of(db, code)] for code, name in _passed_through(db)]


def _passed_through(db: Database) -> list[tuple[str, str]]:
    accounts = _as_root(db)["account.account"]
    named = {accounts.value(row, "code"): str(row["name"]) for row in accounts.rows.values()}
    return [(code, named[code]) for code in PASSED_THROUGH if code in named]


def balance_of(db: Database, code: str) -> tuple[float, int]:
    """Return the balance of an account and how many of its items are open."""
    accounts = _as_root(db)["account.account"]
    ids = {i for i, row in accounts.rows.items() if accounts.value(row, "code") == code}
    items = [
        row
        for row in db.store.rows("account.move.line")
        if row.get("account_id") in ids and row.get("parent_state") == "posted"
    ]
    balance = sum(row.get("balance") or 0.0 for row in items)
    return round(balance, 2), sum(1 for row in items if row.get("amount_residual"))


def _as_root(db: Database) -> Env:
    return Env(db, ADMIN, {}, datetime.min, su=True)


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
