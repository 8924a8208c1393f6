"""Our keys on payments in Odoo: external ids, and a mark on the payment that can be searched.

An external id is unique in the database, so it is what keeps a payment from being booked twice.
Ordinary users can ask for one they know, but not list them. The mark, in the payment reference,
tells which payments of a vendor are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from connections.errors import Rejected, SyncError
from connections.systems.odoo.json2 import Question

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

MODULE = "ml_connector"
# One of the few texts of Odoo that may be relied on: it says that there is no such id.
NOT_THERE = "External ID not found"
OUR_MARK = "pay_"
# How the mark stands at the end of a memo where the payment reference cannot carry it.
_IN_MEMO = re.compile(r"(?:, ([\d.]+) ([A-Z]{3}))? \((" + OUR_MARK + r"[^()\s]+)\)$")


def name_of(reference: str) -> str:
    """Return a key as an external id takes it: letters, digits, dashes; it must hold no dot."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: f"-{ord(found[0]):x}-", reference)


def external_id(reference: str) -> str:
    """Return the whole external id of a key."""
    return f"{MODULE}.{name_of(reference)}"


def look_up(client: OdooClient, references: Sequence[str]) -> list[int]:
    """Return the payment behind each key, 0 for none. Raises SyncError."""
    answers = client.attempt([_question(reference) for reference in references])
    return [_id_in(answer) for answer in answers]


def memo_with(mark: str, memo: str, amount: str) -> str:
    """Return a memo that carries the mark, and the amount in the bill's currency."""
    return f"{memo}, {amount} ({mark})"


def mark_in(reference: str, memo: str) -> str:
    """Return our key on a payment, from its reference or its memo; "" on anyone else's."""
    if reference.startswith(OUR_MARK):
        return reference
    found = _IN_MEMO.search(memo)
    return found[3] if found else ""


def amount_in(memo: str) -> tuple[str, str]:
    """Return the amount and currency a memo with our mark names, ("", "") where it has none."""
    found = _IN_MEMO.search(memo)
    return (found[1], found[2]) if found and found[1] else ("", "")


def is_missing(error: SyncError) -> bool:
    """Say whether an error means no more than that there is no such external id."""
    return NOT_THERE in error.detail or NOT_THERE in error.message


def _question(reference: str) -> Question:
    named = {"module": MODULE, "xml_id": name_of(reference)}
    # Reference: docs/systems/odoo.md#our-keys
    return Question("ir.model.data", "check_object_reference", named=named)


def _id_in(answer: object) -> int:
    if isinstance(answer, SyncError):
        if is_missing(answer):
            return 0
        raise answer
    found = list(answer) if isinstance(answer, Iterable) else []
    if len(found) != 2 or not found[1]:
        raise Rejected(
            "Odoo has a payment with our key that the integration user may not see. Check which "
            "companies the user may enter.",
            code="hidden",
        )
    return int(found[1])
