"""Payments of BILL as they are read: what each bill got, how far the money is, when it returned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import Rejected, UnknownOutcome
from connections.models import Connection
from connections.records import Allocation, Approval, Bill, Payment, PaymentStage, RecurringBill
from connections.resource import Can
from connections.services import Opened, opened
from connections.systems.billcom.payment_shape import payment_from, stage_of
from connections.systems.billcom.payments import Payments
from tests.connections.systems.billcom.harbour import SECRETS, USERNAME, Harbour
from tests.stage import Stage

Stages = PaymentStage


def a_row(**changes: Any) -> dict[str, Any]:
    row = {
        "id": "stp01ABCDEFGHIJKLM01",
        "vendorId": "00901ABCDEFGHIJKLM01",
        "vendorName": "Acme Tooling",
        "billPayments": [{"id": "blp1", "billId": "00nA", "amount": Decimal("40.00")}],
        "processDate": "2026-11-10",
        "amount": Decimal("40.00"),
        "fundingAmount": Decimal("43.45"),
        "singleStatus": "CLEARED",
        "status": "PAID",
        "onlinePayment": True,
        "confirmationNumber": "P26111001 - 0411839",
        "updatedTime": "2026-11-12T09:00:00.000+00:00",
        "createdTime": "2026-11-09T09:00:00.000+00:00",
    }
    return row | changes


def read(row: dict[str, Any]) -> Payment:
    return payment_from(row, "EUR", "USD")


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("SCHEDULED", Stages.PLANNED),
        ("READY_TO_FUND", Stages.PLANNED),
        ("CANCELLATION_IN_PROGRESS", Stages.PLANNED),
        ("FUNDING_ON_HOLD", Stages.PLANNED),
        ("FUNDING_STARTED", Stages.IN_FLIGHT),
        ("PROCESSED", Stages.IN_FLIGHT),
        ("SENT", Stages.IN_FLIGHT),
        ("DELIVERED", Stages.IN_FLIGHT),
        ("EXPIRING", Stages.IN_FLIGHT),
        ("DISBURSEMENT_ON_HOLD", Stages.IN_FLIGHT),
        ("CLEARED", Stages.SETTLED),
        ("PARTIALLY_CLAIMED", Stages.PART_CLAIMED),
        ("CANCELED", Stages.VOIDED),
        ("CANCELLED", Stages.VOIDED),
        ("VOIDED", Stages.VOIDED),
        ("FUNDING_FAILED_VOIDED", Stages.FAILED),
        ("FUNDING_FAILED_ACTION_NEEDED", Stages.FIXABLE),
        ("DISBURSEMENT_FAILED_ACTION_NEEDED", Stages.FIXABLE),
        ("DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED", Stages.FIXABLE),
        ("DISBURSEMENT_FAILED_SOMETHING_NEW", Stages.FIXABLE),
        ("VOID_PENDING", Stages.UNKNOWN),
        ("FUNDS_ESCHEATED", Stages.UNKNOWN),
        ("UNDEFINED", Stages.UNKNOWN),
        ("PAID_BY_PIGEON", Stages.UNKNOWN),
        ("COMPLIANCE_ON_HOLD", Stages.UNKNOWN),
    ],
)
def test_r10_every_word_has_one_stage(word: str, stage: PaymentStage) -> None:
    assert stage_of(a_row(singleStatus=word)) == (stage, word)


@pytest.mark.parametrize(
    ("status", "online", "stage"),
    [
        ("PAID", False, Stages.SETTLED),
        ("VOID", False, Stages.VOIDED),
        ("CANCELLED", False, Stages.VOIDED),
        ("SCHEDULED", False, Stages.PLANNED),
        ("PAID", True, Stages.IN_FLIGHT),
        ("APPROVING", True, Stages.PLANNED),
        ("FAILED", True, Stages.FIXABLE),
        ("ESCHEATED", True, Stages.UNKNOWN),
    ],
)
def test_without_a_single_status_the_older_field_decides(
    status: str, online: bool, stage: PaymentStage
) -> None:
    row = a_row(singleStatus=None, status=status, onlinePayment=online)

    assert stage_of(row) == (stage, status)


def test_what_is_undefined_offline_is_judged_by_its_status() -> None:
    row = a_row(singleStatus="UNDEFINED", onlinePayment=False)

    assert stage_of(row) == (Stages.SETTLED, "PAID")


def test_every_word_of_the_stand_in_is_in_the_table() -> None:
    from sandbox.billcom.statuses import MEANINGS

    unknown = {w for w in MEANINGS if stage_of(a_row(singleStatus=w))[0] == Stages.UNKNOWN}

    assert unknown == {"VOID_PENDING", "FUNDS_ESCHEATED", "UNDEFINED"}


def test_r17_currency_funding_and_day_are_kept_apart() -> None:
    payment = read(a_row())

    assert (payment.currency, payment.amount) == ("EUR", Decimal("40.00"))
    assert (payment.funding_currency, payment.funding) == ("USD", Decimal("43.45"))
    assert payment.paid_on == date(2026, 11, 10)
    assert payment.number == "P26111001 - 0411839"
    assert payment.changed_at == datetime(2026, 11, 12, 9, tzinfo=UTC)


def test_a_payment_without_parts_pays_the_bill_it_names() -> None:
    payment = read(a_row(billPayments=[], billId="00nA"))

    assert payment.allocations == (Allocation(bill_id="00nA", amount=Decimal("40.00")),)


@pytest.mark.parametrize("part", ["40.00", "65.00"])
def test_r7_vendor_credits_stand_beside_the_cash(part: str) -> None:
    credits = [{"id": "vcr1", "amount": Decimal("20.00")}, {"id": "vcr2", "amount": Decimal(5)}]
    row = a_row(
        billPayments=[{"billId": "00nA", "amount": Decimal(part), "vendorCredits": credits}]
    )

    [allocation] = read(row).allocations

    assert (allocation.amount, allocation.credit) == (Decimal("40.00"), Decimal("25.00"))


def test_r11_what_came_back_has_the_day_of_its_void() -> None:
    wishes = [
        {"status": "REJECTED", "updatedTime": "2026-11-11T09:00:00.000+00:00"},
        {"status": "ACCEPTED", "updatedTime": "2026-11-14T09:00:00.000+00:00"},
    ]
    voided = a_row(singleStatus="VOIDED", voidInfo=wishes)

    assert read(voided).reversed_on == date(2026, 11, 14)
    assert read(a_row(singleStatus="CANCELED")).reversed_on == date(2026, 11, 12)
    assert read(a_row(singleStatus="SENT", voidInfo=wishes[:1])).reversed_on is None


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"transactionNumber": "T-7"}, "P26111001 - 0411839"),
        ({"confirmationNumber": None, "transactionNumber": "T-7"}, "T-7"),
        (
            {
                "confirmationNumber": None,
                "disbursementInfo": {"checkDisbursement": {"checkNumber": 1042}},
            },
            "1042",
        ),
        ({"confirmationNumber": ""}, "stp01ABCDEFGHIJKLM01"),
    ],
)
def test_a_payment_is_called_by_what_a_person_would_look_for(
    changes: dict[str, Any], number: str
) -> None:
    assert read(a_row(**changes)).number == number


# Against the stand-in ------------------------------------------------------------------------


def two_bills(harbour: Harbour, acme: str) -> tuple[str, str]:
    first = harbour.make_bill("INV-A", Decimal("100.00"), vendorId=acme)
    return first, harbour.make_bill("INV-B", Decimal("60.00"), vendorId=acme)


def pay(stage: Stage, *bills: dict[str, Any], **wanted: Any) -> str:
    made = stage.control("/billcom/payments", bills=list(bills), **wanted)
    return str(made["payments"][0]["id"])


def test_r8_one_payment_over_two_bills_has_an_allocation_each(
    ready: Opened, harbour: Harbour, stage: Stage, acme: str
) -> None:
    a, b = two_bills(harbour, acme)
    id = pay(stage, {"id": a, "amount": 40}, {"id": b}, clear=True)

    payment = ready.resource(Payment).get([id])[id]

    assert payment.allocations == (
        Allocation(bill_id=a, amount=Decimal("40.00")),
        Allocation(bill_id=b, amount=Decimal("60.00")),
    )
    assert (payment.stage, payment.word) == (Stages.SETTLED, "CLEARED")
    assert (payment.vendor_name, payment.currency) == ("Acme Tooling", "USD")
    assert payment == {p.id: p for page in ready.resource(Payment).read(None)
                       for p in page.records}[id]  # fmt: skip


def test_a_read_brings_what_moved_since(
    ready: Opened, harbour: Harbour, stage: Stage, acme: str
) -> None:
    a, b = two_bills(harbour, acme)
    first, _ = pay(stage, {"id": a}), pay(stage, {"id": b})
    *_, last = ready.resource(Payment).read(None)
    stage.advance(3600)
    stage.control(f"/billcom/payments/{first}/clear")

    changed = [p for page in ready.resource(Payment).read(last.watermark) for p in page.records]

    assert [(p.id, p.stage) for p in changed if p.stage == Stages.SETTLED] == [
        (first, Stages.SETTLED)
    ]


def test_payments_are_never_written() -> None:
    assert Payments.can == Can.READ


def test_an_outside_payment_is_recorded_once_and_reads_as_settled(
    ready: Opened, harbour: Harbour, acme: str
) -> None:
    bill, _ = two_bills(harbour, acme)

    id = ready.resource(Bill).settle(bill, Decimal("99.99"), date(2026, 11, 5))

    payment = ready.resource(Payment).get([id])[id]
    assert payment.stage == Stages.SETTLED
    assert payment.paid_on == date(2026, 11, 5)
    assert harbour.get(f"/bills/{bill}")["paidAmount"] == 99.99


def test_more_than_is_open_is_refused_in_words(ready: Opened, harbour: Harbour, acme: str) -> None:
    bill, _ = two_bills(harbour, acme)

    with pytest.raises(Rejected, match="payment of bill INV-A") as refused:
        ready.resource(Bill).settle(bill, Decimal("100.01"), date(2026, 11, 5))

    assert refused.value.code == "BDC_1159"
    assert "still open" in refused.value.message


def test_a_lost_answer_to_an_outside_payment_is_not_repeated(
    ready: Opened, harbour: Harbour, stage: Stage, acme: str
) -> None:
    bill, _ = two_bills(harbour, acme)
    stage.fault("commit_then_drop", path="*/record-payment")

    with pytest.raises(UnknownOutcome):
        ready.resource(Bill).settle(bill, Decimal("60.00"), date(2026, 11, 5))

    assert len(stage.requests("POST", "record-payment")) == 1


def test_approvers_are_told_by_name_with_the_time_of_their_decision(
    ready: Opened, harbour: Harbour, stage: Stage, acme: str
) -> None:
    bill, _ = two_bills(harbour, acme)
    stage.control(f"/billcom/bills/{bill}/approve")

    [approver] = ready.resource(Bill).get([bill])[bill].approvers

    assert (approver.name, approver.decided) == ("Dana Osei", Approval.APPROVED)
    assert approver.at is not None


def test_an_approver_nobody_may_name_is_somebody(
    make_connection: Callable[..., Connection], harbour: Harbour, stage: Stage, acme: str
) -> None:
    bill, _ = two_bills(harbour, acme)
    stage.control(f"/billcom/bills/{bill}/approve")
    user = {"username": USERNAME, "password": SECRETS["password"], "denied": ["users:read"]}
    stage.control("/billcom/organizations", id=harbour.organization, users=[user])

    with opened(make_connection()) as ready:
        [approver] = ready.resource(Bill).get([bill])[bill].approvers

    assert approver.name == "somebody"


def test_recurring_bills_are_read_with_their_schedule(
    ready: Opened, stage: Stage, acme: str
) -> None:
    stage.control(
        "/billcom/recurringbills",
        vendorId=acme,
        description="Rent",
        schedule={"period": "MONTHLY", "frequency": 2, "nextDueDate": "2026-12-01"},
        recurringBillLineItems=[{"id": "bli1", "amount": 900.0}, {"quantity": 2, "price": 5.5}],
    )

    [rent] = [r for page in ready.resource(RecurringBill).read(None) for r in page.records]

    assert (rent.description, rent.amount, rent.currency) == ("Rent", Decimal(911), "USD")
    assert (rent.period, rent.next_due, rent.ends) == ("every 2 months", date(2026, 12, 1), None)


def test_recurring_bills_that_may_not_be_seen_stop_nothing(
    make_connection: Callable[..., Connection], harbour: Harbour, stage: Stage
) -> None:
    user = {
        "username": USERNAME,
        "password": SECRETS["password"],
        "denied": ["recurringbills:read"],
    }
    stage.control("/billcom/organizations", id=harbour.organization, users=[user])

    with opened(make_connection()) as ready:
        assert list(ready.resource(RecurringBill).read(None)) == []
