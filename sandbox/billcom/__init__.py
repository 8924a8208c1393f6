"""Stand-in for BILL."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from sandbox.world import World


def create_blueprint(world: World) -> Blueprint:
    return Blueprint("billcom", __name__)


def reset(world: World, seed: str) -> None:
    world.records["billcom"] = {}


def ledger(world: World) -> dict[str, Any]:
    return {"title": "BILL", "tables": []}
