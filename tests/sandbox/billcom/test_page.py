"""The buttons of the page: plain forms, answered by going back to it."""

from __future__ import annotations

import re

import requests

from tests.sandbox.billcom.conftest import EventClient
from tests.sandbox.conftest import BillClient, Control


def page(control: Control) -> str:
    return requests.get(control.url.removesuffix("_sandbox"), timeout=10).text


def press(control: Control, path: str, **fields: str | list[str]) -> str:
    """Send a form as a browser does; return the page that follows."""
    url = control.url.removesuffix("/_sandbox") + path
    answer = requests.post(url, data=fields or {"": ""}, timeout=10)
    assert answer.status_code == 200
    return answer.text


def test_paying_in_part_and_whole(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    path = f"/_sandbox/billcom/bills/{made['id']}/pay"
    assert f'action="{path}"' in page(control)

    press(control, path, amount="40.25")
    assert bill.get(f"/bills/{made['id']}").json()["dueAmount"] == 60
    press(control, path, amount="")
    assert bill.get(f"/bills/{made['id']}").json()["dueAmount"] == 0
    assert f'action="{path}"' not in page(control)


def test_paying_what_is_chosen(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    other = bill.created_bill(invoice={"invoiceNumber": "INV-2", "invoiceDate": "2026-11-02"})
    assert f'value="{made["id"]}"' in page(control)

    press(control, "/_sandbox/billcom/payments", bill=[made["id"], other["id"]], clear="1")

    [payment] = bill.get("/payments").json()["results"]
    assert (payment["amount"], payment["singleStatus"]) == (200.5, "CLEARED")


def test_a_refusal_is_told_on_the_page(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    told = press(control, f"/_sandbox/billcom/bills/{made['id']}/pay", amount="100.26")
    assert "exceeds the due amount" in told
    assert "amount: must be a number" in press(
        control, f"/_sandbox/billcom/bills/{made['id']}/pay", amount="<b>all</b>"
    )
    assert "choose at least one" in press(control, "/_sandbox/billcom/payments")
    assert (
        "<script>"
        not in requests.get(
            control.url.removesuffix("_sandbox"), params={"told": "<script>"}, timeout=10
        ).text
    )


def test_buttons_of_a_payment_follow_its_status(bill: BillClient, control: Control) -> None:
    made = bill.created_bill()
    [payment] = control.post("/billcom/payments", bills=[{"id": made["id"]}])["payments"]
    path = f"/_sandbox/billcom/payments/{payment['id']}"

    def verbs() -> list[str]:
        return re.findall(rf'action="{path}/(\w+)"', page(control))

    assert verbs() == ["step", "clear", "cancel"]
    press(control, f"{path}/step")
    assert verbs() == ["step", "clear", "fail", "hold"]
    press(control, f"{path}/clear")
    assert verbs() == ["fail"]
    press(control, f"{path}/fail")
    assert verbs() == ["step", "clear", "void"]
    press(control, f"{path}/void")
    assert verbs() == []


def test_the_clock_is_moved(control: Control) -> None:
    before = control.get("/clock")["now"]
    press(control, "/_sandbox/clock", advance="86400")
    assert control.get("/clock")["now"][:10] > before[:10]


def test_the_last_webhooks_are_shown(bill: BillClient, events: EventClient) -> None:
    events.subscribe("https://connector.example/hear")
    made = bill.created_bill()
    events.deliveries()
    shown = page(events.control)
    assert "refused (The sandbox only calls this computer.)" in shown
    assert made["id"] in shown
