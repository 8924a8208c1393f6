"""Keeping the world in a file, so that a sandbox that is stopped and started forgets nothing."""

from __future__ import annotations

import io
import os
import pickle  # noqa: S403 (read back below with a reader that knows our own records only)
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sandbox.world import World

# Raise it when records written by an older sandbox can no longer be understood.
VERSION = 3
FIRST_LINE = b"sandbox state "
SAVE_EVERY_SECONDS = 3.0
KNOWN_TYPES = {
    "builtins": {"bytearray", "complex", "frozenset", "object", "set"},
    "collections": {"Counter", "OrderedDict", "defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "random": {"Random"},
    "uuid": {"UUID"},
}


class StateRefused(Exception):
    """The file cannot be used; the message says why and what to do."""


class Keeper:
    """Loads the world from its file and saves it whenever it differs from what is there."""

    def __init__(self, world: World, path: Path) -> None:
        self.world = world
        self.path = path
        self._saved = b""
        self._saving = threading.Lock()

    def load(self) -> bool:
        """Return whether there was a file to load."""
        if not self.path.exists():
            return False
        first, _, rest = self.path.read_bytes().partition(b"\n")
        if first != _first_line():
            raise StateRefused(
                f"{self.path} was written by another version of the sandbox. "
                "Delete it to begin again, or run the version that wrote it."
            )
        try:
            self.world.restore(_Reader(io.BytesIO(rest)).load())
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, KeyError) as problem:
            raise StateRefused(f"{self.path} cannot be read: {problem}. Delete it.") from problem
        self._saved = rest
        return True

    def save(self) -> None:
        """Write the file if anything changed; a reader sees the old file or the new, no half."""
        with self._saving:
            rest = self._written()
            if rest == self._saved:
                return
            beside = self.path.with_name(f"{self.path.name}.new")
            beside.write_bytes(_first_line() + b"\n" + rest)
            os.replace(beside, self.path)
            self._saved = rest

    def watch(self, stopped: threading.Event) -> None:
        """Save every few seconds until told to stop."""
        while not stopped.wait(SAVE_EVERY_SECONDS):
            try:
                self.save()
            except OSError as problem:
                print(f"The sandbox could not save its state: {problem}", file=sys.stderr)

    def _written(self) -> bytes:
        with ExitStack() as held:
            for lock in self.world.locks.values():
                held.enter_context(lock)
            return pickle.dumps(self.world.kept(), protocol=4)


def _first_line() -> bytes:
    return FIRST_LINE + str(VERSION).encode()


class _Reader(pickle.Unpickler):
    """Make records of the sandbox and plain values; anything else has no place in the file."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "sandbox" or name in KNOWN_TYPES.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it holds a {module}.{name}")
