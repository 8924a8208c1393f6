"""The fault dial: what should go wrong, for which calls, and how often."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from typing import Any

# These change how a call is answered and may come on top of one of the others.
SOFT_KINDS = ("slow", "lag")
KINDS = (
    "status",
    "session_lost",
    "rate_limited",
    "server_error",
    "html",
    "drop_before",
    "commit_then_drop",
    "drop_then_commit",
    "commit_then_error",
    *SOFT_KINDS,
)


class FaultRefused(ValueError):
    """The description of a fault makes no sense; the message says why."""


@dataclass
class Fault:
    """One setting of the dial. `times` 0 means for ever, `after` lets calls pass first."""

    system: str
    kind: str
    method: str | None = None
    path: str | None = None
    body_contains: str | None = None
    times: int = 1
    after: int = 0
    seconds: float = 1.0
    status: int = 500
    body: Any = None
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultRefused(f"unknown kind {self.kind!r}; one of {', '.join(KINDS)}")

    def fits(self, system: str, method: str, path: str, body: bytes) -> bool:
        if system != self.system or (self.times and self.fired >= self.times):
            return False
        if self.method and self.method.upper() != method:
            return False
        if self.path and not fnmatch(path, self.path):
            return False
        return self.body_contains is None or self.body_contains.encode() in body

    @property
    def soft(self) -> bool:
        return self.kind in SOFT_KINDS


class Faults:
    """All faults set, asked once per request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, **description: Any) -> Fault:
        unknown = set(description) - set(Fault.__dataclass_fields__) | {"fired"} & set(description)
        if unknown:
            raise FaultRefused(f"unknown field {', '.join(sorted(unknown))}")
        if "system" not in description or "kind" not in description:
            raise FaultRefused("a fault needs at least system and kind")
        fault = Fault(**description)
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(
        self, system: str, method: str, path: str, body: bytes, *, reads: bool
    ) -> list[Fault]:
        """Return what hits this call: any number of soft faults and at most one hard one.

        Only a call that reads can lag behind, so only such a call uses up a lag.
        """
        struck: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                if not fault.fits(system, method, path, body):
                    continue
                if fault.kind == "lag" and not reads:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif fault.soft or all(other.soft for other in struck):
                    fault.fired += 1
                    struck.append(fault)
        return struck

    def longest_lag(self, system: str) -> float | None:
        """Return how far reads of this system may lag behind, or None if none does."""
        with self._lock:
            lags = [f.seconds for f in self._faults if f.system == system and f.kind == "lag"]
        return max(lags, default=None)

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults = []
