"""One world per server: the clock, the faults, the journal and the records of every system."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import Blueprint
from werkzeug.wrappers import Request, Response

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.journal import Journal


class System(Protocol):
    """What a stand-in's package offers; a plain module will do."""

    def create_blueprint(self, world: World) -> Blueprint: ...

    def reset(self, world: World, seed: str) -> None: ...

    def ledger(self, world: World) -> dict[str, Any]: ...


def _no_refusal(kind: str) -> Response | None:
    return None


def _always_in(request: Request) -> Response | Callable[[], None]:
    return lambda: None


def _nobody(request: Request) -> str | None:
    return None


def _is_get(request: Request) -> bool:
    return request.method == "GET"


@dataclass(frozen=True)
class Hooks:
    """What a system may tell the core about itself, registered in its `create_blueprint`.

    refuse:       the system's own answer for session_lost, rate_limited and server_error
    enter:        admit a request (return what to call when it ends) or refuse it (an answer)
    organization: who the request belongs to, for the journal's peaks
    is_read:      whether the request only reads, for the lag fault
    state:        the whole state as lists, for /_sandbox/state/<system>
    control:      things a person does there, mounted at /_sandbox/<system>
    background:   work in a thread of its own, until the event it is given is set
    """

    refuse: Callable[[str], Response | None] = _no_refusal
    enter: Callable[[Request], Response | Callable[[], None]] = _always_in
    organization: Callable[[Request], str | None] = _nobody
    is_read: Callable[[Request], bool] = _is_get
    state: Callable[[], Mapping[str, Any]] = dict
    control: Blueprint | None = None
    background: Callable[[threading.Event], None] | None = None


class World:
    """Everything a sandbox server remembers."""

    def __init__(self, systems: Mapping[str, System]) -> None:
        self.systems = systems
        self.clock = Clock()
        self.faults = Faults()
        self.journal = Journal()
        self.hooks: dict[str, Hooks] = {key: Hooks() for key in systems}
        # The records of each system. They must survive copy.deepcopy, which the lag fault needs.
        self.records: dict[str, Any] = {}
        # What a system keeps besides: sessions, counters, switches. Never lags behind.
        self.besides: dict[str, Any] = {}
        self.locks = {key: threading.RLock() for key in systems}
        self.on_reset: list[Callable[[], None]] = []
        self.seed = "empty"
        self._past: dict[str, list[tuple[datetime, Any]]] = {}
        self._view = threading.local()

    def register(self, system: str, hooks: Hooks) -> None:
        self.hooks[system] = hooks

    def reset(self, seed: str) -> None:
        """Begin again: no faults, real time, an empty journal and the seed in every system."""
        self.clear_faults()
        self.clock.reset()
        for forget in self.on_reset:
            forget()
        for key, system in self.systems.items():
            with self.locks[key]:
                system.reset(self, seed)
        self.journal.clear()
        self.seed = seed

    def kept(self) -> dict[str, Any]:
        """Return what outlives a restart: not the faults, the journal or calls still to come."""
        return {
            "seed": self.seed,
            "clock": self.clock.kept(),
            "records": self.records,
            "besides": self.besides,
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go on where another server stopped. A system it did not know begins empty."""
        self.reset("empty")
        self.seed = kept["seed"]
        self.clock.restore(kept["clock"])
        self.records |= kept["records"]
        self.besides |= kept["besides"]

    def clear_faults(self) -> None:
        self.faults.clear()
        self._past.clear()

    def view(self, system: str) -> Any:
        """Return the records as the running request may see them (older ones under lag)."""
        seen: dict[str, Any] | None = getattr(self._view, "records", None)
        if seen and system in seen:
            return seen[system]
        return self.records[system]

    def remember(self, system: str) -> None:
        """Keep a copy of the records as they are now, if there are reads that lag behind."""
        lag = self.faults.longest_lag(system)
        if lag is None:
            return
        with self.locks[system]:
            now = self.clock.now()
            past = self._past.setdefault(system, [])
            past.append((now, copy.deepcopy(self.records.get(system))))
            while len(past) > 1 and past[1][0] <= now - timedelta(seconds=lag):
                del past[0]

    @contextmanager
    def seen_late(self, system: str, seconds: float) -> Iterator[None]:
        """Let this thread see the records as they were `seconds` ago."""
        limit = self.clock.now() - timedelta(seconds=seconds)
        past = self._past.get(system, [])
        # Nothing so old: the first copy was taken when the lag was set, so it stands for before.
        visible = [records for moment, records in past if moment <= limit] or [
            records for _, records in past[:1]
        ]
        self._view.records = {system: visible[-1]} if visible else None
        try:
            yield
        finally:
            self._view.records = None
