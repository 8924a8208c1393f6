"""Odoo under contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count

from connections.records import (
    Bill,
    Dimension,
    GLAccount,
    Payment,
    PurchaseOrder,
    Tax,
    Vendor,
)
from tests.connections.systems.odoo.books import METHOD, Books, payment
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


def _sow_bills(stage: Stage, wanted: int) -> list[str]:
    books = Books(stage)
    return [str(books.bill(books.vendor())) for _ in range(wanted)]


def _cancel_bill(stage: Stage, id: str) -> None:
    for method in ("button_draft", "button_cancel"):
        Desk(stage).call("account.move", method, ids=[int(id)])


def _payment(stage: Stage, number: int) -> Payment:
    desk, name = Desk(stage), "Paid Vendor"
    found = desk.call("res.partner", "search", domain=[["name", "=", name]])
    vendor = int(found[0]) if found else desk.vendor(name)
    return payment(
        vendor,
        f"{number * 10}",
        number=f"P26-{number:04}",
        reference=f"pay_billcom_contract_{number}_1",
        memo=f"INV-{number}",
        method_id=METHOD,
    )


def _cancel_payment(stage: Stage, id: str) -> None:
    Desk(stage).call("account.payment", "action_cancel", ids=[int(id)])


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
        Kind(record=Bill, sow=_sow_bills, archive=_cancel_bill),
        Kind(
            record=Payment,
            archive=_cancel_payment,
            sample=_payment,
            spoiled=lambda sample: replace(sample, amount=Decimal(-1)),
            refusal="load",
            create_path="*/load",
        ),
        Kind(record=GLAccount, sow=_sow(_account), archive=_archive("account.account")),
        Kind(record=Dimension, sow=_sow(_analytic), archive=_archive("account.analytic.account")),
        Kind(record=Tax, sow=_sow(_tax), archive=_archive("account.tax")),
    ),
)
