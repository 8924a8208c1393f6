"""The life of a payment, as docs/systems/billcom.md#9-payments-money-out has it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.conftest import BillClient, Control, codes

# How to get there from SCHEDULED, and what BILL then says: the payment's status, its
# disbursementStatus, the bill's paymentStatus, paid and scheduled.
TO_SENT = ["READY_TO_FUND", "FUNDING_STARTED", "PROCESSED", "SENT"]
LIVES: dict[str, tuple[list[str], str, str, str, float, float]] = {
    "SCHEDULED": ([], "SCHEDULED", "HOLD", "SCHEDULED", 0, 40),
    "READY_TO_FUND": (["READY_TO_FUND"], "SCHEDULED", "HOLD", "SCHEDULED", 0, 40),
    "CANCELLATION_IN_PROGRESS": (
        ["CANCELLATION_IN_PROGRESS"], "SCHEDULED", "HOLD", "SCHEDULED", 0, 40),
    "CANCELED": (["CANCELED"], "CANCELLED", "HOLD", "UNPAID", 0, 0),
    "FUNDING_STARTED": (TO_SENT[:2], "SCHEDULED", "HOLD", "IN_PROCESS", 0, 40),
    "FUNDING_ON_HOLD": (
        [*TO_SENT[:2], "FUNDING_ON_HOLD"], "SCHEDULED", "HOLD", "IN_PROCESS", 0, 40),
    "FUNDING_FAILED_ACTION_NEEDED": (
        [*TO_SENT[:2], "FUNDING_FAILED_ACTION_NEEDED"], "FAILED", "FAILED", "IN_PROCESS", 0, 40),
    "FUNDING_FAILED_VOIDED": (
        [*TO_SENT[:2], "FUNDING_FAILED_ACTION_NEEDED", "FUNDING_FAILED_VOIDED"],
        "VOID", "FAILED", "UNPAID", 0, 0),
    "PROCESSED": (TO_SENT[:3], "PAID", "HOLD", "PARTIALLY_PAID", 40, 0),
    "SENT": (TO_SENT, "PAID", "DONE", "PARTIALLY_PAID", 40, 0),
    "DELIVERED": ([*TO_SENT, "DELIVERED"], "PAID", "DONE", "PARTIALLY_PAID", 40, 0),
    "EXPIRING": ([*TO_SENT, "EXPIRING"], "PAID", "DONE", "PARTIALLY_PAID", 40, 0),
    "PARTIALLY_CLAIMED": ([*TO_SENT, "PARTIALLY_CLAIMED"], "PAID", "DONE", "PARTIALLY_PAID", 40, 0),
    "CLEARED": ([*TO_SENT, "CLEARED"], "PAID", "DONE", "PARTIALLY_PAID", 40, 0),
    "DISBURSEMENT_ON_HOLD": (
        [*TO_SENT, "DISBURSEMENT_ON_HOLD"], "PAID", "HOLD", "PARTIALLY_PAID", 40, 0),
    "DISBURSEMENT_FAILED_ACTION_NEEDED": (
        [*TO_SENT, "DISBURSEMENT_FAILED_ACTION_NEEDED"], "FAILED", "FAILED", "IN_PROCESS", 0, 40),
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED": (
        [*TO_SENT, "CLEARED", "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED"],
        "FAILED", "FAILED", "IN_PROCESS", 0, 40),
    "VOID_PENDING": ([*TO_SENT, "VOID_PENDING"], "PAID", "HOLD", "IN_PROCESS", 0, 40),
    "VOIDED": ([*TO_SENT, "VOID_PENDING", "VOIDED"], "VOID", "FAILED", "UNPAID", 0, 0),
    "FUNDS_ESCHEATED": (
        [*TO_SENT, "EXPIRING", "FUNDS_ESCHEATED"], "ESCHEATED", "DONE", "PARTIALLY_PAID", 40, 0),
    "UNDEFINED": ([*TO_SENT, "UNDEFINED"], "UNDEFINED", "HOLD", "IN_PROCESS", 0, 40),
}  # fmt: skip
FINAL = ("CANCELED", "FUNDING_FAILED_VOIDED", "VOIDED", "FUNDS_ESCHEATED")
# From -> what may come next, as docs/systems/billcom.md tells it and the README admits to guess.
BROKEN = {"DISBURSEMENT_FAILED_ACTION_NEEDED", "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED"}
LATE = {"EXPIRING", "PARTIALLY_CLAIMED", "VOID_PENDING", "UNDEFINED", *BROKEN}
MAY_FOLLOW = {
    "SCHEDULED": {"READY_TO_FUND", "CANCELED", "CANCELLATION_IN_PROGRESS", "UNDEFINED"},
    "READY_TO_FUND": {
        "FUNDING_STARTED", "CANCELLATION_IN_PROGRESS", "FUNDING_FAILED_ACTION_NEEDED",
        "FUNDING_ON_HOLD", "UNDEFINED"},
    "CANCELLATION_IN_PROGRESS": {"CANCELED", "READY_TO_FUND"},
    "FUNDING_STARTED": {
        "PROCESSED", "FUNDING_FAILED_ACTION_NEEDED", "FUNDING_ON_HOLD", "VOID_PENDING",
        "UNDEFINED"},
    "FUNDING_ON_HOLD": {"FUNDING_STARTED", "FUNDING_FAILED_ACTION_NEEDED", "VOID_PENDING"},
    "FUNDING_FAILED_ACTION_NEEDED": {"FUNDING_STARTED", "FUNDING_FAILED_VOIDED", "VOID_PENDING"},
    "PROCESSED": {
        "SENT", "DISBURSEMENT_ON_HOLD", "FUNDING_FAILED_ACTION_NEEDED", "VOID_PENDING",
        "UNDEFINED", *BROKEN},
    "SENT": {"DELIVERED", "CLEARED", "DISBURSEMENT_ON_HOLD", *LATE},
    "DELIVERED": {"CLEARED", *LATE},
    "EXPIRING": {"CLEARED", "PARTIALLY_CLAIMED", "FUNDS_ESCHEATED", "VOID_PENDING"},
    "PARTIALLY_CLAIMED": {"CLEARED", "EXPIRING", "VOID_PENDING"},
    "CLEARED": BROKEN,
    "DISBURSEMENT_ON_HOLD": {"SENT", "VOID_PENDING", *BROKEN},
    "DISBURSEMENT_FAILED_ACTION_NEEDED": {"SENT", "VOID_PENDING", "FUNDS_ESCHEATED"},
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED": {"SENT", "VOID_PENDING", "FUNDS_ESCHEATED"},
    "VOID_PENDING": {"VOIDED", "PROCESSED", "SENT", "DELIVERED"},
    "UNDEFINED": {"FUNDING_STARTED", "PROCESSED", "SENT", "DELIVERED", "CLEARED"},
    **{status: set() for status in FINAL},
}  # fmt: skip


def step(control: Control, payment_id: str, to: str) -> requests.Response:
    url = f"{control.url}/billcom/payments/{payment_id}/step"
    return requests.post(url, json={"to": to}, timeout=10)


def payment_at(bill: BillClient, control: Control, status: str) -> tuple[str, str]:
    """Pay 40 of 100.25 and bring the payment to the status; return both ids."""
    number = f"S-{status}"[:21]
    invoice = {"invoiceNumber": number, "invoiceDate": "2026-11-02"}
    made = bill.created_bill(invoice=invoice)
    [payment] = control.post("/billcom/payments", bills=[{"id": made["id"], "amount": 40}])[
        "payments"
    ]
    for to in LIVES[status][0]:
        assert step(control, payment["id"], to).status_code == 200
    return made["id"], payment["id"]


@pytest.mark.parametrize("status", LIVES)
def test_what_a_status_means_for_payment_and_bill(
    bill: BillClient, control: Control, status: str
) -> None:
    bill_id, payment_id = payment_at(bill, control, status)
    payment, paid = bill.get(f"/payments/{payment_id}").json(), bill.get(f"/bills/{bill_id}").json()

    way, old_word, disbursement, on_the_bill, done, scheduled = LIVES[status]
    assert payment["singleStatus"] == status
    assert payment["status"] == old_word
    assert payment["disbursementStatus"] == disbursement
    assert payment["disbursementInfo"]["isVoidable"] is ("VOID_PENDING" in MAY_FOLLOW[status])
    assert paid["paymentStatus"] == on_the_bill
    assert (paid["paidAmount"], paid["scheduledAmount"]) == (done, scheduled)
    assert paid["dueAmount"] == 100.25 - done


@pytest.mark.parametrize("status", LIVES)
def test_only_allowed_steps_are_taken(bill: BillClient, control: Control, status: str) -> None:
    bill_id, payment_id = payment_at(bill, control, status)
    before = bill.get(f"/payments/{payment_id}").json()

    for to in set(LIVES) - MAY_FOLLOW[status]:
        refused = step(control, payment_id, to)
        assert (refused.status_code, codes(refused)) == (422, ["BDC_1143"]), to
    assert bill.get(f"/payments/{payment_id}").json() == before

    for to in MAY_FOLLOW[status]:
        control.post("/reset", seed="demo")
        bill.log_in()
        _, other = payment_at(bill, control, status)
        assert step(control, other, to).json()["singleStatus"] == to


def test_a_step_bumps_the_payment_and_only_a_bill_that_changes(
    bill: BillClient, control: Control
) -> None:
    def times(bill_id: str, payment_id: str) -> tuple[str, str]:
        payment = bill.get(f"/payments/{payment_id}").json()
        return payment["updatedTime"], bill.get(f"/bills/{bill_id}").json()["updatedTime"]

    bill_id, payment_id = payment_at(bill, control, "SCHEDULED")
    before = times(bill_id, payment_id)
    control.advance(60)
    step(control, payment_id, "READY_TO_FUND")
    planned = times(bill_id, payment_id)
    control.advance(60)
    step(control, payment_id, "FUNDING_STARTED")
    moving = times(bill_id, payment_id)

    assert before[0] < planned[0] < moving[0]
    assert before[1] == planned[1] < moving[1]


def test_the_ordinary_way_in_single_steps(bill: BillClient, control: Control) -> None:
    _, payment_id = payment_at(bill, control, "SCHEDULED")
    seen: list[Any] = []
    for _ in range(6):
        moved = control.post(f"/billcom/payments/{payment_id}/step", to="advance")
        seen.append(moved["singleStatus"])

    assert seen == [*TO_SENT, "DELIVERED", "CLEARED"]
    assert step(control, payment_id, "advance").status_code == 422
    assert moved["disbursementInfo"]["checkDisbursement"]["checkNumber"]


def test_failing_and_clearing_twice(bill: BillClient, control: Control) -> None:
    bill_id, payment_id = payment_at(bill, control, "CLEARED")
    for _ in range(2):
        control.post(f"/billcom/payments/{payment_id}/fail")
        assert bill.get(f"/bills/{bill_id}").json()["paidAmount"] == 0
        control.post(f"/billcom/payments/{payment_id}/clear")
        assert bill.get(f"/bills/{bill_id}").json()["paidAmount"] == 40


@pytest.mark.parametrize(
    ("status", "verb", "becomes"),
    [
        ("FUNDING_STARTED", "fail", "FUNDING_FAILED_ACTION_NEEDED"),
        ("SENT", "fail", "DISBURSEMENT_FAILED_ACTION_NEEDED"),
        ("READY_TO_FUND", "hold", "FUNDING_ON_HOLD"),
        ("PROCESSED", "hold", "DISBURSEMENT_ON_HOLD"),
        ("SENT", "void", "VOIDED"),
        ("SCHEDULED", "cancel", "CANCELED"),
        ("DISBURSEMENT_ON_HOLD", "clear", "CLEARED"),
    ],
)
def test_what_a_person_presses(
    bill: BillClient, control: Control, status: str, verb: str, becomes: str
) -> None:
    _, payment_id = payment_at(bill, control, status)
    assert control.post(f"/billcom/payments/{payment_id}/{verb}")["singleStatus"] == becomes


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("SCHEDULED", "fail"),
        ("SCHEDULED", "hold"),
        ("SCHEDULED", "void"),
        ("READY_TO_FUND", "cancel"),
        ("CLEARED", "void"),
        ("CANCELED", "clear"),
        ("VOIDED", "clear"),
    ],
)
def test_what_a_person_cannot_press(
    bill: BillClient, control: Control, status: str, verb: str
) -> None:
    _, payment_id = payment_at(bill, control, status)
    url = f"{control.url}/billcom/payments/{payment_id}/{verb}"
    assert requests.post(url, json={}, timeout=10).status_code == 422
