"""What is sent, how it is signed and how often: docs/systems/billcom.md#14-webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
import requests

from sandbox.billcom.events.courier import is_this_computer, signature
from tests.sandbox.billcom.conftest import EventClient, Listener
from tests.sandbox.conftest import BillClient, Control

ALL = [f"{kind}.{verb}" for kind in ("vendor", "bill") for verb in ("created", "updated")]
ALL += [f"{kind}.{verb}" for kind in ("vendor", "bill") for verb in ("archived", "restored")]
ALL += ["payment.updated", "payment.failed"]


def dials(control: Control, **wanted: Any) -> None:
    control.post("/billcom/webhooks", **wanted)


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


@pytest.mark.parametrize("status", [201, 202, 204, 302, 400, 500])
def test_only_200_counts(
    events: EventClient, listener: Listener, bill: BillClient, control: Control, status: int
) -> None:
    control.post("/clock", freeze=True)
    events.subscribe(listener.url)
    listener.answers = [status]
    bill.created_bill()

    [delivery] = events.deliveries()
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("waiting", status)
    control.advance(1.9)
    assert events.states() == ["waiting"]
    control.advance(0.1)
    assert events.states() == ["delivered"]
    assert listener.heard[0] == listener.heard[1]


def fail_five_times(events: EventClient, control: Control) -> list[int]:
    """Move the clock to each retry; return how many tries there were after each."""
    tries = []
    for seconds in (0, 2, 4, 8, 16):
        control.advance(seconds)
        tries.append(len(events.deliveries()[0]["attempts"]))
    return tries


def test_after_the_fifth_failure_it_is_switched_off(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    control.post("/clock", freeze=True)
    made = events.subscribe(listener.url)
    listener.answers = [500] * 5
    bill.created_bill()
    assert fail_five_times(events, control) == [1, 2, 3, 4, 5]

    assert events.states() == ["failed"]
    path = f"/subscriptions/{made['id']}"
    assert events.call("GET", path).json()["status"] == {"enabled": False}
    invoice = {"invoiceNumber": "INV-2", "invoiceDate": "2026-11-02"}
    bill.created_bill(invoice=invoice)
    assert len(events.deliveries()) == 1

    events.call("PATCH", path, json={"status": {"enabled": True}})
    bill.created_bill(invoice={**invoice, "invoiceNumber": "INV-3"})
    assert events.states() == ["failed", "delivered"]


def test_or_the_event_is_set_aside(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    control.switch(webhook_after_failures="set_aside")
    control.post("/clock", freeze=True)
    made = events.subscribe(listener.url)
    listener.answers = [503] * 5
    bill.created_bill()
    fail_five_times(events, control)

    assert events.states() == ["failed"]
    path = f"/subscriptions/{made['id']}"
    assert events.call("GET", path).json()["status"] == {"enabled": True}


def test_nobody_listening_is_a_failure(
    events: EventClient, bill: BillClient, control: Control
) -> None:
    control.post("/clock", freeze=True)
    events.subscribe("http://127.0.0.1:9/hear")
    bill.created_bill()
    [delivery] = events.deliveries()
    assert delivery["state"] == "waiting"
    assert "refused" in delivery["attempts"][0]["problem"]


@pytest.mark.slow
def test_ten_seconds_are_too_long(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    control.post("/clock", freeze=True)
    events.subscribe(listener.url)
    listener.seconds = 10.5
    bill.created_bill()
    [delivery] = events.deliveries()
    assert (delivery["state"], delivery["attempts"][0]["problem"]) == ("waiting", "timed out")


def bills_named(bill: BillClient, *numbers: str) -> None:
    for number in numbers:
        bill.created_bill(invoice={"invoiceNumber": number, "invoiceDate": "2026-11-02"})


def test_doubles(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    events.subscribe(listener.url)
    dials(control, doubles=2)
    bills_named(bill, "A")
    assert events.states() == ["delivered"] * 3
    assert len({body for body, _ in listener.heard}) == 1


def test_disorder(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    events.subscribe(listener.url)
    dials(control, hold=3)
    bills_named(bill, "A", "B")
    assert events.states() == ["held", "held"]
    bills_named(bill, "C")
    assert events.states() == ["delivered"] * 3
    heard = [event["bill"]["invoice"]["invoiceNumber"] for event in listener.events]
    assert heard == ["C", "B", "A"]

    bills_named(bill, "D")
    assert control.post("/billcom/webhooks/release") == {"released": 1}
    assert events.states()[-1] == "delivered"


def test_delay_and_loss(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    control.post("/clock", freeze=True)
    events.subscribe(listener.url)
    dials(control, delay=60, lose=1)
    bills_named(bill, "A", "B")
    assert events.states() == ["lost", "waiting"]
    control.advance(60)
    assert events.states() == ["lost", "delivered"]
    assert len(listener.heard) == 1
    assert control.get("/billcom/webhooks")["lose"] == 0
    requests.delete(f"{control.url}/billcom/webhooks", timeout=10)
    assert control.get("/billcom/webhooks")["delay"] == 0


def test_a_forged_copy_comes_first_and_is_signed_wrongly(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    made = events.subscribe(listener.url)
    dials(control, forge=1)
    bills_named(bill, "A", "B")
    assert events.states() == ["forged", "delivered", "delivered"]
    good = [
        headers["x-bill-sha-signature"] == signature(made["securityKey"], body)
        for body, headers in listener.heard
    ]
    assert good == [False, True, True]
    assert len({event["metadata"]["eventId"] for event in listener.events}) == 3


@pytest.mark.parametrize("bad", [{"speed": 1}, {"doubles": -1}, {"hold": "many"}])
def test_dials_that_do_not_exist(control: Control, bad: dict[str, Any]) -> None:
    answer = requests.post(f"{control.url}/billcom/webhooks", json=bad, timeout=10)
    assert answer.status_code == 400


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
