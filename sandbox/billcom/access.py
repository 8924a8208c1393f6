"""Who may enter BILL and how often: developer keys, users, sessions, limits, switches.

Reference: docs/systems/billcom.md#2-sign-in-and-session and docs/systems/billcom.md#33-limits
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.billcom.errors import (
    Fault,
    Refusal,
    session_lost,
    too_many_at_once,
    too_many_per_hour,
)

IDLE = timedelta(minutes=35)
SYNC_TOKEN_IDLE = timedelta(hours=48)
REMEMBERED = timedelta(days=30)


@dataclass
class Switches:
    """What differs between organisations, or what nobody knows for sure."""

    duplicate_invoice_numbers: str = "refuse"  # or allow: a preference of the organisation
    archived_references: str = "refuse"  # or allow: not documented, refusing is the safer guess
    limit_status: int = 422  # or 429: both are reported
    hourly_cap: int = 20_000
    login_cap: int = 200
    most_at_once: int = 3
    departments_enabled: bool = True
    disabled_dimensions: list[str] = field(default_factory=list)
    page_token_carries_query: bool = True  # False: sort and filters must be repeated
    thin_list_rows: bool = False
    upload_seconds: float = 2.0
    login_failure_status: int = 401  # or 400, for BDC_1101
    locked: bool = False  # an organisation BILL has locked: BDC_1107
    due_less_scheduled: bool = False  # True: dueAmount leaves out what is scheduled
    offline_single_status: str = ""  # or UNDEFINED: what payments made outside carry
    allow_http_loopback: bool = True  # notifications to this computer need no https
    webhook_after_failures: str = "disable"  # or set_aside: sources differ
    webhook_body_as_string: bool = False  # True: the JSON once more as a JSON string
    webhook_thin_vendor_updates: bool = False
    webhook_numeric_account_numbers: bool = False
    api_access: bool = True  # False: its plan has no API, BDC_1105

    def change(self, **wanted: Any) -> None:
        for name, value in wanted.items():
            if name not in self.__dataclass_fields__:
                raise ValueError(f"unknown switch {name!r}")
            setattr(self, name, value)

    def dimension_enabled(self, kind: str) -> bool:
        if kind == "departments" and not self.departments_enabled:
            return False
        return kind not in self.disabled_dimensions


@dataclass
class User:
    """A person or robot who may log in. `denied` holds rights taken away, such as bills:read.

    With a sync token the name of the token is the username and its value the password.
    """

    id: str
    username: str
    password: str
    organizations: list[str]
    denied: list[str] = field(default_factory=list)
    sync_token: bool = False


@dataclass
class Session:
    """A login: bound to one developer key and one organisation."""

    id: str
    dev_key: str
    organization: str
    user: User
    last_call: datetime
    trusted: bool = False


@dataclass
class Access:
    """The gatekeeper. It has its own lock, because refusals happen before the records' lock."""

    dev_keys: list[str] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    switches: dict[str, Switches] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    logins: int = 0
    # Devices that passed a second factor: (rememberMeId, device) -> user name and last day.
    remembered: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    _calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    _logins: Counter[tuple[str, str]] = field(default_factory=Counter)
    _running: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what belongs to the running process: the lock and the calls under way."""
        with self._lock:
            kept = {**vars(self), "sessions": dict(self.sessions), "switches": dict(self.switches)}
            kept |= {"_calls": self._calls.copy(), "_logins": self._logins.copy()}
        return {name: kept[name] for name in kept if name not in ("_lock", "_running")}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept, _lock=threading.Lock(), _running=Counter())

    def log_in(self, wanted: dict[str, Any], now: datetime) -> Session:
        """Open a session or refuse. Reference: docs/systems/billcom.md#21-post-v3login"""
        if wanted["devKey"] not in self.dev_keys:
            raise Refusal(400, [Fault("BDC_1102", "The developer key is invalid.", "REQUEST")])
        user = self.users.get(wanted["username"])
        organization = wanted["organizationId"]
        if user is None or user.password != wanted["password"]:
            status = self.switches_of(organization).login_failure_status
            raise Refusal(status, [Fault("BDC_1101", "User name or password is wrong.", "REQUEST")])
        if organization not in user.organizations:
            message = f"The user does not belong to organization {organization}."
            raise Refusal(403, [Fault("BDC_1105", message, "REQUEST")])
        self._check_open(organization)
        trusted = self._remembers(wanted, user, now)
        id = secrets.token_hex(24)
        session = Session(id, wanted["devKey"], organization, user, now, trusted)
        with self._lock:
            self.sessions[session.id] = session
            self.logins += 1
        return session

    def remember(self, username: str, now: datetime) -> dict[str, str]:
        """Trust a device for 30 days, as a person who entered the code from a telephone may."""
        made = {"rememberMeId": secrets.token_hex(16), "device": f"device of {username}"}
        self.remembered[made["rememberMeId"], made["device"]] = (username, now + REMEMBERED)
        return made

    def _remembers(self, wanted: dict[str, Any], user: User, now: datetime) -> bool:
        """Reference: docs/systems/billcom.md#22-lifetime; a sync token is never trusted."""
        key = (wanted.get("rememberMeId") or "", wanted.get("device") or "")
        name, until = self.remembered.get(key, ("", now))
        return name == user.username and now < until and not user.sync_token

    def session(self, session_id: str, dev_key: str, now: datetime) -> Session:
        """Return the live session; a lost, foreign or idle one is refused alike."""
        session = self.sessions.get(session_id)
        if session is None or session.dev_key != dev_key:
            raise session_lost()
        if now - session.last_call >= (SYNC_TOKEN_IDLE if session.user.sync_token else IDLE):
            self.sessions.pop(session_id, None)
            raise session_lost()
        self._check_open(session.organization)
        return session

    def _check_open(self, organization: str) -> None:
        switches = self.switches_of(organization)
        if switches.locked:
            raise Refusal(423, [Fault("BDC_1107", "The organization is locked.")])
        if not switches.api_access:
            raise Refusal(403, [Fault("BDC_1105", "The organization has no API access.")])

    def switches_of(self, organization: str | None) -> Switches:
        return self.switches.get(organization or "") or Switches()

    def count(self, dev_key: str, organization: str | None, now: datetime, *, login: bool) -> None:
        """Count the call in its clock hour, for the developer key over all organisations."""
        switches = self.switches_of(organization)
        key = (dev_key, f"{now:%Y-%m-%dT%H}")
        with self._lock:
            self._calls[key] += 1
            self._logins[key] += login
            if login and self._logins[key] > switches.login_cap:
                raise too_many_per_hour(switches.limit_status, switches.login_cap)
            if self._calls[key] > switches.hourly_cap:
                raise too_many_per_hour(switches.limit_status, switches.hourly_cap)

    def begin(self, dev_key: str, organization: str) -> None:
        """Take one of the places for simultaneous calls; nobody waits for one."""
        switches = self.switches_of(organization)
        with self._lock:
            if self._running[dev_key, organization] >= switches.most_at_once:
                raise too_many_at_once(switches.limit_status)
            self._running[dev_key, organization] += 1

    def end(self, dev_key: str, organization: str) -> None:
        with self._lock:
            self._running[dev_key, organization] -= 1
