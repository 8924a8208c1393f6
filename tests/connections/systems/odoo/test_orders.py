"""What a purchase order is read as: lines, accounts, days, bills, files."""

from __future__ import annotations

import base64
from datetime import date, datetime
from decimal import Decimal

import pytest

from connections.errors import DataError
from connections.records import Document, OrderState, PurchaseOrder
from connections.services import Opened
from tests.connections.systems.odoo.conftest import Opener
from tests.connections.systems.odoo.desk import Desk

EUR, JPY = 126, 25


def read(odoo: Opened, since: datetime | None = None) -> dict[str, PurchaseOrder]:
    return {o.id: o for page in odoo.resource(PurchaseOrder).read(since) for o in page.records}


def get(odoo: Opened, order: int) -> PurchaseOrder:
    return odoo.resource(PurchaseOrder).get([str(order)])[str(order)]


def test_every_state_is_delivered_so_that_a_cancellation_is_seen(odoo: Opened, desk: Desk) -> None:
    vendor = desk.vendor()
    quotation, confirmed, cancelled = (desk.order(vendor, confirm=False) for _ in range(3))
    desk.call("purchase.order", "button_confirm", ids=[confirmed])
    desk.call("purchase.order", "button_cancel", ids=[cancelled])

    found = read(odoo)

    assert found[str(quotation)].state == OrderState.DRAFT
    assert found[str(confirmed)].state == OrderState.CONFIRMED
    assert found[str(cancelled)].state == OrderState.CANCELLED


def test_amounts_are_exact_and_in_the_currencys_places(odoo: Opened, desk: Desk) -> None:
    vendor = desk.vendor()
    order = desk.order(vendor, {"product_qty": 3.0, "price_unit": 0.1}, {"price_unit": 19.99})

    found = get(odoo, order)

    assert [line.amount for line in found.lines] == [Decimal("0.30"), Decimal("39.98")]
    assert found.total == Decimal("40.28")
    assert (found.lines[0].quantity, found.lines[0].price) == (Decimal("3"), Decimal("0.1"))
    assert all(isinstance(line.amount, Decimal) for line in found.lines)


def test_taxes_are_told_apart_from_the_net_amount(odoo: Opened, desk: Desk) -> None:
    domain = [["type_tax_use", "=", "purchase"], ["amount", "=", 15.0]]
    [tax] = desk.call("account.tax", "search", domain=domain)
    order = desk.order(desk.vendor(), {"tax_ids": [[6, 0, [tax]]]})

    [line] = get(odoo, order).lines

    assert (line.amount, line.tax_amount, line.tax_ids) == (
        Decimal("100.00"),
        Decimal("15.00"),
        (str(tax),),
    )


def test_the_account_comes_from_the_product_else_from_its_category(
    odoo: Opened, desk: Desk
) -> None:
    rent, freight = desk.account("612000"), desk.account("641000")
    transport = desk.category(property_account_expense_categ_id=freight)
    below = desk.category(parent_id=transport)
    own = desk.product(categ_id=transport, property_account_expense_id=rent)
    of_category = desk.product(categ_id=transport)
    of_nobody = desk.product(categ_id=below)

    lines = [{"product_id": p} for p in (own, of_category, of_nobody)]
    found = get(odoo, desk.order(desk.vendor(), *lines))

    assert [line.gl_account_id for line in found.lines] == [str(rent), str(freight), ""]


def test_sections_and_notes_are_no_lines(odoo: Opened, desk: Desk) -> None:
    section = {"display_type": "line_section", "name": "East quay"}
    order = desk.order(desk.vendor(), section, {"name": "Survey"})

    assert [line.description for line in get(odoo, order).lines] == ["Survey"]


def test_an_edit_that_touches_only_a_line_is_seen(odoo: Opened, desk: Desk) -> None:
    order = desk.order(desk.vendor())
    desk.stage.advance(3600)
    since = desk.now()

    desk.write("purchase.order.line", desk.line_of(order), name="Longer rope")

    found = read(odoo, since)
    assert found[str(order)].lines[0].description == "Longer rope"
    assert found[str(order)].changed_at < since


def test_an_order_and_its_lines_come_once(odoo: Opened, desk: Desk) -> None:
    orders = [desk.order(desk.vendor(), {}, {}) for _ in range(3)]
    desk.stage.advance(3600)
    since = desk.now()
    for order in orders:
        desk.write("purchase.order.line", desk.line_of(order), price_unit=70.0)

    pages = odoo.resource(PurchaseOrder).read(since)

    assert sorted(o.id for page in pages for o in page.records) == sorted(map(str, orders))


def test_days_are_those_of_the_accountants(open_odoo: Opener, desk: Desk) -> None:
    order = desk.order(desk.vendor(), date_order="2026-11-18 23:30:00")

    assert get(open_odoo(), order).ordered_on == date(2026, 11, 18)
    berlin = open_odoo(time_zone="Europe/Berlin")
    assert get(berlin, order).ordered_on == date(2026, 11, 19)


