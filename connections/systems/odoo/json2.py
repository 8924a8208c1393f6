"""Odoo's JSON-2 interface: one question is one POST, the answer is the bare value.

Knows HTTP and nothing of vendors or orders; another transport offers the same two functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests

from connections.errors import ConnectionProblem, SyncError, UnknownOutcome
from connections.http import Call
from connections.systems.odoo.errors import ONLINE, Asked, no_server, refusal

NO_JSON2 = (
    "The address answers with a web page instead of data. Odoo before version 19 does so, and so "
    "does a login page in front of Odoo."
)


@dataclass(frozen=True)
class Question:
    """A method of a model, called on records (`ids`) or on the model itself."""

    model: str
    method: str
    ids: Sequence[int] = ()
    named: dict[str, Any] = field(default_factory=dict)
    writes: bool = False
    repeatable: bool = True


@dataclass(frozen=True, kw_only=True)
class ModelCall(Call):
    """An HTTP call that remembers which question it carries."""

    model: str
    name: str


def to_call(question: Question, context: dict[str, Any]) -> ModelCall:
    """Write a question as an HTTP call."""
    body: dict[str, Any] = {**question.named, "context": context}
    if question.ids:
        body["ids"] = list(question.ids)
    # Reference: docs/systems/odoo.md#asking
    return ModelCall(
        method="POST",
        path=f"/json/2/{question.model}/{question.method}",
        json=body,
        writes=question.writes,
        repeatable=question.repeatable,
        model=question.model,
        name=question.method,
    )


def answer(call: Call, response: requests.Response) -> Any:
    """Return the decoded value of an answer. Raises SyncError."""
    asked = _asked(call, response)
    if response.is_redirect or 300 <= response.status_code < 400:
        raise _redirected(response)
    if not _is_json(response):
        raise _not_json(asked, response)
    try:
        # Amounts must never become floats.
        body = response.json(parse_float=Decimal)
    except ValueError:
        raise _not_json(asked, response) from None
    if response.status_code == 200:
        return body
    raise refusal(
        asked, response.status_code, body if isinstance(body, dict) else {}, response.headers
    )


def _asked(call: Call, response: requests.Response) -> Asked:
    online = (urlsplit(response.url).hostname or "").endswith(".odoo.com")
    if isinstance(call, ModelCall):
        return Asked(call.model, call.name, call.writes, online)
    return Asked("", call.path, call.writes, online)


def _is_json(response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _redirected(response: requests.Response) -> SyncError:
    target = urlsplit(response.headers.get("Location", ""))
    if target.path.endswith("/login"):
        return ConnectionProblem(NO_JSON2)
    where = f" to {target.scheme}://{target.netloc}" if target.netloc else ""
    return ConnectionProblem(
        f"The address answers with a redirection{where}. Enter the address Odoo itself has."
    )


def _not_json(asked: Asked, response: requests.Response) -> SyncError:
    """Judge an answer that no JSON interface gave: a proxy, a login page, another program."""
    status = response.status_code
    kind = response.headers.get("Content-Type", "no type")
    detail = f"{asked.name}: HTTP {status}, {kind}"
    online = ONLINE if asked.on_odoo_online else ""
    if status == 429:
        return refusal(asked, status, {}, response.headers)
    if status in (500, 502, 503, 504):
        return no_server(asked, status)
    if status == 200 and asked.writes:
        return UnknownOutcome("Odoo's answer could not be read.", detail=detail)
    if status == 200:
        return ConnectionProblem(
            NO_JSON2 + online,
            detail=detail,
        )
    if status == 404:
        return ConnectionProblem(
            "There is no Odoo database of this name at this address. Check both: the name is case "
            "sensitive." + online,
            detail=detail,
        )
    return ConnectionProblem(
        f"Something in front of Odoo refused the call (HTTP {status}). Ask whoever runs the "
        "server to let calls to /json/2/ through." + online,
        detail=detail,
    )
