"""What people do by hand, and what the sandbox page shows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from sandbox.odoo import ledger
from sandbox.odoo.overview import balance_of
from sandbox.server import SandboxServer
from tests.sandbox.odoo.books import Books
from tests.sandbox.odoo.conftest import Client

Control = Callable[..., Any]


def _table(server: SandboxServer, name: str) -> list[dict[str, Any]]:
    tables = {table["name"]: table for table in ledger(server.world)["tables"]}
    table = tables[name]
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def test_demo_has_an_order_with_an_unpaid_bill(odoo: Client) -> None:
    domain = [["invoice_status", "=", "invoiced"]]
    [order] = odoo.call("purchase.order", "search_read", domain=domain, fields=["invoice_ids"])

    row = odoo.read("account.move", order["invoice_ids"][0], "state", "payment_state", "ref")

    assert (row["state"], row["payment_state"], row["ref"]) == ("posted", "not_paid", "KPW-2207")


def test_a_bill_is_entered_for_an_order_and_paid_by_hand(
    server: SandboxServer, books: Books, control: Control
) -> None:
    due = {"date": "2026-11-05", "date_due": "2026-12-05"}
    made = control("odoo/post-bill-for-order", order="P00002", ref="CP-9", **due)
    row = books.person.read("account.move", made["bill"], "ref", "date", "invoice_date_due")
    assert (row["ref"], row["date"], row["invoice_date_due"]) == ("CP-9", *due.values())

    paid = control("odoo/pay-by-hand", bill="CP-9", amount=21.0, journal="BLCL")

    assert books.state(made["bill"]) == ("partial", 600.0)
    [bill] = [row for row in _table(server, "Vendor bills") if row["reference"] == "CP-9"]
    assert (bill["open"], bill["payment"], bill["paid by"]) == (600.0, "partial", paid["name"])
    [payment] = _table(server, "Payments")
    assert (payment["amount"], payment["matched"]) == (21.0, False)
    db = server.world.records["odoo"].databases["demo"]
    assert balance_of(db, "101410") == (-21.0, 1)
    control("odoo/bank-match", payment=paid["name"])
    assert balance_of(db, "101410") == (0.0, 0)


def test_what_people_cannot_do_is_said(server: SandboxServer, control: Control) -> None:
    def refused(action: str, **body: Any) -> tuple[int, Any]:
        url = f"{server.url}/_sandbox/odoo/{action}"
        answer = requests.post(url, json=body, timeout=20)
        return answer.status_code, answer.json()

    assert refused("dance")[0] == 400
    assert refused("pay-by-hand") == (400, {"error": "give bill"})
    assert refused("pay-by-hand", bill="NOPE")[0] == 422
    assert refused("lock", field="moon_lock_date")[0] == 422
    assert refused("switches", cancel_matched="perhaps")[0] == 400
    assert refused("switches", unknown=True)[0] == 400


def test_a_rate_counts_from_its_day(odoo: Client, control: Control) -> None:
    control("clock", set="2026-11-20T12:23:00+00:00")
    control("odoo/rate", currency="EUR", rate=0.5, date="2026-11-18")

    eur = odoo.named("res.currency", "EUR")
    assert odoo.read("res.currency", eur, "rate")["rate"] == 0.5
    control("clock", set="2026-11-17T12:23:00+00:00")
    assert odoo.read("res.currency", eur, "rate")["rate"] == 0.8
