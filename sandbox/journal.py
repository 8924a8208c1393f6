"""Every request seen, and how many ran at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

# Headers by which a client may ask for a call to happen only once.
KEPT_HEADERS = ("Idempotency-Key", "X-Idempotent-Key", "X-Request-Id", "User-Agent")


@dataclass
class Entry:
    """One request, in real time."""

    system: str
    method: str
    path: str
    query: str
    organization: str | None
    headers: dict[str, str]
    started: datetime
    status: int | None = None
    ended: datetime | None = None
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        shown["started"] = self.started.isoformat()
        shown["ended"] = self.ended.isoformat() if self.ended else None
        return shown


class Journal:
    """The list of requests and the peak of simultaneous ones, per system and per organisation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._running: Counter[str] = Counter()
        self._peak: dict[str, int] = {}
        # Errors of a stand-in itself, which its clients only see as a 500.
        self.problems: list[str] = []

    @contextmanager
    def record(
        self,
        *,
        system: str,
        method: str,
        path: str,
        query: str,
        organization: str | None,
        headers: Mapping[str, str],
    ) -> Iterator[Entry]:
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        entry = Entry(system, method, path, query, organization, kept, datetime.now(UTC))
        keys = [system] + ([f"{system}/{organization}"] if organization else [])
        with self._lock:
            self._entries.append(entry)
            for key in keys:
                self._running[key] += 1
                self._peak[key] = max(self._peak.get(key, 0), self._running[key])
        try:
            yield entry
        finally:
            with self._lock:
                entry.ended = datetime.now(UTC)
                for key in keys:
                    self._running[key] -= 1

    def as_json(self, system: str | None = None) -> dict[str, Any]:
        with self._lock:
            entries = [e.as_json() for e in self._entries if system in (None, e.system)]
            peak = {
                key: count
                for key, count in self._peak.items()
                if system is None or key.split("/")[0] == system
            }
        return {"requests": entries, "peak": peak, "problems": list(self.problems)}

    def clear(self) -> None:
        """Forget what was seen; requests still running go on counting."""
        with self._lock:
            self._entries = []
            self._peak = {}
            self.problems = []
