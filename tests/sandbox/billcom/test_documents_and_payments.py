"""Documents and payments, as docs/systems/billcom.md#12-currency-and-documents and #9 have them."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.conftest import BillClient, Control, codes, messages

PDF = b"%PDF-1.7 a page"


def upload(bill: BillClient, bill_id: str, content: bytes = PDF, **query: str) -> requests.Response:
    return bill.call("POST", f"/documents/bills/{bill_id}", params=query, data=content)


def test_a_document_is_processed_a_moment_after_its_upload(
    bill: BillClient, control: Control
) -> None:
    control.post("/clock", freeze=True)
    made = bill.created_bill()
    uploaded = upload(bill, made["id"], name="inv.pdf")
    assert uploaded.status_code == 200
    waiting = uploaded.json()
    assert waiting["id"].startswith("0du")
    status = bill.get("/documents/upload-status", ids=waiting["id"]).json()
    assert status == [{"uploadId": waiting["id"], "status": "IN_PROGRESS"}]
    assert bill.get(f"/documents/bills/{made['id']}").json() == {"results": []}

    control.advance(2)

    [status] = bill.get("/documents/upload-status", ids=waiting["id"]).json()
    assert status["status"] == "UPLOADED"
    [listed] = bill.get(f"/documents/bills/{made['id']}").json()["results"]
    assert listed["id"] == status["documentId"]
    assert listed["name"] == "inv.pdf"
    one = bill.get(f"/documents/{listed['id']}").json()
    assert one == listed
    assert bill.http.get(one["downloadLink"], timeout=5).content == PDF
    assert requests.get(one["downloadLink"], timeout=5).status_code == 401


def test_bad_uploads_are_refused(bill: BillClient) -> None:
    made = bill.created_bill()

    assert upload(bill, made["id"]).status_code == 400
    assert upload(bill, made["id"], b"", name="a.pdf").status_code == 400
    assert upload(bill, made["id"], b"x" * (6 * 1024 * 1024), name="a.pdf").status_code == 200
    assert upload(bill, made["id"], b"x" * (6 * 1024 * 1024 + 1), name="a.pdf").status_code == 400
    assert codes(upload(bill, "00n01NOBODYHASTHISID", name="a.pdf")) == ["BDC_1205"]
    assert bill.get("/documents/upload-status").status_code == 400


def outside(bill: BillClient, made: dict[str, Any], amount: float = 100.25) -> dict[str, Any]:
    return {
        "vendorId": made["vendorId"],
        "processDate": "2026-11-10",
        "payments": [{"billId": made["id"], "amount": amount}],
    }


def test_an_outside_payment_settles_the_bill(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    control.advance(1)

    first = bill.post("/bills/record-payment", outside(bill, made, 40))

    assert first.status_code == 200
    payment = first.json()
    assert payment["id"].startswith("stp")
    assert (payment["status"], payment["onlinePayment"]) == ("PAID", False)
    assert "singleStatus" not in payment
    assert payment["billPayments"][0]["billId"] == payment["billId"] == made["id"]
    partly = bill.get(f"/bills/{made['id']}").json()
    assert (partly["paymentStatus"], partly["dueAmount"]) == ("PARTIALLY_PAID", 60.25)
    assert partly["updatedTime"] > made["updatedTime"]

    bill.post("/bills/record-payment", outside(bill, made, 60.25))

    assert bill.get(f"/bills/{made['id']}").json()["paymentStatus"] == "PAID"
    listed = bill.get("/payments", filters=f"vendorId:eq:{made['vendorId']}").json()["results"]
    assert len(listed) == 2


def test_bad_outside_payments_are_refused(bill: BillClient) -> None:
    made = bill.created_bill()
    other = bill.vendor("Brightwater Paper")["id"]
    path = "/bills/record-payment"

    too_much = bill.post(path, outside(bill, made, 100.26))
    assert (too_much.status_code, codes(too_much)) == (422, ["BDC_1159"])
    assert bill.post(path, outside(bill, made, 0)).status_code == 400
    assert bill.post(path, {**outside(bill, made), "vendorId": other}).status_code == 400
    assert bill.post(path, {**outside(bill, made), "payments": []}).status_code == 400
    assert messages(bill.post(path, {"vendorId": other})) == [
        "processDate: must not be null",
        "payments: must not be null",
    ]
    assert bill.get(f"/bills/{made['id']}").json()["paidAmount"] == 0


@pytest.mark.parametrize("path", ["/payments", "/payments/bulk", "/payments/stp01X/void"])
def test_moving_money_needs_a_trusted_session(bill: BillClient, path: str) -> None:
    answer = bill.post(path, {})

    assert (answer.status_code, codes(answer)) == (403, ["BDC_1361"])
    assert messages(answer) == ["Untrusted session."]


def test_a_person_schedules_and_the_payment_arrives(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    control.post(f"/billcom/bills/{made['id']}/schedule")
    [payment] = bill.get("/payments").json()["results"]
    assert (payment["status"], payment["singleStatus"]) == ("SCHEDULED", "SCHEDULED")
    scheduled = bill.get(f"/bills/{made['id']}").json()
    assert (scheduled["paymentStatus"], scheduled["scheduledAmount"]) == ("SCHEDULED", 100.25)

    control.post(f"/billcom/bills/{made['id']}/pay")

    payment = bill.get(f"/payments/{payment['id']}").json()
    assert (payment["status"], payment["singleStatus"]) == ("PAID", "CLEARED")
    paid = bill.get(f"/bills/{made['id']}").json()
    assert (paid["paymentStatus"], paid["paidAmount"], paid["dueAmount"]) == ("PAID", 100.25, 0)


def test_the_twins_are_there_and_forty_are_paid(bill: BillClient, control: Control) -> None:
    control.post("/reset", seed="twins")
    bill.log_in()
    state = control.state()

    assert len(state["vendors"]) == 50
    assert len(state["bills"]) == 200
    paid = {b["invoice"]["invoiceNumber"] for b in state["bills"] if b["paymentStatus"] == "PAID"}
    assert paid == {f"PO{j:05d}" for j in range(1, 41)}
    assert all(len(row["id"]) == 20 for kind in ("vendors", "bills") for row in state[kind])
