"""What a test may turn on and off: POST /_sandbox/odoo/switches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo.environment import Env
from sandbox.odoo.models.residuals import follow
from sandbox.odoo.models.users import PROGRAMMATIC_KEYS

SERVER_ERRORS = ("SerializationFailure", "LockNotAvailable", "OperationalError")
CANCELLING = ("refuse", "undo")
ACCOUNTANT = "account_accountant"
# Switch -> what may be said.
KNOWN: dict[str, tuple[Any, ...] | type] = {
    "programmatic_api_keys": bool,
    "server_error": SERVER_ERRORS,
    "enterprise": bool,
    "load_conflicts": int,
    "cancel_matched": CANCELLING,
}


def wrong(asked: Mapping[str, Any]) -> str | None:
    """Return why these switches cannot be turned, if so."""
    for name, value in asked.items():
        if name == "database":
            continue
        allowed = KNOWN.get(name)
        if allowed is None:
            return f"switches: {', '.join(KNOWN)}"
        if isinstance(allowed, tuple) and value not in allowed:
            return f"{name} is one of {', '.join(allowed)}"
    return None


def turn(env: Env, asked: Mapping[str, Any]) -> None:
    if "programmatic_api_keys" in asked:
        parameters = env["ir.config_parameter"]
        value = str(bool(asked["programmatic_api_keys"]))
        parameters.set_param(PROGRAMMATIC_KEYS, value)  # type: ignore[attr-defined]
    if "enterprise" in asked:
        _accounting(env, bool(asked["enterprise"]))
    env.db.load_conflicts = int(asked.get("load_conflicts", env.db.load_conflicts))
    if "cancel_matched" in asked:
        env.db.refuse_cancel_matched = asked["cancel_matched"] == "refuse"
    env.store.commit()


def _accounting(env: Env, on: bool) -> None:
    """Emulate the accountant module: another state for paid bills, and no fallback (§6.2)."""
    env.db.enterprise = on
    modules = env.sudo()["ir.module.module"]
    held = [row["id"] for row in modules.rows.values() if row["name"] == ACCOUNTANT]
    for record in held:
        env.store.drop(modules.name, record)
    if on:
        values = {"name": ACCOUNTANT, "state": "installed", "latest_version": "19.0.1.1"}
        modules.insert(values)
    follow(env, [row["id"] for row in env["account.move"].rows.values()])
