"""Bills, as docs/systems/billcom.md#7-bills has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import BillClient, Control, codes, messages

NOBODY = "00901NOBODYHASTHISID"


def numbered(number: str) -> dict[str, str]:
    return {"invoiceNumber": number, "invoiceDate": "2026-11-02"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"vendorId": None}, "vendorId: must not be null"),
        ({"dueDate": None}, "dueDate: must not be null"),
        ({"dueDate": "30.11.2026"}, "dueDate: must be a date such as 2026-03-04"),
        ({"dueDate": "2026-02-30"}, "dueDate: must be a date such as 2026-03-04"),
        ({"invoice": None}, "invoice: must not be null"),
        ({"invoice": {"invoiceDate": "2026-11-02"}}, "invoice.invoiceNumber: must not be null"),
        ({"invoice": {"invoiceNumber": "1"}}, "invoice.invoiceDate: must not be null"),
        (
            {"invoice": numbered("1234567890123456789012")},
            "invoice.invoiceNumber: Maximum length cannot be greater than 21 characters.",
        ),
        ({"billLineItems": None}, "billLineItems: must not be null"),
        ({"billLineItems": []}, "billLineItems: must not be empty"),
        ({"billLineItems": [{"description": "x"}]}, "billLineItems[0].amount: must not be null"),
        ({"billLineItems": [{"quantity": 2}]}, "billLineItems[0].amount: must not be null"),
        ({"billLineItems": [{"amount": "10.00"}]}, "billLineItems[0].amount: must be a number"),
        ({"billLineItems": [{"amount": 1, "tax": 2}]}, "billLineItems[0].tax: unknown field"),
        (
            {"billLineItems": [{"amount": 1, "classifications": {"accountId": "x"}}]},
            "billLineItems[0].classifications.accountId: unknown field",
        ),
        (
            {"billLineItems": [{"amount": 10}, {"amount": -11}]},
            "billLineItems: the total of a bill must not be negative",
        ),
        (
            {"billLineItems": [{"amount": 10, "quantity": 2, "price": 6}]},
            "billLineItems[0].amount: does not equal quantity times price",
        ),
        ({"currency": "EUR"}, "currency: unknown field"),
        ({"amount": 100.25}, "amount: unknown field"),
    ],
)
def test_a_bill_of_the_wrong_shape_is_refused(
    bill: BillClient, wrong: dict[str, Any], complaint: str
) -> None:
    answer = bill.post("/bills", bill.a_bill(**wrong))

    assert answer.status_code == 400
    assert messages(answer) == [complaint]
    assert codes(answer) == ["BDC_1143"]


def test_a_number_of_21_characters_is_fine(bill: BillClient) -> None:
    assert bill.post("/bills", bill.a_bill(invoice=numbered("1" * 21))).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"vendorId": NOBODY},
        {"payFromChartOfAccountId": "0ca01NOBODYHASTHISID"},
        {"classifications": {"departmentId": "0de01NOBODYHASTHISID"}},
        {
            "billLineItems": [
                {"amount": 1, "classifications": {"chartOfAccountId": "0ca01NOBODYHASTHISID"}}
            ]
        },
    ],
)
def test_an_unknown_id_is_refused(bill: BillClient, wrong: dict[str, Any]) -> None:
    answer = bill.post("/bills", bill.a_bill(**wrong))

    assert (answer.status_code, codes(answer)) == (404, ["BDC_1205"])


def test_an_id_of_another_type_is_refused(bill: BillClient) -> None:
    answer = bill.post("/bills", bill.a_bill(vendorId=bill.account()["id"]))

    assert (answer.status_code, codes(answer)) == (422, ["BDC_1302"])


def test_archived_vendors_and_accounts_are_refused_unless_the_switch_says_so(
    bill: BillClient, control: Control
) -> None:
    account = bill.account()["id"]
    coded = [{"amount": 1, "classifications": {"chartOfAccountId": account}}]
    bill.post(f"/classifications/chart-of-accounts/{account}/archive")
    assert bill.post("/bills", bill.a_bill(billLineItems=coded)).status_code == 422
    bill.post(f"/vendors/{bill.vendor()['id']}/archive")
    assert bill.post("/bills", bill.a_bill()).status_code == 422

    control.switch(archived_references="allow")

    assert bill.post("/bills", bill.a_bill(billLineItems=coded)).status_code == 201


def test_a_used_number_is_refused_for_the_same_vendor_only(bill: BillClient) -> None:
    bill.created_bill()

    again = bill.post("/bills", bill.a_bill())
    other = bill.post("/bills", bill.a_bill(vendorId=bill.vendor("Brightwater Paper")["id"]))

    assert (again.status_code, codes(again)) == (422, ["BDC_1171"])
    assert other.status_code == 201


def test_a_used_number_is_fine_where_the_organization_allows_it(
    bill: BillClient, control: Control
) -> None:
    bill.created_bill()
    assert bill.post("/bills", bill.a_bill(allowDuplicateInvoiceNumber=True)).status_code == 201

    control.switch(duplicate_invoice_numbers="allow")

    assert bill.post("/bills", bill.a_bill()).status_code == 201


def test_a_created_bill_has_sums_ids_and_words(bill: BillClient) -> None:
    lines = [{"amount": 150.25}, {"quantity": 3, "price": 20.005}, {"amount": -0.27}]
    made = bill.created_bill(billLineItems=lines, purchaseOrderNumber="P00042")

    assert made["id"].startswith("00n")
    assert [line["amount"] for line in made["billLineItems"]] == [150.25, 60.02, -0.27]
    assert all(line["id"].startswith("bli") for line in made["billLineItems"])
    assert made["amount"] == made["dueAmount"] == made["fundingAmount"] == 210
    assert made["paidAmount"] == made["scheduledAmount"] == made["creditAmount"] == 0
    assert (made["paymentStatus"], made["approvalStatus"]) == ("UNPAID", "UNASSIGNED")
    assert made["dueDate"] == "2026-11-30"
    assert "vendorName" not in made
    assert "description" not in made
    read = bill.get(f"/bills/{made['id']}").json()
    assert read == made | {"vendorName": "Cedar Point Logistics LLC"}


def test_the_currency_is_the_vendors(bill: BillClient) -> None:
    address = {"line1": "1 Weg", "city": "Bonn", "zipOrPostalCode": "53111", "country": "DE"}
    vendor = bill.post(
        "/vendors", {"name": "Rhein AG", "address": address, "billCurrency": "EUR"}
    ).json()

    made = bill.created_bill(vendorId=vendor["id"])

    assert (made["amount"], made["exchangeRate"], made["fundingAmount"]) == (100.25, 1.0863, 108.9)


def test_bulk_answers_with_a_plain_array(bill: BillClient) -> None:
    bills = [bill.a_bill(invoice=numbered(f"B-{i}")) for i in range(100)]

    answer = bill.post("/bills/bulk", bills)

    assert answer.status_code == 201
    assert [row["invoice"]["invoiceNumber"] for row in answer.json()] == [
        f"B-{i}" for i in range(100)
    ]
    assert bill.post("/bills/bulk", bills + [bill.a_bill()]).status_code == 400
    assert bill.post("/bills/bulk", []).status_code == 400


def test_a_refused_bulk_stores_nothing_and_has_an_element_per_row(
    bill: BillClient, control: Control
) -> None:
    bill.created_bill(invoice=numbered("TAKEN"))
    rows = [
        bill.a_bill(invoice=numbered("B-1")),
        bill.a_bill(invoice=numbered("B-2"), vendorId=NOBODY),
        bill.a_bill(invoice=numbered("TAKEN")),
        bill.a_bill(invoice=numbered("B-1")),
    ]

    answer = bill.post("/bills/bulk", rows)

    assert answer.status_code == 422
    assert codes(answer) == ["BDC_1246", "BDC_1205", "BDC_1171", "BDC_1171"]
    assert len(control.state()["bills"]) == 3


def test_a_bulk_row_of_the_wrong_shape_is_named(bill: BillClient) -> None:
    answer = bill.post("/bills/bulk", [bill.a_bill(), bill.a_bill(dueDate=None)])

    assert answer.status_code == 400
    assert messages(answer) == ["[1].dueDate: must not be null"]
