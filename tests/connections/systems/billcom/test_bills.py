"""Bills of BILL: what is sent, what is read, how one is found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connections.errors import Unsupported
from connections.models import Connection
from connections.records import (
    Bill,
    DimensionKind,
    DimensionRef,
    Line,
)
from connections.resource import Refused, Resource
from connections.services import opened
from connections.systems.billcom.bill_shape import bill_body
from tests.connections.systems.billcom.bill_samples import a_bill, created
from tests.connections.systems.billcom.conftest import captured
from tests.connections.systems.billcom.harbour import Harbour
from tests.stage import Stage

Make = Callable[..., Connection]


def test_a_bill_is_sent_whole(
    bills: Resource[Bill], acme: str, harbour: Harbour, stage: Stage
) -> None:
    account = harbour.account("600000")
    department = harbour.get("/classifications/departments")["results"][0]["id"]
    line = Line(
        amount=Decimal("60.00"),
        quantity=Decimal(3),
        price=Decimal("20.00"),
        description="Hours",
        gl_account_id=account,
        dimensions=(DimensionRef(kind=DimensionKind.DEPARTMENT, id=department),),
    )
    bill = a_bill(
        acme,
        total=Decimal("60.00"),
        lines=(line,),
        description="PO/0042",
        purchase_order_number="P00042",
    )

    there = harbour.get(f"/bills/{created(bills, bill)}")

    assert there["invoice"] == {"invoiceNumber": "INV-7", "invoiceDate": "2026-11-04"}
    assert (there["dueDate"], there["purchaseOrderNumber"]) == ("2026-12-04", "P00042")
    assert there["billLineItems"][0]["classifications"] == {
        "chartOfAccountId": account,
        "departmentId": department,
    }
    assert (there["billLineItems"][0]["quantity"], there["billLineItems"][0]["price"]) == (3, 20)


def test_quantities_that_do_not_make_the_amount_stay_at_home(acme: str) -> None:
    rounded = Line(amount=Decimal("10.00"), quantity=Decimal(3), price=Decimal("3.333"))
    exact = Line(amount=Decimal("10.00"), quantity=Decimal(4), price=Decimal("2.50"))

    body = bill_body(a_bill(acme, total=Decimal("20.00"), lines=(rounded, exact)))
    without = bill_body(a_bill(acme, lines=(exact,)), quantities=False)

    assert ["quantity" in line for line in body["billLineItems"]] == [False, True]
    assert "quantity" not in without["billLineItems"][0]


def test_what_is_read_back_is_what_was_sent(bills: Resource[Bill], acme: str) -> None:
    bill = a_bill(acme, description="PO/0042")

    there = bills.get([created(bills, bill)])

    [read] = there.values()
    assert replace(
        read, id="", changed_at=None, lines=tuple(replace(line, id="") for line in read.lines)
    ) == bill  # fmt: skip


def test_a_long_description_is_cut_a_long_number_is_not(bills: Resource[Bill], acme: str) -> None:
    assert len(bill_body(a_bill(acme, description="x" * 5000))["description"]) == 4000
    [outcome] = bills.create([a_bill(acme, number="N" * 22)])
    assert isinstance(outcome, Refused)
    assert "21 characters" in outcome.error.message
    assert bills.demands.number_length == 21


def test_a_line_coded_to_what_bill_does_not_know_is_our_mistake(acme: str) -> None:
    ref = DimensionRef(kind=DimensionKind.ANALYTIC, id="7")
    line = Line(amount=Decimal(1), dimensions=(ref,))

    with pytest.raises(Unsupported):
        bill_body(a_bill(acme, lines=(line,)))


def test_the_currency_of_a_bill_is_its_vendors_and_asked_for_once(
    bills: Resource[Bill], harbour: Harbour, stage: Stage
) -> None:
    euro = harbour.make_vendor("Acme GmbH", billCurrency="EUR")
    ids = [harbour.make_bill(f"E-{n}", Decimal(10), vendorId=euro) for n in range(3)]
    stage.forget_journal()

    assert {bill.currency for bill in bills.get(ids).values()} == {"EUR"}
    bills.get(ids)

    assert len(stage.requests("GET", "/v3/vendors")) == 1


def test_a_vendor_without_a_currency_has_the_home_currency(
    make_connection: Make, harbour: Harbour, acme: str, stage: Stage
) -> None:
    made = harbour.make_bill("H-1", Decimal(10), vendorId=acme)
    answer = {"results": [{"id": acme, "name": "Acme Tooling"}]}
    stage.fault("status", path="*/vendors", status=200, body=answer)

    with opened(make_connection(home_currency="cad")) as ready:
        assert ready.resource(Bill).get([made])[made].currency == "CAD"


def test_one_call_a_vendor_is_enough_where_a_page_holds_all_its_bills(
    bills: Resource[Bill], harbour: Harbour, acme: str, stage: Stage
) -> None:
    ids = [harbour.make_bill(f"B-{n}", Decimal(10 + n), vendorId=acme) for n in range(5)]
    wanted = [
        a_bill(acme, f"B-{n}", total=Decimal(10 + n), bill_date=date(2026, 11, 1)) for n in range(5)
    ]
    stage.forget_journal()

    assert [match.exact for match in bills.find(wanted)] == ids
    assert len(stage.requests("GET", "/v3/bills")) == 1


@pytest.mark.parametrize("number", ["B-7", "B,7", "B:7"])
def test_a_vendor_with_many_bills_is_searched_by_number_and_by_days(
    make_connection: Make, harbour: Harbour, acme: str, stage: Stage, number: str
) -> None:
    old = harbour.make_bill(number, Decimal(70), vendorId=acme, dueDate="2024-01-01")
    twin = harbour.make_bill("Other", Decimal(70), vendorId=acme, dueDate="2026-11-20")
    for n in range(4):
        harbour.make_bill(f"C-{n}", Decimal(1), vendorId=acme)
    wanted = a_bill(acme, number, total=Decimal(70), bill_date=date(2026, 11, 10))

    with opened(make_connection(page_size="2")) as ready:
        [match] = ready.resource(Bill).find([wanted])

    assert match.exact == ""
    assert {candidate.id for candidate in match.candidates} == {old, twin}


def test_a_refused_number_filter_means_reading_all_of_the_vendor_and_is_remembered(
    make_connection: Make, harbour: Harbour, acme: str, stage: Stage
) -> None:
    ids = [harbour.make_bill(f"B-{n}", Decimal(10 + n), vendorId=acme) for n in range(5)]
    wanted = a_bill(acme, "B-0", total=Decimal(10), bill_date=date(2026, 11, 1))
    stage.fault("status", path="*/bills", status=400, body=captured("several"), after=1)

    with opened(make_connection(page_size="2")) as ready:
        assert ready.resource(Bill).find([wanted])[0].exact == ids[0]
        stage.forget_journal()
        assert ready.resource(Bill).find([wanted])[0].exact == ids[0]

    assert not [r for r in stage.requests("GET", "/bills") if "invoiceNumber" in r["query"]]
