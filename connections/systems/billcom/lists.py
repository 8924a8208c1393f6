"""BILL's lists: what each may be filtered and sorted by, pages, and what changed since.

Reference: docs/systems/billcom.md#lists
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from connections.errors import TransientError, Unsupported
from connections.http import Call
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import Refusal
from connections.systems.billcom.values import Row, moment, stamp, words

_TIMES = {"createdTime": "gt gte lt lte", "updatedTime": "gt gte lt lte"}
OLDEST_FIRST = "createdTime:asc"
NEWEST_FIRST = "createdTime:desc"
# No order of a growing list stays put for ever; a reader that never ends helps nobody.
MOST_PASSES = 5


@dataclass(frozen=True)
class Listing:
    """One list: its path, and the operators each field may be filtered by."""

    path: str
    filters: Mapping[str, str]
    sorts: frozenset[str]


VENDORS = Listing(
    "/v3/vendors",
    {"id": "eq ne in", "archived": "eq ne", "name": "eq sw", **_TIMES},
    frozenset({"archived", "name", "shortName", "email", "phone", "billCurrency", *_TIMES}),
)
BILLS = Listing(
    "/v3/bills",
    {
        "id": "eq ne in",
        "archived": "eq ne",
        "vendorId": "eq in",
        "dueDate": "gt gte lt lte",
        "paymentStatus": "eq ne in",
        "invoice.invoiceNumber": "eq",
        **_TIMES,
    },
    frozenset({"archived", "fundingAmount", "exchangeRate", "description", "dueDate", *_TIMES}),
)

# No billId: BILL refuses it, although it is what everybody would look for first.
PAYMENTS = Listing(
    "/v3/payments",
    {"id": "eq ne in", "vendorId": "eq", **_TIMES},
    frozenset({"description", "processDate", "amount", "confirmationNumber", *_TIMES}),
)
RECURRING_BILLS = Listing(
    "/v3/recurringbills", {"id": "eq", "archived": "eq", **_TIMES}, frozenset({"archived"})
)
USERS = Listing("/v3/users", {"id": "eq"}, frozenset())


def classification(kind: str) -> Listing:
    """Return the list of one kind of classification, such as departments."""
    fields = {"id": "eq", "name": "eq", "archived": "eq", **_TIMES}
    sorts = frozenset({"archived", "name", "description", *_TIMES})
    return Listing(f"/v3/classifications/{kind}", fields, sorts)


@dataclass(frozen=True)
class Clause:
    """One condition of a filter."""

    field: str
    op: str
    value: str | bool | date | datetime | Sequence[str]


def can_filter(text: str) -> bool:
    """Say whether a text may stand in a filter: BILL has no escape for these characters."""
    return bool(text) and text == text.strip() and not set(text) & set(',:"')


@dataclass(frozen=True)
class Changes:
    """A page of what changed; `watermark` stands on the last one only."""

    rows: list[Row]
    watermark: datetime | None = None


class Lister:
    """Reads one list."""

    def __init__(self, client: BillcomClient, listing: Listing) -> None:
        self._client = client
        self._listing = listing

    def rows(self, *clauses: Clause, sort: str = "") -> Iterator[Row]:
        """Yield every row that fits. Raises SyncError, Refusal if the list knows no such filter."""
        for page in self.pages(*clauses, sort=sort):
            yield from page

    def pages(self, *clauses: Clause, sort: str = "") -> Iterator[list[Row]]:
        """Yield the pages of a list, at least one."""
        query = self.query(*clauses, sort=sort)
        params, turned = query, set[str]()
        while True:
            # Reference: docs/systems/billcom.md#lists
            answer = self._client.get(self._listing.path, **params)
            yield rows_of(answer)
            token = words(answer.get("nextPage"))
            if not token:
                return
            if token in turned:
                raise TransientError("BILL keeps sending the same page of a list.")
            turned.add(token)
            params = self._next(query, token)

    def first(self, *clauses: Clause, sort: str = "") -> Call:
        """Return the call for a first page, to be made side by side with others."""
        # Reference: docs/systems/billcom.md#lists
        return Call(method="GET", path=self._listing.path, params=self.query(*clauses, sort=sort))

    def changed(self, since: datetime | None) -> Iterator[Changes]:
        """Yield what changed at or after `since`, oldest record first.

        BILL's pages are tokens, not places: while records move, one can slip through. So a list of
        more than one page is read again until a pass brings nothing new (design: seek).
        """
        delivered: dict[str, str] = {}
        started: datetime | None = None
        for _ in range(MOST_PASSES):
            pages, news = 0, 0
            for page in self._pass(since):
                if not pages and not delivered:
                    started = self._client.server_time
                pages += 1
                fresh = [row for row in page if delivered.get(row["id"]) != _mark(row)]
                delivered.update((row["id"], _mark(row)) for row in fresh)
                news += len(fresh)
                if fresh:
                    yield Changes(fresh)
            if pages < 2 or not news:
                break
        largest = max((t for t in map(moment, delivered.values()) if t), default=None)
        known = [time for time in (largest, started) if time is not None]
        yield Changes([], min(known, default=None))

    def query(self, *clauses: Clause, sort: str = "") -> dict[str, str]:
        """Return the parameters of a list call. Raises Unsupported for what the list cannot do."""
        params = {"max": str(self._client.options.page_size)}
        if clauses:
            params["filters"] = ",".join(self._written(clause) for clause in clauses)
        if sort:
            if sort.partition(":")[0] not in self._listing.sorts:
                raise Unsupported(f"BILL cannot sort {self._listing.path} by {sort}.")
            params["sort"] = sort
        return params

    # How ------------------------------------------------------------------------------------

    def _pass(self, since: datetime | None) -> Iterator[list[Row]]:
        """Read the list once, asking for less where BILL refuses a filter or an order."""
        while True:
            by_time = since is not None and not self._refuses("updatedTime")
            clauses = [Clause("updatedTime", "gte", since)] if since and by_time else []
            can_sort = "createdTime" in self._listing.sorts and not self._refuses("sort")
            sort = OLDEST_FIRST if can_sort else ""
            pages = self.pages(*clauses, sort=sort)
            try:
                first = next(pages)
            except Refusal as refusal:
                if refusal.status != 400 or not self._ask_less(refusal, by_time, bool(sort)):
                    raise
                continue
            yield _since(first, since)
            for page in pages:
                yield _since(page, since)
            return

    def _ask_less(self, refusal: Refusal, by_time: bool, sorted_too: bool) -> bool:
        """Remember what this list refuses; False when nothing is left to leave out."""
        blames_sort = sorted_too and "sort" in refusal.message.casefold()
        if by_time and not blames_sort:
            self._client.refused.add((self._listing.path, "updatedTime"))
        elif sorted_too:
            self._client.refused.add((self._listing.path, "sort"))
        return by_time or sorted_too

    def _refuses(self, what: str) -> bool:
        return (self._listing.path, what) in self._client.refused

    def _next(self, query: dict[str, str], token: str) -> dict[str, str]:
        if self._client.options.repeats_query:
            return {**query, "page": token}
        return {"max": query["max"], "page": token}

    def _written(self, clause: Clause) -> str:
        allowed = self._listing.filters.get(clause.field, "").split()
        if clause.op not in allowed:
            raise Unsupported(
                f"BILL cannot filter {self._listing.path} by {clause.field} {clause.op}."
            )
        return f"{clause.field}:{clause.op}:{self._value(clause)}"

    def _value(self, clause: Clause) -> str:
        value = clause.value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, date):
            text = stamp(value) if isinstance(value, datetime) else value.isoformat()
            return f'"{text}"' if self._client.options.quotes_dates else text
        if isinstance(value, str):
            return f'"{value}"' if clause.op == "sw" else value
        return '"' + ",".join(value) + '"'


def rows_of(answer: object) -> list[Row]:
    """Return the rows of a list answer. Raises TransientError for an answer of another shape."""
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise TransientError("BILL answered a list in a form we do not know.")
    return [row for row in rows if isinstance(row, dict) and row.get("id")]


def _mark(row: Row) -> str:
    return words(row.get("updatedTime"))


def _since(page: list[Row], since: datetime | None) -> list[Row]:
    """Compare here as well: it costs nothing and holds where BILL's filter had to be left out."""
    if since is None:
        return page
    edge = since.replace(microsecond=since.microsecond // 1000 * 1000)
    times = [(moment(row.get("updatedTime")), row) for row in page]
    return [row for time, row in times if time is None or time >= edge]
