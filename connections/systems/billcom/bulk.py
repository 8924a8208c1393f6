"""Answers to writes of several records: which row is which, and who is to blame.

Reference: docs/systems/billcom.md#bulk
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from connections.errors import Rejected, UnknownOutcome
from connections.records import Record
from connections.resource import Outcome, Refused, RolledBack
from connections.systems.billcom.errors import Complaint, Refusal, error_words, named
from connections.systems.billcom.values import Row, words

R = TypeVar("R", bound=Record)

ROLLED_BACK = "BDC_1246"
_ROW_PATH = re.compile(r"^\s*(?:bills|vendors|body|list|request|rows?)?\[(\d+)\]", re.IGNORECASE)
_ROW_NAMES = {"index", "row", "position", "rowindex", "itemindex"}
_SHORTEST_CLUE = 4


def rows_in_order(
    sent: Sequence[Row], answer: Any, key: str, same: Callable[[Row], Any]
) -> list[Row]:
    """Return the rows of a bulk answer in the order they were sent, recognised by `same`.

    Raises UnknownOutcome when the answer does not hold every record: something was written.
    """
    rows = answer.get(key) if isinstance(answer, dict) else answer
    waiting = [row for row in rows or () if isinstance(row, dict) and row.get("id")]
    if len(waiting) != len(sent):
        raise UnknownOutcome("BILL took the batch, but its answer does not name every record.")
    as_answered = list(waiting)
    ordered: list[Row] = []
    for body in sent:
        found = next((row for row in waiting if same(row) == same(body)), None)
        if found is None:  # BILL writes something differently: its own order is the best there is
            return as_answered
        waiting.remove(found)
        ordered.append(found)
    return ordered


def blame(
    refusal: Refusal, bodies: Sequence[Row], names: Sequence[str], *, links_duplicates: bool
) -> list[Outcome[R]]:
    """Turn a refused batch into one outcome a record.

    Raises Rejected without a row when BILL names nobody: the caller has to split the batch.
    """
    culprits = _culprits(refusal, bodies)
    if not culprits:
        raise Rejected(refusal.message, code=refusal.code, detail=refusal.detail)
    return [
        Refused(_one(refusal, culprits[row], names[row], row, links_duplicates))
        if row in culprits
        else RolledBack()
        for row in range(len(bodies))
    ]


def _one(
    refusal: Refusal, found: list[Complaint], name: str, row: int, links_duplicates: bool
) -> Rejected:
    one = Refusal(
        error_words(found),
        code=found[0].code or refusal.code,
        status=refusal.status,
        complaints=found,
        detail=refusal.detail,
    )
    one.row = row
    return named(one, name, links_duplicates=links_duplicates)


def _culprits(refusal: Refusal, bodies: Sequence[Row]) -> dict[int, list[Complaint]]:
    """Find which rows the complaints mean. How BILL names them is not documented: four ways."""
    told = refusal.complaints
    guilty = [c for c in told if c.code != ROLLED_BACK]
    if len(told) == len(bodies) and 0 < len(guilty) < len(told):
        return {row: [c] for row, c in enumerate(told) if c.code != ROLLED_BACK}
    found: dict[int, list[Complaint]] = {}
    for complaint in guilty:
        for row in _named_rows(complaint, bodies):
            found.setdefault(row, []).append(complaint)
    return found


def _named_rows(complaint: Complaint, bodies: Sequence[Row]) -> list[int]:
    path = _ROW_PATH.match(complaint.message)
    number = path.group(1) if path else _row_param(complaint.params)
    if number is not None:
        return [int(number)] if int(number) < len(bodies) else []
    held = [set(_texts(body)) for body in bodies]
    for clue in _clues(complaint):
        rows = [row for row, texts in enumerate(held) if clue in texts]
        # A clue that fits every row tells nothing.
        if rows and len(rows) < len(bodies):
            return rows
    return []


def _row_param(params: Any) -> str | None:
    rows = params if isinstance(params, list) else []
    for param in rows:
        name = words(param.get("name")).casefold() if isinstance(param, dict) else ""
        if name in _ROW_NAMES and words(param.get("value")).isdecimal():
            return words(param["value"])
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _clues(complaint: Complaint) -> list[str]:
    """Return words of a complaint that may be an id or a number of one of our rows."""
    params = complaint.params if isinstance(complaint.params, list) else []
    values = [words(p.get("value")) for p in params if isinstance(p, dict)]
    spoken = re.findall(r"[\w./#-]+", complaint.message)
    trimmed = [word.strip(".") for word in spoken]
    return [v for v in values if v] + [w for w in trimmed if len(w) >= _SHORTEST_CLUE]
