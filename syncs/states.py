"""Where a transfer can be, and who may move it where. Anything else raises.

The table is the whole truth; docs/how-it-works.md draws it.
"""

from __future__ import annotations

from django.db.models import Q, TextChoices


class State(TextChoices):
    """Where a transfer is now."""

    NEW = "new", "New"
    WAITING = "waiting", "Waiting"
    BLOCKED = "blocked", "Blocked"
    READY = "ready", "Ready to send"
    SENDING = "sending", "Being sent"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"
    HELD = "held", "Held"
    DISMISSED = "dismissed", "Dismissed"
    CANCELLED = "cancelled", "Cancelled"
    REVERSED = "reversed", "Reversed"


class Who(TextChoices):
    """Who moves a transfer."""

    ENGINE = "engine", "the connector"
    PERSON = "person", "a person"


class Reason(TextChoices):
    """Why a transfer is where it is; the sentence beside it has the particulars."""

    NONE = "", "—"
    # waiting
    VENDOR = "vendor", "Waiting for its vendor"
    ANSWER = "answer", "Waiting for an answer"
    VENDOR_BILL = "vendor-bill", "Waiting for the vendor bill"
    # blocked
    GL_ACCOUNT = "gl-account", "GL account not mapped"
    TAX = "tax", "Tax not mapped"
    DIMENSION = "dimension", "Dimension not mapped"
    DEFAULT_ACCOUNT = "default-account", "No GL account and no default"
    CANDIDATES = "candidates", "Several possible matches"
    DUPLICATE = "duplicate", "Possible duplicate"
    NUMBER = "number", "Number too long or taken"
    INCOMPLETE = "incomplete", "Something is missing"
    CURRENCY = "currency", "Currency"
    AMOUNT = "amount", "Amounts do not add up"
    VENDOR_ARCHIVED = "vendor-archived", "Vendor archived"
    PAYMENT_METHOD = "payment-method", "No journal for payments"
    PART_CLAIMED = "part-claimed", "Claimed only in part"
    REJECTED = "rejected", "Refused by the other system"
    # skipped
    BEFORE_START = "before-start", "Before the start date"
    NOT_CONFIRMED = "not-confirmed", "Not confirmed"
    NOT_RECEIVED = "not-received", "Not received yet"
    BILLED = "billed", "Already has a vendor bill"
    FILTERED = "filtered", "Left out by a filter"
    ARCHIVED = "archived", "Archived at the source"
    NOTHING_TO_PAY = "nothing-to-pay", "Nothing to pay"
    PLANNED = "planned", "No money has moved yet"
    FIXABLE = "fixable", "Failed, may be mended"
    UNKNOWN_WORD = "unknown-word", "A status the connector does not know"
    UNKNOWN_BILL = "unknown-bill", "Paid there, unknown here"
    REVERSED_THERE = "reversed-there", "Voided or failed"
    # held
    AFTER_APPROVAL = "after-approval", "Changed after approval"
    AFTER_SCHEDULING = "after-scheduling", "Changed after its payment was scheduled"
    AFTER_PAYMENT = "after-payment", "Changed after it was paid"
    ARCHIVED_THERE = "archived-there", "Archived in the other system"
    CANCELLED_THERE = "cancelled-there", "Cancelled by somebody there"
    GONE_THERE = "gone-there", "No longer in the other system"
    CONFLICT = "conflict", "Changed on both sides"
    VENDOR_CHANGE = "vendor-change", "Vendor changed while bills are open"
    CLOSED_PERIOD = "closed-period", "The month is closed"
    PAID_ELSEWHERE = "paid-elsewhere", "Paid in the books by another way"
    LOST_PART = "lost-part", "No longer paid by this payment"
    TOTAL_DIFFERS = "total-differs", "The other system shows another total"
    # failed
    TRANSIENT = "transient", "Tried again by itself"
    GIVEN_UP = "given-up", "Failed several times"


MOVES: dict[State, dict[State, frozenset[Who]]]
_ENGINE = frozenset({Who.ENGINE})
_PERSON = frozenset({Who.PERSON})
_BOTH = _ENGINE | _PERSON

_JUDGED = {
    State.WAITING: _ENGINE,
    State.BLOCKED: _ENGINE,
    State.READY: _ENGINE,
    State.SKIPPED: _ENGINE,
    State.DONE: _ENGINE,
    State.CANCELLED: _ENGINE,
}
_PUT_ASIDE = {State.NEW: _BOTH, State.DISMISSED: _PERSON, State.CANCELLED: _ENGINE}

MOVES = {
    State.NEW: _JUDGED | {State.HELD: _ENGINE, State.DISMISSED: _PERSON},
    State.WAITING: _JUDGED | _PUT_ASIDE | {State.FAILED: _ENGINE, State.HELD: _ENGINE},
    State.BLOCKED: _JUDGED | _PUT_ASIDE,
    State.READY: {
        State.NEW: _ENGINE,
        State.WAITING: _ENGINE,
        State.BLOCKED: _ENGINE,
        State.SENDING: _ENGINE,
        State.DONE: _ENGINE,
        State.FAILED: _ENGINE,
        State.SKIPPED: _ENGINE,
        State.HELD: _ENGINE,
        State.CANCELLED: _ENGINE,
        State.REVERSED: _ENGINE,
        State.DISMISSED: _PERSON,
    },
    State.SENDING: {
        State.REVERSED: _ENGINE,
        State.DONE: _ENGINE,
        State.WAITING: _ENGINE,
        State.READY: _ENGINE,
        State.BLOCKED: _ENGINE,
        State.FAILED: _ENGINE,
        State.HELD: _ENGINE,
        State.CANCELLED: _ENGINE,
    },
    State.DONE: {
        State.READY: _BOTH,
        State.WAITING: _ENGINE,
        State.BLOCKED: _ENGINE,
        State.HELD: _ENGINE,
        State.CANCELLED: _ENGINE,
        State.REVERSED: _ENGINE,
    },
    State.FAILED: _PUT_ASIDE | {State.SKIPPED: _ENGINE},
    State.SKIPPED: {State.NEW: _BOTH},
    State.HELD: _PUT_ASIDE | {State.READY: _BOTH, State.DONE: _BOTH},
    State.DISMISSED: {State.NEW: _BOTH},
    State.CANCELLED: {State.NEW: _ENGINE, State.READY: _ENGINE, State.SKIPPED: _ENGINE},
    State.REVERSED: {State.NEW: _ENGINE},
}


def needs_attention(state: str, reason: str) -> bool:
    """Say whether a person has to look; what frees or repeats itself is nobody's work."""
    return state in (State.BLOCKED, State.HELD) or (
        state == State.FAILED and reason == Reason.GIVEN_UP
    )


NEEDS_ATTENTION = Q(state__in=(State.BLOCKED, State.HELD)) | Q(
    state=State.FAILED, reason=Reason.GIVEN_UP
)


class ForbiddenMove(Exception):
    """A transfer was to be moved where it may not go: a mistake in our code."""


def check_move(now: str, then: str, who: Who) -> None:
    """Raise ForbiddenMove unless `who` may move a transfer from `now` to `then`."""
    if now == then:
        return
    if who not in MOVES[State(now)].get(State(then), frozenset()):
        raise ForbiddenMove(f"{who.label} may not move a transfer from {now} to {then}.")
