"""The event API: docs/systems/billcom.md#14-webhooks."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import requests

from sandbox.billcom.events.courier import signature
from tests.sandbox.billcom.conftest import EventClient, Listener
from tests.sandbox.conftest import CREDENTIALS, BillClient, Control, codes, messages

HERE = "http://127.0.0.1:9/hear"


def test_the_catalog_has_no_payment_created(events: EventClient) -> None:
    listed = events.call("GET", "/events/catalog").json()
    types = {row["type"] for row in listed}
    assert {"bill.created", "vendor.restored", "payment.updated", "payment.failed"} <= types
    assert "payment.created" not in types
    assert all(row["versions"] == ["1"] for row in listed)


def test_the_key_is_shown_once(events: EventClient) -> None:
    made = events.subscribe(HERE)
    assert len(made["securityKey"]) > 30
    assert made["organizationId"] == CREDENTIALS["organizationId"]
    shown = events.call("GET", f"/subscriptions/{made['id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "securityKey"}
    listed = events.call("GET", "/subscriptions").json()
    assert listed == {"results": [shown]}


@pytest.mark.parametrize(
    "key",
    [
        None,
        "abc",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",  # version 1
        "2f1b6f0e4c7d4b0e9a6f3d2c1b0a9f8e",  # version 4, but without dashes
    ],
)
def test_a_key_of_version_four_is_needed(events: EventClient, key: str | None) -> None:
    answer = events.call("POST", "/subscriptions", key, json=events.body(HERE))
    assert (answer.status_code, codes(answer)) == (400, ["BDC_1143"])
    made = events.subscribe(HERE)
    assert events.call("POST", f"/subscriptions/{made['id']}/security-key", key).status_code == 400


def test_an_answer_is_repeated_for_a_day(events: EventClient, control: Control) -> None:
    control.post("/clock", freeze=True)
    key = str(uuid.uuid4())
    first = events.call("POST", "/subscriptions", key, json=events.body(HERE)).json()
    control.advance(30 * 60)
    again = events.call("POST", "/subscriptions", key.upper(), json=events.body(HERE)).json()
    assert again == first
    assert len(events.call("GET", "/subscriptions").json()["results"]) == 1

    control.advance(86_400)
    log_in_again(events)
    late = events.call("POST", "/subscriptions", key, json=events.body(HERE))
    assert messages(late) == ["A subscription with these events and this URL exists already."]


def log_in_again(events: EventClient) -> None:
    base = events.base.replace("/connect-events/", "/connect/")
    answer = requests.post(f"{base}/login", json=CREDENTIALS, timeout=10)
    events.http.headers["sessionId"] = answer.json()["sessionId"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"status": None},
        {"status": {}},
        {"status": {"enabled": "yes"}},
        {"events": []},
        {"events": [{"type": "payment.created", "version": "1"}]},
        {"events": [{"type": "bill.created", "version": "1.0"}]},
        {"events": [{"type": "bill.created"}]},
        {"notificationUrl": None},
        {"notificationUrl": "http://connector.example/hear"},
        {"notificationUrl": "ftp://127.0.0.1/hear"},
        {"secret": "mine"},
    ],
)
def test_bad_subscriptions_are_refused(events: EventClient, changes: Any) -> None:
    answer = events.call("POST", "/subscriptions", json={**events.body(HERE), **changes})
    assert (answer.status_code, codes(answer)) == (400, ["BDC_1143"])
    assert events.call("GET", "/subscriptions").json() == {"results": []}


def test_http_to_this_computer_can_be_forbidden(events: EventClient, control: Control) -> None:
    control.switch(allow_http_loopback=False)
    answer = events.call("POST", "/subscriptions", json=events.body(HERE))
    assert messages(answer) == ["notificationUrl: must use https"]
    events.subscribe("https://127.0.0.1:9/hear")


def test_ten_are_enough_and_no_two_alike(events: EventClient) -> None:
    events.subscribe(HERE, "bill.created", "bill.updated")
    twin = events.body(HERE, "bill.updated", "bill.created")
    assert events.call("POST", "/subscriptions", json=twin).status_code == 400
    for number in range(9):
        events.subscribe(f"{HERE}/{number}")
    eleventh = events.call("POST", "/subscriptions", json=events.body(f"{HERE}/ten"))
    assert messages(eleventh) == ["An organization has at most 10 subscriptions."]

    first = events.call("GET", "/subscriptions?max=6").json()
    rest = events.call("GET", f"/subscriptions?max=6&page={first['nextPage']}").json()
    assert (len(first["results"]), len(rest["results"])) == (6, 4)
    assert set(rest) == {"results"}


def test_put_replaces_patch_changes_delete_removes(events: EventClient) -> None:
    made = events.subscribe(HERE)
    path = f"/subscriptions/{made['id']}"
    replaced = events.call("PUT", path, json=events.body(f"{HERE}/2", "vendor.created")).json()
    assert replaced["events"] == [{"type": "vendor.created", "version": "1"}]
    assert replaced["notificationUrl"] == f"{HERE}/2"
    patched = events.call("PATCH", path, json={"status": {"enabled": False}}).json()
    assert patched == {**replaced, "status": {"enabled": False}} | {
        "updatedTime": patched["updatedTime"]
    }
    assert events.call("PUT", path, json={"name": "x"}).status_code == 400
    assert events.call("PATCH", path, json={"events": []}).status_code == 400
    assert events.call("PATCH", path, json={"status": {}}).status_code == 400
    assert events.call("DELETE", path).status_code == 200
    gone = events.call("GET", path)
    assert (gone.status_code, codes(gone)) == (404, ["BDC_1205"])


def test_others_subscriptions_do_not_exist(
    events: EventClient, bill: BillClient, control: Control
) -> None:
    made = events.subscribe(HERE)
    user = {"username": "them@other.example", "password": "x"}
    other = control.post("/billcom/organizations", name="Other", users=[user])
    bill.log_in(**user, organizationId=other["id"])
    assert events.call("GET", f"/subscriptions/{made['id']}").status_code == 404
    assert events.call("GET", "/subscriptions").json() == {"results": []}


def test_no_session_no_events(events: EventClient) -> None:
    answer = requests.get(f"{events.base}/subscriptions", timeout=10)
    assert (answer.status_code, codes(answer)) == (401, ["BDC_1109"])
    assert codes(events.call("GET", "/nothing")) == ["BDC_1121"]


@pytest.mark.parametrize("spelling", ["security-key", "security_key"])
def test_a_new_key_signs_from_now_on(
    events: EventClient, listener: Listener, bill: BillClient, spelling: str
) -> None:
    made = events.subscribe(listener.url)
    renewed = events.call("POST", f"/subscriptions/{made['id']}/{spelling}").json()
    assert set(renewed) == {"securityKey"}
    assert renewed["securityKey"] != made["securityKey"]
    bill.created_bill()
    assert events.states() == ["delivered"]
    [(body, headers)] = listener.heard
    assert headers["x-bill-sha-signature"] == signature(renewed["securityKey"], body)


def test_a_test_notification_is_sent_at_once(events: EventClient, listener: Listener) -> None:
    made = events.subscribe(listener.url)
    path = f"/subscriptions/{made['id']}/test"
    wanted = {"eventType": "bill.created", "version": "1", "bill": {"id": "test", "amount": 100}}
    sent = events.call("POST", path, json=wanted).json()
    assert sent["statusCode"] == 200
    assert (sent["type"], sent["subscriptionId"]) == ("bill.created", made["id"])
    assert json.loads(sent["payload"]) == listener.events[0]
    assert listener.events[0]["bill"] == {"id": "test", "amount": 100}

    listener.answers = [500]
    assert events.call("POST", path, json=wanted).json()["statusCode"] == 500
    for bad in (
        {**wanted, "version": "2"},
        {**wanted, "eventType": "bill.burnt"},
        {**wanted, "vendor": {}},
        {"eventType": "bill.created", "version": "1"},
        {**wanted, "bill": "00n"},
    ):
        assert events.call("POST", path, json=bad).status_code == 400


def test_sent_events_are_listed_and_resent(
    events: EventClient, listener: Listener, bill: BillClient, control: Control
) -> None:
    made = events.subscribe(listener.url, "bill.created", "bill.archived")
    first = bill.created_bill()
    control.advance(1)
    control.post(f"/billcom/bills/{first['id']}/archive")
    events.deliveries()
    path = f"/events/subscription/{made['id']}"
    listed = events.call("GET", path).json()["results"]
    assert [row["type"] for row in listed] == ["bill.archived", "bill.created"]
    assert all(row["statusCode"] == 200 for row in listed)
    assert events.call("GET", f"{path}?entityId=nobody").json() == {"results": []}
    assert len(events.call("GET", f"{path}?entityId={first['id']}").json()["results"]) == 2

    again = events.call("POST", f"{path}/event/{listed[1]['id']}").json()

    assert again["statusCode"] == 200
    assert listener.heard[2][0] == listener.heard[0][0]
    assert events.call("POST", f"{path}/event/{uuid.uuid4()}").status_code == 404
    control.advance(180 * 86_400)
    log_in_again(events)
    assert events.call("GET", path).json() == {"results": []}
