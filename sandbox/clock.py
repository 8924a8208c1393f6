"""The sandbox clock: real time plus an offset a test may move."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class Clock:
    """Follow real time unless moved or frozen; tell listeners whenever it is moved."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen_at: datetime | None = None
        self._listeners: list[Callable[[], None]] = []
        self._pinned = threading.local()

    def now(self) -> datetime:
        pinned: datetime | None = getattr(self._pinned, "at", None)
        if pinned is not None:
            return pinned
        if self._frozen_at is not None:
            return self._frozen_at
        return datetime.now(UTC) + self._offset

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def advance(self, seconds: float) -> None:
        if self._frozen_at is not None:
            self._frozen_at += timedelta(seconds=seconds)
        self._offset += timedelta(seconds=seconds)
        self._tell()

    def set(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
        if self._frozen_at is not None:
            self._frozen_at = moment
        self._offset = moment - datetime.now(UTC)
        self._tell()

    def freeze(self, *, frozen: bool) -> None:
        if frozen:
            self._frozen_at = self.now()
        elif self._frozen_at is not None:
            self._offset = self._frozen_at - datetime.now(UTC)
            self._frozen_at = None

    def reset(self) -> None:
        self._offset = timedelta()
        self._frozen_at = None

    def kept(self) -> tuple[timedelta, datetime | None]:
        return self._offset, self._frozen_at

    def restore(self, kept: tuple[timedelta, datetime | None]) -> None:
        self._offset, self._frozen_at = kept

    def on_move(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    @contextmanager
    def pinned(self, moment: datetime) -> Iterator[None]:
        """Let this thread alone live at another moment, for work that belongs there."""
        self._pinned.at = moment
        try:
            yield
        finally:
            self._pinned.at = None

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
