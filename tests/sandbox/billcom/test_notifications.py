"""What is sent, how it is signed and to whom: docs/systems/billcom.md#14-webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from sandbox.billcom.events.courier import is_this_computer, signature
from tests.sandbox.billcom.conftest import EventClient, Listener
from tests.sandbox.conftest import BillClient, Control

ALL = [f"{kind}.{verb}" for kind in ("vendor", "bill") for verb in ("created", "updated")]
ALL += [f"{kind}.{verb}" for kind in ("vendor", "bill") for verb in ("archived", "restored")]
ALL += ["payment.updated", "payment.failed"]


def test_the_signature_of_the_documents() -> None:
    expected = "SG7NGxjnfvGUXumE138IgurzHHXJS+YySywEcq+VVuc="
    assert signature("test-key", b'{"a":1}') == expected


def test_the_exact_bytes_are_signed(
    events: EventClient, listener: Listener, bill: BillClient
) -> None:
    made = events.subscribe(listener.url)
    bill.created_bill(description="Träger – 3 Stück")
    assert events.states() == ["delivered"]

    [(body, headers)] = listener.heard
    digest = hmac.new(made["securityKey"].encode(), body, hashlib.sha256).digest()
    assert headers["x-bill-sha-signature"] == base64.b64encode(digest).decode()
    assert headers["Content-Type"] == "application/json"
    assert "Träger – 3 Stück".encode() in body
    whole = json.loads(body)
    assert body == json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_bill_is_told_with_the_traps_of_its_body(
    events: EventClient, listener: Listener, bill: BillClient
) -> None:
    subscription = events.subscribe(listener.url)
    made = bill.created_bill()
    events.deliveries()

    [event] = listener.events
    assert event["metadata"] == {
        "eventId": event["metadata"]["eventId"],
        "subscriptionId": subscription["id"],
        "organizationId": subscription["organizationId"],
        "eventType": "bill.created",
        "version": "1",
    }
    assert event["bill"]["id"] == made["id"]
    assert event["bill"]["invoice"]["invoiceDate"] == "2026-11-02T00:00:00.000Z"
    assert event["bill"]["amount"] == 100.25
    assert event["bill"]["billLineItems"]
    assert "vendorName" not in event["bill"]


def test_every_change_is_told_whoever_made_it(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    events.subscribe(listener.url, *ALL)
    vendor = bill.vendor()
    made = bill.created_bill()
    bill.patch(f"/bills/{made['id']}", {"description": "new"})
    control.post(f"/billcom/bills/{made['id']}/approve")
    bill.post(f"/bills/{made['id']}/archive")
    bill.post(f"/bills/{made['id']}/archive")
    control.post(f"/billcom/bills/{made['id']}/restore")
    bill.patch(f"/vendors/{vendor['id']}", {"phone": "1"})
    control.post(f"/billcom/vendors/{vendor['id']}/archive")
    events.deliveries()

    assert listener.types == [
        "bill.created",
        "bill.updated",
        "bill.updated",  # sent to its approver
        "bill.updated",  # approved
        "bill.archived",
        "bill.restored",
        "vendor.updated",
        "vendor.archived",
    ]
    assert bill.post("/bills", {}).status_code == 400
    events.deliveries()
    assert len(listener.heard) == 8


def test_a_payment_tells_its_single_status(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    made = bill.created_bill()
    events.subscribe(listener.url, "payment.updated")
    bills = [{"id": made["id"], "amount": 40}]
    [payment] = control.post("/billcom/payments", bills=bills, transactionNumber="T-1")["payments"]
    control.post(f"/billcom/payments/{payment['id']}/cancel")
    events.deliveries()

    first, second = (event["payment"] for event in listener.events)
    assert (first["status"], second["status"]) == ("SCHEDULED", "CANCELED")
    assert (first["id"], first["billIds"]) == (payment["id"], [made["id"]])
    assert first["transactionNumber"] == "T-1"
    assert first["disbursement"]["amount"] == 40
    assert first["funding"]["accountNumber"].startswith("*")
    assert first["vendor"]["name"] == "Cedar Point Logistics LLC"
    assert first["billingType"] == "BDC"
    assert "amount" not in first


def test_a_payment_that_could_not_be_made_is_told_without_an_id(
    events: EventClient, listener: Listener, trusted: BillClient
) -> None:
    made = trusted.created_bill()
    [bank] = trusted.get("/funding-accounts/banks").json()["results"]
    events.subscribe(listener.url, "payment.failed")
    funding = {"type": "BANK_ACCOUNT", "id": bank["id"]}
    order = {"billId": made["id"], "amount": 1000, "processDate": "2036-11-03"}
    trusted.post("/payments", {**order, "fundingAccount": funding})
    events.deliveries()

    [event] = listener.events
    assert "id" not in event["payment"]
    assert event["payment"]["bills"] == [{"billId": made["id"]}]
    assert event["payment"]["errors"][0]["code"] == "BDC_1159"


def test_switches_of_the_body(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    made = events.subscribe(listener.url, "vendor.created", "vendor.updated")
    control.switch(webhook_thin_vendor_updates=True, webhook_numeric_account_numbers=True)
    address = {"line1": "1", "city": "Dover", "zipOrPostalCode": "19901", "country": "US"}
    vendor = {"name": "Numbers Inc", "address": address, "accountNumber": "4711"}
    id = bill.post("/vendors", vendor).json()["id"]
    bill.patch(f"/vendors/{id}", {"phone": "1"})
    events.deliveries()
    assert listener.events[0]["vendor"]["accountNumber"] == 4711
    assert set(listener.events[1]["vendor"]) == {"id", "name", "updatedTime"}

    control.switch(webhook_body_as_string=True)
    bill.patch(f"/vendors/{id}", {"phone": "2"})
    events.deliveries()
    body, headers = listener.heard[2]
    inner = json.loads(body)
    assert isinstance(inner, str)
    assert json.loads(inner)["vendor"]["id"] == id
    assert headers["x-bill-sha-signature"] == signature(made["securityKey"], body)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/x", True),
        ("https://localhost/x", True),
        ("http://[::1]:8000/x", True),
        ("https://connector.example/x", False),
        ("https://10.0.0.1/x", False),
        ("http://127.0.0.1.example/x", False),
        ("http://127.0.0.1@connector.example/x", False),
        ("https:///x", False),
    ],
)
def test_what_counts_as_this_computer(url: str, here: bool) -> None:
    assert is_this_computer(url) is here


def test_nothing_leaves_this_computer(events: EventClient, bill: BillClient) -> None:
    made = events.subscribe("https://connector.example/hear")
    bill.created_bill()
    [delivery] = events.deliveries()
    assert delivery["state"] == "refused"
    assert delivery["attempts"][0]["problem"] == "The sandbox only calls this computer."
    wanted = {"eventType": "bill.created", "version": "1", "bill": {"id": "x"}}
    path = f"/subscriptions/{made['id']}/test"
    assert events.call("POST", path, json=wanted).status_code == 400


def test_a_subscriber_may_call_back_before_it_answers(
    events: EventClient, listener: Listener, bill: BillClient
) -> None:
    events.subscribe(listener.url)
    listener.seconds = 1.0
    made = bill.created_bill()
    assert bill.get(f"/bills/{made['id']}").elapsed.total_seconds() < 0.9
    assert events.states() == ["delivered"]
