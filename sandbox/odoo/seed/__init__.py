"""What a fresh database holds. Ids are the same on every run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.odoo.installation import Database
from sandbox.odoo.seed import demo, twins
from sandbox.odoo.seed.base import ADMIN, lay_foundations
from sandbox.odoo.seed.builder import Builder

__all__ = ["ADMIN", "DATABASE", "SEEDS", "new_database"]

DATABASE = "demo"


def _nothing_more(builder: Builder) -> None:
    """Leave the foundations as they are."""


SEEDS: dict[str, Callable[[Builder], None]] = {
    "empty": _nothing_more,
    "demo": demo.fill,
    "twins": twins.fill,
}


def new_database(name: str, seed: str, moment: datetime) -> Database:
    """Return a database with this seed, as of this moment of the sandbox clock."""
    db = Database(name)
    builder = Builder(db, moment.astimezone(UTC).replace(tzinfo=None))
    lay_foundations(builder, keys_expire=seed == "demo")
    SEEDS[seed](builder)
    db.store.commit()
    return db
