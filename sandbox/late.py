"""Calls whose connection was dropped and which are carried out later, by the sandbox clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.clock import Clock

LOOK_EVERY_SECONDS = 0.2


class LateCommits:
    """Work that is due at a moment of the sandbox clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # Held while working, so that whoever moved the clock returns when all that is due is done.
        self._working = threading.Lock()
        self._due: list[tuple[datetime, Callable[[], object]]] = []
        clock.on_move(self.run_due)

    def add(self, seconds: float, work: Callable[[], object]) -> None:
        with self._lock:
            self._due.append((self._clock.now() + timedelta(seconds=seconds), work))

    def run_due(self) -> None:
        with self._working:
            self._run_due()

    def _run_due(self) -> None:
        now = self._clock.now()
        with self._lock:
            ready = sorted((d for d in self._due if d[0] <= now), key=lambda d: d[0])
            self._due = [d for d in self._due if d[0] > now]
        for moment, work in ready:
            with self._clock.pinned(moment):
                work()

    def forget(self) -> None:
        with self._lock:
            self._due = []

    def watch(self, stopped: threading.Event) -> None:
        """Run what is due as real time passes, until told to stop."""
        while not stopped.wait(LOOK_EVERY_SECONDS):
            self.run_due()
