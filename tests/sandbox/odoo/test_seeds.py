"""What the seeds hold, and that many orders are read quickly."""

from __future__ import annotations

import time

from sandbox.odoo.seed.builder import Builder
from sandbox.server import SandboxServer
from tests.sandbox.odoo.conftest import Client


def test_demo_has_a_bit_of_everything(odoo: Client) -> None:
    def found(*domain: object) -> int:
        return len(odoo.search("purchase.order", list(domain)))

    assert found(["state", "=", "purchase"]) >= 12
    assert found(["state", "=", "draft"]) == 2
    assert found(["state", "=", "cancel"]) == 1
    assert found(["locked", "=", True]) == 1
    assert found(["amount_tax", ">", 0]) == 1
    assert found(["currency_id.name", "=", "EUR"]) == 1
    assert found(["invoice_status", "=", "invoiced"]) == 1
    assert found(["order_line.qty_received", ">", 0]) == 1
    assert found(["order_line.display_type", "in", ["line_section", "line_note"]]) == 1
    assert found(["order_line.product_id.property_account_expense_id.code", "=", "612000"]) == 1
    files = odoo.search("ir.attachment", [["res_model", "=", "purchase.order"]])
    assert len(files) == 1


def test_twins_are_fifty_vendors_and_two_hundred_orders() -> None:
    with SandboxServer(seed="twins") as server:
        odoo = Client(server.url)
        assert odoo.call("res.partner", "search_count", domain=[["supplier_rank", ">", 0]]) == 50
        domain = [["name", "=", "PO00200"]]
        fields = ["partner_id", "amount_total", "date_approve", "payment_term_id", "state"]
        rows = odoo.call("purchase.order", "search_read", domain=domain, fields=fields)
        assert odoo.call("purchase.order", "search_count", domain=[]) == 200

    assert rows[0]["partner_id"][1] == "Twin Vendor 50 LLC"
    assert rows[0]["amount_total"] == 300.0
    assert rows[0]["date_approve"] == "2026-10-05 12:00:00"
    assert rows[0]["payment_term_id"][1] == "30 Days"
    assert rows[0]["state"] == "purchase"


def test_empty_has_a_company_a_chart_and_users_only() -> None:
    with SandboxServer(seed="empty") as server:
        odoo = Client(server.url)
        assert odoo.call("purchase.order", "search_count", domain=[]) == 0
        assert odoo.search("res.partner", [["supplier_rank", ">", 0]]) == []
        assert odoo.account("600000")


def test_ids_are_the_same_every_time(server: SandboxServer, odoo: Client) -> None:
    fields = ["id", "name", "partner_id"]
    before = odoo.call("purchase.order", "search_read", domain=[], fields=fields)

    server.world.reset("demo")

    assert odoo.call("purchase.order", "search_read", domain=[], fields=fields) == before


def test_five_thousand_orders_are_read_quickly(server: SandboxServer) -> None:
    odoo = Client(server.url, "admin")
    db = server.world.records["odoo"].databases["demo"]
    builder = Builder(db, server.world.clock.now().replace(tzinfo=None))
    vendor = odoo.named("res.partner", "Brightwater Paper Co.")
    line = {"product_id": 1, "product_qty": 1, "price_unit": 10.0, "tax_ids": [[5]]}
    order = {"partner_id": vendor, "order_line": [[0, 0, line], [0, 0, line], [0, 0, line]]}
    builder.env["purchase.order"].create([order for _ in range(5000)])
    db.store.commit()
    fields = ["name", "partner_id", "state", "amount_total", "currency_id", "write_date"]

    started = time.perf_counter()
    page = odoo.call(
        "purchase.order",
        "search_read",
        domain=[["state", "=", "draft"], ["write_date", ">=", "2026-01-01 00:00:00"]],
        fields=[*fields, "order_line"],
        limit=1000,
        order="write_date, id",
    )
    elapsed = time.perf_counter() - started
    lines = odoo.call(
        "purchase.order.line",
        "search_read",
        domain=[["order_id", "in", [row["id"] for row in page]]],
        fields=["order_id", "name", "product_id", "price_subtotal", "write_date"],
    )

    assert len(page) == 1000
    assert len(lines) >= 2900
    # Three times what a slow machine needs.
    assert elapsed < 1.0