def test_a_due_date_comes_from_the_orders_terms_else_from_the_vendors(
    odoo: Opened, desk: Desk
) -> None:
    domain = [["name", "=", "30 Days"]]
    [thirty] = desk.call("account.payment.term", "search", domain=domain)
    with_terms = desk.vendor(property_supplier_payment_term_id=thirty)
    desk.stage.control("/clock", set="2026-12-01T12:00:00Z")
    by_order = desk.order(desk.vendor(), payment_term_id=thirty)
    by_vendor = desk.order(with_terms, payment_term_id=False)
    by_nobody = desk.order(desk.vendor(), payment_term_id=False)

    assert get(odoo, by_order).due_date == date(2026, 12, 31)
    assert get(odoo, by_vendor).due_date == date(2026, 12, 31)
    assert get(odoo, by_nobody).due_date is None


def test_received_means_all_that_was_ordered_has_come(odoo: Opened, desk: Desk) -> None:
    order = desk.order(desk.vendor())
    assert not get(odoo, order).received
    desk.write("purchase.order.line", desk.line_of(order), qty_received=1.0)
    assert not get(odoo, order).received
    desk.write("purchase.order.line", desk.line_of(order), qty_received=2.0)

    assert get(odoo, order).received


def test_vendor_bills_of_an_order_are_known(odoo: Opened, desk: Desk) -> None:
    order = desk.order(desk.vendor())
    desk.call("purchase.order", "action_create_invoice", ids=[order])
    [bill] = get(odoo, order).bills
    assert (bill.posted, bill.settled, bill.total) == (False, False, Decimal("100.00"))

    desk.write("account.move", bill.id, ref="INV-7", invoice_date="2026-11-15")
    desk.call("account.move", "action_post", ids=[int(bill.id)])

    [bill] = get(odoo, order).bills
    assert (bill.number, bill.bill_date, bill.posted) == ("INV-7", date(2026, 11, 15), True)
    assert not bill.settled


def test_the_pdf_of_an_order_is_named_and_can_be_fetched(odoo: Opened, desk: Desk) -> None:
    order = desk.order(desk.vendor())
    content = b"%PDF-1.4 rope\n"
    desk.make(
        "ir.attachment",
        {
            "name": "order.pdf",
            "datas": base64.b64encode(content).decode(),
            "res_model": "purchase.order",
            "res_id": order,
            "mimetype": "application/pdf",
        },
    )

    [document] = get(odoo, order).documents

    assert document.name == "order.pdf"
    assert odoo.resource(PurchaseOrder).fetch(document) == content
    with pytest.raises(DataError, match="no longer attached"):
        odoo.resource(PurchaseOrder).fetch(Document(id="999999", name="gone.pdf"))


def test_analytic_shares_keep_their_accounts(odoo: Opened, desk: Desk) -> None:
    [plan] = desk.make("account.analytic.plan", {"name": "Departments"})
    north, south = desk.make(
        "account.analytic.account",
        {"name": "North", "plan_id": plan},
        {"name": "South", "plan_id": plan},
    )
    split = {str(north): 60.0, str(south): 40.0}
    order = desk.order(desk.vendor(), {"analytic_distribution": split})

    [line] = get(odoo, order).lines

    assert [(s.percent, s.dimensions[0].id) for s in line.shares] == [
        (Decimal("60"), str(north)),
        (Decimal("40"), str(south)),
    ]


def test_an_impossible_distribution_stops_its_own_order_only(odoo: Opened, desk: Desk) -> None:
    [plan] = desk.make("account.analytic.plan", {"name": "Departments"})
    [north] = desk.make("account.analytic.account", {"name": "North", "plan_id": plan})
    wrong = desk.order(desk.vendor(), {"analytic_distribution": {str(north): 130.0}})
    right = desk.order(desk.vendor())

    found = read(odoo)

    problem = found[str(wrong)].problem
    assert "on line “Rope” the analytic distribution gives away 130 % in one plan" in problem
    assert [line.shares for line in found[str(wrong)].lines] == [()]
    assert found[str(right)].problem == ""


def test_orders_of_a_contact_name_the_company_that_is_owed(odoo: Opened, desk: Desk) -> None:
    company = desk.vendor("Parent Works")
    contact = desk.vendor("Ines Castell", parent_id=company, is_company=False)

    found = get(odoo, desk.order(contact))

    assert (found.vendor_id, found.vendor_name) == (str(company), "Parent Works")


def test_a_deleted_order_is_absent(odoo: Opened, desk: Desk) -> None:
    order = desk.order(desk.vendor(), confirm=False)
    desk.call("purchase.order", "button_cancel", ids=[order])
    desk.call("purchase.order", "unlink", ids=[order])

    assert odoo.resource(PurchaseOrder).get([str(order), "not a number"]) == {}
