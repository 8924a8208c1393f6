"""The buttons of the ledger page do in Odoo what a person would."""

from __future__ import annotations

import requests

from sandbox.server import SandboxServer


def press(sandbox: SandboxServer, action: str, **fields: str) -> requests.Response:
    return requests.post(f"{sandbox.url}/_sandbox/odoo/{action}", data=fields, timeout=10)


def bills(sandbox: SandboxServer) -> list[dict[str, object]]:
    state = requests.get(f"{sandbox.url}/_sandbox/state/odoo", timeout=10).json()
    rows: list[dict[str, object]] = state["account.move"]
    return [row for row in rows if row["move_type"] == "in_invoice"]


def test_a_bill_is_paid_by_hand_in_part_and_the_page_shows_it(sandbox: SandboxServer) -> None:
    requests.post(f"{sandbox.url}/_sandbox/reset", json={"seed": "demo"}, timeout=10)
    (bill,) = bills(sandbox)

    page = press(sandbox, "pay-by-hand", bill=str(bill["name"]), amount="1,40.00")

    assert page.ok
    assert "Pay by hand" in page.text
    assert bills(sandbox)[0]["amount_residual"] == 800.0


def test_the_bill_of_an_order_is_posted_from_the_page(sandbox: SandboxServer) -> None:
    requests.post(f"{sandbox.url}/_sandbox/reset", json={"seed": "demo"}, timeout=10)
    before = len(bills(sandbox))

    assert press(sandbox, "post-bill-for-order", order="P00005").ok

    assert len(bills(sandbox)) == before + 1


def test_what_odoo_refuses_is_said_on_the_page(sandbox: SandboxServer) -> None:
    requests.post(f"{sandbox.url}/_sandbox/reset", json={"seed": "demo"}, timeout=10)

    page = press(sandbox, "pay-by-hand", bill="nothing")

    assert "0 records of account.move answer to" in page.text
