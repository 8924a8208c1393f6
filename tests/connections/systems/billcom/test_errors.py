"""Every row of BILL's error table, over a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from connections.errors import (
    ConnectionProblem,
    Duplicate,
    LimitReached,
    Rejected,
    SyncError,
    TransientError,
    UnknownOutcome,
    Unsupported,
)
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import Refusal, complaints, named
from tests.connections.systems.billcom.conftest import captured
from tests.stage import Stage

BILLS = "/connect/v3/bills"

# Body, status, the class it becomes, words of the message.
READS = [
    ("untrusted", 403, ConnectionProblem, "second factor"),
    ("mfa-challenge", 400, ConnectionProblem, "second factor"),
    ("no-permission", 403, ConnectionProblem, "may not see bills"),
    ("wrong-password", 401, ConnectionProblem, "user name or password"),
    ("wrong-key", 400, ConnectionProblem, "developer key"),
    ("no-api-access", 403, ConnectionProblem, "API access"),
    ("organization-locked", 423, ConnectionProblem, "locked"),
    ("unknown-path", 404, Unsupported, "does not know the call"),
    ("hour-used-up", 422, LimitReached, "this hour"),
    ("hour-used-up", 429, LimitReached, "this hour"),
    ("system-error", 500, TransientError, "error of its own"),
    ("gateway-object", 503, TransientError, "error of its own"),
]
WRITES = [
    ("number-too-long", 400, Rejected, "Maximum length"),
    ("several", 400, Rejected, "address.country: must not be blank"),
    ("bad-shape", 400, Rejected, "Unknown error"),
    ("duplicate-number", 422, Rejected, "same number"),
    ("id-not-found", 404, Rejected, "no longer in BILL"),
    ("id-not-found", 422, Rejected, "no longer in BILL"),
    ("wrong-type", 422, Rejected, "wrong kind"),
    ("payment-plan", 422, Rejected, "Online payments"),
    ("process-date", 422, Rejected, "Process date"),
    ("over-due-amount", 422, Rejected, "exceeds"),
    ("two-business-days", 422, Rejected, "business days"),
    ("no-permission", 403, ConnectionProblem, "may not create or change bills"),
    ("untrusted", 403, ConnectionProblem, "second factor"),
    ("hour-used-up", 422, LimitReached, "this hour"),
    ("system-error", 500, UnknownOutcome, "does not say whether"),
    ("gateway-object", 502, UnknownOutcome, "does not say whether"),
]


@pytest.mark.parametrize(("body", "status", "kind", "said"), READS)
def test_a_refused_read_becomes(
    client: BillcomClient, stage: Stage, body: str, status: int, kind: type[Any], said: str
) -> None:
    client.get("/v3/bills")
    stage.fault("status", path=BILLS, status=status, body=captured(body), times=0)

    with pytest.raises(kind) as caught:
        client.get("/v3/bills")

    assert said in caught.value.message
    assert type(caught.value).__name__ not in caught.value.message
    assert str(status) in caught.value.detail


@pytest.mark.parametrize(("body", "status", "kind", "said"), WRITES)
def test_a_refused_write_becomes(
    client: BillcomClient, stage: Stage, body: str, status: int, kind: type[Any], said: str
) -> None:
    stage.fault("status", path=BILLS, status=status, body=captured(body), times=0)

    with pytest.raises(kind) as caught:
        client.post("/v3/bills", {})

    assert said in caught.value.message
    assert len(stage.requests("POST", BILLS)) == 1


@pytest.mark.parametrize("body", ["session-invalid", "session-other"])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_lost_session_is_renewed_once_whatever_the_status(
    client: BillcomClient, stage: Stage, body: str, status: int
) -> None:
    stage.fault("status", path=BILLS, status=status, body=captured(body))

    assert client.get("/v3/bills")["results"] == []

    assert len(stage.requests("POST", "/login")) == 2
    assert len(stage.requests("GET", BILLS)) == 2


def test_a_session_refused_twice_is_not_renewed_for_ever(
    client: BillcomClient, stage: Stage
) -> None:
    stage.fault("status", path=BILLS, status=401, body=captured("session-invalid"), times=0)

    with pytest.raises(ConnectionProblem):
        client.get("/v3/bills")

    assert len(stage.requests("POST", "/login")) == 2


def test_an_untrusted_session_is_never_renewed(client: BillcomClient, stage: Stage) -> None:
    stage.fault("status", path=BILLS, status=403, body=captured("untrusted"), times=0)

    with pytest.raises(ConnectionProblem):
        client.get("/v3/bills")

    assert len(stage.requests("POST", "/login")) == 1


@pytest.mark.parametrize("status", [422, 429])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_too_many_at_once_is_tried_again_a_moment_later(
    client: BillcomClient, stage: Stage, status: int, method: str
) -> None:
    body = captured("too-many-at-once")
    stage.fault("status", method=method, path=f"{BILLS}*", status=status, body=body, times=2)

    if method == "GET":
        assert client.get("/v3/bills")["results"] == []
    else:
        with pytest.raises(Refusal):  # the third try got through, to be refused for what it says
            client.post("/v3/bills", {})

    assert len(stage.requests(method, BILLS)) == 3


def test_429_without_a_code_is_a_short_wait(client: BillcomClient, stage: Stage) -> None:
    stage.fault("status", path=BILLS, status=429, body="slow down")

    assert client.get("/v3/bills")["results"] == []


def test_401_without_a_body_is_a_lost_session(client: BillcomClient, stage: Stage) -> None:
    stage.fault("status", path=BILLS, status=401, body="")

    assert client.get("/v3/bills")["results"] == []


def test_an_html_page_is_a_later_run_for_a_read_and_unknown_for_a_write(
    client: BillcomClient, stage: Stage
) -> None:
    client.get("/v3/bills")
    stage.fault("html", path=BILLS, times=0)

    with pytest.raises(UnknownOutcome) as caught:
        client.post("/v3/bills", {})

    assert "<html" not in caught.value.message
    assert "<html" in caught.value.detail


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_lost_answer_to_a_write_is_not_repeated(
    client: BillcomClient, stage: Stage, method: str
) -> None:
    client.get("/v3/bills")
    stage.fault("drop_before", method=method)
    write = {"POST": client.post, "PUT": client.put, "PATCH": client.patch}[method]

    with pytest.raises(UnknownOutcome):
        write("/v3/bills/00n01NOBODYXXXXXXX01", {})

    assert len(stage.requests(method, BILLS)) == 1


def test_after_the_hour_is_used_up_nobody_calls_again(client: BillcomClient, stage: Stage) -> None:
    stage.fault("status", path=BILLS, status=422, body=captured("hour-used-up"))
    with pytest.raises(LimitReached):
        client.get("/v3/bills")
    stage.forget_journal()

    with pytest.raises(LimitReached):
        client.get("/v3/vendors")

    assert stage.requests() == []


LOGINS = [
    ("wrong-password", 400, "user name or password"),
    ("wrong-password", 401, "user name or password"),
    ("wrong-key", 400, "environment"),
    ("no-api-access", 403, "organization ID"),
    ("organization-locked", 423, "locked"),
    ("key-missing", 400, "refused to sign us in"),
    ("session-invalid", 401, "refused to sign us in"),
]


@pytest.mark.parametrize(("body", "status", "said"), LOGINS)
def test_a_refused_login_is_for_the_administrator_and_tried_once(
    client: BillcomClient, stage: Stage, body: str, status: int, said: str
) -> None:
    stage.fault("status", path="*/login", status=status, body=captured(body), times=0)

    with pytest.raises(ConnectionProblem) as caught:
        client.get("/v3/bills")

    assert said in caught.value.message
    assert len(stage.requests()) == 1


@pytest.mark.parametrize("kind", ["html", "server_error", "drop_before"])
def test_a_login_that_fails_for_bills_own_reasons_waits_for_a_later_run(
    client: BillcomClient, stage: Stage, kind: str
) -> None:
    stage.fault(kind, path="*/login")

    with pytest.raises(TransientError):
        client.get("/v3/bills")


def test_nothing_secret_is_told_even_if_bill_echoes_it(client: BillcomClient, stage: Stage) -> None:
    client.get("/v3/bills")
    session = client._sessions.current(dict).values["sessionId"]
    secrets = [session, *client.access.secrets.values()]
    echo = [{"code": "BDC_1143", "message": " ".join(secrets)}]
    stage.fault("status", path=BILLS, status=400, body=echo)

    with pytest.raises(Rejected) as caught:
        client.post("/v3/bills", {})

    told = caught.value.message + caught.value.detail + repr(client.access)
    assert not [secret for secret in secrets if secret in told]


def test_a_secret_is_taken_out_however_it_is_written(client: BillcomClient, stage: Stage) -> None:
    secret = 'pä"ss & \\word'
    client.access.secrets["password"] = secret  # type: ignore[index]
    stage.fault("status", path=BILLS, status=400, body=[{"message": f"x {secret} y"}], times=0)

    with pytest.raises(Rejected) as caught:
        client.get("/v3/bills")

    assert "x ••• y" in caught.value.message
    assert "ss &" not in caught.value.detail


def test_a_404_without_a_code_is_not_taken_for_a_deleted_record(
    client: BillcomClient, stage: Stage
) -> None:
    stage.fault("status", path="*/bills/*", status=404, body="<h1>Not Found</h1>", times=0)

    with pytest.raises(Rejected):
        client.get_each({"00n01": "/v3/bills/00n01"})


@pytest.mark.parametrize("text", ["", "null", "[]", "[1, 2]", '"no"', "<p>", '{"a": 1}', "[null]"])
def test_any_body_can_be_read_as_complaints(text: str) -> None:
    assert all(c.code == "" for c in complaints(text))


def test_a_duplicate_is_told_apart_so_that_the_engine_looks_again() -> None:
    refusal = Refusal("", code="BDC_1171", status=422, complaints=[], detail="")

    assert isinstance(named(refusal, "bill 7"), Duplicate)
    assert not isinstance(named(refusal, "bill 7", links_duplicates=False), Duplicate)


def test_every_error_is_a_sentence_or_two() -> None:
    errors: list[SyncError] = [named(Refusal("BILL says: “x”.", code="X", status=400,
        complaints=[], detail=""), "bill INV-7 from Acme")]  # fmt: skip

    assert str(errors[0]) == "BILL did not accept bill INV-7 from Acme. BILL says: “x”."
