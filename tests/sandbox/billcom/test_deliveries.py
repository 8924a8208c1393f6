"""Retries, giving up and trouble on the way: docs/systems/billcom.md#145-delivery."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox.billcom.events.courier import signature
from tests.sandbox.billcom.conftest import EventClient, Listener
from tests.sandbox.conftest import BillClient, Control


def dials(control: Control, **wanted: Any) -> None:
    control.post("/billcom/webhooks", **wanted)


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
