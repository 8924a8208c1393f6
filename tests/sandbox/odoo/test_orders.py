"""Purchase orders from draft to billed, and what is refused on the way (odoo.md §3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.odoo.conftest import Client, Refused


@pytest.fixture
def paper(person: Client) -> int:
    return person.search("product.product", [["default_code", "=", "PAPER"]])[0]


@pytest.fixture
def vendor(person: Client) -> int:
    return person.named("res.partner", "Brightwater Paper Co.")


def _order(client: Client, vendor: int, *lines: dict[str, Any], **values: Any) -> int:
    commands = [[0, 0, line] for line in lines]
    return client.create("purchase.order", partner_id=vendor, order_line=commands, **values)


def _message(refusal: pytest.ExceptionInfo[Refused]) -> str:
    assert refusal.value.status == 422
    return refusal.value.message


def test_totals_come_from_the_lines_and_their_taxes(odoo: Client, vendor: int, paper: int) -> None:
    taxes = odoo.search("account.tax", [["type_tax_use", "=", "purchase"]])
    line = {"product_id": paper, "product_qty": 3, "price_unit": 33.335}
    order = _order(odoo, vendor, {**line, "tax_ids": [[6, 0, taxes]]}, {**line, "discount": 50})

    found = odoo.read("purchase.order", order, "amount_untaxed", "amount_tax", "amount_total")

    assert (found["amount_untaxed"], found["amount_tax"]) == (150.01, 20.0)
    assert found["amount_total"] == 170.01


def test_confirming_sets_the_state_and_the_date(odoo: Client, vendor: int, paper: int) -> None:
    order = _order(odoo, vendor, {"product_id": paper, "price_unit": 5})
    before = odoo.read("purchase.order", order, "state", "date_approve", "invoice_status")
    assert (before["state"], before["date_approve"]) == ("draft", False)

    assert odoo.call("purchase.order", "button_confirm", ids=[order]) is True

    after = odoo.read("purchase.order", order, "state", "date_approve", "invoice_status", "locked")
    assert (after["state"], after["invoice_status"]) == ("purchase", "to invoice")
    assert after["date_approve"]
    assert after["locked"] is False


def test_an_order_with_a_line_without_product_is_not_confirmed(odoo: Client, vendor: int) -> None:
    order = _order(odoo, vendor, {"name": "Something", "price_unit": 5})

    with pytest.raises(Refused) as refusal:
        odoo.call("purchase.order", "button_confirm", ids=[order])

    assert "missing a product" in _message(refusal)


def test_above_the_limit_a_plain_user_asks_for_approval(
    person: Client, odoo: Client, vendor: int, paper: int
) -> None:
    limit = {"po_double_validation": "two_step", "po_double_validation_amount": 100}
    person.write("res.company", 1, **limit)
    order = _order(odoo, vendor, {"product_id": paper, "price_unit": 101})
    odoo.call("purchase.order", "button_confirm", ids=[order])

    assert odoo.call("purchase.order", "button_approve", ids=[order]) == {}

    assert odoo.read("purchase.order", order, "state")["state"] == "to approve"
    person.call("purchase.order", "button_approve", ids=[order])
    assert odoo.read("purchase.order", order, "state")["state"] == "purchase"


def test_a_bill_covers_the_order_until_it_is_cancelled(
    odoo: Client, vendor: int, paper: int
) -> None:
    order = _order(odoo, vendor, {"product_id": paper, "product_qty": 4, "price_unit": 5})
    odoo.call("purchase.order", "button_confirm", ids=[order])
    bill = odoo.call("purchase.order", "action_create_invoice", ids=[order])["res_id"]
    found = odoo.read("purchase.order", order, "invoice_ids", "invoice_status")
    assert (found["invoice_ids"], found["invoice_status"]) == ([bill], "invoiced")
    lines = odoo.call(
        "purchase.order.line",
        "search_read",
        domain=[["order_id", "=", order]],
        fields=["qty_invoiced", "qty_to_invoice"],
    )
    assert [(row["qty_invoiced"], row["qty_to_invoice"]) for row in lines] == [(4.0, 0.0)]

    odoo.call("account.move", "button_cancel", ids=[bill])

    assert odoo.read("purchase.order", order, "invoice_status")["invoice_status"] == "to invoice"


def test_an_order_with_a_posted_bill_cannot_be_cancelled(person: Client) -> None:
    billed = person.search("purchase.order", [["invoice_ids.state", "=", "posted"]])

    with pytest.raises(Refused) as refusal:
        person.call("purchase.order", "button_cancel", ids=billed)

    assert "first cancel their related vendor bills" in _message(refusal)


def test_a_deleted_order_leaves_no_trace(person: Client, vendor: int, paper: int) -> None:
    order = _order(person, vendor, {"product_id": paper, "price_unit": 5})
    with pytest.raises(Refused):
        person.call("purchase.order", "unlink", ids=[order])
    person.call("purchase.order", "button_cancel", ids=[order])

    person.call("purchase.order", "unlink", ids=[order])

    assert person.call("purchase.order", "read", ids=[order], fields=["name"]) == []
    assert person.search("purchase.order.line", [["order_id", "=", order]]) == []
    with pytest.raises(Refused) as refusal:
        person.write("purchase.order", order, partner_ref="x")
    assert refusal.value.status == 404


def test_the_planned_date_of_the_order_stays_its_own(odoo: Client, vendor: int, paper: int) -> None:
    line = {"product_id": paper, "price_unit": 5}
    order = _order(odoo, vendor, line, date_planned="2027-12-05 00:00:00")

    found = odoo.read("purchase.order", order, "date_planned", "date_order", "order_line")

    assert found["date_planned"] == "2027-12-05 00:00:00"
    planned = odoo.read("purchase.order.line", found["order_line"][0], "date_planned")
    assert planned["date_planned"] == found["date_order"]


def test_lines_are_written_through_commands(odoo: Client, vendor: int, paper: int) -> None:
    line = {"product_id": paper, "price_unit": 5}
    order = _order(odoo, vendor, line, {**line, "price_unit": 7})
    first, second = odoo.read("purchase.order", order, "order_line")["order_line"]
    note = {"display_type": "line_note", "name": "With care"}

    odoo.write(
        "purchase.order",
        order,
        order_line=[[1, first, {"price_unit": 6}], [2, second], [0, 0, note]],
    )

    found = odoo.read("purchase.order", order, "order_line", "amount_total")
    assert found["amount_total"] == 6.0
    assert len(found["order_line"]) == 2
    assert first in found["order_line"]
    assert second not in found["order_line"]


def test_numbers_follow_each_other_and_a_name_may_be_given(
    odoo: Client, vendor: int, paper: int
) -> None:
    line = {"product_id": paper, "price_unit": 5}
    orders = [_order(odoo, vendor, line), _order(odoo, vendor, line)]
    names = [odoo.read("purchase.order", order, "name")["name"] for order in orders]
    assert int(names[1][1:]) == int(names[0][1:]) + 1
    assert len(names[0]) == len("P00001")

    odoo.write("purchase.order", orders[0], name="BY-HAND-1")

    assert odoo.search("purchase.order", [["name", "=", "BY-HAND-1"]]) == [orders[0]]
