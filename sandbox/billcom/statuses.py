"""The life of a payment: which steps are allowed, and what each status means elsewhere.

Reference: docs/systems/billcom.md#9-payments-money-out
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

START = "SCHEDULED"
END = "CLEARED"


@dataclass(frozen=True)
class Meaning:
    """What a singleStatus says in the other fields.

    status:       the older field, spelt differently; None leaves it as it was
    counts:       where the money stands on the bill: scheduled, moving, paid or nowhere
    disbursement: the disbursementStatus
    """

    status: str | None
    counts: str
    disbursement: str = "HOLD"


# Some of it is a guess: that money counts as paid from PROCESSED on, and that what has failed but
# can be repaired still occupies the bill.
MEANINGS: Mapping[str, Meaning] = {
    "SCHEDULED": Meaning("SCHEDULED", "scheduled"),
    "READY_TO_FUND": Meaning("SCHEDULED", "scheduled"),
    "CANCELLATION_IN_PROGRESS": Meaning("SCHEDULED", "scheduled"),
    "CANCELED": Meaning("CANCELLED", "nowhere"),
    "FUNDING_STARTED": Meaning("SCHEDULED", "moving"),
    "FUNDING_ON_HOLD": Meaning("SCHEDULED", "moving"),
    "FUNDING_FAILED_ACTION_NEEDED": Meaning("FAILED", "moving", "FAILED"),
    "FUNDING_FAILED_VOIDED": Meaning("VOID", "nowhere", "FAILED"),
    "PROCESSED": Meaning("PAID", "paid"),
    "SENT": Meaning("PAID", "paid", "DONE"),
    "DELIVERED": Meaning("PAID", "paid", "DONE"),
    "EXPIRING": Meaning("PAID", "paid", "DONE"),
    "PARTIALLY_CLAIMED": Meaning("PAID", "paid", "DONE"),
    "CLEARED": Meaning("PAID", "paid", "DONE"),
    "DISBURSEMENT_ON_HOLD": Meaning("PAID", "paid"),
    "DISBURSEMENT_FAILED_ACTION_NEEDED": Meaning("FAILED", "moving", "FAILED"),
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED": Meaning("FAILED", "moving", "FAILED"),
    "VOID_PENDING": Meaning(None, "moving"),
    "VOIDED": Meaning("VOID", "nowhere", "FAILED"),
    "FUNDS_ESCHEATED": Meaning("ESCHEATED", "paid", "DONE"),
    "UNDEFINED": Meaning("UNDEFINED", "moving"),
}
_FAILED_ON_THE_WAY = (
    "DISBURSEMENT_FAILED_ACTION_NEEDED",
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED",
)
_UNDERWAY = ("EXPIRING", "PARTIALLY_CLAIMED", *_FAILED_ON_THE_WAY, "VOID_PENDING", "UNDEFINED")
# From each status to those that may follow; the first is the next one when all goes well.
STEPS: Mapping[str, Sequence[str]] = {
    "SCHEDULED": ("READY_TO_FUND", "CANCELED", "CANCELLATION_IN_PROGRESS", "UNDEFINED"),
    "READY_TO_FUND": (
        "FUNDING_STARTED",
        "CANCELLATION_IN_PROGRESS",
        "FUNDING_FAILED_ACTION_NEEDED",
        "FUNDING_ON_HOLD",
        "UNDEFINED",
    ),
    "CANCELLATION_IN_PROGRESS": ("CANCELED", "READY_TO_FUND"),
    "FUNDING_STARTED": (
        "PROCESSED",
        "FUNDING_FAILED_ACTION_NEEDED",
        "FUNDING_ON_HOLD",
        "VOID_PENDING",
        "UNDEFINED",
    ),
    "FUNDING_ON_HOLD": ("FUNDING_STARTED", "FUNDING_FAILED_ACTION_NEEDED", "VOID_PENDING"),
    "FUNDING_FAILED_ACTION_NEEDED": ("FUNDING_STARTED", "FUNDING_FAILED_VOIDED", "VOID_PENDING"),
    "PROCESSED": (
        "SENT",
        "DISBURSEMENT_ON_HOLD",
        *_FAILED_ON_THE_WAY,
        "FUNDING_FAILED_ACTION_NEEDED",
        "VOID_PENDING",
        "UNDEFINED",
    ),
    "SENT": ("DELIVERED", "CLEARED", "DISBURSEMENT_ON_HOLD", *_UNDERWAY),
    "DELIVERED": ("CLEARED", *_UNDERWAY),
    "EXPIRING": ("CLEARED", "PARTIALLY_CLAIMED", "FUNDS_ESCHEATED", "VOID_PENDING"),
    "PARTIALLY_CLAIMED": ("CLEARED", "EXPIRING", "VOID_PENDING"),
    # Handed to the vendor's bank, which may still send it back.
    "CLEARED": _FAILED_ON_THE_WAY,
    "DISBURSEMENT_ON_HOLD": ("SENT", *_FAILED_ON_THE_WAY, "VOID_PENDING"),
    "DISBURSEMENT_FAILED_ACTION_NEEDED": ("SENT", "VOID_PENDING", "FUNDS_ESCHEATED"),
    "DISBURSEMENT_FAILED_VENDOR_BANK_REJECTED": ("SENT", "VOID_PENDING", "FUNDS_ESCHEATED"),
    # A request to void may be rejected: then the payment goes on.
    "VOID_PENDING": ("VOIDED", "PROCESSED", "SENT", "DELIVERED"),
    "UNDEFINED": ("FUNDING_STARTED", "PROCESSED", "SENT", "DELIVERED", "CLEARED"),
    "CANCELED": (),
    "FUNDING_FAILED_VOIDED": (),
    "VOIDED": (),
    "FUNDS_ESCHEATED": (),
}


def way_to_the_end(status: str) -> list[str]:
    """Return the steps from here to the vendor's bank; empty if they do not lead there."""
    way: list[str] = []
    while status != END and STEPS[status]:
        status = STEPS[status][0]
        way.append(status)
    return way if way and way[-1] == END else []
