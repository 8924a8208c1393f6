"""How to talk to one Odoo database: address, key, company, and lists read whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests

from connections.errors import ConnectionProblem, SyncError, Unsupported
from connections.http import Call, Client
from connections.system import Access, Limit
from connections.systems.odoo import json2
from connections.systems.odoo.home import Home, find_home
from connections.systems.odoo.json2 import Question
from connections.systems.odoo.seek import OVERLAP
from connections.systems.odoo.values import Domain, Row
from connections.systems.odoo.versions import (
    Dialect,
    PaymentWords,
    Version,
    dialect_of,
    parse_version,
    payment_words_of,
    refuse_older,
)

PAGE_SIZE = 200
LARGEST_PAGE = 1000
# Rows fetched at once when a list is read whole: large enough to be quick, small enough to answer
# well inside the time a call may take.
CHUNK = 2000


@dataclass(frozen=True)
class Query:
    """A list to be read whole, archived records included."""

    model: str
    domain: Domain
    fields: tuple[str, ...]


class OdooClient(Client):
    """A connection to one database, as one user, for one company."""

    label = "Odoo"

    def __init__(self, access: Access) -> None:
        super().__init__(access, limits(access))
        self.base = base_url(access)
        self.page_size = min(_whole(access, "page_size", PAGE_SIZE), LARGEST_PAGE)
        self._lookups: dict[str, Lookup] = {}

    # What the base asks ---------------------------------------------------------------------

    def url(self, call: Call) -> str:
        return self.base + call.path

    def headers(self, session: Mapping[str, str]) -> Mapping[str, str]:
        return {
            "Authorization": f"bearer {_header(self.access, 'api_key', 'API key')}",
            "X-Odoo-Database": _header(self.access, "database", "database name"),
            "Accept": "application/json",
        }

    def parse(self, call: Call, response: requests.Response) -> Any:
        try:
            return json2.answer(call, response)
        except SyncError as error:
            raise self._without_key(error) from None

    # Who answers ----------------------------------------------------------------------------

    @cached_property
    def version(self) -> Version:
        """Return the server's version. Raises ConnectionProblem for one too old."""
        version = self._ask_version()
        refuse_older(version)
        return version

    @cached_property
    def dialect(self) -> Dialect:
        return dialect_of(self.version)

    @cached_property
    def payment_words(self) -> PaymentWords:
        return payment_words_of(self.version)

    @cached_property
    def home(self) -> Home:
        """Return the user and company behind this connection. Raises ConnectionProblem."""
        _ = self.version  # an old server is better told by its number than by its answers
        return find_home(self)

    @property
    def extra_overlap(self) -> timedelta:
        """Return how much further back than `OVERLAP` the administrator wants reads to start."""
        wanted = timedelta(minutes=_whole(self.access, "overlap_minutes", 0))
        return max(wanted - OVERLAP, timedelta(0))

    # Questions ------------------------------------------------------------------------------

    def ask(self, model: str, method: str, ids: Sequence[int] = (), **named: Any) -> Any:
        """Call a method that only reads. Raises SyncError."""
        return self.ask_all([Question(model, method, ids, named)])[0]

    def tell(
        self, model: str, method: str, ids: Sequence[int] = (), *, repeatable: bool, **named: Any
    ) -> Any:
        """Call a method that writes. Raises UnknownOutcome when no answer came.

        `repeatable`: done twice it is the same as once, so a lost call is made again at once.
        """
        asked = Question(model, method, ids, named, writes=True, repeatable=repeatable)
        return self.ask_all([asked])[0]

    def ask_all(self, questions: Sequence[Question]) -> list[Any]:
        """Ask many questions side by side; raises the first SyncError among the answers."""
        answers = self.attempt(questions)
        for one in answers:
            if isinstance(one, SyncError):
                raise one
        return answers

    def attempt(self, questions: Sequence[Question]) -> list[Any]:
        """Ask many questions side by side: values or SyncErrors, in order."""
        return self.calls([self._to_call(question) for question in questions])

    def ask_bare(self, model: str, method: str, ids: Sequence[int] = (), **named: Any) -> Any:
        """Ask before the company is known."""
        return self.call(json2.to_call(Question(model, method, ids, named), {}))

    def rows(self, query: Query) -> list[Row]:
        """Read a list whole, by id."""
        return self.rows_of([query])[0]

    def rows_of(self, queries: Sequence[Query]) -> list[list[Row]]:
        """Read several lists whole, side by side."""
        found: list[list[Row]] = [[] for _ in queries]
        going = list(range(len(queries)))
        while going:
            asked = [_next_chunk(queries[n], found[n]) for n in going]
            answers = self.ask_all(asked)
            for number, rows in zip(going, answers, strict=True):
                found[number] += rows
            going = [n for n, rows in zip(going, answers, strict=True) if len(rows) == CHUNK]
        return found

    def lookup(self, model: str, *fields: str) -> Lookup:
        """Return what is remembered of a model's records; asks only for what is not yet known."""
        if model not in self._lookups:
            self._lookups[model] = Lookup(self, model, fields)
        return self._lookups[model]

    # How ------------------------------------------------------------------------------------

    def _without_key(self, error: SyncError) -> SyncError:
        """Blank out the key, should a server or proxy ever repeat it in what it says."""
        key = self.access.get("api_key").strip()
        if key:
            error.message = error.message.replace(key, "[API key]")
            error.detail = error.detail.replace(key, "[API key]")
            error.args = (error.message,)
        return error

    def _to_call(self, question: Question) -> Call:
        context = {**self.home.context, **question.named.get("context", {})}
        return json2.to_call(question, context)

    def _ask_version(self) -> Version:
        # Reference: docs/systems/odoo.md#version
        asked = [
            Call(method="GET", path="/json/version"),
            Call(method="GET", path="/web/version"),
            Call(method="POST", path="/web/webclient/version_info", json={}),
        ]
        for call in asked:
            try:
                told = self.call(call)
            except (ConnectionProblem, Unsupported):
                continue
            version = parse_version(told.get("result", told) if isinstance(told, dict) else told)
            if version.major:
                return version
        # A proxy may hide these addresses; then the first real question tells whether it is Odoo.
        return Version(0, "unknown")


