"""Odoo under contract."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from connections.records import Dimension, GLAccount, PurchaseOrder, Tax, Vendor
from tests.connections.systems.odoo.desk import COMPANY, SECRETS, Desk, settings_for
from tests.contract.house import House, Kind
from tests.stage import Stage

_numbers = count(1)


def _sow(make: Callable[[Desk, int], int]) -> Callable[[Stage, int], list[str]]:
    def sow(stage: Stage, wanted: int) -> list[str]:
        desk = Desk(stage)
        return [str(make(desk, next(_numbers))) for _ in range(wanted)]

    return sow


def _archive(model: str) -> Callable[[Stage, str], None]:
    def archive(stage: Stage, id: str) -> None:
        Desk(stage).write(model, id, active=False)

    return archive


def _cancel(stage: Stage, id: str) -> None:
    Desk(stage).call("purchase.order", "button_cancel", ids=[int(id)])


def _account(desk: Desk, number: int) -> int:
    values = {"name": f"Account {number}", "code": str(700_000 + number)}
    return desk.make("account.account", {**values, "account_type": "expense"})[0]


def _analytic(desk: Desk, number: int) -> int:
    [plan] = desk.make("account.analytic.plan", {"name": f"Plan {number}"})
    return desk.make("account.analytic.account", {"name": f"A{number}", "plan_id": plan})[0]


def _tax(desk: Desk, number: int) -> int:
    [group] = desk.call("account.tax.group", "search", domain=[], limit=1)
    values = {"name": f"Tax {number}", "amount": 7.0, "type_tax_use": "purchase"}
    return desk.make("account.tax", {**values, "tax_group_id": group, "country_id": 233})[0]


ODOO = House(
    system="odoo",
    settings=settings_for,
    secrets=SECRETS,
    company=COMPANY,
    small_pages={"page_size": "2"},
    crossing=5,
    at_once=4,
    keyed=True,
    kinds=(
        Kind(
            record=Vendor,
            sow=_sow(lambda desk, n: desk.vendor(f"Sown Vendor {n}")),
            archive=_archive("res.partner"),
        ),
        Kind(
            record=PurchaseOrder,
            sow=_sow(lambda desk, n: desk.order(desk.vendor(f"Ordered Vendor {n}"))),
            archive=_cancel,
        ),
        Kind(record=GLAccount, sow=_sow(_account), archive=_archive("account.account")),
        Kind(record=Dimension, sow=_sow(_analytic), archive=_archive("account.analytic.account")),
        Kind(record=Tax, sow=_sow(_tax), archive=_archive("account.tax")),
    ),
)
