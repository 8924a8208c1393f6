"""What a system declares of itself. Everything else asks here and never by the system's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from connections.errors import Unsupported
from connections.records import Record
from connections.resource import AnyResource, Can

if TYPE_CHECKING:
    from connections.http import Client
    from connections.webhook import Webhook


class Side(StrEnum):
    """Which half of a pairing a system can be."""

    ERP = "erp"
    AP = "ap"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One box of the connection form.

    `secret` fields are kept encrypted and never shown again. `choices` are (value, words on
    screen); `advanced` ones are folded away.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    advanced: bool = False


@dataclass(frozen=True)
class Access:
    """A connection as a client sees it: its settings and its opened secrets, by field name."""

    key: str
    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def get(self, name: str, default: str = "") -> str:
        """Return a setting or secret by the name of its field."""
        return self.settings.get(name) or self.secrets.get(name) or default


@dataclass(frozen=True)
class Limit:
    """Something the other system counts (R22).

    `in_flight` calls at once and `per_hour` calls in a clock hour, None where it does not count.
    """

    key: str
    in_flight: int | None = None
    per_hour: int | None = None


class Level(StrEnum):
    """How much a finding of a ping matters."""

    GOOD = "good"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One sentence of a ping: what a right allows, what is missing, what will run out."""

    level: Level
    text: str


@dataclass(frozen=True)
class Identity:
    """Who answers (R21). `key` never changes for one company; `company` is its name on screen.

    `time_zone` is the one its accountants work in, "" where the system does not say.
    """

    key: str
    company: str
    time_zone: str = ""


@dataclass(frozen=True)
class Greeting:
    """What a ping learned: who answered, and a sentence for each right and danger.

    `facts` are things worth keeping, such as version, time zone, home currency.
    """

    identity: Identity
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class System:
    """One ERP or AP product.

    `settle_after` is how long an unanswered write may still show up there (R4); `overlap` is how
    far behind the watermark a read starts. `webhook` is there if it
    tells of changes by itself. `url` makes the address of a record in its own screens.
    """

    key: str
    label: str
    side: Side
    fields: tuple[Field, ...]
    client: Callable[[Access], Client]
    resources: Mapping[type[Record], type[AnyResource]]
    ping: Callable[[Client], Greeting]
    identify: Callable[[Client], Identity]
    limits: Callable[[Access], tuple[Limit, ...]]
    settle_after: timedelta
    overlap: timedelta
    webhook: Webhook | None = None
    url: Callable[[Access, type[Record], str], str] = lambda access, record, id: ""

    @property
    def secret_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.secret)

    @property
    def setting_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if not f.secret)

    def can(self, record: type[Record], needed: Can) -> bool:
        """Say whether the system's resource for `record` has every ability in `needed`."""
        found = self.resources.get(record)
        return found is not None and needed in found.can

    def resource(self, record: type[Record], client: Client) -> AnyResource:
        """Return the resource for a record type. Raises Unsupported where there is none."""
        try:
            made = self.resources[record]
        except KeyError:
            raise Unsupported(f"{self.label} has no {record.__name__} records.") from None
        return made(client)
