"""What each refusal of a real server becomes, and in which words it is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import (
    ConnectionProblem,
    Rejected,
    SyncError,
    TransientError,
    UnknownOutcome,
    Unsupported,
)
from connections.systems.odoo import identify
from connections.systems.odoo.client import OdooClient
from connections.systems.odoo.json2 import Question
from tests.connections.systems.odoo.canned import HTML, CannedServer
from tests.connections.systems.odoo.conftest import Opener

KEY = "0123456789abcdef0123456789abcdef01234567"
READ = Question("purchase.order", "search_read", (), {"domain": []})
WRITE = Question("account.move", "action_post", [1], writes=True, repeatable=False)


@pytest.fixture
def server() -> Iterator[CannedServer]:
    canned = CannedServer()
    yield canned
    canned.close()


@pytest.fixture
def client(server: CannedServer, open_odoo: Opener, monkeypatch: pytest.MonkeyPatch) -> OdooClient:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # between one try and the next
    opened = open_odoo(url=server.url, database="books", key=KEY)
    assert isinstance(opened.client, OdooClient)
    return opened.client


def refused(client: OdooClient, question: Question = READ) -> SyncError:
    [error] = client.attempt([question])
    assert isinstance(error, SyncError)
    assert "SECRET" not in error.message + error.detail
    assert "Traceback" not in error.message + error.detail
    assert KEY not in error.message + error.detail
    return error


@pytest.mark.parametrize(
    ("recorded", "kind", "words"),
    [
        ("unauthorized", ConnectionProblem, "make a new key"),
        ("no-access", ConnectionProblem, "Accounting/Invoicing; Purchase/Administrator"),
        ("foreign-company", ConnectionProblem, "allowed companies"),
        ("unknown-database", ConnectionProblem, "no Odoo database of this name"),
        ("missing-record", Rejected, "no longer has this record"),
        ("user-error", Rejected, "The Bill/Refund date is required"),
        ("validation-error", Rejected, "Contacts require a name"),
        ("missing-argument", Unsupported, "did not understand"),
        ("malformed-json", Unsupported, "did not understand"),
        ("unknown-field", Unsupported, "failed to answer"),
        ("wrong-sql-type", Unsupported, "failed to answer"),
        ("wrong-content-type", ConnectionProblem, "in front of Odoo"),
    ],
)
def test_a_refusal_says_who_must_act(
    client: OdooClient, server: CannedServer, recorded: str, kind: type[SyncError], words: str
) -> None:
    server.replay(recorded)

    error = refused(client)

    assert type(error) is kind
    assert words in error.message


def test_a_missing_model_names_the_app(client: OdooClient, server: CannedServer) -> None:
    server.replay("unknown-model")

    assert "The app Purchase is not installed" in refused(client).message
    other = refused(client, Question("no.such", "search_read"))
    assert "brings “no.such”" in other.message


def test_an_unknown_method_is_our_own_mistake(client: OdooClient, server: CannedServer) -> None:
    server.replay("unknown-method")

    assert type(refused(client, Question("res.partner", "frobnicate"))) is Unsupported


def test_a_record_rule_names_the_record_and_no_jokes(
    client: OdooClient, server: CannedServer
) -> None:
    told = (
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
        "Sorry, integration (id=5) doesn't have 'read' access to:\n"
        "- Purchase Order, P00042 (purchase.order: 42)\n\nHave a batch of cookies."
    )
    server.fail(403, "odoo.exceptions.AccessError", told)

    message = refused(client).message

    assert "away from “Purchase Order, P00042”" in message
    assert "42)" not in message
    assert "Uh-oh" not in message


@pytest.mark.parametrize(
    ("status", "name", "reading", "writing"),
    [
        (409, "odoo.exceptions.LockError", TransientError, TransientError),
        (500, "psycopg2.errors.SerializationFailure", TransientError, TransientError),
        (500, "psycopg2.errors.LockNotAvailable", TransientError, TransientError),
        (500, "psycopg2.OperationalError", TransientError, UnknownOutcome),
        (500, "builtins.ValueError", Unsupported, Rejected),
        (500, "psycopg2.errors.InvalidTextRepresentation", Unsupported, Rejected),
        (503, "werkzeug.exceptions.ServiceUnavailable", TransientError, UnknownOutcome),
    ],
)
def test_a_failing_server_is_asked_again_only_where_that_can_help(
    client: OdooClient,
    server: CannedServer,
    status: int,
    name: str,
    reading: type[SyncError],
    writing: type[SyncError],
) -> None:
    server.fail(status, name)

    assert type(refused(client)) is reading
    assert type(refused(client, WRITE)) is writing


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_proxys_error_page_leaves_a_write_unknown(
    client: OdooClient, server: CannedServer, status: int
) -> None:
    server.answer(status, "<html>Bad gateway</html>", HTML)

    assert type(refused(client)) is TransientError
    assert type(refused(client, WRITE)) is UnknownOutcome


def test_a_web_page_instead_of_data_is_told_as_such(
    client: OdooClient, server: CannedServer
) -> None:
    server.answer(200, "<!DOCTYPE html><html>Log in</html>", HTML)

    assert "web page instead of data" in refused(client).message
    assert type(refused(client, WRITE)) is UnknownOutcome


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/web/login?redirect=/json/2/res.users/context_get", "Odoo before version 19"),
        ("https://books.example/json/2/x", "redirection to https://books.example"),
    ],
)
def test_a_redirection_is_not_followed(
    client: OdooClient, server: CannedServer, target: str, words: str
) -> None:
    server.answer(303, "", HTML, {"Location": target})

    assert words in refused(client).message


def test_being_asked_to_wait_is_passed_on(client: OdooClient, server: CannedServer) -> None:
    server.answer(429, "<html>Slow down</html>", HTML, {"Retry-After": "7"})

    error = refused(client)

    assert isinstance(error, TransientError)
    assert error.retry_after == 7.0


def test_a_key_that_comes_back_in_an_answer_is_blanked(
    client: OdooClient, server: CannedServer
) -> None:
    server.fail(422, "odoo.exceptions.UserError", f"You sent {KEY}.")

    assert "[API key]" in refused(client).message


@pytest.mark.parametrize(
    ("version", "number"),
    [
        ({"version_info": ["saas~18", 2, 0, "final", 0, ""], "version": "saas~18.2"}, "saas~18.2"),
        ({"version_info": [17, 0, 0, "final", 0, ""], "version": "17.0"}, "17.0"),
        ({"result": {"server_version_info": [18, 0], "server_version": "18.0+e"}}, "18.0+e"),
    ],
)
def test_an_older_server_is_refused_by_its_number(
    client: OdooClient, server: CannedServer, version: Any, number: str
) -> None:
    server.version = version

    with pytest.raises(ConnectionProblem, match="needs Odoo 19 or newer") as caught:
        identify(client)

    assert number in caught.value.message


def test_every_call_names_database_company_and_language(
    client: OdooClient, server: CannedServer
) -> None:
    server.answer(200, [])

    client.ask("res.partner", "search_read", domain=[])

    _, body, headers = server.calls[-1]
    assert body["context"] == {"allowed_company_ids": [1], "lang": "en_US"}
    assert headers["X-Odoo-Database"] == "books"
    assert headers["Authorization"] == f"bearer {KEY}"
    assert headers["Content-Type"] == "application/json"


def test_numbers_never_become_floats(client: OdooClient, server: CannedServer) -> None:
    server.answer(200, '[{"amount": 0.1, "count": 3}]')

    [row] = client.ask("purchase.order", "search_read", domain=[])

    assert row == {"amount": Decimal("0.1"), "count": 3}
    assert isinstance(row["amount"], Decimal)


def test_a_key_with_a_line_break_is_refused_before_it_is_sent(
    server: CannedServer, open_odoo: Opener
) -> None:
    opened = open_odoo(url=server.url, database="books", key=f"{KEY}\u00e9")

    with pytest.raises(ConnectionProblem, match="API key is missing or holds"):
        opened.system.identify(opened.client)
