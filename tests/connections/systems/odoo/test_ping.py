"""What a ping tells the administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections.errors import ConnectionProblem
from connections.records import GLAccount, PurchaseOrder, Vendor
from connections.services import Opened
from connections.system import Greeting, Level
from connections.systems import SYSTEMS
from tests.connections.systems.odoo.canned import CannedServer
from tests.connections.systems.odoo.conftest import Opener
from tests.connections.systems.odoo.desk import COMPANY, KEYS, Desk


def greet(opened: Opened) -> Greeting:
    return opened.system.ping(opened.client)


def told(opened: Opened, level: Level) -> str:
    return "\n".join(f.text for f in greet(opened).findings if f.level == level)


def test_a_well_prepared_user_meets_no_problem(odoo: Opened) -> None:
    greeting = greet(odoo)

    assert not [f for f in greeting.findings if f.level == Level.PROBLEM]
    assert greeting.facts["version"] == "19.0"
    assert greeting.facts["currency"] == "USD"
    assert greeting.facts["time_zone"] == "UTC"
    assert greeting.identity.company == COMPANY


def test_missing_rights_are_told_with_the_group_to_give(open_odoo: Opener) -> None:
    problems = told(open_odoo(key=KEYS["nothing"], username="nothing"), Level.PROBLEM)

    assert "may not read purchase orders" in problems
    assert "“Purchase: User”" in problems
    assert "post vendor bills and payments" in problems
    assert "“Accounting: Invoicing”" in problems
    assert "purchase.order" not in problems


def test_a_key_of_somebody_else_is_told(open_odoo: Opener) -> None:
    problems = told(open_odoo(username="somebody"), Level.PROBLEM)

    assert "belongs to integration, not to somebody" in problems


def test_the_identity_is_server_database_and_company(odoo: Opened, desk: Desk) -> None:
    key = odoo.system.identify(odoo.client).key

    assert key == f"{desk.stage.url}/odoo|demo|1"


@pytest.mark.parametrize("company", ["1", COMPANY, COMPANY.lower()])
def test_a_company_is_chosen_by_number_or_name(open_odoo: Opener, company: str) -> None:
    assert greet(open_odoo(company=company)).identity.company == COMPANY


def test_a_company_the_user_may_not_enter_is_refused_by_name(open_odoo: Opener) -> None:
    with pytest.raises(ConnectionProblem, match="may not enter the company “Acme”") as caught:
        greet(open_odoo(company="Acme"))

    assert COMPANY in caught.value.message


def test_a_misspelt_time_zone_is_refused(open_odoo: Opener) -> None:
    with pytest.raises(ConnectionProblem, match="not the name of a time zone"):
        greet(open_odoo(time_zone="Europe/Atlantis"))


def test_a_wrong_key_tells_what_to_do(open_odoo: Opener) -> None:
    with pytest.raises(ConnectionProblem, match="make a new key under My Preferences"):
        greet(open_odoo(key="0" * 40))


def test_a_wrong_database_is_told(open_odoo: Opener) -> None:
    with pytest.raises(ConnectionProblem, match="no Odoo database of this name"):
        greet(open_odoo(database="Demo"))


@pytest.mark.parametrize(
    ("age", "level", "words"),
    [
        (30, Level.GOOD, "is valid until"),
        (77, Level.WARNING, "expires on"),
    ],
)
def test_the_end_of_a_key_is_told_in_time(
    open_odoo: Opener, desk: Desk, age: int, level: Level, words: str
) -> None:
    """Keys made `age` days ago live for 90; the stand-in lives in their first day."""
    made = desk.now() - timedelta(days=age)
    desk.stage.control("/clock", set=made.isoformat())
    desk.stage.control("/odoo/databases", name="aged", seed="demo")

    assert words in told(open_odoo(database="aged"), level)


def test_a_key_that_has_ended_is_a_problem(open_odoo: Opener) -> None:
    """Odoo stops taking it at once; this is for a server whose clock is behind ours."""
    server = CannedServer()
    ended = {"id": 1, "name": "Our connector", "scope": False, "decimal_places": 2}
    server.answer(200, [{**ended, "expiration_date": "2026-01-01 00:00:00"}])

    problems = told(open_odoo(url=server.url), Level.PROBLEM)
    server.close()

    assert "“Our connector” has expired" in problems


def test_every_record_has_an_address_in_odoos_screens(odoo: Opened) -> None:
    url = SYSTEMS["odoo"].url
    access = odoo.client.access
    base = access.get("url")

    assert url(access, PurchaseOrder, "7") == f"{base}/odoo/purchase.order/7"
    assert url(access, Vendor, "7") == f"{base}/odoo/res.partner/7"
    assert url(access, GLAccount, "") == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("acme.odoo.com", "https://acme.odoo.com"),
        (" https://ACME.example/ ", "https://acme.example"),
        ("https://acme.example/web#id=7", "https://acme.example"),
        ("https://acme.example/web/login", "https://acme.example"),
        ("http://user:word@10.0.0.4:8069/", "http://10.0.0.4:8069"),
    ],
)
def test_an_address_is_taken_as_people_type_it(odoo: Opened, typed: str, meant: str) -> None:
    access = type(odoo.client.access)(key="k", name="n", settings={"url": typed}, secrets={})

    assert SYSTEMS["odoo"].url(access, Vendor, "7") == f"{meant}/odoo/res.partner/7"
