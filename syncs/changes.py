"""What may still be changed in the target (R5, R18), and how two people's changes meet.

The table below is docs/how-it-works.md's table and the parameter list of its test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from connections.records import Approval, Bill, Line, Record, Settlement, Vendor
from syncs.states import Reason


class Action(StrEnum):
    """What the source asks for."""

    UPDATE = "update"
    CANCEL = "cancel"


class Answer(StrEnum):
    """What the rules say: send it, let a person decide, or only show it."""

    SEND = "send"
    ASK = "ask"
    SHOW = "show"


Rule = tuple[Answer, Reason]

_SEND: Rule = (Answer.SEND, Reason.NONE)
_ASK: Rule = (Answer.ASK, Reason.AFTER_APPROVAL)
_SCHEDULED: Rule = (Answer.SHOW, Reason.AFTER_SCHEDULING)
_PAID: Rule = (Answer.SHOW, Reason.AFTER_PAYMENT)

# While nothing is scheduled, how far the approval is decides; afterwards only the money does.
WHILE_OPEN: dict[tuple[Action, Approval], Rule] = {
    (Action.UPDATE, Approval.NONE): _SEND,
    (Action.UPDATE, Approval.DENIED): _SEND,
    (Action.UPDATE, Approval.STARTED): _ASK,
    (Action.UPDATE, Approval.APPROVED): _ASK,
    (Action.CANCEL, Approval.NONE): _SEND,
    (Action.CANCEL, Approval.DENIED): _SEND,
    (Action.CANCEL, Approval.STARTED): _SEND,
    (Action.CANCEL, Approval.APPROVED): _SEND,
}
ONCE_MONEY_MOVES: dict[Settlement, Rule] = {
    Settlement.SCHEDULED: _SCHEDULED,
    Settlement.IN_FLIGHT: _PAID,
    Settlement.PARTLY_PAID: _PAID,
    Settlement.PAID: _PAID,
    Settlement.UNKNOWN: (Answer.ASK, Reason.AFTER_SCHEDULING),
}


def rule(action: Action, approval: Approval, settlement: Settlement) -> Rule:
    """Return what the rules say about changing a bill that stands so in the target."""
    if settlement == Settlement.OPEN:
        return WHILE_OPEN[action, approval]
    return ONCE_MONEY_MOVES[settlement]


@dataclass(frozen=True)
class Merge:
    """A change as it may be sent. `kept`: what somebody changed there and keeps, in words."""

    record: Any
    kept: tuple[str, ...] = ()
    conflict: str = ""


def merge(wanted: Record, sent: Record | None, there: Record) -> Merge:
    """Join our change with what somebody changed in the target since we wrote."""
    if isinstance(wanted, Bill) and isinstance(there, Bill):
        return _merge_bill(wanted, sent if isinstance(sent, Bill) else None, there)
    return Merge(wanted)


_BILL_HEADER: dict[str, str] = {
    "number": "bill number",
    "bill_date": "bill date",
    "due_date": "due date",
    "description": "description",
    "purchase_order_number": "purchase order number",
}


def _merge_bill(wanted: Bill, sent: Bill | None, there: Bill) -> Merge:
    sent = sent or there
    changed = [name for name in _BILL_HEADER if getattr(there, name) != getattr(sent, name)]
    kept = tuple(_BILL_HEADER[name] for name in changed)
    merged = replace(wanted, **{name: getattr(there, name) for name in changed})
    if _coding(there.lines) == _coding(sent.lines):
        return Merge(merged, kept)
    if _coding(wanted.lines) == _coding(sent.lines):
        return Merge(replace(merged, lines=there.lines), (*kept, "lines"))
    return Merge(merged, kept, conflict="the lines were changed on both sides")


def _coding(lines: tuple[Line, ...]) -> list[Any]:
    """What a person changes on a line; ids and order of writing are the system's."""
    return sorted(
        (
            line.gl_account_id,
            line.amount,
            line.description,
            sorted((d.kind.value, d.id) for d in line.dimensions),
        )
        for line in lines
    )


_VENDOR_FIELDS: dict[str, Callable[[Vendor], Any]] = {
    "name": lambda v: v.name,
    "tax id": lambda v: v.tax_id,
    "e-mail": lambda v: v.email,
    "address": lambda v: v.address,
}


def sensitive_changes(wanted: Vendor, there: Vendor) -> list[str]:
    """Return, in words, which fields a person should see before they change (R14)."""
    return [words for words, of in _VENDOR_FIELDS.items() if of(wanted) != of(there)]
