"""Sign-in, sessions and limits, as docs/systems/billcom.md has them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.server import SandboxServer
from tests.sandbox.conftest import CREDENTIALS, BillClient, Control, codes, messages


@pytest.fixture
def stranger(sandbox: SandboxServer) -> BillClient:
    """A client that is not logged in."""
    return BillClient(sandbox.url)


def test_a_developer_key_in_the_header_only_is_refused(stranger: BillClient) -> None:
    stranger.http.headers["devKey"] = CREDENTIALS["devKey"]
    body = {name: value for name, value in CREDENTIALS.items() if name != "devKey"}

    answer = stranger.post("/login", body)

    assert answer.status_code == 400
    assert messages(answer) == ["devKey: must not be null"]


def test_every_missing_field_of_a_login_is_named(stranger: BillClient) -> None:
    answer = stranger.post("/login", {"username": " "})

    assert answer.status_code == 400
    assert messages(answer) == [
        "username: must not be blank",
        "password: must not be null",
        "organizationId: must not be null",
        "devKey: must not be null",
    ]


def test_a_wrong_developer_key_is_refused(stranger: BillClient) -> None:
    answer = stranger.log_in(devKey="01OTHERENVIRONMENT")

    assert (answer.status_code, codes(answer)) == (400, ["BDC_1102"])


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"username": "x"}])
def test_a_wrong_user_or_password_is_refused(stranger: BillClient, wrong: dict[str, str]) -> None:
    answer = stranger.log_in(**wrong)

    assert (answer.status_code, codes(answer)) == (401, ["BDC_1101"])


def test_a_foreign_organization_is_refused(stranger: BillClient) -> None:
    answer = stranger.log_in(organizationId="00801SOMEBODYELSE001")

    assert (answer.status_code, codes(answer)) == (403, ["BDC_1105"])


def test_a_body_that_is_not_json_is_refused(stranger: BillClient) -> None:
    answer = stranger.call("POST", "/login", data="{nonsense")

    assert (answer.status_code, codes(answer)) == (400, ["BDC_1001"])


def test_an_error_is_an_array_with_time_code_severity_category_and_message(
    stranger: BillClient,
) -> None:
    answer = stranger.get("/vendors")

    assert answer.status_code == 401
    [error] = answer.json()
    assert error.pop("timestamp").endswith("+00:00")
    assert error == {
        "code": "BDC_1109",
        "severity": "ERROR",
        "category": "DOWNSTREAM",
        "message": "Session is invalid.  Please log in.",
    }


def test_a_login_names_session_organization_and_user(stranger: BillClient) -> None:
    answer = stranger.log_in().json()

    assert answer["organizationId"] == CREDENTIALS["organizationId"]
    assert answer["trusted"] is False
    assert len(answer["userId"]) == 20
    session = stranger.get("/login/session").json()
    assert session["userId"] == answer["userId"]


def test_a_session_needs_both_headers_and_its_own_developer_key(
    bill: BillClient, control: Control
) -> None:
    control.post("/billcom/organizations", id=CREDENTIALS["organizationId"], devKeys=["01SECOND"])
    for key in ("", "01SECOND"):
        bill.http.headers["devKey"] = key
        assert codes(bill.get("/vendors")) == ["BDC_1109"]
    bill.http.headers["devKey"] = CREDENTIALS["devKey"]
    assert bill.get("/vendors").status_code == 200


def test_a_session_ends_after_35_minutes_without_a_call(bill: BillClient, control: Control) -> None:
    control.advance(35 * 60)

    answer = bill.get("/vendors")

    assert (answer.status_code, codes(answer)) == (401, ["BDC_1109"])


def test_each_successful_call_starts_the_35_minutes_again(
    bill: BillClient, control: Control
) -> None:
    for _ in range(3):
        control.advance(34 * 60)
        assert bill.get("/vendors").status_code == 200


def test_a_refused_call_does_not_keep_the_session_alive(bill: BillClient, control: Control) -> None:
    control.advance(20 * 60)
    assert bill.get("/vendors", max=0).status_code == 400
    control.advance(20 * 60)

    assert bill.get("/vendors").status_code == 401


def test_a_second_login_leaves_the_first_session_alone(
    bill: BillClient, stranger: BillClient
) -> None:
    stranger.log_in()

    assert bill.get("/vendors").status_code == 200


def test_after_logout_the_session_is_gone(bill: BillClient) -> None:
    answer = bill.post("/logout")

    assert (answer.status_code, answer.content) == (200, b"")
    assert bill.get("/vendors").status_code == 401


def test_health_needs_no_session(stranger: BillClient) -> None:
    assert stranger.get("/health").status_code == 200


def test_an_organization_has_books_of_its_own(bill: BillClient, control: Control) -> None:
    other = "00801SECONDCOMPANY01"
    control.post(
        "/billcom/organizations",
        id=other,
        name="Second Company",
        users=[{"username": CREDENTIALS["username"], "password": CREDENTIALS["password"]}],
    )
    mine = bill.vendor()["id"]

    assert bill.log_in(organizationId=other).status_code == 200

    assert bill.get("/vendors").json()["results"] == []
    assert bill.get(f"/vendors/{mine}").status_code == 404
    assert bill.get(f"/organizations/{other}").json()["name"] == "Second Company"


def statuses_at_once(client: BillClient, count: int) -> list[int]:
    together = threading.Barrier(count)

    def one(_: int) -> int:
        together.wait()
        return client.get("/vendors").status_code

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(one, range(count)))


@pytest.mark.parametrize("status", [422, 429])
def test_the_fourth_call_at_once_is_refused(
    bill: BillClient, control: Control, status: int
) -> None:
    control.switch(limit_status=status)
    control.fault("slow", seconds=0.4, times=0)

    assert statuses_at_once(bill, 3) == [200, 200, 200]
    assert statuses_at_once(bill, 4) == [200, 200, 200, status]
    assert bill.get("/vendors").status_code == 200


def test_places_are_free_again_before_the_answer_is_read(bill: BillClient) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: bill.get("/vendors").status_code, range(150)))

    assert set(answers) == {200}


def test_the_fourth_call_is_told_so(bill: BillClient, control: Control) -> None:
    control.switch(most_at_once=0)

    answer = bill.get("/vendors")

    assert codes(answer) == ["BDC_1322"]
    assert messages(answer) == ["Max number of concurrent requests per organization reached."]


def test_calls_are_counted_per_clock_hour(bill: BillClient, control: Control) -> None:
    control.post("/clock", set="2026-12-01T10:10:00Z")
    bill.log_in()
    control.switch(hourly_cap=3)
    assert [bill.get("/vendors").status_code for _ in range(3)] == [200, 200, 422]
    answer = bill.get("/vendors")
    assert codes(answer) == ["BDC_1144"]
    assert messages(answer) == ["Max number of allowed requests per hour reached: 3."]

    control.post("/clock", set="2026-12-01T11:00:00Z")
    bill.log_in()

    assert bill.get("/vendors").status_code == 200


def test_logins_are_counted_per_clock_hour(stranger: BillClient, control: Control) -> None:
    control.post("/clock", set="2026-12-01T10:10:00Z")
    control.switch(login_cap=2)

    answers = [stranger.log_in() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert codes(answers[2]) == ["BDC_1144"]


def test_a_right_taken_away_is_refused_for_that_call_only(
    bill: BillClient, control: Control
) -> None:
    user = {"username": CREDENTIALS["username"], "denied": ["bills:read"]}
    control.post("/billcom/organizations", id=CREDENTIALS["organizationId"], users=[user])

    answer = bill.get("/bills")

    assert (answer.status_code, codes(answer)) == (403, ["BDC_1145"])
    bill.created_bill()


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [({"locked": True}, 423, "BDC_1107"), ({"api_access": False}, 403, "BDC_1105")],
)
def test_a_closed_organization_lets_nobody_in(
    bill: BillClient, control: Control, switch: dict[str, bool], status: int, code: str
) -> None:
    control.switch(**switch)

    for answer in (bill.get("/vendors"), bill.log_in()):
        assert (answer.status_code, codes(answer)) == (status, [code])


def test_a_sync_token_lasts_48_hours_and_cannot_approve(bill: BillClient, control: Control) -> None:
    token = {"username": "sync", "password": "value", "syncToken": True}
    control.post("/billcom/organizations", id=CREDENTIALS["organizationId"], users=[token])
    session = bill.log_in(username="sync", password="value").json()
    assert session["userId"].startswith("syu")

    control.advance(47 * 3600)
    action = {"billId": "00n01AAAAAAAAAAAAAAA", "action": "APPROVE"}
    assert codes(bill.post("/bill-approvals/actions", [action])) == ["BDC_1302"]
    assert bill.get("/vendors").status_code == 200
    control.advance(48 * 3600)
    assert bill.get("/vendors").status_code == 401
