"""A payment as BILL writes it; the one table of its stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from connections.records import Allocation, Payment, PaymentStage
from connections.systems.billcom.values import Row, amount, day, moment, optional_amount, words

Stage = PaymentStage

# Reference: docs/systems/billcom.md#stages-of-a-payment
STAGES: Mapping[str, PaymentStage] = {
    "SCHEDULED": Stage.PLANNED,
    "READY_TO_FUND": Stage.PLANNED,
    "CANCELLATION_IN_PROGRESS": Stage.PLANNED,
    "FUNDING_STARTED": Stage.IN_FLIGHT,
    "PROCESSED": Stage.IN_FLIGHT,
    "SENT": Stage.IN_FLIGHT,
    "DELIVERED": Stage.IN_FLIGHT,
    "EXPIRING": Stage.IN_FLIGHT,
    "CLEARED": Stage.SETTLED,
    "PARTIALLY_CLAIMED": Stage.PART_CLAIMED,
    "CANCELED": Stage.VOIDED,
    "CANCELLED": Stage.VOIDED,
    "VOIDED": Stage.VOIDED,
    "VOID": Stage.VOIDED,
    # Neither posted nor reversed, and shown: nobody can tell yet where that money ends.
    "VOID_PENDING": Stage.UNKNOWN,
    "FUNDS_ESCHEATED": Stage.UNKNOWN,
    "UNDEFINED": Stage.UNKNOWN,
}
# The rest by how the word is built, first hit counts: whole families of words share one meaning.
FAMILIES: Mapping[str, PaymentStage] = {
    r".*_FAILED_.*VOIDED": Stage.FAILED,
    r".*_FAILED(_.*)?": Stage.FIXABLE,
    r"FUNDING.*_ON_HOLD": Stage.PLANNED,
    r"DISBURSEMENT.*_ON_HOLD": Stage.IN_FLIGHT,  # it has left the payer's bank
}
# The older field, for payments without a singleStatus. Outside BILL, paid is paid.
OFFLINE: Mapping[str, PaymentStage] = {"PAID": Stage.SETTLED, "SCHEDULED": Stage.PLANNED}
ONLINE: Mapping[str, PaymentStage] = {
    "APPROVING": Stage.PLANNED,
    "SCHEDULED": Stage.PLANNED,
    "PAID": Stage.IN_FLIGHT,
    "FAILED": Stage.FIXABLE,
}
TAKEN_BACK = (Stage.VOIDED, Stage.FAILED)


def payment_from(row: Row, currency: str, home_currency: str) -> Payment:
    """Read a payment; its currency is the vendor's, what left the bank is in the home currency."""
    stage, word = stage_of(row)
    parts = allocations_of(row)
    return Payment(
        id=words(row["id"]),
        changed_at=moment(row.get("updatedTime")),
        number=_number(row),
        vendor_id=words(row.get("vendorId")),
        vendor_name=words(row.get("vendorName")),
        currency=currency or home_currency,
        amount=amount(row.get("amount")),
        funding=optional_amount(row.get("fundingAmount")),
        funding_currency=home_currency,
        stage=stage,
        word=word,
        paid_on=day(row.get("processDate") or row.get("createdTime")),
        reversed_on=_reversed_on(row) if stage in TAKEN_BACK else None,
        allocations=parts,
        problem=_problem(amount(row.get("amount")), parts),
        memo=words(row.get("description")),
    )


def stage_of(row: Row) -> tuple[PaymentStage, str]:
    """Return our word and BILL's own for how far the money has come (R10)."""
    word = words(row.get("singleStatus")).upper()
    if word and word != "UNDEFINED":
        return _stage(word), word
    status = words(row.get("status")).upper()
    if row.get("onlinePayment") is False:
        return OFFLINE.get(status) or _stage(status), status
    if not word:
        return ONLINE.get(status) or _stage(status), status
    return Stage.UNKNOWN, word  # the next look knows more


def allocations_of(row: Row) -> tuple[Allocation, ...]:
    """Return what each bill got: cash, and vendor credits used beside it."""
    parts = row.get("billPayments") or []
    found = [_allocation(part) for part in parts if part.get("billId")]
    if not found and row.get("billId"):
        return (Allocation(bill_id=words(row["billId"]), amount=amount(row.get("amount"))),)
    return _cash_only(found, amount(row.get("amount")))


def _problem(cash: Decimal, parts: tuple[Allocation, ...]) -> str:
    """Say where the bills it pays do not add up to it: then no part of it can be trusted (R8)."""
    total = sum((part.amount for part in parts), Decimal(0))
    if not parts or total == cash:
        return ""
    return (
        f"the payment is of {cash:,.2f}, the bills it pays come to {total:,.2f}. Look in BILL "
        "which is right."
    )


def _allocation(part: Row) -> Allocation:
    used = [amount(credit.get("amount")) for credit in part.get("vendorCredits") or ()]
    return Allocation(
        bill_id=words(part["billId"]),
        amount=amount(part.get("amount")),
        credit=sum(used, Decimal(0)),
    )


def _cash_only(found: list[Allocation], cash: Decimal) -> tuple[Allocation, ...]:
    """Whether an allocation holds its credits too is not documented: the payment's sum tells."""
    total = sum((a.amount for a in found), Decimal(0))
    credit = sum((a.credit for a in found), Decimal(0))
    if credit and total != cash and total - credit == cash:
        return tuple(
            Allocation(bill_id=a.bill_id, amount=a.amount - a.credit, credit=a.credit)
            for a in found
        )
    return tuple(found)


def _stage(word: str) -> PaymentStage:
    family = (stage for pattern, stage in FAMILIES.items() if re.fullmatch(pattern, word))
    return STAGES.get(word) or next(family, Stage.UNKNOWN)


def _number(row: Row) -> str:
    """Return the number a person would look for; what is paid outside BILL has none but its id."""
    paper = (row.get("disbursementInfo") or {}).get("checkDisbursement") or {}
    names = (row.get("confirmationNumber"), row.get("transactionNumber"), paper.get("checkNumber"))
    return next((words(name) for name in names if name), words(row["id"]))


def _reversed_on(row: Row) -> date:
    """Return the day the money came back: that of the void, else that of the last change."""
    told = [wish for wish in row.get("voidInfo") or () if wish.get("status") == "ACCEPTED"]
    time = told[-1].get("updatedTime") if told else None
    return day(time or row.get("updatedTime") or row.get("processDate"))
