"""The queue of background tasks: django-q2's own, and one more per worker for its probes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_q.brokers.orm import ORM

from syncs.heartbeat import probe_queue, worker_name


class Queue(ORM):  # type: ignore[misc]
    """Look for a probe before looking for work.

    Where several clusters share one queue, one of them may for minutes be the first to look at it
    each time. A probe put there would tell nothing about the others.
    """

    def dequeue(self) -> list[tuple[int, Any]] | None:
        found = self._take_probe() or super().dequeue()
        return list(found) if found else None

    def _take_probe(self) -> list[tuple[int, Any]]:
        rows = self.get_connection().filter(key=probe_queue(worker_name()), lock__lt=timezone.now())
        probe = rows.first()
        if probe is None or not rows.filter(pk=probe.pk).update(lock=self.timeout(probe)):
            return []
        return [(probe.pk, probe.payload)]
