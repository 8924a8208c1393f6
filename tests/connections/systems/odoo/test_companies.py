"""One connection, one company: whatever else the user may see."""

from __future__ import annotations

from connections.records import GLAccount, PurchaseOrder, Vendor
from connections.services import Opened
from connections.system import Level
from tests.connections.systems.odoo.conftest import Opener
from tests.connections.systems.odoo.desk import COMPANY, Desk

EUR = 126
INTEGRATION, ADMINISTRATOR = 5, 2


def second_company(desk: Desk) -> int:
    """Found a company that the integration user may enter, too."""
    partner = desk.vendor("Second Works GmbH", supplier_rank=0)
    [company] = desk.make(
        "res.company", {"name": "Second Works GmbH", "partner_id": partner, "currency_id": EUR}
    )
    for user in (ADMINISTRATOR, INTEGRATION):
        desk.write("res.users", user, company_ids=[[6, 0, [1, company]]])
    return company


def ids(odoo: Opened, record: type) -> set[str]:
    return {r.id for page in odoo.resource(record).read(None) for r in page.records}


def test_vendors_of_another_company_are_not_read_and_shared_ones_are(
    open_odoo: Opener, desk: Desk
) -> None:
    second = second_company(desk)
    shared = str(desk.vendor())
    ours = str(desk.vendor(company_id=1))
    context = {"allowed_company_ids": [second]}
    row = {"name": "Theirs", "supplier_rank": 1, "is_company": True, "company_id": second}
    [theirs] = desk.call("res.partner", "create", vals_list=[row], context=context)

    assert ids(open_odoo(), Vendor) == {shared, ours}
    assert ids(open_odoo(company="Second Works GmbH"), Vendor) == {shared, str(theirs)}


def test_orders_and_accounts_are_those_of_the_company(open_odoo: Opener, desk: Desk) -> None:
    second = second_company(desk)
    order = str(desk.order(desk.vendor()))

    first, other = open_odoo(), open_odoo(company=str(second))

    assert ids(first, PurchaseOrder) == {order}
    assert ids(other, PurchaseOrder) == set()
    assert other.resource(PurchaseOrder).get([order]) == {}
    assert ids(first, GLAccount)
    assert ids(other, GLAccount) == set()


def test_a_vendor_without_currency_trades_in_the_companys(open_odoo: Opener, desk: Desk) -> None:
    second = second_company(desk)
    vendor = str(desk.vendor())

    found = open_odoo(company=str(second)).resource(Vendor).get([vendor])[vendor]

    assert found.currency == "EUR"


def test_several_companies_and_none_chosen_is_told(open_odoo: Opener, desk: Desk) -> None:
    second_company(desk)
    opened = open_odoo()

    greeting = opened.system.ping(opened.client)

    [warning] = [f.text for f in greeting.findings if f.level == Level.WARNING]
    assert "several companies" in warning
    assert f"its default, {COMPANY}, is used" in warning


def test_two_companies_are_two_identities(open_odoo: Opener, desk: Desk) -> None:
    second = second_company(desk)
    one, other = open_odoo(), open_odoo(company=str(second))

    keys = {o.system.identify(o.client).key for o in (one, other)}

    assert len(keys) == 2
