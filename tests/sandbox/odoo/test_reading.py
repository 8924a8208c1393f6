"""Domains, order, pages and shapes of what is read (odoo.md §2, §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.odoo.conftest import Client, Refused

CEDAR = "Cedar Point Logistics LLC"


def _names(client: Client, domain: list[Any], **options: Any) -> list[str]:
    rows = client.call("res.partner", "search_read", domain=domain, fields=["name"], **options)
    return [row["name"] for row in rows]


@pytest.mark.parametrize(
    "domain",
    [
        [["name", "=", CEDAR]],
        [["name", "ilike", "cedar POINT"]],
        [["name", "like", "Cedar"], ["is_company", "=", True]],
        [["name", "=like", "Cedar%LLC"]],
        [["name", "=ilike", "cedar%llc"]],
        [["vat", "in", ["84-2201733", "none"]]],
        ["&", ["city", "=", "Astoria"], "!", ["vat", "=", False]],
        [["child_ids.name", "=", "Ines Castell"]],
        [["child_ids", "!=", False]],
        [["state_id", "ilike", "oregon"], ["website", "!=", False]],
        [["property_supplier_payment_term_id", "=", "30 Days"]],
        [["child_ids", "any", [["name", "like", "Ines"]]]],
    ],
)
def test_domains_find_the_vendor(odoo: Client, domain: list[Any]) -> None:
    assert _names(odoo, domain) == [CEDAR]


@pytest.mark.parametrize(
    "domain",
    [
        [["name", "not ilike", "cedar"]],
        ["!", ["name", "=", CEDAR]],
        [["vat", "not in", ["84-2201733"]]],
        [["name", "!=", CEDAR]],
        ["|", ["vat", "=", False], ["supplier_rank", "=", 0]],
        [["id", "<", 3]],
    ],
)
def test_domains_leave_the_vendor_out(odoo: Client, domain: list[Any]) -> None:
    assert CEDAR not in _names(odoo, domain)


@pytest.mark.parametrize("domain", [["&", ["name", "=", "x"]], [["name", "="]], ["name"]])
def test_a_malformed_domain_is_a_server_error(odoo: Client, domain: list[Any]) -> None:
    with pytest.raises(Refused) as refusal:
        odoo.search("res.partner", domain)
    assert (refusal.value.status, refusal.value.name) == (500, "builtins.ValueError")


def test_a_domain_as_text_is_a_type_error(odoo: Client) -> None:
    with pytest.raises(Refused) as refusal:
        odoo.call("res.partner", "search", domain="[('id', '=', 1)]")
    assert (refusal.value.status, refusal.value.name) == (500, "builtins.TypeError")


def test_archived_records_are_found_only_on_request(odoo: Client) -> None:
    named = [["name", "=", "Old Wharf Chandlery"]]

    assert odoo.search("res.partner", named) == []
    assert len(odoo.search("res.partner", named, context={"active_test": False})) == 1
    assert len(odoo.search("res.partner", [*named, ["active", "in", [True, False]]])) == 1
    assert odoo.search("account.account", [["code", "=", "690000"]]) == []


def test_limit_zero_means_no_limit_and_a_negative_one_is_an_error(odoo: Client) -> None:
    everything = odoo.search("res.partner", [], limit=0)
    assert len(everything) == odoo.call("res.partner", "search_count", domain=[])
    assert odoo.search("res.partner", [], limit=3, offset=2) == everything[2:5]
    assert odoo.post("res.partner", "search", domain=[], limit=-1).status_code == 500


def test_orders_by_several_fields(odoo: Client) -> None:
    rows = odoo.call(
        "res.partner",
        "search_read",
        domain=[["supplier_rank", ">", 0]],
        fields=["city", "name"],
        order="city desc, name asc",
    )

    cities = [row["city"] for row in rows]
    assert cities[:2] == [False, "Tacoma"]
    portland = [row["name"] for row in rows if row["city"] == "Portland"]
    assert portland == sorted(portland)


def test_unset_values_are_false_and_relations_are_pairs(odoo: Client) -> None:
    vendor = odoo.named("res.partner", "No Address Freight")
    found = odoo.read("res.partner", vendor, "street", "country_id", "child_ids", "supplier_rank")
    assert found == {
        "id": vendor,
        "street": False,
        "country_id": False,
        "child_ids": [],
        "supplier_rank": 1,
    }
    payable = odoo.read("res.partner", vendor, "property_account_payable_id")
    assert payable["property_account_payable_id"][1] == "Account Payable"


def test_without_fields_partners_cannot_be_read_by_normal_users(
    odoo: Client, person: Client
) -> None:
    response = odoo.post("res.partner", "search_read", domain=[], limit=1)
    assert response.status_code == 403
    assert response.json()["message"].startswith("Failed to read field res.partner.rtc_session_ids")

    assert len(person.call("res.partner", "search_read", domain=[], limit=1)[0]) > 100


def test_nested_reading_follows_the_specification(odoo: Client) -> None:
    found = odoo.call(
        "purchase.order",
        "web_search_read",
        domain=[["state", "=", "purchase"]],
        specification={
            "name": {},
            "partner_id": {"fields": {"country_id": {"fields": {"code": {}}}}},
            "order_line": {"fields": {"product_id": {}, "price_unit": {}}},
        },
        limit=2,
        order="id",
    )

    assert found["length"] > 2
    assert len(found["records"]) == 2
    first = found["records"][0]
    assert first["partner_id"]["country_id"]["code"] == "US"
    assert isinstance(first["order_line"][0]["product_id"], int)


def test_groups_orders_by_vendor(odoo: Client) -> None:
    domain = [["state", "in", ["purchase"]]]
    asked = {"fields": ["partner_id"], "groupby": ["partner_id"]}
    groups = odoo.call("purchase.order", "read_group", domain=domain, **asked)
    cedar = next(group for group in groups if group["partner_id"][1] == CEDAR)
    vendor = cedar["partner_id"][0]
    expected = ["&", ["state", "in", ["purchase"]], ["partner_id", "=", vendor]]
    assert cedar == {"partner_id": [vendor, CEDAR], "partner_id_count": 2, "__domain": expected}

    found = odoo.call(
        "purchase.order",
        "formatted_read_group",
        domain=domain,
        groupby=["partner_id"],
        aggregates=["__count", "amount_total:sum"],
    )

    group = next(row for row in found if row["partner_id"][0] == vendor)
    assert (group["__count"], group["amount_total:sum"]) == (2, 910.9)


def test_several_databases_need_the_header(odoo: Client, control: Callable[..., Any]) -> None:
    control("odoo/databases", name="second", seed="empty")
    del odoo.session.headers["X-Odoo-Database"]

    response = odoo.post("res.partner", "search_count", domain=[])

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    odoo.session.headers["X-Odoo-Database"] = "second"
    assert odoo.call("purchase.order", "search_count", domain=[]) == 0


def test_the_version_is_told_without_a_login(odoo: Client) -> None:
    get = odoo.session.get
    expected = {"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}
    assert get(f"{odoo.url}/odoo/json/version", timeout=5).json() == expected
    assert get(f"{odoo.url}/odoo/web/version", timeout=5).json() == expected
    assert get(f"{odoo.url}/odoo/web/health", timeout=5).json() == {"status": "pass"}
    asked = odoo.session.post(f"{odoo.url}/odoo/web/webclient/version_info", json={}, timeout=5)
    assert asked.json()["result"]["server_serie"] == "19.0"


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("session_lost", 401, "werkzeug.exceptions.Unauthorized"),
        ("server_error", 500, "psycopg2.errors.SerializationFailure"),
    ],
)
def test_faults_look_like_odoos_own(
    odoo: Client, control: Callable[..., Any], kind: str, status: int, name: str
) -> None:
    control("faults", system="odoo", kind=kind)

    response = odoo.post("res.partner", "search_count", domain=[])

    assert (response.status_code, response.json()["name"]) == (status, name)
    assert odoo.post("res.partner", "search_count", domain=[]).status_code == 200


def test_a_lagging_read_does_not_see_the_last_write(
    person: Client, control: Callable[..., Any]
) -> None:
    control("faults", system="odoo", kind="lag", seconds=30, times=1, path="*/search")

    person.create("res.partner", name="Just Made")

    assert person.search("res.partner", [["name", "=", "Just Made"]]) == []
    assert len(person.search("res.partner", [["name", "=", "Just Made"]])) == 1
