"""BILL over HTTP: signing in, signing calls, reading answers. Knows nothing of our records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote_plus

import requests

from connections.errors import (
    ConnectionProblem,
    LimitReached,
    SyncError,
    TransientError,
    UnknownOutcome,
)
from connections.http import Call, Client
from connections.limits import next_hour, spend
from connections.system import Access
from connections.systems.billcom.errors import LONGEST_DETAIL, Refusal, error_for
from connections.systems.billcom.options import IDLE_SECONDS, Options, limits, login_limit, mark
from connections.systems.billcom.values import decoded, encoded

T = TypeVar("T")

HIDDEN = "•••"
# Reference: docs/systems/billcom.md#environments. They answer at an address of their own.
EVENTS_PATHS = ("/v3/subscriptions", "/v3/events")
JSON = {"Content-Type": "application/json"}


class BillcomClient(Client):
    """A signed-in caller of BILL's v3 API."""

    label: ClassVar[str] = "BILL"
    uses_session: ClassVar[bool] = True

    def __init__(self, access: Access) -> None:
        self.options = Options.of(access)
        self.server_time: datetime | None = None
        # What lists of this organization refused, so that it is asked for only once.
        self.refused: set[tuple[str, str]] = set()
        self._kept: dict[Any, Any] = {}
        super().__init__(access, limits(access))

    # What every call needs ------------------------------------------------------------------

    def url(self, call: Call) -> str:
        is_about_events = call.path.startswith(EVENTS_PATHS)
        return (self.options.events_url if is_about_events else self.options.base_url) + call.path

    def headers(self, session: Mapping[str, str]) -> Mapping[str, str]:
        if "sessionId" not in session:
            return {"Accept": "application/json"}
        return {
            "Accept": "application/json",
            "sessionId": session["sessionId"],
            "devKey": self.options.dev_key,
        }

    def grant_key(self) -> str:
        """A session belongs to the developer key, the user, the organization and the address."""
        names = ("base_url", "environment", "organization_id", "username", "password", "dev_key")
        return f"billcom:{mark(self.access, *names)}"

    def session_idle_seconds(self) -> float:
        return IDLE_SECONDS.get(self.options.login_kind, IDLE_SECONDS["user"])

    def login(self) -> Mapping[str, str]:
        """Open a session of the organization in the settings and of no other (R21)."""
        limit = login_limit(self.access, self.options.max_logins)
        if not spend(limit, 1):
            raise LimitReached(
                f"BILL was signed in to {limit.per_hour} times this hour, which is the most this "
                "connection allows. Work goes on at the next full hour.",
                until=next_hour(),
            )
        body = {
            "username": self.options.username,
            "password": self.options.password,
            "organizationId": self.options.organization,
            "devKey": self.options.dev_key,
        }
        # Reference: docs/systems/billcom.md#session. Not retried here: each try counts.
        answer = self._once(
            Call(method="POST", path="/v3/login", data=encoded(body), headers=JSON), {}
        )
        if not isinstance(answer, dict) or not answer.get("sessionId"):
            raise TransientError("BILL signed us in without giving us a session.")
        if answer.get("organizationId") != self.options.organization:
            raise ConnectionProblem(
                f"{self.access.name} signed in to another BILL organization than the one in its "
                "settings. Nothing was sent. Check the organization ID."
            )
        return {"sessionId": str(answer["sessionId"]), "trusted": str(answer.get("trusted", False))}

    def parse(self, call: Call, response: requests.Response) -> Any:
        self._note_time(response)
        if not 200 <= response.status_code < 300:
            raise error_for(call, response.status_code, self.clean(response))
        if not response.content:
            return {}
        try:
            # Never response.text: without a charset it guesses, slowly and at times wrongly.
            return decoded(response.content.decode())
        except ValueError:
            raise self._unreadable(call, response) from None

    def clean(self, response: requests.Response) -> str:
        """Return an answer's text without anything secret it may have echoed."""
        text = response.content.decode(errors="replace")
        session = response.request.headers.get("sessionId", "")
        for secret in [*self._secrets(), str(session)]:
            for written in {secret, json.dumps(secret)[1:-1], quote_plus(secret)} - {""}:
                text = text.replace(written, HIDDEN)
        return text

    # What resources use ---------------------------------------------------------------------

    def get(self, path: str, **params: str) -> Any:
        """Read one thing. Raises SyncError."""
        return self.call(Call(method="GET", path=path, params=params))

    def get_each(self, paths: Mapping[str, str], **params: str) -> dict[str, Any]:
        """Read many things side by side; what BILL does not have is absent. Raises SyncError."""
        answers = self.calls(
            [Call(method="GET", path=path, params=params) for path in paths.values()]
        )
        found: dict[str, Any] = {}
        for id, answer in zip(paths, answers, strict=True):
            if isinstance(answer, Refusal) and is_absent(answer):
                continue
            if isinstance(answer, SyncError):
                raise answer
            found[id] = answer
        return found

    def post(self, path: str, body: Any) -> Any:
        """Create something. A second try could double it, so a lost answer is not repeated."""
        return self.call(
            Call(method="POST", path=path, data=encoded(body), headers=JSON, writes=True)
        )

    def put(self, path: str, body: Any) -> Any:
        """Replace something. New lines would be doubled by nothing, but their ids would change."""
        return self.call(
            Call(method="PUT", path=path, data=encoded(body), headers=JSON, writes=True)
        )

    def patch(self, path: str, body: Any) -> Any:
        """Change some fields of something."""
        return self.call(
            Call(method="PATCH", path=path, data=encoded(body), headers=JSON, writes=True)
        )

    def switch(self, path: str) -> Any:
        """Archive or restore, which done twice is the same as once."""
        return self.call(Call(method="POST", path=path, writes=True, repeatable=True))

    def kept(self, kind: Callable[[BillcomClient], T]) -> T:
        """Return what was learned with this client: resources come and go, it stays."""
        if kind not in self._kept:
            self._kept[kind] = kind(self)
        made: T = self._kept[kind]
        return made

    # How ------------------------------------------------------------------------------------

    def _note_time(self, response: requests.Response) -> None:
        try:
            self.server_time = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError, TypeError):
            self.server_time = None

    def _unreadable(self, call: Call, response: requests.Response) -> SyncError:
        detail = f"HTTP {response.status_code}: {self.clean(response)[:LONGEST_DETAIL]}"
        if call.writes:
            return UnknownOutcome("BILL's answer to our request cannot be read.", detail=detail)
        return TransientError("BILL's answer cannot be read.", detail=detail)

    def _secrets(self) -> list[str]:
        """Return what must never be kept, longest first so that no part of one is left over."""
        return sorted(self.access.secrets.values(), key=len, reverse=True)


def is_absent(refusal: Refusal) -> bool:
    """Say whether BILL has no such record. A bare 404 may come from anything on the way."""
    return refusal.code == "BDC_1205"
