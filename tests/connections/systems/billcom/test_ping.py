"""What an administrator reads after testing a connection to BILL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connections import services
from connections.errors import ConnectionProblem
from connections.models import Connection
from connections.services import Opened
from connections.system import Level
from connections.systems import SYSTEMS
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.ping import _key, identify
from tests.connections.systems.billcom.harbour import ORGANIZATION, USERNAME, Harbour
from tests.stage import Stage


def deny(stage: Stage, *rights: str) -> None:
    users = [{"username": USERNAME, "denied": list(rights)}]
    stage.control("/billcom/organizations", id=ORGANIZATION, users=users)


def test_a_good_connection_says_what_it_may_do(connection: Connection) -> None:
    greeting = services.ping(connection)

    assert greeting.identity.company == "Harbour Supply Co."
    assert greeting.facts["currency"] == "USD"
    said = [finding.text for finding in greeting.findings]
    assert "Vendors can be read." in said
    assert any("second factor" in text for text in said)
    assert {finding.level for finding in greeting.findings} == {Level.GOOD}


def test_a_missing_right_is_a_problem_that_names_it(connection: Connection, stage: Stage) -> None:
    deny(stage, "bills:read")

    services.ping(connection)

    connection.refresh_from_db()
    assert connection.health == Connection.Health.PROBLEM
    [problem] = [text for level, text in connection.findings if level == "problem"]
    assert problem.startswith("Bills cannot be read. The BILL user may not see bills.")


def test_dimensions_that_are_off_are_only_a_warning(
    connection: Connection, stage: Stage, harbour: Harbour
) -> None:
    switches = {"departments_enabled": False}
    stage.control("/billcom/organizations", id=ORGANIZATION, switches=switches)

    greeting = services.ping(connection)

    [warning] = [f.text for f in greeting.findings if f.level is Level.WARNING]
    assert warning.startswith("Departments are switched off")
    assert connection.health == Connection.Health.GOOD


def test_the_name_of_the_company_is_told_only_to_administrators_of_bill(
    connection: Connection, stage: Stage
) -> None:
    stage.fault("status", path="*/organizations/*", status=403, body=[{"code": "BDC_1145"}])

    assert services.ping(connection).identity.company == f"BILL organization {ORGANIZATION}"


def test_who_answers_is_asked_in_one_call(ready: Opened, stage: Stage) -> None:
    identity = identify(ready.client)

    assert identity.key.endswith(f":{ORGANIZATION}")
    assert len(stage.requests()) == 2


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"environment": "production"}, "production"),
        ({"base_url": "https://gateway.prod.bill.com/connect/"}, "production"),
        ({"environment": "sandbox"}, "sandbox"),
        ({"base_url": "https://proxy.example/connect"}, "proxy.example"),
    ],
)
def test_one_company_has_one_identity_whatever_the_form_calls_its_place(
    make_connection: Callable[..., Connection], changes: dict[str, str], place: str
) -> None:
    client = BillcomClient(make_connection(**changes).access())

    assert _key(client, {"organizationId": "008"}) == f"{place}:008"


def test_a_failed_ping_is_kept_for_the_administrator(connection: Connection) -> None:
    connection.keep_secrets({"password": "wrong"})

    with pytest.raises(ConnectionProblem):
        services.ping(connection)

    connection.refresh_from_db()
    assert connection.health == Connection.Health.PROBLEM
    assert "user name or password" in connection.findings[0][1]


def test_bill_is_declared() -> None:
    system = SYSTEMS["billcom"]

    assert system.label == "BILL"
    assert [field.name for field in system.secret_fields] == ["password", "dev_key"]
    assert system.settle_after.total_seconds() == 300
    assert all(field.label for field in system.fields)
