"""Making, cancelling and voiding payments: docs/systems/billcom.md#9-payments-money-out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import CREDENTIALS, BillClient, Control, codes, messages


def next_working_day(bill: BillClient, control: Control) -> str:
    day = date.fromisoformat(control.get("/clock")["now"][:10]) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.isoformat()


@pytest.fixture
def order(trusted: BillClient, control: Control) -> dict[str, Any]:
    """A body BILL accepts for a new bill of 100.25."""
    [bank] = trusted.get("/funding-accounts/banks").json()["results"]
    return {
        "billId": trusted.created_bill()["id"],
        "processDate": next_working_day(trusted, control),
        "fundingAccount": {"type": "BANK_ACCOUNT", "id": bank["id"]},
        "amount": 100.25,
    }


def another(bill: BillClient, number: str, amount: float, **changes: Any) -> dict[str, Any]:
    invoice = {"invoiceNumber": number, "invoiceDate": "2026-11-02"}
    return bill.created_bill(invoice=invoice, billLineItems=[{"amount": amount}], **changes)


def test_a_payment_is_scheduled(trusted: BillClient, order: dict[str, Any]) -> None:
    answer = trusted.post("/payments", {**order, "transactionNumber": "ERP-77"})

    assert answer.status_code == 201
    made = answer.json()
    assert made["id"].startswith("stp")
    assert (made["status"], made["singleStatus"]) == ("SCHEDULED", "SCHEDULED")
    assert (made["amount"], made["fundingAmount"], made["exchangeRate"]) == (100.25, 100.25, 1)
    assert (made["disbursementType"], made["disbursementStatus"]) == ("CHECK", "HOLD")
    assert made["disbursementInfo"]["checkDisbursement"]["sentDate"] == order["processDate"]
    assert made["disbursementInfo"]["checkDisbursement"]["arrivesByDate"] > order["processDate"]
    [part] = made["billPayments"]
    assert part["id"].startswith("blp")
    assert (part["billId"], part["amount"]) == (order["billId"], 100.25)
    found = trusted.get("/payments", filters="transactionNumber:eq:ERP-77").json()["results"]
    assert [row["id"] for row in found] == [made["id"]]
    scheduled = trusted.get(f"/bills/{order['billId']}").json()
    assert scheduled["paymentStatus"] == "SCHEDULED"
    assert (scheduled["dueAmount"], scheduled["scheduledAmount"]) == (100.25, 100.25)


def test_due_amount_may_leave_out_what_is_scheduled(
    trusted: BillClient, order: dict[str, Any], control: Control
) -> None:
    control.switch(due_less_scheduled=True)
    trusted.post("/payments", {**order, "amount": 40})

    scheduled = trusted.get(f"/bills/{order['billId']}").json()
    assert (scheduled["dueAmount"], scheduled["scheduledAmount"]) == (60.25, 40)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": 100.26}, 422, "BDC_1159"),
        ({"amount": 0}, 400, "BDC_1143"),
        ({"amount": -1}, 400, "BDC_1143"),
        ({"amount": "5"}, 400, "BDC_1143"),
        ({"billId": None}, 400, "BDC_1143"),
        ({"billId": "00n01NOBODYHASTHISID"}, 404, "BDC_1205"),
        ({"processDate": None}, 400, "BDC_1143"),
        ({"processDate": "2026-02-30"}, 400, "BDC_1143"),
        ({"processDate": "2020-01-06"}, 422, "BDC_1152"),
        ({"processDate": "2036-11-01"}, 422, "BDC_1152"),  # a Saturday
        ({"fundingAccount": None}, 400, "BDC_1143"),
        ({"fundingAccount": {"type": "CASH"}}, 400, "BDC_1143"),
        ({"fundingAccount": {"type": "WALLET"}}, 422, "BDC_1151"),
        ({"fundingAccount": {"type": "BANK_ACCOUNT", "id": "bac01NOBODYHASTHIS00"}}, 404,
         "BDC_1205"),
        ({"transactionNumber": "x" * 51}, 400, "BDC_1143"),
        ({"memo": "unknown"}, 400, "BDC_1143"),
        ({"processingOptions": {"requestCheckDeliveryType": "PIGEON"}}, 400, "BDC_1143"),
    ],
)  # fmt: skip
def test_bad_payments_are_refused(
    trusted: BillClient, order: dict[str, Any], changes: Any, status: int, code: str
) -> None:
    answer = trusted.post("/payments", {**order, **changes})

    assert (answer.status_code, codes(answer)) == (status, [code])
    assert trusted.get("/payments").json() == {"results": []}
    assert trusted.get(f"/bills/{order['billId']}").json()["paymentStatus"] == "UNPAID"


@pytest.mark.parametrize("action", ["start-approval", "deny", "archive"])
def test_bills_that_may_not_be_paid(
    trusted: BillClient, order: dict[str, Any], control: Control, action: str
) -> None:
    control.post(f"/billcom/bills/{order['billId']}/{action}")
    assert trusted.post("/payments", order).status_code == 422


def test_a_vendor_paid_elsewhere_is_refused(trusted: BillClient, order: dict[str, Any]) -> None:
    vendor = trusted.vendor()["id"]
    trusted.patch(f"/vendors/{vendor}", {"paymentInformation": {"payByType": "OFFLINE"}})
    assert codes(trusted.post("/payments", order)) == ["BDC_1150"]


def test_trust_ends_after_thirty_days_and_belongs_to_one_user(
    trusted: BillClient, control: Control
) -> None:
    device = control.post("/billcom/devices", username=CREDENTIALS["username"])
    assert trusted.log_in(**{**device, "device": "another"}).json()["trusted"] is False
    control.advance(30 * 86_400)
    assert trusted.log_in(**device).json()["trusted"] is False


def test_bulk_is_all_or_nothing(trusted: BillClient, order: dict[str, Any]) -> None:
    second = another(trusted, "INV-2", 142)
    common = {name: order[name] for name in ("processDate", "fundingAccount")}
    rows = [{"billId": order["billId"], "amount": 100.25}, {"billId": second["id"], "amount": 142}]
    too_much = {"billId": second["id"], "amount": 0.01}

    refused = trusted.post("/payments/bulk", {**common, "payments": [*rows, too_much]})
    assert (refused.status_code, codes(refused)) == (422, ["BDC_1246", "BDC_1246", "BDC_1159"])
    assert trusted.get("/payments").json() == {"results": []}
    assert trusted.post("/payments/bulk", {**common, "payments": rows * 26}).status_code == 400

    made = trusted.post("/payments/bulk", {**common, "payments": rows})
    assert made.status_code == 201
    assert [row["amount"] for row in made.json()["payments"]] == [100.25, 142]


def test_a_vendor_who_combines_gets_one_payment(trusted: BillClient, order: dict[str, Any]) -> None:
    trusted.patch(
        f"/vendors/{trusted.vendor()['id']}", {"additionalInfo": {"combinePayments": True}}
    )
    second = another(trusted, "INV-2", 142)
    common = {name: order[name] for name in ("processDate", "fundingAccount")}
    rows = [{"billId": order["billId"], "amount": 40}, {"billId": second["id"], "amount": 60}]

    [made] = trusted.post("/payments/bulk", {**common, "payments": rows}).json()["payments"]

    assert made["amount"] == 100
    assert "billId" not in made
    assert [(p["billId"], p["amount"]) for p in made["billPayments"]] == [
        (order["billId"], 40),
        (second["id"], 60),
    ]


def test_only_a_scheduled_payment_is_cancelled(
    trusted: BillClient, order: dict[str, Any], control: Control
) -> None:
    made = trusted.post("/payments", order).json()
    cancelled = trusted.post(f"/payments/{made['id']}/cancel").json()
    # The two fields spell it differently.
    assert (cancelled["status"], cancelled["singleStatus"]) == ("CANCELLED", "CANCELED")
    assert cancelled["cancelRequestSubmitted"] is True
    assert trusted.get(f"/bills/{order['billId']}").json()["paymentStatus"] == "UNPAID"
    assert trusted.post(f"/payments/{made['id']}/cancel").status_code == 422

    again = trusted.post("/payments", order).json()
    control.post(f"/billcom/payments/{again['id']}/step", to="READY_TO_FUND")
    assert trusted.post(f"/payments/{again['id']}/cancel").status_code == 422


def sent(trusted: BillClient, order: dict[str, Any], control: Control) -> str:
    made = trusted.post("/payments", order).json()
    for _ in range(4):
        control.post(f"/billcom/payments/{made['id']}/step", to="advance")
    return str(made["id"])


def test_a_void_is_asked_for_and_answered(
    trusted: BillClient, order: dict[str, Any], control: Control
) -> None:
    id = sent(trusted, order, control)
    path = f"/payments/{id}/void"
    assert trusted.post(path, {"reason": "lost"}).status_code == 400
    assert trusted.post(path, {"type": "VOID_LATER"}).status_code == 400
    assert trusted.post(path, {"type": "VOID_AND_REISSUE_VCARD"}).status_code == 422

    asked = trusted.post(path, {"type": "VOID_ONLY", "reason": "lost"}).json()
    assert (asked["status"], asked["singleStatus"]) == ("PAID", "VOID_PENDING")
    [wish] = asked["voidInfo"]
    assert (wish["type"], wish["status"]) == ("VOID_ONLY", "TO_BE_PROCESSED")
    assert wish["reason"] == "lost"
    assert trusted.post(path, {"type": "VOID_ONLY"}).status_code == 422

    control.post(f"/billcom/payments/{id}/step", to="SENT")
    rejected = trusted.get(f"/payments/{id}").json()
    assert (rejected["singleStatus"], rejected["voidInfo"][0]["status"]) == ("SENT", "REJECTED")

    trusted.post(path, {"type": "VOID_ONLY"})
    control.post(f"/billcom/payments/{id}/step", to="VOIDED")
    voided = trusted.get(f"/payments/{id}").json()
    assert (voided["status"], voided["voidInfo"][1]["status"]) == ("VOID", "ACCEPTED")
    assert trusted.get(f"/bills/{order['billId']}").json()["dueAmount"] == 100.25


def test_void_and_reissue_pays_again(
    trusted: BillClient, order: dict[str, Any], control: Control
) -> None:
    id = sent(trusted, order, control)
    control.post(f"/billcom/payments/{id}/void", type="VOID_AND_REISSUE")

    rows = trusted.get("/payments").json()["results"]
    assert {row["singleStatus"] for row in rows} == {"VOIDED", "SCHEDULED"}
    assert trusted.get(f"/bills/{order['billId']}").json()["scheduledAmount"] == 100.25


@pytest.mark.parametrize("named", ["", "UNDEFINED"])
def test_outside_payments_have_hardly_a_single_status(
    bill: BillClient, control: Control, named: str
) -> None:
    control.switch(offline_single_status=named)
    made = bill.created_bill()
    body = {"vendorId": made["vendorId"], "processDate": "2026-11-10"}
    rows = [{"billId": made["id"], "amount": 100.25}]
    payment = bill.post("/bills/record-payment", {**body, "payments": rows}).json()
    assert (payment["status"], payment.get("singleStatus", "")) == ("PAID", named)
    assert (payment["onlinePayment"], payment["disbursementType"]) == (False, "OFFLINE")
    assert payment["toPrintCheck"] is False

    voided = control.post(f"/billcom/payments/{payment['id']}/void")
    assert (voided["status"], voided["voidInfo"][0]["status"]) == ("VOID", "ACCEPTED")
    assert bill.get(f"/bills/{made['id']}").json()["paymentStatus"] == "UNPAID"
    url = f"{control.url}/billcom/payments/{payment['id']}"
    assert requests.post(f"{url}/void", json={}, timeout=10).status_code == 422
    assert requests.post(f"{url}/clear", json={}, timeout=10).status_code == 422


def test_one_payment_for_several_bills_to_the_cent(bill: BillClient, control: Control) -> None:
    first, second = another(bill, "A-1", 33.33), another(bill, "A-2", 66.67)
    bills = [{"id": first["id"], "amount": 11.11}, {"id": second["id"]}]

    [payment] = control.post("/billcom/payments", bills=bills, clear=True)["payments"]

    assert (payment["amount"], payment["singleStatus"]) == (77.78, "CLEARED")
    partly, whole = (bill.get(f"/bills/{made['id']}").json() for made in (first, second))
    assert (partly["paidAmount"], partly["dueAmount"]) == (11.11, 22.22)
    assert (whole["paidAmount"], whole["dueAmount"]) == (66.67, 0)
    assert (partly["paymentStatus"], whole["paymentStatus"]) == ("PARTIALLY_PAID", "PAID")


def test_a_person_pays_several_vendors_at_once(bill: BillClient, control: Control) -> None:
    first = another(bill, "A-1", 10)
    second = another(bill, "B-1", 20, vendorId=bill.vendor("Brightwater Paper")["id"])
    chosen = [{"id": first["id"]}, {"id": second["id"]}]

    made = control.post("/billcom/payments", bills=chosen, type="ACH", processDate="2026-12-01")

    assert [row["amount"] for row in made["payments"]] == [10, 20]
    assert {row["disbursementType"] for row in made["payments"]} == {"ACH"}
    refused = requests.post(f"{control.url}/billcom/payments", json={"bills": chosen}, timeout=10)
    assert refused.status_code == 400
    assert messages(refused) == ["payments: the amount must be greater than zero"]
