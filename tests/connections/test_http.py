"""Calls over real sockets: what may have happened, what is repeated, what must never be told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
import requests

from connections import http
from connections.errors import (
    ConnectionProblem,
    LimitReached,
    SyncError,
    TransientError,
    UnknownOutcome,
)
from connections.http import Call, Client, SessionLost
from connections.limits import next_hour
from connections.system import Access
from tests.connections import wire
from tests.connections.wire import Act, Wire, answer

PASSWORD = "open-sesame"


class Plain(Client):
    """A system that speaks JSON and nothing else."""

    label = "Plain"

    def __init__(self, base: str, **secrets: str) -> None:
        super().__init__(
            Access("key", "Test", {"base": base}, {"password": PASSWORD} | secrets), ()
        )

    def url(self, call: Call) -> str:
        return self.access.get("base") + call.path

    def headers(self, session: Mapping[str, str]) -> Mapping[str, str]:
        return {"X-Password": self.access.get("password")}

    def parse(self, call: Call, response: requests.Response) -> Any:
        if response.status_code == 429:
            raise TransientError("Slower.", retry_after=float(response.headers["Retry-After"]))
        if response.status_code == 401:
            raise SessionLost
        if response.status_code >= 500:
            raise TransientError("Broken.")
        if response.status_code >= 300:
            raise ConnectionProblem(f"Status {response.status_code}.")
        return response.json()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", (0.5, 0.3))
    monkeypatch.setattr(http, "_backoff", lambda state: 0.01)


@pytest.fixture
def opened() -> Iterator[list[Any]]:
    """Close, after the test, all that was put in here."""
    things: list[Any] = []
    yield things
    for thing in things:
        thing.close()


READ = Call(method="GET", path="/things")
WRITE = Call(method="POST", path="/things", json={"name": "Paper"}, writes=True)
KEYED = Call(method="PUT", path="/things/1", json={}, writes=True, repeatable=True)


def outcome(client: Plain, call: Call) -> Any:
    try:
        return client.call(call)
    except SyncError as error:
        return error


def test_an_answer_is_decoded(opened: list[Any]) -> None:
    server, client = serve(opened, answer(200, {"id": 1}))

    assert client.call(WRITE) == {"id": 1}
    assert b'{"name": "Paper"}' in server.requests[0]


def serve(opened: list[Any], *acts: Act, **secrets: str) -> tuple[Wire, Plain]:
    server = Wire(*acts)
    client = Plain(server.url, **secrets)
    opened += [client, server]
    return server, client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


NOWHERE = {
    "refused port": lambda: f"http://127.0.0.1:{free_port()}",
    "unknown name": lambda: "http://no-such-host.invalid",
    "no scheme": lambda: "plain.example",
    "unknown scheme": lambda: "gopher://plain.example",
    "no host": lambda: "http://",
    "a label too long": lambda: f"http://{'a' * 70}.example",
    "not a TLS server": lambda: f"https://127.0.0.1:{free_port()}",
}


@pytest.mark.parametrize("where", NOWHERE)
@pytest.mark.parametrize("call", [READ, WRITE, KEYED], ids=["read", "write", "keyed write"])
def test_what_never_left_changed_nothing(where: str, call: Call, opened: list[Any]) -> None:
    client = Plain(NOWHERE[where]())
    opened.append(client)

    error = outcome(client, call)

    assert type(error) is TransientError
    assert "could not be reached" in error.message


def test_a_full_queue_of_connections_is_a_server_that_was_not_reached(opened: list[Any]) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        queued = [socket.socket() for _ in range(4)]
        for one in queued:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(full.getsockname())
        client = Plain(f"http://127.0.0.1:{full.getsockname()[1]}")
        opened += [client, *queued]

        error = outcome(client, WRITE)

    assert type(error) is TransientError


LOST: dict[str, Act] = {
    "hung up": wire.hang_up,
    "reset": wire.reset,
    "half an answer": wire.half_an_answer,
    "half a header": wire.half_a_header,
    "not HTTP": wire.no_http,
    "a length that is none": wire.false_length,
    "spoilt compression": wire.spoilt_gzip,
    "silence": lambda wire: time.sleep(1),
}


@pytest.mark.parametrize("way", LOST)
def test_a_write_whose_answer_was_lost_has_an_unknown_outcome(way: str, opened: list[Any]) -> None:
    server, client = serve(opened, LOST[way])

    assert type(outcome(client, WRITE)) is UnknownOutcome
    assert len(server.requests) == 1


@pytest.mark.parametrize("way", LOST)
def test_a_read_whose_answer_was_lost_is_repeated(way: str, opened: list[Any]) -> None:
    server, client = serve(opened, LOST[way], answer(200, ["paper"]))

    assert client.call(READ) == ["paper"]
    assert len(server.requests) == 2


def test_a_write_that_done_twice_is_the_same_as_once_is_repeated(opened: list[Any]) -> None:
    server, client = serve(opened, wire.hang_up, answer(200, {"id": 1}))

    assert client.call(KEYED) == {"id": 1}


def test_a_keyed_write_that_stays_unanswered_has_an_unknown_outcome(opened: list[Any]) -> None:
    server, client = serve(opened, wire.hang_up)

    assert type(outcome(client, KEYED)) is UnknownOutcome
    assert len(server.requests) == 4


def test_a_write_the_server_says_it_did_not_do_is_repeated(opened: list[Any]) -> None:
    server, client = serve(opened, answer(500), answer(200, {"id": 1}))

    assert client.call(WRITE) == {"id": 1}


def test_it_gives_up_after_four_times(opened: list[Any]) -> None:
    server, client = serve(opened, answer(500))

    assert outcome(client, READ).message == "Broken."
    assert len(server.requests) == 4


def test_it_waits_as_long_as_the_server_asks(opened: list[Any]) -> None:
    server, client = serve(opened, answer(429, Retry_After="0.4"), answer(200, "ok"))
    began = time.monotonic()

    assert client.call(READ) == "ok"
    assert 0.4 <= time.monotonic() - began < 5


def test_it_does_not_wait_for_minutes_but_leaves_that_to_the_next_run(opened: list[Any]) -> None:
    server, client = serve(opened, answer(429, Retry_After="120"))
    began = time.monotonic()

    error = outcome(client, READ)

    assert error.retry_after == 120
    assert time.monotonic() - began < 5
    assert len(server.requests) == 1


def test_a_used_up_hour_is_never_tried_again(opened: list[Any]) -> None:
    class Strict(Plain):
        def parse(self, call: Call, response: requests.Response) -> Any:
            raise LimitReached("Used up.", until=next_hour())

    server = Wire(answer(429))
    client = Strict(server.url)
    opened += [client, server]

    assert isinstance(outcome(client, READ), LimitReached)
    assert len(server.requests) == 1


def test_no_call_starts_after_the_deadline(opened: list[Any]) -> None:
    server, client = serve(opened, answer(200, "ok"))
    client.before_calls = lambda: time.monotonic() - 1

    assert "held up" in outcome(client, WRITE).message
    assert server.requests == []


def test_no_repetition_starts_after_the_deadline(opened: list[Any]) -> None:
    server, client = serve(opened, lambda wire: time.sleep(0.25))
    client.before_calls = lambda: time.monotonic() + 0.2

    assert "held up" in outcome(client, READ).message
    assert len(server.requests) == 1


def test_many_calls_keep_their_order(opened: list[Any]) -> None:
    def echo(wire: socket.socket) -> None:
        path = server.requests[-1]
        time.sleep(0.01 if b"/1 " in path else 0)
        answer(200, "seen")(wire)

    server, client = serve(opened, echo)

    answers = client.calls([Call(method="GET", path=f"/{n}") for n in range(20)])

    assert answers == ["seen"] * 20
    assert client.counter.calls == 20


def test_one_bad_answer_among_many_leaves_the_others(opened: list[Any]) -> None:
    def by_path(wire: socket.socket) -> None:
        answer(403 if b"/bad " in read else 200, "ok")(wire) if (read := take()) else None

    def take() -> bytes:
        return server.requests[-1]

    server, client = serve(opened, by_path)

    assert outcome(client, Call(method="GET", path="/bad")).message == "Status 403."
    assert client.call(Call(method="GET", path="/good")) == "ok"


def test_a_redirection_is_not_followed(opened: list[Any]) -> None:
    elsewhere, _ = serve(opened, answer(200, "stolen"))
    server, client = serve(opened, answer(302, Location=f"{elsewhere.url}/things"))

    assert outcome(client, READ).message == "Status 302."
    assert elsewhere.requests == []


def test_a_session_refused_right_after_it_was_opened_is_a_problem(opened: list[Any]) -> None:
    class WithSession(Plain):
        def _session(self) -> Any:
            return self._sessions.none()

    server = Wire(answer(401))
    client = WithSession(server.url)
    client._sessions.renew = lambda old, login: old  # type: ignore[method-assign, assignment]
    opened += [client, server]

    error = outcome(client, READ)

    assert isinstance(error, ConnectionProblem)
    assert len(server.requests) == 2


# Secrets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [READ, WRITE, Call(method="GET", path=f"/login?code={PASSWORD}", params={"p": PASSWORD})],
)
@pytest.mark.parametrize("way", ["hung up", "silence", "not HTTP"])
def test_a_secret_is_in_no_error(way: str, call: Call, opened: list[Any]) -> None:
    server, client = serve(opened, LOST[way])

    error = outcome(client, call)

    assert PASSWORD.encode() in server.requests[0]
    assert PASSWORD not in f"{error.message} {error.detail} {error!r} {error.__context__!r}"


def test_a_secret_in_an_address_is_in_no_error(opened: list[Any]) -> None:
    client = Plain(f"http://ap:{PASSWORD}@127.0.0.1:{free_port()}")
    opened.append(client)

    error = outcome(client, READ)

    assert PASSWORD not in f"{error.message} {error.detail}"


@pytest.mark.parametrize("call", [READ, WRITE])
def test_a_secret_that_cannot_be_sent_is_the_administrators(call: Call, opened: list[Any]) -> None:
    server, client = serve(opened, answer(200), password=f"{PASSWORD}\n")

    error = outcome(client, call)

    assert isinstance(error, ConnectionProblem)
    assert "line break" in error.message
    assert PASSWORD not in f"{error.message} {error.detail}"
    assert server.requests == []


def test_what_a_client_keeps_shows_no_secret(opened: list[Any]) -> None:
    client = Plain("http://127.0.0.1")
    opened.append(client)

    assert PASSWORD not in repr(client.access)


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, opened: list[Any]
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    server, client = serve(opened, answer(200, "ok"))

    assert client.call(READ) == "ok"


def test_threads_do_not_share_a_connection(opened: list[Any]) -> None:
    server, client = serve(opened, answer(200, "ok"))
    sessions: list[Any] = []
    threads = [threading.Thread(target=lambda: sessions.append(client._http())) for _ in range(3)]
    for thread in threads:
        thread.start()
        thread.join()

    assert len({id(session) for session in sessions}) == 3
