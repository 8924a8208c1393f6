"""What Odoo's refusals mean: one table from its words and status codes to our errors.

Matched on exception names and status codes, never on sentences: those change from release to
release and come in the user's language. `debug` holds a server traceback and is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connections.errors import (
    ConnectionProblem,
    Rejected,
    SyncError,
    TransientError,
    UnknownOutcome,
    Unsupported,
)

ONLINE = (
    " On Odoo's own hosting (Odoo Online), access for other programs is part of the Custom plan "
    "only: check the plan of this database."
)
NEW_KEY = (
    "Odoo does not accept the API key: it is wrong, was deleted, has expired, or its user is "
    "archived. Log in to Odoo as the integration user, make a new key under My Preferences → "
    "Account Security → New API Key, and enter it here."
)
# The server undid the whole request: it may be repeated, even a write.
ROLLED_BACK = ("SerializationFailure", "LockNotAvailable", "DeadlockDetected", "PoolError")
# The server lost its database, perhaps while committing.
UNCERTAIN = ("OperationalError", "InterfaceError", "AdminShutdown", "CannotConnectNow")

_MOST_GROUPS = 3
_LONGEST = 300
_MODULES = (("purchase.", "Purchase"), ("account.", "Invoicing or Accounting"))
# Everybody who may log in to a customer portal has this one; it is never what a person lacks.
_NEVER_THE_ANSWER = ("Portal",)
# How Odoo shows a record in a message: “Rope (purchase.order.line: 1)”.
_A_RECORD = re.compile(r"\([a-z0-9_.]+: \d+[^)]*\)")


@dataclass(frozen=True)
class Asked:
    """The question a refusal answers."""

    model: str
    method: str
    writes: bool
    on_odoo_online: bool = False

    @property
    def name(self) -> str:
        return f"{self.model}.{self.method}"


def refusal(
    asked: Asked, status: int, body: Mapping[str, Any], headers: Mapping[str, str]
) -> SyncError:
    """Return the error for a JSON answer that is not 200."""
    name = str(body.get("name") or "")
    message = str(body.get("message") or "")
    detail = f"{asked.name}: HTTP {status} {name}: {message}"[:1000]
    if status == 429:
        return TransientError(
            "Odoo asks to be called less often.", detail=detail, retry_after=_seconds(headers)
        )
    if status in (502, 503, 504):
        return no_server(asked, status)
    judge = _BY_EXCEPTION.get(name.rpartition(".")[2]) or _BY_STATUS.get(status)
    if judge is not None:
        return judge(asked, message, detail)
    return _broken(asked, name, message, detail)


def no_server(asked: Asked, status: int) -> SyncError:
    """Return the error for a proxy that found no Odoo behind it, or one that took too long."""
    detail = f"{asked.name}: HTTP {status}"
    if asked.writes:
        return UnknownOutcome(
            "Odoo did not answer; it may or may not have carried the request out.", detail=detail
        )
    return TransientError("Odoo is not available at the moment.", detail=detail)


def first_words(message: str) -> str:
    """Return what a person should read of a server's message: its first sentences, no internals."""
    lines = [line.strip() for line in message.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("(Record:", "Traceback", "^"))]
    short = " ".join(kept[:2])
    return short if len(short) <= _LONGEST else short[: _LONGEST - 1].rstrip() + "…"


def bullets_in(message: str) -> list[str]:
    """Return what an access error lists, whatever its language: groups, or records."""
    lines = [line.strip() for line in message.splitlines()]
    return [line[2:].strip() for line in lines if line.startswith("- ")]


def _unauthorized(asked: Asked, message: str, detail: str) -> SyncError:
    return ConnectionProblem(NEW_KEY + (ONLINE if asked.on_odoo_online else ""), detail=detail)


def _no_access(asked: Asked, message: str, detail: str) -> SyncError:
    """Name the groups that would help, or the records that a rule keeps closed."""
    bullets = bullets_in(message)
    records = [bullet for bullet in bullets if _A_RECORD.search(bullet)]
    if records:
        label = _A_RECORD.sub("", records[0]).strip()
        return ConnectionProblem(
            f"A rule in Odoo keeps the integration user away from “{label}”. Check the companies "
            "it may enter, and whether it may see everybody's documents.",
            detail=detail,
        )
    said = first_words(message.partition("\n")[0]) or "Odoo refuses the access."
    groups = [g for g in bullets if not g.endswith(_NEVER_THE_ANSWER)][:_MOST_GROUPS]
    advice = (
        f"Give the integration user one of these groups: {'; '.join(groups)}."
        if groups
        else "Check the groups and the allowed companies of the integration user."
    )
    return ConnectionProblem(f"{said} {advice}", detail=detail)


def _not_found(asked: Asked, message: str, detail: str) -> SyncError:
    if asked.name in message:
        return Unsupported(f"This Odoo does not know {asked.name}.", detail=detail)
    module = next((m for start, m in _MODULES if asked.model.startswith(start)), "")
    missing = f"The app {module} is" if module else f"The app that brings “{asked.model}” is"
    online = ONLINE if asked.on_odoo_online else ""
    return ConnectionProblem(
        f"{missing} not installed in this Odoo database.{online}", detail=detail
    )


def _missing(asked: Asked, message: str, detail: str) -> SyncError:
    return Rejected("Odoo no longer has this record.", code="MissingError", detail=detail)


def _user_error(asked: Asked, message: str, detail: str) -> SyncError:
    return Rejected(
        f"Odoo refused: {first_words(message) or 'it gave no reason.'}",
        code="UserError",
        detail=detail,
    )


def _locked(asked: Asked, message: str, detail: str) -> SyncError:
    return TransientError("Somebody is changing this record in Odoo right now.", detail=detail)


def _ours(asked: Asked, message: str, detail: str) -> SyncError:
    return Unsupported(f"Odoo did not understand {asked.name}.", detail=detail)


def _broken(asked: Asked, name: str, message: str, detail: str) -> SyncError:
    """A 500 is permanent unless the exception says that the database was busy or gone."""
    if any(word in name for word in ROLLED_BACK):
        return TransientError("Odoo's database was busy; nothing was changed.", detail=detail)
    if any(word in name for word in UNCERTAIN):
        return no_server(asked, 500)
    if asked.writes:
        return Rejected(
            f"Odoo failed on this record: {first_words(message) or name}", code=name, detail=detail
        )
    return Unsupported(f"Odoo failed to answer {asked.name}.", detail=detail)


def _seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None


_Judge = Callable[[Asked, str, str], SyncError]
# Reference: docs/systems/odoo.md#errors
_BY_EXCEPTION: dict[str, _Judge] = {
    "AccessError": _no_access,
    "AccessDenied": _unauthorized,
    "MissingError": _missing,
    "UserError": _user_error,
    "ValidationError": _user_error,
    "RedirectWarning": _user_error,
    "LockError": _locked,
}
_BY_STATUS: dict[int, _Judge] = {
    400: _ours,
    401: _unauthorized,
    403: _no_access,
    404: _not_found,
    409: _locked,
    415: _ours,
    422: _ours,
}
