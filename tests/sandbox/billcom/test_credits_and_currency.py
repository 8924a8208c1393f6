"""Vendor credits and money of other countries: docs/systems/billcom.md#10 and #12."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.conftest import BillClient, Control, codes


@pytest.fixture
def credit(bill: BillClient, control: Control) -> dict[str, Any]:
    made: dict[str, Any] = control.post(
        "/billcom/vendor-credits", vendorId=bill.vendor()["id"], amount=30, referenceNumber="VC-1"
    )
    return made


def credit_now(bill: BillClient, credit: dict[str, Any]) -> tuple[str, float]:
    found = bill.get(f"/vendor-credits/{credit['id']}").json()
    return found["status"], found["appliedAmount"]


def test_a_payment_uses_a_credit_beside_its_cash(
    bill: BillClient, control: Control, credit: dict[str, Any]
) -> None:
    made = bill.created_bill()
    used = [{"id": credit["id"], "amount": 25.5}]
    bills = [{"id": made["id"], "vendorCredits": used}]

    [payment] = control.post("/billcom/payments", bills=bills)["payments"]

    # Cash and credit together settle the bill; the payment is only the cash.
    assert payment["amount"] == payment["billPayments"][0]["amount"] == 74.75
    assert payment["billPayments"][0]["vendorCredits"] == used
    assert credit_now(bill, credit) == ("IN_PROCESS", 25.5)
    control.post(f"/billcom/payments/{payment['id']}/clear")
    paid = bill.get(f"/bills/{made['id']}").json()
    assert (paid["paidAmount"], paid["creditAmount"], paid["dueAmount"]) == (74.75, 25.5, 0)
    assert paid["paymentStatus"] == "PAID"
    assert credit_now(bill, credit) == ("PARTIALLY_APPLIED", 25.5)
    usage = bill.get(f"/vendor-credits/{credit['id']}").json()["usage"]
    assert usage == [{"billId": made["id"], "paymentId": payment["id"], "amount": 25.5}]


def test_a_payment_that_ends_gives_its_credit_back(
    bill: BillClient, control: Control, credit: dict[str, Any]
) -> None:
    made = bill.created_bill()
    used = [{"id": credit["id"], "amount": 30}]
    bills = [{"id": made["id"], "vendorCredits": used}]
    [payment] = control.post("/billcom/payments", bills=bills)["payments"]

    control.post(f"/billcom/payments/{payment['id']}/cancel")

    assert credit_now(bill, credit) == ("NOT_APPLIED", 0)
    open_again = bill.get(f"/bills/{made['id']}").json()
    assert (open_again["creditAmount"], open_again["dueAmount"]) == (0, 100.25)


def test_a_credit_is_applied_without_a_payment(
    bill: BillClient, control: Control, credit: dict[str, Any]
) -> None:
    made = bill.created_bill()
    control.post(f"/billcom/vendor-credits/{credit['id']}/apply", billId=made["id"])

    settled = bill.get(f"/bills/{made['id']}").json()
    assert (settled["creditAmount"], settled["dueAmount"]) == (30, 70.25)
    assert settled["paymentStatus"] == "PARTIALLY_PAID"
    assert credit_now(bill, credit) == ("FULLY_APPLIED", 30)
    path = f"{control.url}/billcom/vendor-credits/{credit['id']}/apply"
    again = requests.post(path, json={"billId": made["id"], "amount": 0.01}, timeout=10)
    assert (again.status_code, codes(again)) == (422, ["BDC_1143"])


def test_a_bill_takes_credits_and_a_put_without_them_gives_them_back(
    bill: BillClient, credit: dict[str, Any]
) -> None:
    used = [{"id": credit["id"], "amount": 12.5}]
    made = bill.created_bill(vendorCredits=used)
    assert (made["creditAmount"], made["dueAmount"]) == (12.5, 87.75)
    assert credit_now(bill, credit) == ("PARTIALLY_APPLIED", 12.5)

    replaced = bill.put(f"/bills/{made['id']}", bill.a_bill()).json()

    assert (replaced["creditAmount"], replaced["dueAmount"]) == (0, 100.25)
    assert credit_now(bill, credit) == ("NOT_APPLIED", 0)


def test_credits_that_cannot_be_used(
    bill: BillClient, control: Control, credit: dict[str, Any]
) -> None:
    def refused(**changes: Any) -> tuple[int, list[str]]:
        used = [{"id": credit["id"], "amount": 10, **changes}]
        answer = bill.post("/bills", bill.a_bill(vendorCredits=used))
        return answer.status_code, codes(answer)

    assert refused(amount=30.01) == (422, ["BDC_1143"])
    assert refused(amount=0) == (400, ["BDC_1143"])
    assert refused(id="vcr01NOBODYHASTHISID") == (404, ["BDC_1205"])
    other = bill.vendor("Brightwater Paper")["id"]
    theirs = control.post("/billcom/vendor-credits", vendorId=other, amount=30)
    assert refused(id=theirs["id"]) == (400, ["BDC_1143"])
    control.post(f"/billcom/vendor-credits/{credit['id']}/archive")
    assert refused() == (422, ["BDC_1143"])


@pytest.fixture
def abroad(bill: BillClient) -> dict[str, Any]:
    """A bill of 100 EUR that came in at 1.0863."""
    address = {"line1": "Kai 1", "city": "Kiel", "zipOrPostalCode": "24103", "country": "DE"}
    vendor = {"name": "Kieler Tauwerk GmbH", "address": address, "billCurrency": "EUR"}
    vendor_id = bill.post("/vendors", vendor).json()["id"]
    return bill.created_bill(vendorId=vendor_id, billLineItems=[{"amount": 100}])


def test_a_payment_takes_the_rate_of_its_own_day(
    bill: BillClient, control: Control, abroad: dict[str, Any]
) -> None:
    assert (abroad["fundingAmount"], abroad["exchangeRate"]) == (108.63, 1.0863)
    control.post("/billcom/rate", currency="EUR", rate=1.1189)

    [payment] = control.post("/billcom/payments", bills=[{"id": abroad["id"]}])["payments"]
    control.post("/billcom/rate", currency="EUR", rate=2)
    control.post(f"/billcom/payments/{payment['id']}/clear")

    payment = bill.get(f"/payments/{payment['id']}").json()
    assert (payment["amount"], payment["fundingAmount"]) == (100, 111.89)
    assert payment["exchangeRate"] == 1.1189
    assert payment["disbursementType"] == "INTERNATIONAL_E_PAYMENT"
    assert payment["disbursementInfo"]["internationalDisbursement"]["amount"] == 100
    paid = bill.get(f"/bills/{abroad['id']}").json()
    assert (paid["fundingAmount"], paid["exchangeRate"]) == (108.63, 1.0863)
    assert (paid["paidAmount"], paid["dueAmount"]) == (100, 0)


def test_todays_rate_can_be_asked_for(
    bill: BillClient, control: Control, abroad: dict[str, Any]
) -> None:
    control.post("/billcom/rate", currency="EUR", rate=1.25)
    path, query = "/payments/exchange-rate", {"vendorId": abroad["vendorId"], "amount": "1000"}

    offer = bill.get(path, **query).json()

    assert (offer["paymentCurrency"], offer["baseCurrency"]) == ("EUR", "USD")
    assert offer["exchangeRate"] == 1.25
    assert bill.get(path, **{**query, "amount": "much"}).status_code == 400
    assert bill.get(path, **{**query, "vendorId": "x"}).status_code == 404
