"""Which partners are vendors, and what is known of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from connections.records import Address, Vendor
from connections.services import Opened
from tests.connections.systems.odoo.conftest import Opener
from tests.connections.systems.odoo.desk import Desk
from tests.stage import Stage

EUR = 126
OREGON, UNITED_STATES = 46, 233


def read(odoo: Opened, since: datetime | None = None) -> dict[str, Vendor]:
    return {v.id: v for page in odoo.resource(Vendor).read(since) for v in page.records}


def test_a_vendor_brings_what_the_other_side_needs(odoo: Opened, desk: Desk) -> None:
    [tag] = desk.make("res.partner.category", {"name": "Pay weekly"})
    vendor = desk.vendor(
        "Rope & Co.",
        email="ar@rope.example",
        vat="84-2201733",
        phone="+1 503 555 0100",
        website="https://rope.example",
        street="1 Rope Walk",
        street2="Shed 2",
        city="Astoria",
        zip="97103",
        state_id=OREGON,
        country_id=UNITED_STATES,
        category_id=[[6, 0, [tag]]],
    )

    found = read(odoo)[str(vendor)]

    assert (found.name, found.tax_id, found.email) == (
        "Rope & Co.",
        "84-2201733",
        "ar@rope.example",
    )
    assert found.address == Address(
        line1="1 Rope Walk",
        line2="Shed 2",
        city="Astoria",
        state="OR",
        postal_code="97103",
        country="US",
    )
    assert found.tags == ("Pay weekly",)
    assert (found.currency, found.currencies) == ("USD", ("USD",))
    assert not found.is_person


def test_a_partner_with_nothing_but_a_confirmed_order_is_a_vendor(odoo: Opened, desk: Desk) -> None:
    customer = desk.vendor("Only A Customer", supplier_rank=0)
    quoted = desk.vendor("Only Quoted", supplier_rank=0)
    ordered = desk.vendor("Only Ordered", supplier_rank=0)
    desk.order(quoted, confirm=False)
    desk.order(ordered)

    found = read(odoo)

    assert str(ordered) in found
    assert str(customer) not in found
    assert str(quoted) not in found


def test_a_first_order_makes_an_old_partner_a_vendor(odoo: Opened, desk: Desk) -> None:
    partner = desk.vendor("Old Friend", supplier_rank=0)
    assert str(partner) not in read(odoo)
    desk.stage.advance(3600)
    since = desk.now()

    desk.order(partner)

    assert str(partner) in read(odoo, since)


def test_an_edit_of_a_vendor_known_by_its_orders_only_is_seen(odoo: Opened, desk: Desk) -> None:
    partner = desk.vendor("Order Only", supplier_rank=0)
    desk.order(partner)
    desk.stage.advance(3600)
    watermark = desk.now()

    desk.write("res.partner", partner, email="new@order.example")

    assert read(odoo, watermark)[str(partner)].email == "new@order.example"


def test_an_order_to_a_contact_belongs_to_its_company(odoo: Opened, desk: Desk) -> None:
    company = desk.vendor("Parent Works", supplier_rank=0)
    contact = desk.vendor("Ines Castell", parent_id=company, is_company=False, supplier_rank=0)
    desk.order(contact)

    found = read(odoo)

    assert str(company) in found
    assert str(contact) not in found


def test_currencies_are_the_vendors_own_and_those_of_its_orders(odoo: Opened, desk: Desk) -> None:
    own = desk.vendor("Euro Vendor", property_purchase_currency_id=EUR)
    mixed = desk.vendor("Mixed Vendor")
    desk.order(mixed, currency_id=EUR)

    found = read(odoo)

    assert (found[str(own)].currency, found[str(own)].currencies) == ("EUR", ("EUR",))
    assert found[str(mixed)].currencies == ("USD", "EUR")


def test_currencies_are_found_where_odoo_no_longer_groups(
    odoo: Opened, desk: Desk, stage: Stage
) -> None:
    vendor = desk.vendor("Two Ways")
    desk.order(vendor, currency_id=EUR)
    unknown = {"name": "werkzeug.exceptions.NotFound",
               "message": "The method 'purchase.order.read_group' does not exist"}  # fmt: skip
    stage.fault("status", path="*/purchase.order/read_group", status=404, body=unknown, times=0)

    assert set(read(odoo)[str(vendor)].currencies) == {"USD", "EUR"}
    assert {r["status"] for r in stage.requests(path="read_group")} == {404}


def test_an_archived_vendor_says_so(odoo: Opened, desk: Desk) -> None:
    vendor = desk.vendor(active=False)

    assert read(odoo)[str(vendor)].archived
    assert odoo.resource(Vendor).get([str(vendor)])[str(vendor)].archived


def test_a_longer_look_back_is_taken_by_the_reader_itself(open_odoo: Opener, desk: Desk) -> None:
    vendor = desk.vendor()
    desk.stage.advance(25 * 60)
    since = desk.now() - timedelta(minutes=10)  # the engine takes off what every Odoo needs

    assert str(vendor) not in read(open_odoo(), since)
    assert str(vendor) in read(open_odoo(overlap_minutes="30"), since)


def test_a_subsidiary_is_a_vendor_of_its_own(odoo: Opened, desk: Desk) -> None:
    holding = desk.vendor("Holding", supplier_rank=0)
    works = desk.vendor("Works", parent_id=holding)

    found = read(odoo)

    assert str(works) in found
    assert str(holding) not in found
