"""Reading a list in the order of its changes, so that nothing is skipped and the mark can move.

Odoo orders by microseconds but shows and compares whole seconds, so a page may end inside a second
whose order we cannot see. A page is therefore cut back to whole seconds; a second that fills a
page by itself is read apart, by id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connections.systems.odoo.values import Domain, Row, moment, stamp

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

# How far before a known change a slower transaction may still have dated its own.
OVERLAP = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """Some rows. Once they are stored, everything before `reached` is."""

    rows: list[Row]
    reached: datetime | None


@dataclass(frozen=True)
class ChangeList:
    """The rows of a model that fit `domain`, by time of change.

    `seen` is what one read has delivered, id -> time of change, so that it comes once.
    """

    client: OdooClient
    model: str
    fields: tuple[str, ...]
    domain: Domain
    seen: dict[int, str] = field(default_factory=dict)

    def fresh(self, rows: list[Row]) -> list[Row]:
        """Leave out what was delivered as it is, and note the rest."""
        rows = [row for row in rows if self.seen.get(row["id"]) != row["write_date"]]
        self.seen.update({row["id"]: row["write_date"] for row in rows})
        return rows

    def newest(self) -> datetime | None:
        """Return the time of the last change, by the server's own records."""
        # Reference: docs/systems/odoo.md#reading-changes
        found: list[Row] = self.client.ask(
            self.model,
            "search_read",
            domain=[*self.domain, ["write_date", "!=", False]],
            fields=["write_date"],
            order="write_date desc, id desc",
            limit=1,
            context={"active_test": False},
        )
        return _time(found[0]) if found else None

    def since(self, since: datetime | None) -> Iterator[Stretch]:
        """Yield every row changed at or after `since`; at least one stretch, perhaps empty.

        Reference: docs/systems/odoo.md#reading-changes
        """
        if since is None:
            yield from self._without_time()
        start = (since or FIRST).replace(microsecond=0)
        while True:
            rows = self._from(start)
            if len(rows) < self.client.page_size:
                yield Stretch(rows, _time(rows[-1]) if rows else since)
                return
            last = _time(rows[-1])
            before = [row for row in rows if _time(row) < last]
            if before:
                yield Stretch(before, last)
                start = last
            else:
                yield from self._within(last)
                start = last + SECOND

    def _from(self, start: datetime) -> list[Row]:
        return self._ask([["write_date", ">=", stamp(start)]], order="write_date, id")

    def _within(self, second: datetime) -> Iterator[Stretch]:
        bounds: Domain = [
            ["write_date", ">=", stamp(second)],
            ["write_date", "<", stamp(second + SECOND)],
        ]
        return self._by_id(bounds, second)

    def _without_time(self) -> Iterator[Stretch]:
        """Rows put there by SQL have no time of change; they come once, with everything else."""
        return self._by_id([["write_date", "=", False]], None)

    def _by_id(self, bounds: Domain, reached: datetime | None) -> Iterator[Stretch]:
        last = 0
        while rows := self._ask([*bounds, ["id", ">", last]], order="id"):
            yield Stretch(rows, reached)
            last = rows[-1]["id"]
            if len(rows) < self.client.page_size:
                return

    def _ask(self, more: Domain, *, order: str) -> list[Row]:
        # Reference: docs/systems/odoo.md#reading-changes
        rows: list[Row] = self.client.ask(
            self.model,
            "search_read",
            domain=[*self.domain, *more],
            fields=[*self.fields, "write_date"],
            order=order,
            limit=self.client.page_size,
            context={"active_test": False},
        )
        return rows


@dataclass(frozen=True)
class Step:
    """Some rows of the list numbered `which`, and how far all lists together have come."""

    which: int
    rows: list[Row]
    watermark: datetime | None


def follow(
    everything: Sequence[ChangeList], changes: Sequence[ChangeList], since: datetime | None
) -> Iterator[Step]:
    """Read what changed since, or everything and then what changed meanwhile.

    Reading everything may take longer than any overlap, and what it follows by one list can change
    in a way only another shows. So it is followed by a read of changes from just before it began.
    """
    mark = None
    if since is None:
        began = max((new for new in (one.newest() for one in changes) if new), default=None)
        for step in in_step(everything, None):
            mark = min(step.watermark, began) if step.watermark and began else None
            yield replace(step, watermark=mark)
        if began is None:
            return
        since = began - OVERLAP
    for step in in_step(changes, since):
        marks = [known for known in (mark, step.watermark) if known]
        mark = max(marks, default=None)
        yield replace(step, watermark=mark)


def in_step(lists: Sequence[ChangeList], since: datetime | None) -> Iterator[Step]:
    """Read several lists side by side, always the one that is furthest behind.

    The mark is the least any list has reached. A list that ends early may grow while a long one
    is read, so all are asked again until a round is short or brings nothing; then the mark is the
    greatest time seen: what a short round can miss, the overlap of the next read covers.
    """
    reached = [since] * len(lists)
    seen = False
    while True:
        before = list(reached)
        stretches = 0
        for step in _round(lists, reached):
            stretches += 1
            seen = seen or bool(step.rows)
            if step.rows:
                yield step
        if len(lists) == 1 or stretches <= len(lists) or reached == before:
            break
    if seen:
        yield Step(0, [], max((mark for mark in reached if mark), default=None))


def _round(lists: Sequence[ChangeList], reached: list[datetime | None]) -> Iterator[Step]:
    going = {which: one.since(reached[which]) for which, one in enumerate(lists)}
    while going:
        which = min(going, key=lambda number: reached[number] or FIRST)
        stretch = next(going[which], None)
        if stretch is None:
            del going[which]
            continue
        reached[which] = stretch.reached or reached[which]
        yield Step(which, lists[which].fresh(stretch.rows), _least(reached))


def _least(reached: list[datetime | None]) -> datetime | None:
    known = [mark for mark in reached if mark is not None]
    return min(known) if len(known) == len(reached) else None


def _time(row: Row) -> datetime:
    return moment(row["write_date"]) or FIRST
