"""What may still be changed in the target (R5, R18), and how two people's changes meet.

The table below is docs/how-it-works.md's table and the parameter list of its test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from connections.matching import tax_id
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


def merge(wanted: Record, sent: Record | None, there: Record, ours: Sequence[Record] = ()) -> Merge:
    """Join our change with what somebody changed in the target since we wrote.

    `sent` is what we wrote last; `ours` is what else can only be there because of us: the
    target's answer to it, and writes whose answer was lost.
    """
    if isinstance(wanted, Bill) and isinstance(there, Bill):
        written = [record for record in (sent, *ours) if isinstance(record, Bill)]
        return _merge_bill(wanted, written or [there], there)
    return Merge(wanted)


_BILL_HEADER: dict[str, str] = {
    "number": "bill number",
    "bill_date": "bill date",
    "due_date": "due date",
    "description": "description",
    "purchase_order_number": "purchase order number",
}


def _merge_bill(wanted: Bill, written: Sequence[Bill], there: Bill) -> Merge:
    known = [wanted, *written]
    changed = [
        name
        for name in _BILL_HEADER
        if getattr(there, name) not in [getattr(bill, name) for bill in known]
    ]
    kept = tuple(_BILL_HEADER[name] for name in changed)
    merged = replace(wanted, **{name: getattr(there, name) for name in changed})
    if _coding(there.lines) in [_coding(bill.lines) for bill in known]:
        return Merge(merged, kept)
    if _coding(wanted.lines) == _coding(written[0].lines):
        # Their total comes along: one that is not the sum of its lines would be refused, or worse.
        return Merge(replace(merged, lines=there.lines, total=there.total), (*kept, "lines"))
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


def same_bill(one: Bill, other: Bill) -> bool:
    """Say whether two bills are the same in everything we write."""
    heads = [
        [bill.vendor_id, *(getattr(bill, name) for name in _BILL_HEADER)] for bill in (one, other)
    ]
    return heads[0] == heads[1] and _coding(one.lines) == _coding(other.lines)


_VENDOR_FIELDS: dict[str, Callable[[Vendor], Mapping[str, str]]] = {
    "name": lambda v: {"name": v.name},
    "tax id": lambda v: {"tax id": tax_id(v.tax_id)},
    "e-mail": lambda v: {"e-mail": v.email},
    "address": lambda v: asdict(v.address),
}


def sensitive_changes(wanted: Vendor, there: Vendor) -> list[str]:
    """Return, in words, which fields a person should see before they change (R14).

    An empty field changes nothing: it is never sent.
    """
    return [words for words, of in _VENDOR_FIELDS.items() if _says_else(of(wanted), of(there))]


def _says_else(wanted: Mapping[str, str], there: Mapping[str, str]) -> bool:
    return any(value and value != there[name] for name, value in wanted.items())
