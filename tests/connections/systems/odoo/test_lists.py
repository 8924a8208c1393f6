"""GL accounts, analytic accounts, purchase taxes: the lists mappings are made of."""

from __future__ import annotations

from decimal import Decimal

from connections.records import Dimension, DimensionKind, GLAccount, Tax
from connections.services import Opened
from tests.connections.systems.odoo.desk import Desk


def test_the_chart_is_read_with_its_archived_accounts(odoo: Opened) -> None:
    accounts = {a.number: a for page in odoo.resource(GLAccount).read(None) for a in page.records}

    assert (accounts["612000"].name, accounts["612000"].kind) == ("Rent", "expense")
    assert not accounts["612000"].archived
    assert accounts["690000"].archived


def test_analytic_accounts_are_dimensions(odoo: Opened, desk: Desk) -> None:
    [plan] = desk.make("account.analytic.plan", {"name": "Departments"})
    [north] = desk.make(
        "account.analytic.account", {"name": "North", "code": "D-1", "plan_id": plan}
    )

    found = odoo.resource(Dimension).get([str(north)])[str(north)]

    assert (found.kind, found.name, found.code) == (DimensionKind.ANALYTIC, "North", "D-1")


def test_only_purchase_taxes_are_read(odoo: Opened) -> None:
    taxes = [t for page in odoo.resource(Tax).read(None) for t in page.records]

    assert {(t.name, t.percent) for t in taxes} == {("15%", Decimal(15)), ("5%", Decimal(5))}
