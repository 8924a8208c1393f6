"""One session and one set of limits, however many workers there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone

from connections.errors import ConnectionProblem, LimitReached
from connections.http import Call
from connections.models import Connection, LimitHour, LimitSlot, Session
from connections.services import Opened, opened
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.options import limits, login_limit
from tests.connections.systems.billcom.harbour import ORGANIZATION, SECRETS, Harbour
from tests.stage import Stage

Make = Callable[..., Connection]
WORKERS = 8


def side_by_side(work: Callable[[int], Any], workers: int = WORKERS) -> list[Any]:
    """Run `work` in threads that each have a database connection of their own, as workers do."""
    start = Barrier(workers)

    def run(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        finally:
            database.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_one_session_and_renew_it_once(
    make_connection: Make, stage: Stage
) -> None:
    connection = make_connection()

    def work(number: int) -> int:
        with opened(connection) as ready:
            return len(ready.client.call(Call(method="GET", path="/v3/vendors"))["results"])

    side_by_side(work)
    assert len(stage.requests("POST", "/login")) == 1

    stage.control("/billcom/sessions/expire")
    side_by_side(work)
    assert len(stage.requests("POST", "/login")) == 2


@pytest.mark.django_db(transaction=True)
def test_three_calls_in_flight_over_two_clients(make_connection: Make, stage: Stage) -> None:
    connection = make_connection()
    with opened(connection) as ready:
        ready.client.call(Call(method="GET", path="/v3/vendors"))
    stage.fault("slow", seconds=0.05, times=0)
    stage.forget_journal()
    calls = [Call(method="GET", path="/v3/vendors", params={"max": "1"})] * 9

    def work(number: int) -> list[Any]:
        with opened(connection) as ready:
            return ready.client.calls(calls)

    answers = [answer for part in side_by_side(work, 2) for answer in part]

    assert len(answers) == 18
    assert all(isinstance(answer, dict) for answer in answers)
    assert {r["status"] for r in stage.requests()} == {200}
    assert stage.journal()["peak"][f"billcom/{ORGANIZATION}"] == 3


def test_a_session_that_rested_is_renewed_before_bill_ends_it(
    client: BillcomClient, stage: Stage
) -> None:
    client.get("/v3/vendors")
    Session.objects.update(used_at=timezone.now() - timedelta(minutes=31))
    client.get("/v3/vendors")

    assert len(stage.requests("POST", "/login")) == 2
    assert {r["status"] for r in stage.requests()} == {200}


def test_a_sync_token_rests_for_two_days(make_connection: Make, stage: Stage) -> None:
    with opened(make_connection(login_kind="sync_token")) as ready:
        ready.client.call(Call(method="GET", path="/v3/vendors"))
        Session.objects.update(used_at=timezone.now() - timedelta(hours=46))
        ready.client.call(Call(method="GET", path="/v3/vendors"))

    assert len(stage.requests("POST", "/login")) == 1


def test_a_session_bill_ended_early_is_renewed_in_the_middle_of_many_calls(
    client: BillcomClient, stage: Stage, harbour: Harbour
) -> None:
    ids = [harbour.make_vendor(f"Vendor {n}") for n in range(7)]
    stage.forget_journal()
    stage.fault("session_lost", path="/connect/v3/vendors/*", after=4)

    found = client.get_each({id: f"/v3/vendors/{id}" for id in ids})

    assert list(found) == ids
    assert len(stage.requests("POST", "/login")) == 2
    assert len(stage.requests("GET", "/vendors/")) == 8


def test_no_more_logins_an_hour_than_the_settings_allow(make_connection: Make) -> None:
    with opened(make_connection(max_logins="2")) as ready:
        for _ in range(2):
            ready.client.call(Call(method="GET", path="/v3/vendors"))
            Session.objects.all().delete()

        with pytest.raises(LimitReached) as caught:
            ready.client.call(Call(method="GET", path="/v3/vendors"))

    assert "2 times this hour" in caught.value.message
    assert caught.value.until > timezone.now()


def test_sixty_logins_is_what_the_settings_allow_by_themselves(client: BillcomClient) -> None:
    assert login_limit(client.access, client.options.max_logins).per_hour == 60


def test_another_organization_than_the_one_in_the_settings_gets_nothing(
    client: BillcomClient, stage: Stage
) -> None:
    answer = {"sessionId": "x" * 20, "organizationId": "00801SOMEBODYELSE001"}
    stage.fault("status", path="*/login", status=200, body=answer)

    with pytest.raises(ConnectionProblem) as caught:
        client.get("/v3/vendors")

    assert "another BILL organization" in caught.value.message
    assert len(stage.requests()) == 1


def test_a_new_password_asks_for_a_new_session(make_connection: Make, stage: Stage) -> None:
    connection = make_connection()
    with opened(connection) as ready:
        ready.client.call(Call(method="GET", path="/v3/vendors"))
    connection.keep_secrets({"password": "changed, but not in BILL"})

    with opened(connection) as ready, pytest.raises(ConnectionProblem):
        ready.client.call(Call(method="GET", path="/v3/vendors"))


def test_limits_hang_on_the_key_and_the_organization_and_give_no_secret_away(
    ready: Opened, make_connection: Make
) -> None:
    other = make_connection("Another organization", organization_id="00801ANOTHERCOMPANY1")
    mine, theirs = limits(ready.client.access), limits(other.access())
    ready.client.call(Call(method="GET", path="/v3/vendors"))

    assert mine[0] == theirs[0]
    assert mine[1].key != theirs[1].key
    assert (mine[0].per_hour, mine[1].in_flight) == (20_000, 3)
    stored = [
        *LimitHour.objects.values_list("key", flat=True),
        *LimitSlot.objects.values_list("key", flat=True),
        *Session.objects.values_list("key", flat=True),
    ]
    assert stored
    assert not [key for key in stored for secret in SECRETS.values() if secret in key]


def test_a_session_is_stored_encrypted(client: BillcomClient) -> None:
    client.get("/v3/vendors")
    held = client._sessions.current(dict).values["sessionId"]

    with database.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Session._meta.db_table}")  # noqa: S608
        assert held not in str([bytes(c) if isinstance(c, memoryview) else c for row in
                                cursor.fetchall() for c in row])  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"environment": "own", "base_url": ""}, "no address"),
        ({"page_size": "0"}, "from 1 to 100"),
        ({"page_size": "many"}, "from 1 to 100"),
        ({"max_logins": "500"}, "from 1 to 200"),
    ],
)
def test_settings_that_make_no_sense_are_named(
    make_connection: Make, changes: dict[str, str], said: str
) -> None:
    connection = make_connection(**changes)

    with pytest.raises(ConnectionProblem) as caught, opened(connection):
        pass

    assert said in caught.value.message


@pytest.mark.parametrize("name", ["password", "dev_key"])
def test_a_secret_that_is_missing_is_named(make_connection: Make, name: str) -> None:
    connection = make_connection()
    connection.keep_secrets({name: ""})

    with pytest.raises(ConnectionProblem, match="Enter it"), opened(connection):
        pass


def test_a_broken_key_is_refused_before_a_library_could_tell_it(make_connection: Make) -> None:
    connection = make_connection()
    connection.keep_secrets({"dev_key": "01HARBOUR\nSANDBOX"})

    with pytest.raises(ConnectionProblem) as caught, opened(connection):
        pass

    assert "HARBOUR" not in caught.value.message.replace(connection.name, "")
