"""What the contract has to know of a system before it can hold it to anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connections.http import Client
from connections.models import Connection
from connections.records import Record
from connections.resource import Can, Resource
from connections.services import Opened
from connections.system import System
from connections.systems import SYSTEMS
from tests.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one record type is put to the test in one system's stand-in.

    `sow(stage, n)` puts `n` new records there without our client and returns their ids; it may be
    called again. `archive(stage, id)` is done by a person. `sample(stage, n)` is a record that our
    client may create; another `n`, another record. `alike(sample)` may be the same in a person's
    eyes and is not. `spoiled(sample)` is refused there with `refusal`, the system's own code.
    `create_path` is the pattern of creating calls for the fault dial.
    """

    record: type[Record]
    sow: Callable[[Stage, int], list[str]] | None = None
    archive: Callable[[Stage, str], None] | None = None
    sample: Callable[[Stage, int], Any] | None = None
    alike: Callable[[Any], Any] | None = None
    spoiled: Callable[[Any], Any] | None = None
    refusal: str = ""
    create_path: str = "*"
    create_method: str = "POST"


@dataclass(frozen=True, kw_only=True)
class House:
    """One system under contract.

    `settings(url)` are those of a connection to the sandbox at `url`. `small_pages` are settings on
    top of them with which `crossing` records no longer fit one page. `company` is the name that a
    ping must tell. `keyed`: its writes carry a key, so a lost answer may be made good unseen.
    """

    system: str
    settings: Callable[[str], Mapping[str, str]]
    secrets: Mapping[str, str]
    company: str
    kinds: tuple[Kind, ...]
    small_pages: Mapping[str, str] = field(default_factory=dict)
    crossing: int = 5
    has_sessions: bool = False
    at_once: int | None = None
    keyed: bool = False

    @property
    def declared(self) -> System:
        return SYSTEMS[self.system]

    def can(self, kind: Kind, needed: Can) -> bool:
        return self.declared.can(kind.record, needed)


@dataclass(frozen=True)
class Case:
    """One record type of one system on its stage, ready to be held to the contract."""

    house: House
    kind: Kind
    stage: Stage
    connection: Connection
    opened: Opened

    @property
    def client(self) -> Client:
        return self.opened.client

    @property
    def resource(self) -> Resource[Any]:
        return self.opened.resource(self.kind.record)

    def sample(self, number: int) -> Any:
        assert self.kind.sample is not None
        return self.kind.sample(self.stage, number)

    def sow(self, count: int) -> list[str]:
        assert self.kind.sow is not None
        return self.kind.sow(self.stage, count)

    def read(self, since: Any = None) -> dict[str, Any]:
        """Return everything a read delivers, by id."""
        return {r.id: r for page in self.resource.read(since) for r in page.records}
