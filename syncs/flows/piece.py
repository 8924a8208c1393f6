"""A source record, or the part of it, that becomes one document in the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from connections.records import Record
from syncs.states import Reason


class Ruling(Enum):
    """What the rules of eligibility say (R1, R2, R18)."""

    MOVES = auto()
    SKIPPED = auto()
    WITHDRAWN = auto()


@dataclass(frozen=True)
class Verdict:
    """A ruling with its reason and a sentence for the screen."""

    ruling: Ruling
    reason: Reason = Reason.NONE
    sentence: str = ""

    @classmethod
    def skip(cls, reason: Reason, sentence: str) -> Verdict:
        """Rule that the record stays where it is."""
        return cls(Ruling.SKIPPED, reason, sentence)


MOVES = Verdict(Ruling.MOVES)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One transfer to be.

    `key` is unique in the flow; `seen` holds the source fields the flow uses, `money` those of
    them that are amounts: their digests say whether something changed.
    """

    key: str
    group: str
    record: Record
    document: str
    vendor: str
    vendor_id: str
    amount: Decimal | None
    currency: str
    dated: date | None
    seen: Any
    money: Any
    verdict: Verdict
