"""One run per flow at a time, on any number of machines.

A row with an expiry and a fencing number that rises with each holder. Every claim and every result
is saved in a transaction that first checks the fence, so a holder that was frozen and wakes
changes nothing. Time is the database's.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now

from syncs.models import FlowState, Integration

LEASE_LASTS = timedelta(seconds=60)
RENEW_EVERY = 5.0
# The longest a call may take, retries included, once the lease was renewed (connections.http).
LONGEST_CALL = 50.0


class LeaseLost(Exception):
    """Another worker runs this flow now; whatever this one still holds in mind is void."""


class Lease:
    """The right to run one flow."""

    def __init__(self, state: FlowState, holder: str) -> None:
        self.state = state
        self.fence = state.fence
        self._holder = holder
        self._renewed = time.monotonic()

    @property
    def deadline(self) -> float:
        """Return the monotonic moment after which no call may start."""
        return self._renewed + LEASE_LASTS.total_seconds() - LONGEST_CALL

    def keep(self) -> bool:
        """Renew the lease if it is not fresh; say whether it was. Raises LeaseLost."""
        if time.monotonic() - self._renewed < RENEW_EVERY:
            return False
        now = time.monotonic()
        if not self._mine().update(expires_at=Now() + LEASE_LASTS):
            raise LeaseLost
        self._renewed = now
        return True

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Make the body one transaction that only the holder commits. Raises LeaseLost."""
        with transaction.atomic():
            # Taking the row's lock here makes a successor wait until this transaction has ended.
            if not self._mine().update(fence=F("fence")):
                raise LeaseLost
            yield

    def release(self) -> None:
        """Give the flow back."""
        self._mine().update(holder="", expires_at=Now())

    def _mine(self) -> models.QuerySet[FlowState]:
        return FlowState.objects.filter(
            pk=self.state.pk, holder=self._holder, fence=self.fence, expires_at__gt=Now()
        )


def acquire(integration: Integration, flow: str) -> Lease | None:
    """Take the lease of a flow, or return None while another worker holds it."""
    state, _ = FlowState.objects.get_or_create(integration=integration, flow=flow)
    holder = f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    free = FlowState.objects.filter(pk=state.pk, expires_at__lte=Now())
    if not free.update(holder=holder, fence=F("fence") + 1, expires_at=Now() + LEASE_LASTS):
        return None
    state.refresh_from_db()
    return Lease(state, holder)
