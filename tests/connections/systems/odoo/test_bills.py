"""Vendor bills as they stand in the books, and how far they are settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connections.records import Bill, Settlement
from connections.services import Opened
from tests.connections.systems.odoo.books import BILLED, EUR, Books
from tests.stage import Stage


@pytest.fixture
def books(stage: Stage) -> Books:
    return Books(stage)


def read(odoo: Opened) -> dict[str, Bill]:
    return {b.id: b for page in odoo.resource(Bill).read(None) for b in page.records}


def test_a_bill_brings_what_is_compared(odoo: Opened, books: Books) -> None:
    vendor = books.vendor("Rope & Co.")
    contact = books.vendor("Ines Castell", parent_id=vendor, is_company=False)
    bill = books.bill(contact, "80", currency_id=EUR, ref="R-1", invoice_origin="P00007")

    found = read(odoo)[str(bill)]

    assert (found.number, found.purchase_order_number) == ("R-1", "P00007")
    assert (found.vendor_id, found.vendor_name) == (str(vendor), "Rope & Co.")
    assert (found.bill_date, found.due_date) == (BILLED, date(2026, 12, 2))
    assert (found.currency, found.total, found.paid) == ("EUR", Decimal(80), Decimal(0))
    assert (found.settlement, found.archived) == (Settlement.OPEN, False)
    assert odoo.resource(Bill).get([str(bill)]) == {str(bill): found}


def test_how_far_it_is_settled(odoo: Opened, books: Books) -> None:
    vendor = books.vendor()
    part, whole = books.bill(vendor), books.bill(vendor)
    books.pay(part, 40.0)
    books.pay(whole)

    found = read(odoo)

    assert (found[str(part)].settlement, found[str(part)].paid) == (
        Settlement.PARTLY_PAID,
        Decimal(40),
    )
    assert (found[str(whole)].settlement, found[str(whole)].paid) == (
        Settlement.PAID,
        Decimal(100),
    )


def test_a_payment_the_bank_has_not_confirmed_is_in_flight(odoo: Opened, books: Books) -> None:
    """With Enterprise and no outstanding account the whole residual stays."""
    books.use_enterprise()
    bill = books.bill(books.vendor())
    books.pay(bill)

    found = read(odoo)[str(bill)]

    assert (found.settlement, found.paid) == (Settlement.IN_FLIGHT, Decimal(0))


def test_what_is_not_posted_is_no_debt(odoo: Opened, books: Books) -> None:
    """R18: back to draft counts as cancelled."""
    vendor = books.vendor()
    draft, cancelled = books.bill(vendor, post=False), books.bill(vendor)
    books.call("account.move", "button_draft", ids=[cancelled])
    books.call("account.move", "button_cancel", ids=[cancelled])

    found = read(odoo)

    assert found[str(draft)].archived
    assert found[str(cancelled)].archived


def test_without_a_number_of_the_vendor_odoos_own_counts(odoo: Opened, books: Books) -> None:
    bill = books.bill(books.vendor(), ref=False)

    assert read(odoo)[str(bill)].number == books.read("account.move", bill)["name"]


def test_it_is_found_by_number_and_what_is_alike_is_a_candidate(odoo: Opened, books: Books) -> None:
    vendor = books.vendor()
    bill = str(books.bill(vendor, ref="Ab-1"))
    there = read(odoo)[bill]
    wanted = Bill(
        number="AB-1",
        vendor_id=str(vendor),
        bill_date=there.bill_date,
        due_date=there.due_date,
        currency="USD",
        total=Decimal(100),
    )
    resource = odoo.resource(Bill)
    same, other_total, other_number, neither = resource.find(
        [
            wanted,
            replace(wanted, total=Decimal(90)),
            replace(wanted, number="X_%"),
            replace(wanted, number="X", total=Decimal(90)),
        ]
    )

    assert same.exact == bill
    assert [c.id for c in other_total.candidates] == [bill]
    assert [c.id for c in other_number.candidates] == [bill]
    assert neither.is_none
