"""The core: clock, faults, journal, page, keep-alive."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time

import pytest
import requests

from sandbox.server import SandboxServer
from tests.sandbox.conftest import BillClient, Control, codes


def numbers(control: Control) -> list[str]:
    return [bill["invoice"]["invoiceNumber"] for bill in control.state()["bills"]]


def test_the_command_says_where_it_listens() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--seed", "empty"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Sandbox ready on (http://127\.0\.0\.1:\d+)\n", line)
        assert found is not None
        assert requests.get(found[1], timeout=5).status_code == 200
        process.terminate()


def test_a_connection_is_kept_open_over_calls(bill: BillClient) -> None:
    answers = [
        bill.get("/vendors"),
        bill.get("/nowhere"),
        bill.post("/vendors", {}),
        bill.get("/bills"),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 400, 200]
    assert all("close" not in answer.headers.get("Connection", "") for answer in answers)
    assert all(answer.raw.version == 11 for answer in answers)


def test_reset_brings_the_seed_back(bill: BillClient, control: Control) -> None:
    bill.created_bill()
    control.advance(3600)

    control.post("/reset", seed="empty")

    assert control.state()["bills"] == []
    assert control.get("/journal")["requests"] == []
    assert codes(bill.get("/vendors")) == ["BDC_1109"]


def test_an_unknown_seed_is_refused(sandbox: SandboxServer) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/reset", json={"seed": "x"}, timeout=5)

    assert answer.status_code == 400


def test_the_clock_moves_freezes_and_goes_on(control: Control) -> None:
    control.post("/clock", set="2030-01-01T00:00:00Z", freeze=True)
    control.post("/clock", set="2030-01-01T00:00:00Z")
    control.advance(90)
    assert control.get("/clock")["now"] == "2030-01-01T00:01:30+00:00"

    control.post("/clock", freeze=False)
    time.sleep(0.01)
    assert control.get("/clock")["now"] > "2030-01-01T00:01:30"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("session_lost", 401, "BDC_1109"),
        ("rate_limited", 422, "BDC_1322"),
        ("server_error", 500, "BDC_1001"),
    ],
)
def test_a_fault_strikes_in_the_words_of_the_system_and_only_as_often_as_told(
    bill: BillClient, control: Control, kind: str, status: int, code: str
) -> None:
    control.fault(kind, method="GET", path="/connect/v3/vend*", after=1, times=2)

    answers = [bill.get("/vendors") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, status, status, 200]
    assert codes(answers[1]) == [code]
    assert bill.get("/bills").status_code == 200


def test_a_fault_may_answer_anything(bill: BillClient, control: Control) -> None:
    control.fault("status", status=503, body={"message": "try later"})
    control.fault("html", after=1)

    assert bill.get("/bills").json() == {"message": "try later"}
    page = bill.get("/bills")
    assert (page.status_code, page.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


def test_times_zero_is_for_ever_until_the_dial_is_cleared(
    bill: BillClient, control: Control, sandbox: SandboxServer
) -> None:
    control.fault("server_error", times=0)
    assert {bill.get("/bills").status_code for _ in range(5)} == {500}

    requests.delete(f"{sandbox.url}/_sandbox/faults", timeout=5)

    assert bill.get("/bills").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"system": "billcom", "kind": "earthquake"},
        {"system": "billcom"},
        {"system": "sap", "kind": "html"},
        {"system": "billcom", "kind": "html", "colour": "red"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(
    sandbox: SandboxServer, wrong: dict[str, str]
) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/faults", json=wrong, timeout=5)

    assert answer.status_code == 400
    assert requests.get(f"{sandbox.url}/_sandbox/faults", timeout=5).json() == {"faults": []}


def test_drop_before_closes_the_connection_and_does_nothing(
    bill: BillClient, control: Control
) -> None:
    body = bill.a_bill()
    control.fault("drop_before", method="POST")

    with pytest.raises(requests.ConnectionError):
        bill.post("/bills", body)

    assert "INV-1" not in numbers(control)
    assert bill.get("/bills").status_code == 200


def test_commit_then_drop_does_it_without_saying_so(bill: BillClient, control: Control) -> None:
    body = bill.a_bill()
    control.fault("commit_then_drop", method="POST")

    with pytest.raises(requests.ConnectionError):
        bill.post("/bills", body)

    assert numbers(control).count("INV-1") == 1


def test_commit_then_error_does_it_and_answers_500(bill: BillClient, control: Control) -> None:
    body = bill.a_bill()
    control.fault("commit_then_error", method="POST")

    answer = bill.post("/bills", body)

    assert (answer.status_code, codes(answer)) == (500, ["BDC_1001"])
    assert numbers(control).count("INV-1") == 1


def test_drop_then_commit_does_it_when_the_clock_gets_there(
    bill: BillClient, control: Control
) -> None:
    body = bill.a_bill()
    control.fault("drop_then_commit", method="POST", seconds=40)

    with pytest.raises(requests.ConnectionError):
        bill.post("/bills", body)

    assert "INV-1" not in numbers(control)
    control.advance(39)
    assert "INV-1" not in numbers(control)
    control.advance(1)
    assert numbers(control).count("INV-1") == 1


def test_drop_then_commit_counts_the_session_from_when_the_call_came_in(
    bill: BillClient, control: Control
) -> None:
    body = bill.a_bill()
    control.fault("drop_then_commit", method="POST", seconds=3000)
    with pytest.raises(requests.ConnectionError):
        bill.post("/bills", body)

    control.advance(3600)

    assert numbers(control).count("INV-1") == 1


def test_drop_then_commit_also_happens_as_real_time_passes(
    bill: BillClient, control: Control
) -> None:
    body = bill.a_bill()
    control.fault("drop_then_commit", method="POST", seconds=0.3)
    with pytest.raises(requests.ConnectionError):
        bill.post("/bills", body)

    deadline = time.monotonic() + 5
    while "INV-1" not in numbers(control) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert numbers(control).count("INV-1") == 1


def test_under_lag_reads_miss_what_was_just_written(bill: BillClient, control: Control) -> None:
    control.fault("lag", times=0, seconds=30)
    made = bill.created_bill()

    assert bill.get(f"/bills/{made['id']}").status_code == 404
    listed = bill.get("/bills", filters="invoice.invoiceNumber:eq:INV-1").json()["results"]
    assert listed == []
    control.advance(31)
    assert bill.get(f"/bills/{made['id']}").status_code == 200


def test_only_reads_use_a_lag_up(bill: BillClient, control: Control) -> None:
    body = bill.a_bill()
    control.fault("lag", seconds=30)
    path = f"/bills/{bill.post('/bills', body).json()['id']}"

    assert [bill.get(path).status_code for _ in range(2)] == [404, 200]


def test_a_clock_that_cannot_be_set_says_why(sandbox: SandboxServer) -> None:
    for wrong in ({"set": "soon"}, {"advance": "a lot"}, {}, {"hour": 3}):
        answer = requests.post(f"{sandbox.url}/_sandbox/clock", json=wrong, timeout=5)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_slow_keeps_a_call_waiting_and_then_answers(bill: BillClient, control: Control) -> None:
    control.fault("slow", seconds=0.3)
    started = time.monotonic()

    assert bill.get("/bills").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_the_journal_keeps_calls_and_peaks(bill: BillClient, control: Control) -> None:
    control.fault("slow", seconds=0.3, times=0)
    threads = [threading.Thread(target=bill.get, args=("/bills",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    journal = control.get("/journal?system=billcom")

    assert [(r["method"], r["path"], r["status"]) for r in journal["requests"]] == [
        ("POST", "/connect/v3/login", 200),
        ("GET", "/connect/v3/bills", 200),
        ("GET", "/connect/v3/bills", 200),
    ]
    assert journal["peak"]["billcom/00801HARBOURSUPPLYCO"] == 2
    assert all(r["ended"] >= r["started"] for r in journal["requests"])


def test_the_page_shows_the_ledger_and_its_buttons_work(
    bill: BillClient, sandbox: SandboxServer, control: Control
) -> None:
    page = requests.get(sandbox.url, timeout=5).text
    assert "Tidewater Power Cooperative" in page
    assert "TW-88121" in page
    button = re.search(r'action="(/_sandbox/billcom/bills/\w+/approve)"', page)
    assert button is not None

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    back = requests.post(f"{sandbox.url}{button[1]}", headers=form, timeout=5)

    assert back.url == f"{sandbox.url}/"
    assert "APPROVED" in [row["approvalStatus"] for row in control.state()["bills"]]
