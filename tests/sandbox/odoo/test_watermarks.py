"""When a record counts as changed, and which changes a filter finds (docs/systems/odoo.md §4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.sandbox.odoo.conftest import Client, Refused

Advance = Callable[[float], None]
MOMENT = "2026-11-20 11:56:44"


@pytest.fixture
def order(frozen: Advance, person: Client) -> int:
    """Return an order written at 11:56:44.408338."""
    product = person.search("product.product", [["default_code", "=", "PAPER"]])[0]
    line = {"product_id": product, "product_qty": 2, "price_unit": 50.0}
    free = {"product_id": product, "product_qty": 1, "price_unit": 0.0}
    vendor = person.named("res.partner", "Brightwater Paper Co.")
    return person.create(
        "purchase.order", partner_id=vendor, order_line=[[0, 0, line], [0, 0, free]]
    )


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        (">", MOMENT, False),
        (">=", MOMENT, True),
        ("=", MOMENT, True),
        ("!=", MOMENT, False),
        ("<=", MOMENT, True),
        ("<", MOMENT, False),
        (">", "2026-11-20 11:56:43", True),
        (">=", "2026-11-20 11:56:45", False),
        (">", f"{MOMENT}.408338", False),
        (">=", f"{MOMENT}.408338", True),
        (">", "2026-11-20T11:56:43", True),
        (">", "2026-11-20", False),
        (">=", "2026-11-20", True),
        (">", "2026-11-19", True),
    ],
)
def test_filters_compare_whole_seconds(
    odoo: Client, order: int, operator: str, value: str, found: bool
) -> None:
    domain = [["id", "=", order], ["write_date", operator, value]]

    assert bool(odoo.search("purchase.order", domain)) is found


@pytest.mark.parametrize(("operator", "found"), [(">", False), (">=", True)])
def test_filters_through_a_path_compare_whole_seconds_too(
    odoo: Client, order: int, operator: str, found: bool
) -> None:
    domain = [["id", "=", order], ["order_line.write_date", operator, MOMENT]]

    assert bool(odoo.search("purchase.order", domain)) is found


@pytest.mark.parametrize("zone", ["Z", "+00:00"])
def test_a_time_zone_in_a_filter_is_a_server_error(odoo: Client, zone: str) -> None:
    with pytest.raises(Refused) as refusal:
        odoo.search("purchase.order", [["write_date", ">=", f"2026-11-20T10:00:00{zone}"]])

    assert (refusal.value.status, refusal.value.name) == (500, "builtins.ValueError")


@pytest.mark.parametrize("value", ["2026-12-05T10:00:00", "2026-12-05 10:00:00Z"])
def test_a_written_datetime_takes_no_t_and_no_zone(person: Client, order: int, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        person.write("purchase.order", order, date_planned=value)

    assert (refusal.value.status, refusal.value.name) == (500, "builtins.ValueError")


TOUCHING: dict[str, tuple[str, dict[str, Any]]] = {
    "the order itself": ("purchase.order", {"partner_ref": "A-1"}),
    "the order with an equal value": ("purchase.order", {"priority": "0"}),
    "a line's price": ("purchase.order.line", {"price_unit": 51.0}),
    "a line's quantity": ("purchase.order.line", {"product_qty": 3}),
    "a line's planned date": ("purchase.order.line", {"date_planned": "2026-11-01 08:00:00"}),
}
LEAVING: dict[str, tuple[str, dict[str, Any]]] = {
    "a line's description": ("purchase.order.line", {"name": "Other words"}),
    "a line's analytics": ("purchase.order.line", {"analytic_distribution": {"1": 100}}),
    "a line's received quantity": ("purchase.order.line", {"qty_received": 1}),
}


def _write(person: Client, order: int, model: str, values: dict[str, Any]) -> None:
    line = person.read("purchase.order", order, "order_line")["order_line"][0]
    person.write(model, order if model == "purchase.order" else line, **values)


@pytest.mark.parametrize("what", TOUCHING)
def test_touches_the_order(what: str, person: Client, order: int, frozen: Advance) -> None:
    frozen(60)

    _write(person, order, *TOUCHING[what])

    assert person.read("purchase.order", order, "write_date")["write_date"] > MOMENT


@pytest.mark.parametrize("what", LEAVING)
def test_leaves_the_order_but_touches_the_line(
    what: str, person: Client, order: int, frozen: Advance
) -> None:
    frozen(60)

    _write(person, order, *LEAVING[what])

    assert person.read("purchase.order", order, "write_date")["write_date"] == MOMENT
    either = ["|", ["write_date", ">", MOMENT], ["order_line.write_date", ">", MOMENT]]
    assert person.search("purchase.order", [["id", "=", order], *either]) == [order]


def test_lines_added_or_priced_lines_removed_touch_the_order(
    person: Client, order: int, frozen: Advance
) -> None:
    frozen(60)
    lines = person.read("purchase.order", order, "order_line")["order_line"]
    person.call("purchase.order.line", "unlink", ids=[lines[1]])
    assert person.read("purchase.order", order, "write_date")["write_date"] == MOMENT

    person.write("purchase.order", order, order_line=[[2, lines[0]]])

    found = person.read("purchase.order", order, "write_date", "amount_total")
    assert found == {"id": order, "write_date": "2026-11-20 11:57:44", "amount_total": 0.0}


def test_messages_and_a_new_vendor_name_leave_the_order(
    person: Client, order: int, frozen: Advance
) -> None:
    frozen(60)
    vendor = person.read("purchase.order", order, "partner_id")["partner_id"][0]

    person.call("purchase.order", "message_post", ids=[order], body="hello")
    person.write("res.partner", vendor, name="Brighterwater Paper Co.")

    assert person.read("purchase.order", order, "write_date")["write_date"] == MOMENT


def test_a_late_commit_appears_with_the_date_of_its_start(
    odoo: Client, frozen: Advance, control: Callable[..., Any]
) -> None:
    values = {"name": "Long Import LLC", "supplier_rank": 1}
    control("odoo/late-commit", model="res.partner", values=values, seconds=7)
    named = [["name", "=", "Long Import LLC"]]
    frozen(2)
    assert odoo.search("res.partner", named) == []

    frozen(5)

    found = odoo.call("res.partner", "search_read", domain=named, fields=["write_date"])
    assert [row["write_date"] for row in found] == [MOMENT]
    assert odoo.search("res.partner", [*named, ["write_date", ">=", "2026-11-20 11:56:46"]]) == []


def test_a_call_carried_out_after_its_connection_broke_has_the_date_of_its_start(
    person: Client, frozen: Advance, control: Callable[..., Any]
) -> None:
    control("faults", system="odoo", kind="drop_then_commit", seconds=5)
    with pytest.raises(requests.ConnectionError):
        person.create("res.partner", name="Slow Import LLC")
    named = [["name", "=", "Slow Import LLC"]]
    assert person.search("res.partner", named) == []

    frozen(6)

    found = person.call("res.partner", "search_read", domain=named, fields=["write_date"])
    assert [row["write_date"] for row in found] == [MOMENT]


def test_a_late_write_keeps_what_others_wrote_meanwhile(
    person: Client, frozen: Advance, control: Callable[..., Any]
) -> None:
    vendor = person.named("res.partner", "Brightwater Paper Co.")
    asked = {"model": "res.partner", "ids": [vendor], "values": {"phone": "1"}, "seconds": 5}
    control("odoo/late-commit", **asked)

    person.write("res.partner", vendor, street="2 New Road")
    frozen(6)

    found = person.read("res.partner", vendor, "phone", "street")
    assert (found["phone"], found["street"]) == ("1", "2 New Road")


def test_a_posted_bill_raises_the_rank_and_touches_the_vendor(
    person: Client, frozen: Advance
) -> None:
    vendor = person.named("res.partner", "Newly Found Tools")
    order = person.search("purchase.order", [["partner_id", "=", vendor]])[0]
    bill = person.call("purchase.order", "action_create_invoice", ids=[order])["res_id"]
    person.write("account.move", bill, invoice_date="2026-11-20")
    frozen(60)

    person.call("account.move", "action_post", ids=[bill])

    found = person.read("res.partner", vendor, "supplier_rank", "write_date")
    assert found == {"id": vendor, "supplier_rank": 1, "write_date": "2026-11-20 11:57:44"}
