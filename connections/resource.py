"""One record type in one system: what it can do, and the words in which it answers.

Batch-first: a call carries as many records as the system allows, an answer says what became of
each. Resources speak records; HTTP is their client's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Flag, auto
from typing import Any, ClassVar, Generic, TypeVar

from connections.errors import DataError, Unsupported
from connections.records import Document, Record

R = TypeVar("R", bound=Record)


class Can(Flag):
    """What a resource is able to do; checked for every flow by `manage.py check`."""

    NOTHING = 0
    READ = auto()
    FIND = auto()
    CREATE = auto()
    UPDATE = auto()
    CANCEL = auto()
    RESTORE = auto()
    SETTLE = auto()
    FETCH = auto()
    ATTACH = auto()


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some records of a read.

    `watermark` is the moment up to which everything has been delivered once this page is stored;
    None while that cannot be said, as on every page but the last of a list the system cannot seek.
    `calls` counts nothing: the client does.
    """

    records: tuple[R, ...]
    watermark: datetime | None = None


@dataclass(frozen=True)
class Candidate:
    """A record of the target that may be the same, and the reason to think so."""

    id: str
    why: str
    label: str = ""


@dataclass(frozen=True)
class Match:
    """What `find` knows (R3): the exact record, candidates for a person, or none."""

    exact: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_none(self) -> bool:
        return not self.exact and not self.candidates


@dataclass(frozen=True)
class Created(Generic[R]):
    """The system has the record under `id`; `record` is what it answered."""

    id: str
    record: R


@dataclass(frozen=True)
class Refused:
    """The system refused this record and nothing was made of it."""

    error: DataError


@dataclass(frozen=True)
class RolledBack:
    """The record is innocent: another of its batch was refused and the whole batch undone."""


Outcome = Created[R] | Refused | RolledBack


@dataclass(frozen=True)
class Demands:
    """What a system asks of a record before it will take it, as data.

    `number_length` is the longest document number. `needs` maps a field path of the record
    ("address.city") to the words for it on screen.
    """

    number_length: int | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    document_bytes: int | None = None


class Resource(Generic[R]):
    """Base of every resource: all it cannot do is refused with `Unsupported`."""

    record: ClassVar[type[Record]]
    can: ClassVar[Can] = Can.NOTHING
    batch_size: ClassVar[int] = 1
    demands: ClassVar[Demands] = Demands()

    def __init__(self, client: Any) -> None:
        """Take the client of the resource's own system."""

    def read(self, since: datetime | None) -> Iterator[Page[R]]:
        """Yield what changed at or after `since` (everything when None), archived included.

        `since` already has the system's overlap taken off. Raises SyncError.
        """
        raise self._unable("read")

    def get(self, ids: Sequence[str]) -> dict[str, R]:
        """Return the records by id; an id the system no longer has is absent."""
        raise self._unable("get")

    def find(self, records: Sequence[R]) -> list[Match]:
        """Ask the system, now, whether it already has each record (R3)."""
        raise self._unable("find")

    def create(self, records: Sequence[R]) -> list[Outcome[R]]:
        """Write at most `batch_size` new records; one outcome each, in order.

        Raises UnknownOutcome when the answer was lost, TransientError when nothing was written.
        """
        raise self._unable("create")

    def update(self, id: str, record: R) -> R:
        """Replace the fields we own and return what the system then holds."""
        raise self._unable("update")

    def cancel(self, id: str, reason: str, *, on: date | None = None) -> None:
        """Withdraw a record, dated `on` where the system dates it. Safe to repeat."""
        raise self._unable("cancel")

    def restore(self, id: str) -> None:
        """Take a withdrawal back. Safe to repeat."""
        raise self._unable("restore")

    def closed_until(self) -> date | None:
        """Return the last day of the closed periods, None where nothing is closed (R12)."""
        return None

    def forget(self, record: R) -> None:
        """Remove what an attempt that came to nothing may have left half done. Safe to repeat."""

    def ours(self) -> Iterator[R]:
        """Return what carries our mark, should a link to it be lost; nothing where none can."""
        return iter(())

    def settle(self, id: str, amount: Decimal, on: date) -> str:
        """Record that a bill was paid outside the system; return the id of that payment (R6)."""
        raise self._unable("settle")

    def fetch(self, document: Document) -> bytes:
        """Return the bytes of a document that came with a record."""
        raise self._unable("fetch")

    def attach(self, id: str, document: Document, content: bytes) -> str:
        """Attach a document to record `id` unless one of that name is there; return its id."""
        raise self._unable("attach")

    def _unable(self, verb: str) -> Unsupported:
        return Unsupported(f"{type(self).__name__} cannot {verb}.")


AnyResource = Resource[Any]
