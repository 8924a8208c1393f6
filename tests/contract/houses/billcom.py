"""BILL under contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from connections.records import (
    Address,
    Bill,
    Dimension,
    GLAccount,
    Line,
    Payment,
    RecurringBill,
    Vendor,
)
from tests.connections.systems.billcom.harbour import SECRETS, Harbour, settings_for
from tests.contract.house import House, Kind
from tests.stage import Stage

_numbers = count(1)


def a_vendor(stage: Stage, number: int) -> Vendor:
    return Vendor(
        name=f"Contract Works {number} Ltd",
        tax_id=f"30-{number:07d}",
        email=f"ar@works{number}.example",
        address=Address(
            line1=f"{number} Dock Road", city="Hull", postal_code="HU1 1AA", country="GB"
        ),
        currency="USD",
        reference=f"ERP-{number}",
    )


def a_bill(stage: Stage, number: int) -> Bill:
    harbour = Harbour(stage)
    return Bill(
        number=f"INV-{number}",
        vendor_id=harbour.vendor("Contract Quay LLC"),
        vendor_name="Contract Quay LLC",
        bill_date=date(2026, 11, 2) + timedelta(days=number),
        due_date=date(2026, 12, 2) + timedelta(days=number),
        currency="USD",
        total=Decimal("100.10") + number,
        lines=(
            Line(
                description="Rope",
                amount=Decimal("100.10") + number,
                gl_account_id=harbour.account("600000"),
            ),
        ),
    )


def _sow(make: Callable[[Harbour, int], str]) -> Callable[[Stage, int], list[str]]:
    def sow(stage: Stage, wanted: int) -> list[str]:
        harbour = Harbour(stage)
        return [make(harbour, next(_numbers)) for _ in range(wanted)]

    return sow


def _archive(path: str) -> Callable[[Stage, str], None]:
    def archive(stage: Stage, id: str) -> None:
        Harbour(stage).post(f"{path}/{id}/archive")

    return archive


def _other_total(bill: Bill) -> Bill:
    line = replace(bill.lines[0], amount=bill.total + 5)
    return replace(bill, total=bill.total + 5, lines=(line,))


def _without_evidence(vendor: Vendor) -> Vendor:
    return replace(vendor, reference="", tax_id="", email="")


def _number_too_long(bill: Bill) -> Bill:
    return replace(bill, number=f"{bill.number}-and-far-more-than-21")


def _without_street(vendor: Vendor) -> Vendor:
    return replace(vendor, address=replace(vendor.address, line1=""))


def _account(harbour: Harbour, number: int) -> str:
    account: dict[str, Any] = {"type": "EXPENSE", "number": str(70_000 + number)}
    return harbour.make(
        "/classifications/chart-of-accounts", name=f"Account {number}", account=account
    )


def _payment(harbour: Harbour, number: int) -> str:
    """Pay a bill outside BILL: whoever sows has no second factor."""
    bill = harbour.make_bill(f"PAID-{number}", Decimal(50 + number))
    wanted = {"billId": bill, "amount": 50 + number}
    fields = {"vendorId": harbour.vendor("Contract Quay LLC"), "processDate": "2026-11-20"}
    return harbour.make("/bills/record-payment", **fields, payments=[wanted])


def _recurring_bills(stage: Stage, wanted: int) -> list[str]:
    vendor = Harbour(stage).vendor("Contract Quay LLC")
    lines = [{"amount": 900.0}]
    return [
        str(
            stage.control("/billcom/recurringbills", vendorId=vendor, recurringBillLineItems=lines)[
                "id"
            ]
        )
        for _ in range(wanted)
    ]


BILLCOM = House(
    system="billcom",
    settings=settings_for,
    secrets=SECRETS,
    company="Harbour Supply Co.",
    small_pages={"page_size": "2"},
    crossing=5,
    has_sessions=True,
    at_once=3,
    kinds=(
        Kind(
            record=Vendor,
            sow=_sow(lambda harbour, n: harbour.make_vendor(f"Sown Vendor {n}")),
            archive=_archive("/vendors"),
            sample=a_vendor,
            alike=_without_evidence,
            spoiled=_without_street,
            refusal="BDC_1143",
            create_path="/connect/v3/vendors*",
        ),
        Kind(
            record=Bill,
            sow=_sow(lambda harbour, n: harbour.make_bill(f"SOWN-{n}", Decimal(50 + n))),
            archive=_archive("/bills"),
            sample=a_bill,
            alike=_other_total,
            spoiled=_number_too_long,
            refusal="BDC_1143",
            create_path="/connect/v3/bills*",
        ),
        Kind(
            record=GLAccount,
            sow=_sow(_account),
            archive=_archive("/classifications/chart-of-accounts"),
        ),
        Kind(
            record=Dimension,
            sow=_sow(lambda h, n: h.make("/classifications/departments", name=f"Department {n}")),
            archive=_archive("/classifications/departments"),
        ),
        Kind(record=Payment, sow=_sow(_payment)),
        Kind(record=RecurringBill, sow=_recurring_bills),
    ),
)
