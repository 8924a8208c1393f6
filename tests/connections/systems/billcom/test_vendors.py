"""Vendors of BILL: who owns which field, and how one is found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connections.errors import ConnectionProblem, Rejected
from connections.models import Connection
from connections.records import Address, Dimension, DimensionKind, GLAccount, Vendor
from connections.resource import Created, Refused, Resource, RolledBack
from connections.services import Opened, opened
from connections.systems.billcom.vendor_shape import changed_fields, vendor_body, vendor_from
from tests.connections.systems.billcom.harbour import USERNAME, Harbour
from tests.stage import Stage

Make = Callable[..., Connection]

ACME = Vendor(
    name='Acme, Tooling: "Berlin" GmbH',
    tax_id="DE811907980",
    email="ar@acme.example",
    phone="+49 30 123456",
    address=Address(
        line1="Werkstr. 1", city="Berlin", state="BE", postal_code="10115", country="DE"
    ),
    currency="EUR",
    reference="ODOO-4711",
)


@pytest.fixture
def vendors(ready: Opened) -> Resource[Vendor]:
    return ready.resource(Vendor)


def created(vendors: Resource[Vendor], vendor: Vendor) -> str:
    [outcome] = vendors.create([vendor])
    assert isinstance(outcome, Created), outcome
    return outcome.id


def test_what_is_read_back_is_what_was_sent(vendors: Resource[Vendor]) -> None:
    made = created(vendors, ACME)

    read = vendors.get([made])[made]

    assert replace(read, id="", changed_at=None, currencies=()) == ACME


@pytest.mark.parametrize(
    ("option", "field"), [("accountNumber", "accountNumber"), ("shortName", "shortName")]
)
def test_our_reference_is_kept_where_the_settings_say(
    make_connection: Make, harbour: Harbour, option: str, field: str
) -> None:
    with opened(make_connection(vendor_reference=option)) as ready:
        made = created(ready.resource(Vendor), ACME)

    assert harbour.get(f"/vendors/{made}")[field] == "ODOO-4711"


def test_our_reference_stays_at_home_if_the_settings_say_so(
    make_connection: Make, harbour: Harbour
) -> None:
    with opened(make_connection(vendor_reference="off")) as ready:
        made = created(ready.resource(Vendor), ACME)
        assert ready.resource(Vendor).get([made])[made].reference == ""

    assert not {"accountNumber", "shortName"} & harbour.get(f"/vendors/{made}").keys()


def test_bank_details_and_payment_email_are_never_sent() -> None:
    assert "paymentInformation" not in vendor_body(ACME, "accountNumber")
    assert "paymentInformation" not in changed_fields(ACME, {"id": "009"})


@pytest.mark.parametrize(
    ("tax_id", "country", "is_person", "kind"),
    [
        ("12-3456789", "US", False, "EIN"),
        ("123456789", "US", False, "EIN"),
        ("123-45-6789", "US", True, "SSN"),
        ("123-45-6789", "US", False, None),
        ("DE811907980", "DE", False, None),
        ("12-3456789", "DE", False, None),
    ],
)
def test_only_american_tax_ids_get_a_kind(
    tax_id: str, country: str, is_person: bool, kind: str | None
) -> None:
    vendor = replace(
        ACME,
        tax_id=tax_id,
        is_person=is_person,
        address=replace(ACME.address, country=country),
    )

    info = vendor_body(vendor, "off")["additionalInfo"]

    assert info.get("taxIdType") == kind
    assert info["taxId"] == tax_id


def test_an_update_sends_only_what_changed_and_is_ours(
    vendors: Resource[Vendor], harbour: Harbour, stage: Stage
) -> None:
    made = created(vendors, ACME)
    payment = {"email": "pay@acme.example", "payeeName": "Acme Pay"}
    stage.control(f"/billcom/vendors/{made}/edit", paymentInformation=payment, shortName="Acme")

    vendors.update(made, replace(ACME, phone="+49 30 999", reference="ODOO-1", tax_id="", email=""))

    there = harbour.get(f"/vendors/{made}")
    assert there["phone"] == "+49 30 999"
    assert there["accountNumber"] == "ODOO-4711"
    assert there["paymentInformation"]["email"] == "pay@acme.example"
    assert there["shortName"] == "Acme"
    assert there["additionalInfo"]["taxId"] == "DE811907980"
    assert there["email"] == "ar@acme.example"


def test_an_update_that_changes_nothing_sends_nothing(
    vendors: Resource[Vendor], stage: Stage
) -> None:
    made = created(vendors, ACME)

    assert vendors.update(made, ACME).id == made

    assert not stage.requests("PATCH")


def test_an_address_is_sent_whole_or_not_at_all() -> None:
    held = vendor_body(ACME, "off")
    moved = replace(ACME, address=replace(ACME.address, line1="Neue Str. 2"))

    assert changed_fields(ACME, held) == {}
    assert changed_fields(moved, held) == {"address": vendor_body(moved, "off")["address"]}


def test_a_refused_update_names_the_vendor(vendors: Resource[Vendor], stage: Stage) -> None:
    made = created(vendors, ACME)
    wrong = replace(ACME, address=replace(ACME.address, country="XX"))

    with pytest.raises(Rejected) as caught:
        vendors.update(made, wrong)

    assert ACME.name in caught.value.message


def test_email_falls_back_to_the_payment_email() -> None:
    row = {"id": "009", "name": "A", "paymentInformation": {"email": "pay@a.example"}}

    assert vendor_from(row, "off").email == "pay@a.example"


def test_an_account_number_may_come_as_a_number() -> None:
    assert vendor_from({"id": "009", "accountNumber": 4711}, "accountNumber").reference == "4711"


# Finding ------------------------------------------------------------------------------------------


def test_a_name_no_filter_can_hold_is_found(vendors: Resource[Vendor]) -> None:
    made = created(vendors, ACME)

    [match] = vendors.find([replace(ACME, reference="")])

    assert match.exact == made


def test_evidence_that_rows_of_lists_lack_is_fetched(
    vendors: Resource[Vendor], harbour: Harbour, stage: Stage
) -> None:
    made = harbour.make_vendor("Acme Tooling", additionalInfo={"taxId": "12-3456789"})
    stage.control(
        "/billcom/organizations", id=harbour.organization, switches={"thin_list_rows": True}
    )
    wanted = Vendor(name="ACME Tooling Inc.", tax_id="123456789")

    assert vendors.find([wanted])[0].exact == made


def test_a_second_look_asks_only_for_what_changed(
    make_connection: Make, harbour: Harbour, stage: Stage
) -> None:
    for number in range(6):
        harbour.make_vendor(f"Vendor {number}")
    stage.advance(1500)
    harbour.get("/vendors")
    with opened(make_connection(page_size="2")) as ready:
        assert ready.resource(Vendor).find([ACME])[0].is_none
        stage.advance(1500)
        late = harbour.make_vendor(ACME.name, email=ACME.email)
        stage.forget_journal()

        [match] = ready.resource(Vendor).find([replace(ACME, currency="")])

    assert match.exact == late
    lists = [r["query"] for r in stage.requests("GET", "/vendors") if r["query"]]
    assert lists
    assert all("updatedTime" in query for query in lists)


def test_a_vendor_in_another_currency_is_another_vendor(vendors: Resource[Vendor]) -> None:
    created(vendors, ACME)

    assert vendors.find([replace(ACME, currency="USD")])[0].is_none


# Batches ------------------------------------------------------------------------------------------


def test_a_vendor_without_an_address_is_refused_and_the_others_rolled_back(
    vendors: Resource[Vendor],
) -> None:
    bad = replace(ACME, name="Nowhere Ltd", address=Address())

    outcomes = vendors.create([ACME, bad])

    assert isinstance(outcomes[0], RolledBack)
    assert isinstance(outcomes[1], Refused)
    assert "vendor Nowhere Ltd" in outcomes[1].error.message
    assert vendors.find([ACME])[0].is_none


def test_twenty_vendors_go_in_one_call(vendors: Resource[Vendor], stage: Stage) -> None:
    wanted = [replace(ACME, name=f"Acme {n}", reference=f"O-{n}") for n in range(20)]

    outcomes = vendors.create(wanted)

    assert [o.record.name for o in outcomes if isinstance(o, Created)] == [v.name for v in wanted]
    assert len(stage.requests("POST", "/vendors")) == 1
    assert vendors.batch_size == 20


def test_bill_asks_for_an_address_in_words(vendors: Resource[Vendor]) -> None:
    assert set(vendors.demands.needs.values()) == {"street", "city", "postal code", "country"}


# Accounts and dimensions --------------------------------------------------------------------------


def test_accounts_carry_number_name_and_kind(ready: Opened) -> None:
    accounts = [a for page in ready.resource(GLAccount).read(None) for a in page.records]

    bank = next(account for account in accounts if account.number == "101401")
    assert (bank.name, bank.kind, bank.archived) == ("Bank", "BANK", False)


def test_dimensions_that_are_switched_off_are_skipped(
    ready: Opened, harbour: Harbour, stage: Stage
) -> None:
    harbour.make("/classifications/locations", name="Hull")
    switches = {"departments_enabled": False}
    stage.control("/billcom/organizations", id=harbour.organization, switches=switches)

    pages = list(ready.resource(Dimension).read(None))

    assert [(d.kind, d.name) for page in pages for d in page.records] == [
        (DimensionKind.LOCATION, "Hull")
    ]
    assert pages[-1].watermark is not None


def test_departments_carry_their_short_name(ready: Opened) -> None:
    [*_] = pages = list(ready.resource(Dimension).read(None))

    assert {d.code for page in pages for d in page.records} == {"NORTH", "SOUTH"}


def test_a_right_that_is_missing_stops_a_read(
    ready: Opened, harbour: Harbour, stage: Stage
) -> None:
    users = [{"username": USERNAME, "denied": ["vendors:read"]}]
    stage.control("/billcom/organizations", id=harbour.organization, users=users)

    with pytest.raises(ConnectionProblem) as caught:
        list(ready.resource(Vendor).read(None))

    assert "may not see vendors" in caught.value.message
