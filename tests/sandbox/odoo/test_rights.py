"""Who may do what (docs/systems/odoo.md §9), keys, companies and rollback (§1, §2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.odoo.seed.base import KEYS
from tests.sandbox.odoo.conftest import Client, Refused

AsUser = Callable[[str], Client]
CHECKS = (
    ("res.partner", "read"),
    ("purchase.order", "read"),
    ("account.account", "read"),
    ("account.analytic.plan", "read"),
    ("account.journal", "read"),
    ("account.move", "read"),
    ("account.move", "create"),
    ("purchase.order", "write"),
    ("res.partner", "write"),
    ("account.payment", "create"),
)
# In the order of CHECKS.
ALLOWED = {
    "nothing": "yes no yes no no no no no no no",
    "readonly": "yes yes yes no yes yes no no no no",
    "purchase": "yes yes yes no yes yes yes yes no no",
    "integration": "yes yes yes yes yes yes yes yes no yes",
    "accountant": "yes yes yes yes yes yes yes yes no yes",
    "manager": "yes yes yes no yes yes yes yes yes yes",
}


@pytest.mark.parametrize("login", ALLOWED)
def test_rights_are_those_of_the_table(login: str, as_user: AsUser) -> None:
    client = as_user(login)

    found = [client.call(model, "has_access", operation=what) for model, what in CHECKS]

    assert found == [word == "yes" for word in ALLOWED[login].split()]


@pytest.mark.parametrize("login", ALLOWED)
def test_reading_is_refused_exactly_where_the_right_is_missing(login: str, as_user: AsUser) -> None:
    client = as_user(login)
    for (model, what), allowed in zip(CHECKS, ALLOWED[login].split(), strict=True):
        if what == "read":
            response = client.post(model, "search_read", domain=[], fields=["id"], limit=1)
            assert response.status_code == (200 if allowed == "yes" else 403), model


def test_a_purchase_user_may_draft_a_bill_but_not_post_it(as_user: AsUser) -> None:
    client = as_user("purchase")
    vendor = client.named("res.partner", "Brightwater Paper Co.")
    line = {"name": "x", "price_unit": 5, "account_id": client.account("600000")}
    bill = client.create(
        "account.move",
        move_type="in_invoice",
        partner_id=vendor,
        invoice_date="2026-11-01",
        invoice_line_ids=[[0, 0, line]],
    )

    assert client.post("account.move", "action_post", ids=[bill]).status_code == 403


def test_an_expired_key_is_answered_like_a_wrong_one(
    odoo: Client, control: Callable[..., Any]
) -> None:
    key = odoo.call("res.users.apikeys", "search_read", domain=[], fields=["expiration_date"])
    assert len(key) == 1
    assert key[0]["expiration_date"]

    control("clock", advance=91 * 86400)

    response = odoo.post("res.partner", "search_count", domain=[])
    assert response.status_code == 401
    assert response.json()["message"] == "Invalid apikey"


def test_a_rotated_key_works_and_the_old_one_does_not(
    odoo: Client, control: Callable[..., Any]
) -> None:
    control("clock", set="2026-11-20T12:00:00+00:00")
    control("odoo/switches", programmatic_api_keys=True)
    old = KEYS["integration"]
    asked = {"key": old, "scope": None, "name": "rotated", "expiration_date": "2026-12-20 00:00:00"}
    new = odoo.call("res.users.apikeys", "generate", **asked)
    assert odoo.call("res.users.apikeys", "revoke", key=old) is True
    assert odoo.post("res.partner", "search_count", domain=[]).status_code == 401

    odoo.session.headers["Authorization"] = f"Bearer {new}"

    assert odoo.post("res.partner", "search_count", domain=[]).status_code == 200


def test_any_error_takes_the_whole_request_back(person: Client) -> None:
    before = person.call("res.partner", "search_count", domain=[])
    vals = [{"name": "Fine"}, {"name": "Not fine", "country_id": 999999}]

    response = person.post("res.partner", "create", vals_list=vals)

    assert response.status_code == 422
    assert person.call("res.partner", "search_count", domain=[]) == before


def test_a_refused_line_takes_its_order_back(person: Client) -> None:
    vendor = person.named("res.partner", "Brightwater Paper Co.")
    order = {"partner_id": vendor, "order_line": [[0, 0, {"product_id": 999999}]]}
    before = person.call("purchase.order", "search_count", domain=[])

    assert person.post("purchase.order", "create", vals_list=order).status_code == 404
    assert person.call("purchase.order", "search_count", domain=[]) == before
    assert person.search("purchase.order.line", [["partner_id", "=", False]]) == []


def test_records_of_another_company_stay_hidden(person: Client, odoo: Client) -> None:
    other = person.create("res.company", name="Other", partner_id=1, currency_id=1)
    both = {"allowed_company_ids": [other, 1]}
    hidden = person.call(
        "res.partner",
        "create",
        vals_list={"name": "Elsewhere LLC", "company_id": other},
        context=both,
    )[0]

    assert odoo.search("res.partner", [["id", "=", hidden]]) == []
    assert odoo.post("res.partner", "read", ids=[hidden], fields=["name"]).status_code == 403
    assert len(odoo.search("res.company", [])) == 1


def test_a_new_user_has_the_groups_named_and_no_key(person: Client) -> None:
    group = person.search("res.groups", [["name", "=", "Purchase/User"]])
    user = person.create("res.users", name="Lena", login="lena", group_ids=[[6, 0, group]])

    asked = {"ids": [user], "group_ext_id": "purchase.group_purchase_user"}
    assert person.call("res.users", "has_group", **asked) is True
    assert person.search("res.users.apikeys", [["user_id", "=", user]]) == []


def test_an_external_id_is_looked_up_and_goes_with_its_record(person: Client, odoo: Client) -> None:
    tag = person.create("res.partner.category", name="Carrier")
    named = {"module": "mlc", "name": "tag_1"}
    row = {"model": "res.partner.category", "res_id": tag, **named}
    person.call("ir.model.data", "create", vals_list=row)
    asked = {"module": "mlc", "xml_id": "tag_1"}
    found = odoo.call("ir.model.data", "check_object_reference", **asked)
    assert found == ["res.partner.category", tag]
    with pytest.raises(Refused) as refusal:
        person.call("ir.model.data", "create", vals_list=row)
    assert refusal.value.status == 422

    person.call("res.partner.category", "unlink", ids=[tag])

    assert odoo.post("ir.model.data", "check_object_reference", **asked).status_code == 500


def test_an_account_has_a_code_per_company(person: Client) -> None:
    other = person.create("res.company", name="Other", partner_id=1, currency_id=1)
    first, second = {"allowed_company_ids": [1, other]}, {"allowed_company_ids": [other, 1]}
    values = {"code": "600000", "name": "Kosten", "account_type": "expense"}
    made = person.call("account.account", "create", vals_list=values, context=second)

    by_code = [["code", "=", "600000"]]
    assert person.search("account.account", by_code, context=second) == made
    assert person.search("account.account", by_code, context=first) != made


def test_a_closed_method_is_private_and_an_unknown_one_is_not_there(odoo: Client) -> None:
    for method, status in (("check_access", 403), ("_search", 403), ("frobnicate", 404)):
        with pytest.raises(Refused) as refusal:
            odoo.call("res.partner", method)
        assert refusal.value.status == status
