"""A sandbox that is stopped and started forgets nothing."""

from __future__ import annotations

import pickle
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.keeping import FIRST_LINE, SAVE_EVERY_SECONDS, VERSION, Keeper, StateRefused
from sandbox.server import SandboxServer
from tests.sandbox.conftest import BillClient, Control

OURS = FIRST_LINE + str(VERSION).encode() + b"\n"


@contextmanager
def running(state: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--state", str(state), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield process, found.group()
    finally:
        process.kill()
        process.communicate()


def stop(process: subprocess.Popen[str], number: int) -> None:
    process.send_signal(number)
    assert process.wait(timeout=10) == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_forgotten_between_stop_and_start(tmp_path: Path, number: int) -> None:
    state = tmp_path / "sandbox.state"
    with running(state, "--seed", "demo") as (process, url):
        bill, control = BillClient(url), Control(url)
        bill.log_in()
        made = bill.created_bill()
        before = control.state("odoo")
        control.advance(86_400)
        bill.log_in()
        headers = dict(bill.http.headers)
        clock = control.get("/clock")["now"]
        stop(process, number)

    with running(state, "--seed", "twins") as (process, url):
        bill, control = BillClient(url), Control(url)
        bill.http.headers.update(headers)
        # The session lives on, the bill is there, the clock is where it was moved to.
        assert bill.get(f"/bills/{made['id']}").json()["amount"] == 100.25
        assert control.state("odoo") == before
        assert control.get("/clock")["now"] > clock
        assert len(control.state()["bills"]) == 3
        # Ids go on where they stopped: a new bill never gets one that was given away.
        invoice = {"invoiceNumber": "INV-2", "invoiceDate": "2026-11-02"}
        assert bill.created_bill(invoice=invoice)["id"] != made["id"]
        stop(process, number)


def test_payments_and_notifications_under_way_survive(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    with SandboxServer(seed="demo", state=state) as server:
        bill, control = BillClient(server.url), Control(server.url)
        bill.log_in()
        control.post("/clock", freeze=True)
        url = f"{server.url}/billcom/connect-events/v3/subscriptions"
        events = [{"type": "bill.updated", "version": "1"}]
        body = {"name": "Ours", "status": {"enabled": True}, "events": events}
        key = {"X-Idempotent-Key": "0b9f8d0e-6c1f-4a57-9d2c-7a0c7d1d2e3f"}
        nobody = {"notificationUrl": "http://127.0.0.1:9/hear"}
        assert bill.http.post(url, json={**body, **nobody}, headers=key, timeout=10).ok
        made = bill.created_bill()
        control.post("/billcom/payments", bills=[{"id": made["id"], "amount": 40}])
        [waiting] = control.get("/billcom/webhooks/deliveries?wait=1")
        headers = dict(bill.http.headers)

    with SandboxServer(seed="empty", state=state) as server:
        bill, control = BillClient(server.url), Control(server.url)
        bill.http.headers.update(headers)
        assert control.get("/billcom/webhooks/deliveries?wait=1") == [waiting]
        control.advance(2)
        [again] = control.get("/billcom/webhooks/deliveries?wait=1")
        assert len(again["attempts"]) == len(waiting["attempts"]) + 1 == 2
        [payment] = bill.get("/payments").json()["results"]
        cleared = control.post(f"/billcom/payments/{payment['id']}/clear")
        assert cleared["singleStatus"] == "CLEARED"
        assert bill.get(f"/bills/{made['id']}").json()["paidAmount"] == 40


def test_the_file_is_written_only_when_something_changed(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    with SandboxServer(seed="demo", state=state) as server:
        assert server.keeper
        server.keeper.save()
        first = state.stat().st_ino
        server.keeper.save()
        assert state.stat().st_ino == first

        BillClient(server.url).log_in()
        server.keeper.save()

        assert state.stat().st_ino != first
        assert [file.name for file in tmp_path.iterdir()] == ["sandbox.state"]


@pytest.mark.slow
def test_it_is_saved_without_being_stopped(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    with running(state) as (process, url):
        Control(url).advance(1)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=SAVE_EVERY_SECONDS + 1)
        process.kill()
    assert state.exists()


@pytest.mark.parametrize("seed", ["empty", "demo", "twins"])
def test_every_seed_survives(tmp_path: Path, seed: str) -> None:
    state = tmp_path / "sandbox.state"
    with SandboxServer(seed=seed, state=state) as first:
        shown = [hooks.state() for hooks in first.world.hooks.values()]
    with SandboxServer(seed="empty", state=state) as second:
        assert second.world.seed == seed
        assert [hooks.state() for hooks in second.world.hooks.values()] == shown


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"sandbox state 0\n" + pickle.dumps({}), "another version"),
        (b"something else", "another version"),
        (OURS + b"rubbish", "cannot be read"),
        (OURS, "cannot be read"),
        (OURS + pickle.dumps(subprocess.Popen), "subprocess.Popen"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    state = tmp_path / "sandbox.state"
    state.write_bytes(content)

    with pytest.raises(StateRefused, match=reason):
        SandboxServer(state=state)

    assert state.read_bytes() == content


def test_the_command_refuses_with_one_sentence(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    state.write_bytes(b"sandbox state 0\n")
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--state", str(state)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=20)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{state} was written by another version of the sandbox. ")
    assert "Traceback" not in ended.stderr


def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.state"
    with SandboxServer(seed="demo", state=state) as server:
        Control(server.url).post("/reset", seed="empty")
    with SandboxServer(seed="demo", state=state) as server:
        assert server.world.seed == "empty"
        assert isinstance(server.keeper, Keeper)
