"""The `demo` seed: a small trading company with a bit of everything a connector meets."""

from __future__ import annotations

import base64
from typing import Any

from sandbox.odoo.seed.builder import Builder
from sandbox.odoo.seed.vendors import add_vendors

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
# (code, name, type, control, account on the product, account on the category)
PRODUCTS = (
    ("PAPER", "Copy paper", "consu", "purchase", "600000", None),
    ("JACK", "Pallet jack", "consu", "purchase", "611000", None),
    ("FREIGHT", "Inbound freight", "service", "purchase", None, "641000"),
    ("RENT", "Warehouse rent", "service", "purchase", "612000", None),
    ("ADVICE", "Consulting hours", "service", "purchase", None, None),
    ("BOX", "Corrugated boxes", "consu", "receive", None, "600000"),
)


def fill(builder: Builder) -> None:
    builder.ago(90)
    _analytics(builder)
    _products(builder)
    add_vendors(builder)
    _orders(builder)


def _analytics(builder: Builder) -> None:
    plan = builder.add("account.analytic.plan", name="Departments", complete_name="Departments")
    for name in ("North", "South"):
        builder.add("account.analytic.account", name=name, code=name.upper(), plan_id=plan)


def _products(builder: Builder) -> None:
    for code, name, kind, control, own, of_category in PRODUCTS:
        category = builder.named("product.category", "All")
        if of_category:
            category = builder.add(
                "product.category",
                name=name,
                parent_id=category,
                property_account_expense_categ_id=builder.account(of_category),
            )
        builder.add(
            "product.product",
            name=name,
            default_code=code,
            type=kind,
            categ_id=category,
            purchase_method=control,
            standard_price=10.0,
            property_account_expense_id=builder.account(own) if own else False,
            supplier_taxes_id=[[5]],
        )


def _line(builder: Builder, code: str, quantity: float, price: float, **more: Any) -> list[Any]:
    products = builder.db.store.rows("product.product")
    product = next(row["id"] for row in products if row["default_code"] == code)
    return [0, 0, {"product_id": product, "product_qty": quantity, "price_unit": price, **more}]


def _order(
    builder: Builder,
    vendor: str,
    days: float,
    *lines: list[Any],
    confirm: bool = True,
    **values: Any,
) -> int:
    """Order something `days` ago and, ten hours later or so, confirm it."""
    builder.ago(days)
    partner = builder.named("res.partner", vendor)
    order = builder.add("purchase.order", partner_id=partner, order_line=list(lines), **values)
    if confirm:
        env = builder.ago(days, hours=-0.2)
        env["purchase.order"].button_confirm([order])  # type: ignore[attr-defined]
    return order


def _orders(builder: Builder) -> None:
    def line(code: str, quantity: float, price: float, **more: Any) -> list[Any]:
        return _line(builder, code, quantity, price, **more)

    tax = next(
        int(row["id"])
        for row in builder.db.store.rows("account.tax")
        if row["type_tax_use"] == "purchase" and row["amount"] == 15.0
    )
    north, south = (builder.named("account.analytic.account", n) for n in ("North", "South"))
    _order(builder, "Keystone Pallet Works", 120, line("JACK", 1, 480.0))  # older than 90 days
    _order(
        builder, "Cedar Point Logistics LLC", 19, line("FREIGHT", 2, 310.5), partner_ref="CP-771"
    )
    _order(builder, "Brightwater Paper Co.", 18, line("PAPER", 40, 6.25))
    _order(
        builder,
        "Anchor & Chain Hardware Inc.",
        16,
        line("JACK", 2, 455.0, tax_ids=[[6, 0, [tax]]]),
        line("PAPER", 4, 6.25),
    )
    shares = {str(north): 60, str(south): 40}
    _order(
        builder,
        "Evergreen Office Supply",
        14,
        line("PAPER", 100, 5.9, analytic_distribution=shares),
    )
    _order(
        builder,
        "Ferris Marine Consulting",
        13,
        [0, 0, {"display_type": "line_section", "name": "Survey of the east quay"}],
        line("ADVICE", 12, 140.0),
        [0, 0, {"display_type": "line_note", "name": "Travel is included."}],
    )
    _order(builder, "Dockside Properties LP", 12, line("RENT", 1, 3200.0))
    _order(
        builder,
        "Gull Island Electric",
        10,
        line("ADVICE", 3, 95.0),
        name="PO-2026-EAST-QUAY-LIGHT-7",
    )
    _order(builder, "Lindholm Maskin GmbH", 9, line("JACK", 3, 390.0))
    _order(builder, "Newly Found Tools", 7, line("JACK", 1, 510.0))
    _order(builder, "No Address Freight", 6, line("FREIGHT", 1, 275.0))
    _special_orders(builder, line)


def _special_orders(builder: Builder, line: Any) -> None:
    boxes = _order(builder, "Columbia Packaging LLC", 8, line("BOX", 200, 1.35))
    env = builder.ago(5)
    received = env["purchase.order.line"].search([["order_id", "=", boxes]])
    env["purchase.order.line"].write(received, {"qty_received": 80.0})

    _billed(builder, _order(builder, "Keystone Pallet Works", 11, line("JACK", 2, 470.0)))

    documented = _order(builder, "Cedar Point Logistics LLC", 4, line("FREIGHT", 1, 289.9))
    builder.add(
        "ir.attachment",
        name="freight-order.pdf",
        datas=base64.b64encode(PDF).decode(),
        res_model="purchase.order",
        res_id=documented,
        mimetype="application/pdf",
    )
    locked = _order(builder, "Evergreen Office Supply", 3, line("PAPER", 60, 5.95))
    builder.env["purchase.order"].button_lock([locked])  # type: ignore[attr-defined]

    cancelled = _order(builder, "Gull Island Electric", 2, line("ADVICE", 1, 95.0))
    builder.ago(1)["purchase.order"].button_cancel([cancelled])  # type: ignore[attr-defined]

    _order(builder, "Brightwater Paper Co.", 1, line("PAPER", 10, 6.4), confirm=False)
    _order(builder, "Anchor & Chain Hardware Inc.", 0.5, line("JACK", 1, 460.0), confirm=False)


def _billed(builder: Builder, order: int) -> None:
    env = builder.ago(9)
    day = env.now.date().isoformat()
    env["purchase.order"].action_create_invoice([order])  # type: ignore[attr-defined]
    bills = env["account.move"]
    bill = max(bills.rows)
    bills.write([bill], {"ref": "KPW-2207", "invoice_date": day, "date": day})
    bills.action_post([bill])  # type: ignore[attr-defined]
