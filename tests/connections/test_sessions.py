"""One grant, one session, one login: however many workers want one."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from connections import sessions
from connections.errors import ConnectionProblem, TransientError
from connections.models import Session
from connections.sessions import Held, SessionStore
from tests.processes import result, start

pytestmark = pytest.mark.django_db


class Door:
    """Logs in, and remembers how often."""

    def __init__(self, *, takes: float = 0.0) -> None:
        self.opened = 0
        self._takes = takes

    def __call__(self) -> Mapping[str, str]:
        self.opened += 1
        time.sleep(self._takes)
        return {"id": f"session-{self.opened}"}


def a_store(idle: float = 1800) -> SessionStore:
    return SessionStore("billcom:org", idle)


def refuse() -> Mapping[str, str]:
    raise ConnectionProblem("The password is wrong.")


def test_the_first_one_logs_in_and_the_others_share() -> None:
    door = Door()

    assert a_store().current(door).values == {"id": "session-1"}
    assert a_store().current(door).values == {"id": "session-1"}
    assert door.opened == 1


def test_a_session_that_rested_too_long_is_renewed_unasked() -> None:
    door = Door()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        a_store().current(door)
        clock.shift(timedelta(seconds=1799))
        assert a_store().current(door).values["id"] == "session-1"
        clock.shift(timedelta(seconds=1801))
        assert a_store().current(door).values["id"] == "session-2"


def test_using_a_session_keeps_it_alive() -> None:
    door = Door()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            a_store().current(door)
            clock.shift(timedelta(seconds=1200))

    assert door.opened == 1


def test_a_session_without_an_end_is_never_stale() -> None:
    door = Door()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        a_store(float("inf")).current(door)
        clock.shift(timedelta(days=300))
        a_store(float("inf")).current(door)

    assert door.opened == 1


def test_whoever_lost_a_session_that_was_renewed_already_takes_the_new_one() -> None:
    door = Door()
    old = a_store().current(door)
    a_store().renew(old, door)

    assert a_store().renew(old, door).values == {"id": "session-2"}
    assert door.opened == 2


def test_a_failed_login_lets_the_next_one_try() -> None:
    with pytest.raises(ConnectionProblem):
        a_store().current(refuse)

    assert Session.objects.get().refresher == ""
    assert a_store().current(Door()).values == {"id": "session-1"}


def test_a_failed_login_leaves_the_old_session_in_place() -> None:
    old = a_store().current(Door())
    with pytest.raises(ConnectionProblem):
        a_store().renew(old, refuse)

    assert Session.objects.get().version == old.version


def test_a_worker_that_died_while_it_logged_in_is_replaced() -> None:
    a_store().current(Door())
    Session.objects.update(
        version=1, refresher="dead", refresher_until=timezone.now() - timedelta(seconds=1)
    )

    assert a_store().renew(Held(version=1), Door()).version == 2


def test_it_does_not_wait_for_ever_for_another_workers_login(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "LOGIN_TAKES", timedelta(seconds=0.3))
    a_store().current(Door())
    Session.objects.update(refresher="busy", refresher_until=timezone.now() + timedelta(seconds=60))

    with pytest.raises(TransientError, match="Another worker"):
        a_store().renew(Held(version=1), Door())


def test_a_login_that_ended_after_its_claim_was_taken_overwrites_nothing() -> None:
    a_store().current(Door())

    def slow() -> Mapping[str, str]:
        Session.objects.update(refresher="successor")
        return {"id": "late"}

    assert a_store().renew(Held(version=1), slow).values == {"id": "late"}
    row = Session.objects.get()
    assert (row.version, row.values, row.refresher) == (1, {"id": "session-1"}, "successor")


def test_a_session_that_cannot_be_read_is_opened_anew(settings: Settings) -> None:
    a_store().current(Door())
    settings.CONNECTOR_SECRET_KEYS = ["another-key-0123456789-abcdefghijklmnop"]

    assert a_store().current(Door()).values == {"id": "session-1"}
    assert Session.objects.get().version == 2


def test_a_session_somebody_renewed_with_a_key_we_lack_is_opened_anew(settings: Settings) -> None:
    old = a_store().current(Door())
    a_store().renew(old, Door())
    settings.CONNECTOR_SECRET_KEYS = ["another-key-0123456789-abcdefghijklmnop"]

    assert a_store().renew(old, Door()).values == {"id": "session-1"}


def test_a_held_session_shows_no_token() -> None:
    assert "session-1" not in repr(a_store().current(Door()))


def test_a_system_without_sessions_needs_no_row() -> None:
    assert a_store().none().version == 0
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_log_in_once() -> None:
    door = Door(takes=0.2)
    seen: list[str] = []

    def work() -> None:
        seen.append(a_store().current(door).values["id"])
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == ["session-1"] * 8
    assert door.opened == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_who_lost_it_renew_it_once() -> None:
    door = Door(takes=0.1)
    old = a_store().current(door)
    seen: list[str] = []

    def work() -> None:
        seen.append(a_store().renew(old, door).values["id"])
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == ["session-2"] * 8


WORKER = """
import os, time
from connections.sessions import SessionStore

def login():
    print("logged in")
    time.sleep(0.3)
    return {"id": str(os.getpid())}

print(SessionStore("billcom:org", 1800).current(login).values["id"])
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_log_in_once() -> None:
    lines = [result(worker).splitlines() for worker in [start(WORKER) for _ in range(4)]]

    assert sum("logged in" in said for said in lines) == 1
    assert len({said[-1] for said in lines}) == 1
