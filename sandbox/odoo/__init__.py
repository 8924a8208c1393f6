"""A stand-in for Odoo 19: JSON-2 over a small ORM, strict and stateful.

Reference: docs/systems/odoo.md. It knows nothing of any client; see README.md for logins and seeds.
"""

from __future__ import annotations

from typing import Any

from sandbox.odoo import overview
from sandbox.odoo.blueprint import create_blueprint
from sandbox.odoo.control import control_blueprint
from sandbox.odoo.installation import Installation
from sandbox.odoo.seed import DATABASE, new_database
from sandbox.world import World

__all__ = ["control_blueprint", "create_blueprint", "ledger", "reset"]


def reset(world: World, seed: str) -> None:
    """Begin again with one database `demo` holding the seed."""
    database = new_database(DATABASE, seed, world.clock.now())
    world.records["odoo"] = Installation({DATABASE: database})


def ledger(world: World) -> dict[str, Any]:
    return overview.ledger(world.records["odoo"])
