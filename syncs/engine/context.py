"""What one run of one flow has at hand, and the only way it saves what it did."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from audit.models import AuditEntry
from audit.services import audit_line
from connections.resource import AnyResource
from connections.services import Opened
from syncs.engine.lease import Lease
from syncs.engine.summary import Summary
from syncs.mapping import Mapper
from syncs.models import Attempt, Integration, Run, Transfer
from syncs.pairings import Direction, Flow


class OutOfTime(Exception):
    """The run's time is up at a safe point; a continuation does the rest."""


@dataclass
class Context:
    """One run of one flow."""

    integration: Integration
    flow: Flow
    erp: Opened
    ap: Opened
    lease: Lease
    run: Run
    summary: Summary
    mapper: Mapper
    stop_at: float | None = None
    actor: str = "system"
    _lines: list[AuditEntry] = field(default_factory=list)
    _transfers: dict[int, Transfer] = field(default_factory=dict)
    _attempts: list[Attempt] = field(default_factory=list)

    @property
    def source_side(self) -> Opened:
        return self.erp if self.flow.direction == Direction.ERP_TO_AP else self.ap

    @property
    def target_side(self) -> Opened:
        return self.ap if self.flow.direction == Direction.ERP_TO_AP else self.erp

    @property
    def source(self) -> AnyResource:
        return self.source_side.resource(self.flow.reads)

    @property
    def target(self) -> AnyResource:
        return self.target_side.resource(self.flow.writes)

    @property
    def there(self) -> str:
        """Return the target system's name on screen."""
        return self.target_side.system.label

    @property
    def here(self) -> str:
        """Return the source system's name on screen."""
        return self.source_side.system.label

    @property
    def scope(self) -> str:
        """Return what a target id must be unique in (R3, R23)."""
        target = f"{self.target_side.connection.pk}:{self.flow.writes.__name__}"
        if not self.flow.links_a_pair:
            return target
        return f"{self.source_side.connection.pk}>{target}"[:120]

    @property
    def today(self) -> date:
        """Return the accounting day of now, in the ERP's time zone."""
        return datetime.now(self.integration.zone).date()

    def note(
        self, transfer: Transfer, action: str, sentence: str, payload: dict[str, Any] | None = None
    ) -> None:
        """Keep a transfer and a line of its history, to be saved with the next `commit`."""
        self.keep(transfer)
        self._lines.append(
            audit_line(
                action,
                sentence,
                actor=self.actor,
                subject=transfer,
                integration=self.integration.name,
                document=transfer.document,
                vendor=transfer.vendor,
                amount=transfer.amount,
                currency=transfer.currency,
                run=str(self.run.pk),
                payload=payload,
            )
        )

    def keep(self, transfer: Transfer, attempt: Attempt | None = None) -> None:
        """Keep a transfer, and an attempt of it, to be saved with the next `commit`."""
        self._transfers[transfer.pk] = transfer
        if attempt is not None:
            self._attempts.append(attempt)

    def commit(self) -> None:
        """Save all that was kept, together, if the lease is still ours. Raises LeaseLost.

        What a person changed meanwhile stays as the person left it; the next run looks again.
        """
        if not (self._transfers or self._lines or self._attempts):
            return
        with self.lease.guard():
            kept = self._transfers.values()
            overtaken = {str(t.pk) for t in kept if not t.save_unless_changed()}
            for attempt in self._attempts:
                if str(attempt.transfer_id) not in overtaken:
                    attempt.save()
            lines = (line for line in self._lines if line.subject_id not in overtaken)
            AuditEntry.objects.bulk_create(lines)
        self._transfers.clear()
        self._attempts.clear()
        self._lines.clear()

    def safe_point(self) -> None:
        """Save, renew the lease, and stop here if the time is up. Raises OutOfTime, LeaseLost."""
        self.commit()
        self.lease.keep()
        if self.stop_at is not None and time.monotonic() > self.stop_at:
            raise OutOfTime
