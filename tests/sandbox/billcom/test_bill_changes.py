"""Changing, approving and archiving bills, as docs/systems/billcom.md#7-bills has it."""

from __future__ import annotations

import pytest

from tests.sandbox.billcom.test_bills import numbered
from tests.sandbox.conftest import BillClient, Control, codes, messages


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
