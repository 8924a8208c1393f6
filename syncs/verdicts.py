"""Why a transfer cannot go now: raised while judging, written on the transfer."""

from __future__ import annotations

from connections.errors import DataError, MappingMissing
from syncs.states import Reason, State


class Stop(DataError):
    """The transfer stays where `state` says, for `reason`; the message is its sentence."""

    SKIPPED = State.SKIPPED
    WAITING = State.WAITING
    HELD = State.HELD

    def __init__(self, reason: Reason, message: str, *, state: State = State.BLOCKED) -> None:
        super().__init__(message)
        self.reason = reason
        self.state = state


_REASON_OF_KIND = {
    "gl-account": Reason.GL_ACCOUNT,
    "tax": Reason.TAX,
    "dimension": Reason.DIMENSION,
    "default-account": Reason.DEFAULT_ACCOUNT,
    "payment-method": Reason.PAYMENT_METHOD,
}

# A new mapping, or a change in our copies, can free these; every run tries.
FREE_THEMSELVES = (
    Reason.GL_ACCOUNT,
    Reason.TAX,
    Reason.DIMENSION,
    Reason.DEFAULT_ACCOUNT,
    Reason.VENDOR_ARCHIVED,
    Reason.PAYMENT_METHOD,
    Reason.CLOSED_PERIOD,
    Reason.UNKNOWN_BILL,
)


def reason_of(error: DataError) -> Reason:
    """Return the reason under which an error is grouped on screen."""
    if isinstance(error, Stop):
        return error.reason
    if isinstance(error, MappingMissing):
        return _REASON_OF_KIND[error.kind]
    return Reason.REJECTED
