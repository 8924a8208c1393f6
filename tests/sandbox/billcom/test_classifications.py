"""Dimensions, as docs/systems/billcom.md#11-classifications has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import BillClient, Control, codes, messages

BASE = "/classifications"
NEW: dict[str, tuple[str, str, dict[str, Any]]] = {
    "chart-of-accounts": (
        "chartOfAccounts",
        "0ca",
        {"name": "Prepaid", "account": {"type": "EXPENSE", "number": "1-020"}},
    ),
    "departments": ("departments", "0de", {"name": "Plant", "shortName": "CC-4100"}),
    "locations": ("locations", "loc", {"name": "Berlin"}),
    "jobs": ("jobs", "job", {"name": "Kitchen"}),
    "items": ("items", "0ii", {"name": "State tax", "type": "SALES_TAX", "percentage": 3}),
    "employees": ("employees", "emp", {"firstName": "Mia", "lastName": "Berg"}),
    "accounting-classes": ("accountingClasses", "cls", {"name": "Retail"}),
}


@pytest.mark.parametrize("kind", NEW)
def test_every_kind_speaks_the_same_grammar(bill: BillClient, kind: str) -> None:
    key, prefix, wanted = NEW[kind]
    path = f"{BASE}/{kind}"

    made = bill.post(path, wanted)
    assert made.status_code == 201
    one = made.json()
    assert one["id"].startswith(prefix)
    assert bill.get(f"{path}/{one['id']}").json() == one
    assert one in bill.get(path, max=100, filters=f"id:eq:{one['id']}").json()["results"]

    bulk = bill.post(f"{path}/bulk", [wanted, wanted])
    assert bulk.status_code == 201
    ids = [row["id"] for row in bulk.json()[key]]
    changed = bill.patch(
        f"{path}/bulk",
        [
            {"id": ids[0], "shortName": "S"}
            if kind != "chart-of-accounts"
            else {"id": ids[0], "description": "S"}
        ],
    )
    assert changed.status_code == 200, changed.text
    archived = bill.call("POST", f"{path}/bulk/archive", params={"ids": ",".join(ids)}).json()
    assert [row["archived"] for row in archived[key]] == [True, True]
    restored = bill.call("POST", f"{path}/bulk/restore", params={"ids": ids[0]}).json()
    assert [row["archived"] for row in restored[key]] == [False]

    assert bill.post(f"{path}/{one['id']}/archive").json()["archived"] is True
    assert bill.post(f"{path}/{one['id']}/restore").json()["archived"] is False
    assert bill.post(path, {}).status_code == 400
    assert bill.post(path, {**wanted, "colour": "red"}).status_code == 400
    assert bill.post(f"{path}/bulk", [wanted] * 51).status_code == 400
    assert codes(bill.get(f"{path}/{prefix}01NOBODYHASTHISID")) == ["BDC_1205"]


def test_an_account_needs_a_type_bill_knows(bill: BillClient) -> None:
    answer = bill.post(f"{BASE}/chart-of-accounts", {"name": "x", "account": {"type": "COST"}})

    assert answer.status_code == 400
    assert messages(answer) == ["account.type: COST is not an accepted value"]


def test_a_parent_must_exist(bill: BillClient) -> None:
    wanted = {"name": "Child", "parentId": "0de01NOBODYHASTHISID"}

    assert codes(bill.post(f"{BASE}/departments", wanted)) == ["BDC_1205"]
    rows = bill.post(f"{BASE}/departments/bulk", [{"name": "Fine"}, wanted])
    assert codes(rows) == ["BDC_1246", "BDC_1205"]


def test_a_dimension_that_is_off_is_refused(bill: BillClient, control: Control) -> None:
    control.switch(departments_enabled=False, disabled_dimensions=["jobs"])

    for kind in ("departments", "jobs"):
        answer = bill.get(f"{BASE}/{kind}")
        assert (answer.status_code, codes(answer)) == (403, ["BDC_1145"])
    assert bill.get(f"{BASE}/locations").status_code == 200


def test_an_unknown_kind_is_an_unknown_path(bill: BillClient) -> None:
    assert codes(bill.get(f"{BASE}/gl-accounts")) == ["BDC_1121"]


def test_the_demo_chart_leaves_two_accounts_without_a_twin(bill: BillClient) -> None:
    rows = bill.get(f"{BASE}/chart-of-accounts", max=100).json()["results"]
    numbers = {row["account"]["number"] for row in rows}

    assert {"600000", "611000", "211000", "650000"} <= numbers
    assert not {"612000", "660000"} & numbers
    departments = bill.get(f"{BASE}/departments").json()["results"]
    assert {row["shortName"] for row in departments} == {"NORTH", "SOUTH"}