class Lookup:
    """Records of one model by id, each read once in the life of a client."""

    def __init__(self, client: OdooClient, model: str, fields: tuple[str, ...]) -> None:
        self._client = client
        self._model = model
        self._fields = fields
        self._known: dict[int, Row] = {}

    def query(self, ids: Iterable[int]) -> Query | None:
        """Return the list to read so that `ids` are known, None if they are."""
        missing = sorted({id for id in ids if id} - self._known.keys())
        return Query(self._model, [["id", "in", missing]], self._fields) if missing else None

    def load(self, ids: Iterable[int]) -> None:
        """Learn the records of these ids. One we may not see is remembered as empty."""
        wanted = set(ids)
        query = self.query(wanted)
        if query is None:
            return
        for row in self._client.rows(query):
            self._known[row["id"]] = row
        for id in wanted:
            self._known.setdefault(id, {})

    def get(self, id: int) -> Row:
        """Return a record, {} for none or one we may not see."""
        if id and id not in self._known:
            self.load([id])
        return self._known.get(id, {})


def limits(access: Access) -> tuple[Limit, ...]:
    """Odoo documents none. A few calls at once keep its workers free for the people in it."""
    host = urlsplit(base_url(access)).netloc
    return (Limit(key=f"odoo:{host}"[:100], in_flight=4),)


def base_url(access: Access) -> str:
    """Return the server's address as typed, made whole: scheme, no screen, no trailing slash."""
    typed = access.get("url").strip()
    typed = typed if re.match(r"https?://", typed, re.IGNORECASE) else f"https://{typed}"
    try:
        parts = urlsplit(typed)
        _ = parts.port
    except ValueError:
        raise ConnectionProblem(f"“{typed}” is not the address of a server.") from None
    path = re.sub(r"/(web|json)(/.*)?$", "", parts.path.rstrip("/"))
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}{path}"


def _next_chunk(query: Query, found: list[Row]) -> Question:
    after = [["id", ">", found[-1]["id"]]] if found else []
    # Reference: docs/systems/odoo.md#lists
    return Question(
        query.model,
        "search_read",
        named={
            "domain": [*query.domain, *after],
            "fields": list(query.fields),
            "order": "id",
            "limit": CHUNK,
            "context": {"active_test": False},
        },
    )


def _header(access: Access, name: str, label: str) -> str:
    value = access.get(name).strip()
    if not value or not value.isascii() or not value.isprintable():
        raise ConnectionProblem(f"The {label} is missing or holds characters it cannot have.")
    return value


def _whole(access: Access, name: str, default: int) -> int:
    value = access.get(name).strip()
    return int(value) if value.isdecimal() and int(value) else default
