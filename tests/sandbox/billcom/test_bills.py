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


def test_approvers_are_shown_on_request_only(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    control.post(f"/billcom/bills/{made['id']}/approve")

    plain = bill.get(f"/bills/{made['id']}").json()
    full = bill.get(f"/bills/{made['id']}", billApprovals="true").json()

    assert plain["approvalStatus"] == "APPROVED"
    assert "approvers" not in plain
    [approver] = full["approvers"]
    assert approver["status"] == "APPROVED"
    assert approver["statusChangedTime"].endswith("+00:00")
    assert bill.get(f"/users/{approver['userId']}").json()["lastName"] == "Osei"


def test_a_put_replaces_the_lines(bill: BillClient) -> None:
    made = bill.created_bill(billLineItems=[{"amount": 10}, {"amount": 20}])
    kept = made["billLineItems"][1]["id"]

    answer = bill.put(
        f"/bills/{made['id']}",
        bill.a_bill(billLineItems=[{"id": kept, "amount": 25}, {"amount": 5}]),
    )

    assert answer.status_code == 200
    lines = answer.json()["billLineItems"]
    assert [line["amount"] for line in lines] == [25, 5]
    assert lines[0]["id"] == kept
    assert lines[1]["id"] not in {line["id"] for line in made["billLineItems"]}
    assert answer.json()["amount"] == 30


def test_a_put_clears_what_it_leaves_out_and_a_patch_does_not(bill: BillClient) -> None:
    made = bill.created_bill(purchaseOrderNumber="P00042", description="x")
    path = f"/bills/{made['id']}"

    assert bill.patch(path, {"dueDate": "2026-12-01"}).json()["purchaseOrderNumber"] == "P00042"
    assert "purchaseOrderNumber" not in bill.put(path, bill.a_bill()).json()


def test_a_put_needs_the_whole_bill_and_knows_its_lines(bill: BillClient) -> None:
    made = bill.created_bill()
    stranger = {"id": "bli01NOBODYHASTHISID", "amount": 1}

    assert bill.put(f"/bills/{made['id']}", {"dueDate": "2026-12-01"}).status_code == 400
    answer = bill.put(f"/bills/{made['id']}", bill.a_bill(billLineItems=[stranger]))
    assert codes(answer) == ["BDC_1205"]
    assert bill.get(f"/bills/{made['id']}").json()["amount"] == 100.25


def test_a_patch_changes_the_header_and_lines_by_id(bill: BillClient, control: Control) -> None:
    coding = {"chartOfAccountId": bill.account()["id"]}
    lines = [{"amount": 10, "classifications": coding}, {"amount": 20, "classifications": coding}]
    made = bill.created_bill(billLineItems=lines)
    first, second = (line["id"] for line in made["billLineItems"])
    control.advance(1)

    changes = {
        "invoice": {"invoiceNumber": "INV-2"},
        "billLineItems": [{"id": first, "amount": 11}],
    }
    after = bill.patch(f"/bills/{made['id']}", changes).json()

    assert after["invoice"] == numbered("INV-2")
    assert after["amount"] == 31
    assert after["updatedTime"] > made["updatedTime"]
    # A line sent without its classifications loses them; one not sent keeps them.
    assert after["billLineItems"] == [
        {"id": first, "amount": 11},
        {"id": second, "amount": 20, "classifications": coding},
    ]


def test_a_patched_line_needs_its_id(bill: BillClient) -> None:
    made = bill.created_bill()

    answer = bill.patch(f"/bills/{made['id']}", {"billLineItems": [{"amount": 1}]})

    assert answer.status_code == 400
    assert messages(answer) == ["billLineItems[0].id: must not be null"]


def test_a_used_number_does_not_stop_a_change(bill: BillClient) -> None:
    bill.created_bill()
    other = bill.created_bill(invoice=numbered("INV-2"))

    changed = bill.patch(f"/bills/{other['id']}", {"invoice": {"invoiceNumber": "INV-1"}})

    assert changed.status_code == 200


@pytest.mark.parametrize("action", ["schedule", "pay"])
def test_a_scheduled_or_paid_bill_cannot_be_changed(
    bill: BillClient, control: Control, action: str
) -> None:
    made = bill.created_bill()
    control.post(f"/billcom/bills/{made['id']}/{action}")

    assert bill.patch(f"/bills/{made['id']}", {"description": "x"}).status_code == 422
    assert bill.put(f"/bills/{made['id']}", bill.a_bill()).status_code == 422


def test_archive_and_restore_may_be_said_twice(bill: BillClient) -> None:
    path = f"/bills/{bill.created_bill()['id']}"

    assert [bill.post(f"{path}/archive").json()["archived"] for _ in range(2)] == [True, True]
    assert [bill.post(f"{path}/restore").json()["archived"] for _ in range(2)] == [False, False]


def test_there_is_no_delete(bill: BillClient) -> None:
    made = bill.created_bill()

    assert bill.call("DELETE", f"/bills/{made['id']}").status_code in (404, 405)
    assert bill.get(f"/bills/{made['id']}").status_code == 200


def test_people_start_approve_deny_and_edit(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    path = f"/billcom/bills/{made['id']}"
    people = [user["id"] for user in bill.get("/users").json()["results"]]

    assert control.post(f"{path}/start-approval", userIds=people)["approvalStatus"] == "ASSIGNED"
    assert control.post(f"{path}/approve", userId=people[0])["approvalStatus"] == "APPROVING"
    assert control.post(f"{path}/deny", userId=people[1])["approvalStatus"] == "DENIED"
    edited = control.post(f"{path}/edit", billLineItems=[{"amount": "7.10"}], dueDate="2026-12-24")
    assert (edited["amount"], edited["dueDate"]) == (7.1, "2026-12-24")


def test_the_api_user_approves_what_waits_for_it(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    action = [{"billId": made["id"], "action": "APPROVE"}]
    assert codes(bill.post("/bill-approvals/actions", action)) == ["BDC_1145"]
    me = bill.get("/login/session").json()["userId"]
    control.post(f"/billcom/bills/{made['id']}/start-approval", userIds=[me])

    waiting = bill.get("/bill-approvals/pending-user-approvals").json()["bills"]
    assert [(row["billId"], row["amount"]) for row in waiting] == [(made["id"], 100.25)]
    assert bill.post("/bill-approvals/actions", action).json() == {"status": "SUCCESS"}
    assert bill.get(f"/bills/{made['id']}").json()["approvalStatus"] == "APPROVED"
