"""Vendors, as docs/systems/billcom.md#6-vendors has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import BillClient, Control, codes, messages

ADDRESS = {"line1": "Werkstr. 1", "city": "Berlin", "zipOrPostalCode": "10115", "country": "DE"}


def a_vendor(**changes: Any) -> dict[str, Any]:
    return {"name": "Acme Tooling GmbH", "address": dict(ADDRESS), **changes}


def address(**changes: Any) -> dict[str, Any]:
    return {**ADDRESS, **changes}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"address": None}, "address: must not be null"),
        ({"name": None}, "name: must not be null"),
        ({"name": " "}, "name: must not be blank"),
        ({"name": 7}, "name: must be a string"),
        ({"address": "Berlin"}, "address: must be an object"),
        ({"address": address(country="")}, "address.country: must not be blank"),
        ({"address": address(country="XX")}, "address.country: XX is not an accepted value"),
        (
            {"address": address(country="Germany")},
            "address.country: Germany is not an accepted value",
        ),
        ({"address": address(line1=None)}, "address.line1: must not be null"),
        ({"address": address(city="")}, "address.city: must not be blank"),
        ({"address": address(zip="1")}, "address.zip: unknown field"),
        ({"vendorName": "x"}, "vendorName: unknown field"),
        ({"id": "00901"}, "id: unknown field"),
        ({"accountType": "COMPANY"}, "accountType: COMPANY is not an accepted value"),
        ({"billCurrency": "EURO"}, "billCurrency: EURO is not an accepted value"),
        (
            {"additionalInfo": {"track1099": "no"}},
            "additionalInfo.track1099: must be true or false",
        ),
    ],
)
def test_a_vendor_of_the_wrong_shape_is_refused(
    bill: BillClient, wrong: dict[str, Any], complaint: str
) -> None:
    answer = bill.post("/vendors", a_vendor(**wrong))

    assert answer.status_code == 400
    assert messages(answer) == [complaint]
    assert len(bill.names("/vendors")) == 3


def test_all_complaints_come_at_once(bill: BillClient) -> None:
    answer = bill.post("/vendors", {"address": {"city": "Berlin"}})

    assert messages(answer) == [
        "name: must not be null",
        "address.line1: must not be null",
        "address.zipOrPostalCode: must not be null",
        "address.country: must not be null",
    ]


def test_a_created_vendor_comes_back_filled_in_and_without_empty_fields(bill: BillClient) -> None:
    answer = bill.post(
        "/vendors",
        a_vendor(email="ar@acme.example", phone="", billCurrency="EUR", accountNumber="4711"),
    )

    assert answer.status_code == 201
    vendor = answer.json()
    assert vendor["id"].startswith("009")
    assert len(vendor["id"]) == 20
    assert vendor["archived"] is False
    assert vendor["address"]["countryName"] == "Germany"
    assert vendor["paymentInformation"]["payByType"] == "CHECK"
    assert vendor["createdTime"].endswith("+00:00")
    assert "phone" not in vendor
    assert bill.get(f"/vendors/{vendor['id']}").json() == vendor


def test_two_vendors_may_have_the_same_name(bill: BillClient) -> None:
    assert bill.post("/vendors", a_vendor()).status_code == 201
    assert bill.post("/vendors", a_vendor()).status_code == 201


def test_a_bank_account_is_masked(bill: BillClient) -> None:
    account = {"nameOnAccount": "Acme", "accountNumber": "111222333", "routingNumber": "074000010"}
    made = bill.post("/vendors", a_vendor(paymentInformation={"bankAccount": account})).json()

    assert made["paymentInformation"]["bankAccount"]["accountNumber"] == "*****2333"


def test_a_bulk_call_makes_twenty_and_not_twenty_one(bill: BillClient) -> None:
    answer = bill.post("/vendors/bulk", [a_vendor(name=f"Vendor {i}") for i in range(20)])
    assert answer.status_code == 201
    assert len(answer.json()["vendors"]) == 20

    assert bill.post("/vendors/bulk", [a_vendor() for _ in range(21)]).status_code == 400
    assert bill.post("/vendors/bulk", []).status_code == 400
    assert bill.post("/vendors/bulk", a_vendor()).status_code == 400


def test_a_bulk_call_is_all_or_nothing(bill: BillClient) -> None:
    answer = bill.post("/vendors/bulk", [a_vendor(), a_vendor(address=None)])

    assert answer.status_code == 400
    assert messages(answer) == ["[1].address: must not be null"]
    assert len(bill.names("/vendors")) == 3


def test_a_patch_changes_what_it_names(bill: BillClient, control: Control) -> None:
    before = bill.vendor()
    control.advance(60)

    after = bill.patch(
        f"/vendors/{before['id']}", {"address": {"line1": "411 Cedar Point Road"}}
    ).json()

    assert after["address"] == before["address"] | {"line1": "411 Cedar Point Road"}
    assert after["name"] == before["name"]
    assert after["updatedTime"] > before["updatedTime"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": None},
        {"address": {"country": "XX"}},
        {"archived": True},
        {"paymentInformation": {"bankAccount": {"accountNumber": "1", "nameOnAccount": "x"}}},
    ],
)
def test_a_patch_is_as_strict(bill: BillClient, wrong: dict[str, Any]) -> None:
    before = bill.vendor()

    assert bill.patch(f"/vendors/{before['id']}", wrong).status_code == 400
    assert bill.vendor() == before


def test_archive_and_restore_may_be_said_twice(bill: BillClient, control: Control) -> None:
    path = f"/vendors/{bill.vendor()['id']}"
    once = bill.post(f"{path}/archive")
    control.advance(60)
    twice = bill.post(f"{path}/archive")

    assert once.status_code == twice.status_code == 200
    assert once.json() == twice.json()
    assert once.json()["archived"] is True
    assert bill.post(f"{path}/restore").json()["archived"] is False


def test_unknown_ids_paths_and_verbs_are_refused(bill: BillClient) -> None:
    account = bill.account()["id"]
    vendor = bill.vendor()["id"]

    assert codes(bill.get("/vendors/00901NOBODYHASTHISID")) == ["BDC_1205"]
    assert bill.get("/vendors/00901NOBODYHASTHISID").status_code == 404
    assert codes(bill.get(f"/vendors/{account}")) == ["BDC_1302"]
    assert codes(bill.get("/vendor")) == ["BDC_1121"]
    assert bill.call("DELETE", f"/vendors/{vendor}").status_code == 404
    assert bill.put(f"/vendors/{vendor}", a_vendor()).status_code == 404


def test_a_person_changes_a_vendor(bill: BillClient, control: Control) -> None:
    before = bill.vendor()
    control.post(f"/billcom/vendors/{before['id']}/edit", name="Cedar Point Freight")

    after = bill.get(f"/vendors/{before['id']}").json()

    assert after["name"] == "Cedar Point Freight"
    assert after["updatedTime"] > before["updatedTime"]
