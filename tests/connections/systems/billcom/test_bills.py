"""Bills of BILL: what is sent, what is read, how one is found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import DataError, Duplicate, Rejected, UnknownOutcome, Unsupported
from connections.models import Connection
from connections.records import (
    Approval,
    Bill,
    DimensionKind,
    DimensionRef,
    Document,
    Line,
    Settlement,
)
from connections.resource import Created, Refused, Resource, RolledBack
from connections.services import Opened, opened
from connections.systems.billcom.bill_shape import approval_of, bill_body, settlement_of
from connections.systems.billcom.bulk import rows_in_order
from tests.connections.systems.billcom.conftest import captured
from tests.connections.systems.billcom.harbour import Harbour
from tests.stage import Stage

Make = Callable[..., Connection]


@pytest.fixture
def bills(ready: Opened) -> Resource[Bill]:
    return ready.resource(Bill)


@pytest.fixture
def acme(harbour: Harbour) -> str:
    return harbour.make_vendor("Acme Tooling")


def a_bill(vendor_id: str, number: str = "INV-7", **changes: Any) -> Bill:
    total = changes.pop("total", Decimal("210.25"))
    fields: dict[str, Any] = {
        "number": number,
        "vendor_id": vendor_id,
        "vendor_name": "Acme Tooling",
        "bill_date": date(2026, 11, 4),
        "due_date": date(2026, 12, 4),
        "currency": "USD",
        "total": total,
        "lines": (Line(amount=total, description="Drill heads"),),
    }
    return Bill(**fields | changes)


def created(bills: Resource[Bill], bill: Bill) -> str:
    [outcome] = bills.create([bill])
    assert isinstance(outcome, Created), outcome
    return outcome.id


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
    assert "quantity" not in there["billLineItems"][0]


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


# Finding ------------------------------------------------------------------------------------------


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


# Creating -----------------------------------------------------------------------------------------


def test_a_hundred_bills_go_in_one_call_in_order(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    wanted = [a_bill(acme, f"B-{n}", total=Decimal(n + 1)) for n in range(100)]
    stage.forget_journal()

    outcomes = bills.create(wanted)

    assert len(stage.requests("POST", "/bills/bulk")) == 1
    assert all(isinstance(outcome, Created) for outcome in outcomes)
    answered = [o.record for o in outcomes if isinstance(o, Created)]
    assert [(b.number, b.total) for b in answered] == [(b.number, b.total) for b in wanted]


def test_a_number_used_before_is_a_duplicate_with_advice(bills: Resource[Bill], acme: str) -> None:
    created(bills, a_bill(acme))

    [outcome] = bills.create([a_bill(acme, total=Decimal(5))])

    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, Duplicate)
    assert outcome.error.code == "BDC_1171"
    assert outcome.error.message.startswith("BILL did not accept bill INV-7 from Acme Tooling.")


def test_a_duplicate_is_for_a_person_if_the_settings_say_so(
    make_connection: Make, acme: str
) -> None:
    with opened(make_connection(on_duplicate="fail")) as ready:
        bills = ready.resource(Bill)
        bills.create([a_bill(acme)])
        [outcome] = bills.create([a_bill(acme, total=Decimal(5))])

    assert isinstance(outcome, Refused)
    assert not isinstance(outcome.error, Duplicate)


def test_only_the_guilty_of_a_batch_are_refused(bills: Resource[Bill], acme: str) -> None:
    created(bills, a_bill(acme, "B-1"))

    outcomes = bills.create([a_bill(acme, f"B-{n}") for n in range(3)])

    assert [type(outcome) for outcome in outcomes] == [RolledBack, Refused, RolledBack]
    assert isinstance(outcomes[1], Refused)
    assert "B-1" in outcomes[1].error.message


UNKNOWN_VENDOR = "00901NOBODYXXXXXXX01"
BLAMED = [
    ([{"code": "BDC_1143", "message": "[1].invoice.invoiceNumber: too long"}], [1]),
    ([{"code": "BDC_1205", "message": f"Object id {UNKNOWN_VENDOR} does not exist."}], [2]),
    (
        [{"code": "BDC_1143", "message": "Bad", "params": [{"name": "index", "value": "1"}]}],
        [1],
    ),
    (
        [{"code": "BDC_1143", "message": "Bad", "params": [{"name": "x", "value": "B-0"}]}],
        [0],
    ),
    (
        [
            {"code": "BDC_1246", "message": "Rolled back."},
            {"code": "BDC_1171", "message": "Used."},
            {"code": "BDC_1246", "message": "Rolled back."},
        ],
        [1],
    ),
]


@pytest.mark.parametrize(("body", "guilty"), BLAMED)
def test_the_guilty_row_is_found_however_it_is_named(
    bills: Resource[Bill], acme: str, stage: Stage, body: Any, guilty: list[int]
) -> None:
    wanted = [a_bill(acme, f"B-{n}") for n in range(2)] + [a_bill(UNKNOWN_VENDOR, "B-2")]
    stage.fault("status", path="*/bulk", status=422, body=body)

    outcomes = bills.create(wanted)

    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Refused)] == guilty


@pytest.mark.parametrize(
    "body",
    [
        [{"code": "BDC_1143", "message": "Something about amounts."}],
        [{"code": "BDC_1246", "message": "Rolled back."}],
        [{"code": "BDC_1143", "message": "[9].dueDate: wrong"}],
        [{"code": "BDC_1143", "message": "billLineItems[0].amount: wrong"}],
        {"message": "Acme"},
    ],
)
def test_a_batch_refused_without_a_name_is_left_to_be_split(
    bills: Resource[Bill], acme: str, stage: Stage, body: Any
) -> None:
    stage.fault("status", path="*/bulk", status=422, body=body)

    with pytest.raises(Rejected) as caught:
        bills.create([a_bill(acme, f"B-{n}") for n in range(2)])

    assert caught.value.row is None


@pytest.mark.parametrize("body", [[], [{"id": "00n01"}], {"bills": [{"id": "1"}]}, {}, None])
def test_a_batch_answered_incompletely_is_an_unknown_outcome(
    bills: Resource[Bill], acme: str, stage: Stage, body: Any
) -> None:
    stage.fault("status", path="*/bulk", status=201, body=body)

    with pytest.raises(UnknownOutcome):
        bills.create([a_bill(acme, f"B-{n}") for n in range(2)])


def test_rows_answered_out_of_order_are_recognised() -> None:
    sent = [{"n": 1}, {"n": 2}]
    answer = [{"id": "b", "n": 2}, {"id": "a", "n": 1}]

    assert [r["id"] for r in rows_in_order(sent, answer, "bills", lambda r: r["n"])] == ["a", "b"]


# Changing -----------------------------------------------------------------------------------------


def test_a_replaced_bill_keeps_what_is_not_ours(
    bills: Resource[Bill], acme: str, harbour: Harbour, stage: Stage
) -> None:
    bank, rent = harbour.account("101401"), harbour.account("600000")
    made = created(bills, a_bill(acme))
    stage.control(
        f"/billcom/bills/{made}/edit",
        payFromChartOfAccountId=bank,
        classifications={"chartOfAccountId": rent},
    )
    lines = (Line(amount=Decimal("20.00")), Line(amount=Decimal("5.50")))

    changed = bills.update(made, a_bill(acme, total=Decimal("25.50"), lines=lines))

    there = harbour.get(f"/bills/{made}")
    assert changed.total == Decimal("25.50")
    assert changed.vendor_name == "Acme Tooling"
    assert [line["amount"] for line in there["billLineItems"]] == [20, 5.5]
    assert there["payFromChartOfAccountId"] == bank
    assert there["classifications"] == {"chartOfAccountId": rent}


def test_a_line_that_came_from_bill_keeps_its_identity_and_foreign_coding(
    bills: Resource[Bill], acme: str, harbour: Harbour
) -> None:
    made = created(bills, a_bill(acme))
    held = bills.get([made])[made]
    account = harbour.account("600000")

    bills.update(made, replace(held, lines=(replace(held.lines[0], gl_account_id=account),)))

    there = harbour.get(f"/bills/{made}")
    assert there["billLineItems"][0]["id"] == held.lines[0].id
    assert there["billLineItems"][0]["classifications"] == {"chartOfAccountId": account}


def test_a_scheduled_bill_is_not_changed_and_bill_is_quoted(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    made = created(bills, a_bill(acme))
    stage.control(f"/billcom/bills/{made}/schedule")

    with pytest.raises(Rejected) as caught:
        bills.update(made, a_bill(acme, total=Decimal(9)))

    assert "bill INV-7 from Acme Tooling" in caught.value.message
    assert "scheduled" in caught.value.message


def test_a_bill_with_a_credit_applied_is_left_alone(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    made = created(bills, a_bill(acme))
    body = {"id": made, "creditAmount": 5, "amount": 210.25}
    stage.fault("status", method="GET", path="*/bills/*", status=200, body=body)

    with pytest.raises(Rejected) as caught:
        bills.update(made, a_bill(acme))

    assert "vendor credit" in caught.value.message
    assert not stage.requests("PUT")


# States -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "approval"),
    [
        ({}, Approval.NONE),
        ({"approvalStatus": "UNASSIGNED"}, Approval.NONE),
        ({"approvalStatus": "ASSIGNED"}, Approval.NONE),
        (
            {"approvalStatus": "ASSIGNED", "approvers": [{"status": "VIEWED"}]},
            Approval.NONE,
        ),
        (
            {
                "approvalStatus": "ASSIGNED",
                "approvers": [{"status": "APPROVED"}, {"status": "WAITING"}],
            },
            Approval.STARTED,
        ),
        ({"approvalStatus": "APPROVING"}, Approval.STARTED),
        ({"approvalStatus": "APPROVED"}, Approval.APPROVED),
        ({"approvalStatus": "DENIED"}, Approval.DENIED),
        ({"approvalStatus": "UNDEFINED"}, Approval.STARTED),
        ({"approvalStatus": "SOMETHING_NEW"}, Approval.STARTED),
    ],
)
def test_approval_words(row: Any, approval: Approval) -> None:
    assert approval_of(row) is approval


@pytest.mark.parametrize(
    ("row", "settlement"),
    [
        ({"paymentStatus": "UNPAID"}, Settlement.OPEN),
        ({"paymentStatus": "UNPAID", "scheduledAmount": 5}, Settlement.SCHEDULED),
        ({"paymentStatus": "UNPAID", "paidAmount": 5}, Settlement.PARTLY_PAID),
        ({"paymentStatus": "PARTIALLY_PAID", "paidAmount": 5}, Settlement.PARTLY_PAID),
        ({"paymentStatus": "PARTIALLY_PAID", "scheduledAmount": 5}, Settlement.SCHEDULED),
        ({"paymentStatus": "PARTIAL_PAYMENT"}, Settlement.PARTLY_PAID),
        ({"paymentStatus": "SCHEDULED"}, Settlement.SCHEDULED),
        ({"paymentStatus": "IN_PROCESS"}, Settlement.IN_FLIGHT),
        ({"paymentStatus": "PAID"}, Settlement.PAID),
        ({"paymentStatus": "UNDEFINED"}, Settlement.UNKNOWN),
        ({}, Settlement.UNKNOWN),
    ],
)
def test_settlement_words(row: Any, settlement: Settlement) -> None:
    assert settlement_of(row) is settlement


def test_one_approvers_yes_shows_when_a_bill_is_looked_at(
    bills: Resource[Bill], acme: str, harbour: Harbour, stage: Stage
) -> None:
    made = created(bills, a_bill(acme))
    users = ["00601APBOTHARBOUR001", "00601DANAOSEIHARBOUR"]
    stage.control(f"/billcom/bills/{made}/start-approval", userIds=users)
    assert bills.get([made])[made].approval is Approval.NONE

    stage.control(f"/billcom/bills/{made}/approve", userId=users[0])

    assert bills.get([made])[made].approval is Approval.STARTED


# Documents ----------------------------------------------------------------------------------------


def test_a_document_is_attached_once(
    bills: Resource[Bill], acme: str, harbour: Harbour, stage: Stage
) -> None:
    made = created(bills, a_bill(acme))
    paper = Document(id="9", name="invoice 7 & more.pdf")
    first = bills.attach(made, paper, b"%PDF-1.4 paper")
    assert first.startswith("0du")
    stage.advance(10)

    again = bills.attach(made, paper, b"%PDF-1.4 paper")

    rows = harbour.get(f"/documents/bills/{made}")["results"]
    assert [(row["id"], row["name"]) for row in rows] == [(again, "invoice 7 & more.pdf")]


def test_a_document_too_large_for_bill_is_not_sent(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    with pytest.raises(DataError) as caught:
        bills.attach("00n01", Document(id="9", name="plan.pdf"), b"x" * 6_000_001)

    assert "plan.pdf is larger than the 6 MB" in caught.value.message
    assert not stage.requests("POST", "/documents")


def test_a_lost_answer_to_an_upload_is_unknown(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    made = created(bills, a_bill(acme))
    stage.fault("commit_then_drop", path="*/documents/*", method="POST")

    with pytest.raises(UnknownOutcome):
        bills.attach(made, Document(id="9", name="a.pdf"), b"x")


def test_rows_of_lists_may_lack_the_lines(
    bills: Resource[Bill], harbour: Harbour, acme: str, stage: Stage
) -> None:
    made = harbour.make_bill("T-1", Decimal(10), vendorId=acme)
    stage.control(
        "/billcom/organizations", id=harbour.organization, switches={"thin_list_rows": True}
    )

    [read] = [bill for page in bills.read(None) for bill in page.records]

    assert (read.id, read.total, read.lines) == (made, Decimal(10), ())
    wanted = a_bill(acme, "T-1", total=Decimal(10), bill_date=date(2026, 11, 1))
    assert bills.find([wanted])[0].exact == made
    assert bills.get([made])[made].lines[0].amount == 10


def test_a_bill_dated_far_away_with_the_same_total_is_no_candidate(
    bills: Resource[Bill], harbour: Harbour, acme: str
) -> None:
    harbour.make_bill("Rent-1", Decimal(900), vendorId=acme)
    wanted = a_bill(
        acme, "Rent-9", total=Decimal(900), bill_date=date(2026, 11, 1) + timedelta(days=31)
    )

    assert bills.find([wanted])[0].is_none
