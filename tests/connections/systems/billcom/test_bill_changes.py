"""Changing bills of BILL, what state they are in, and their documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import DataError, Rejected, UnknownOutcome
from connections.records import (
    Approval,
    Bill,
    Document,
    Line,
    Settlement,
)
from connections.resource import Resource
from connections.systems.billcom.bill_shape import approval_of, settlement_of
from tests.connections.systems.billcom.bill_samples import a_bill, created
from tests.connections.systems.billcom.harbour import Harbour
from tests.stage import Stage


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
