"""One grant, one session, one refresher: what a login gave, encrypted, shared by all workers.

Renewal is compare-and-set on the row's version. The login itself happens outside any transaction;
whoever comes second waits for the first one's session instead of logging in again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from connections.errors import TransientError
from connections.models.sessions import Session
from connections.secrets import Unreadable

LOGIN_TAKES = timedelta(seconds=60)
NOTE_USE_EVERY = timedelta(seconds=60)

Login = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Held:
    """A session and the version of its row; version 0 is none at all."""

    version: int
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


class SessionStore:
    """The session of one grant."""

    def __init__(self, key: str, idle_seconds: float) -> None:
        self.key = key
        self._idle = idle_seconds

    def none(self) -> Held:
        """Return the session of a system that has no sessions."""
        return Held(version=0)

    def current(self, login: Login) -> Held:
        """Return the shared session, opening or renewing it if it is missing or rested too long."""
        row = self._row()
        if row.version == 0 or self._is_stale(row) or isinstance(row.values, Unreadable):
            return self.renew(Held(version=row.version), login)
        self._note_use(row)
        return Held(version=row.version, values=row.values)

    def renew(self, old: Held, login: Login) -> Held:
        """Replace `old` unless another worker did already. Raises what `login` raises."""
        holder = uuid.uuid4().hex
        deadline = time.monotonic() + LOGIN_TAKES.total_seconds()
        while time.monotonic() < deadline:
            row = self._row()
            if row.version != old.version and not isinstance(row.values, Unreadable):
                return Held(version=row.version, values=row.values)
            if self._claim(row.version, holder):
                return self._log_in(row.version, holder, login)
            time.sleep(0.1)
        raise TransientError("Another worker is still opening a session; the next run tries again.")

    def _log_in(self, version: int, holder: str, login: Login) -> Held:
        try:
            values = login()
        except BaseException:
            self._claimed(holder).update(refresher="", refresher_until=None)
            raise
        with transaction.atomic():  # locked: whoever claimed it meanwhile must not be overwritten
            row = Session.objects.select_for_update().get(key=self.key)
            if row.refresher != holder:
                return Held(version=row.version, values=values)
            row.values = dict(values)
            row.version = version + 1
            row.refresher, row.refresher_until = "", None
            row.opened_at = row.used_at = timezone.now()
            row.save()
        return Held(version=row.version, values=values)

    def _row(self) -> Session:
        return Session.objects.get_or_create(key=self.key)[0]

    def _claimed(self, holder: str) -> models.QuerySet[Session]:
        return Session.objects.filter(key=self.key, refresher=holder)

    def _claim(self, version: int, holder: str) -> bool:
        free = Q(refresher="") | Q(refresher_until__lte=Now())
        row = Session.objects.filter(free, key=self.key, version=version)
        return bool(row.update(refresher=holder, refresher_until=Now() + LOGIN_TAKES))

    def _is_stale(self, row: Session) -> bool:
        return timezone.now() - row.used_at > timedelta(seconds=min(self._idle, 10**9))

    def _note_use(self, row: Session) -> None:
        now = timezone.now()
        if now - row.used_at > NOTE_USE_EVERY:
            Session.objects.filter(key=self.key, version=F("version")).update(used_at=now)
