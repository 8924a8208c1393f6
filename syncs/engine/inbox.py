"""Working off what webhooks told: each names a record by its id, which is read again (R23).

An event is a reason to look and nothing else; the watermark stays where it is, so polling still
finds what no event told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from connections.errors import DataError
from connections.records import Record
from connections.resource import AnyResource
from connections.serial import from_json
from syncs.engine.context import Context
from syncs.engine.copies import KEPT, keep_records
from syncs.engine.staging import stage
from syncs.models import InboxItem, RemoteRecord, Transfer

AT_ONCE = 100
Outcome = InboxItem.Outcome


def drain_inbox(ctx: Context) -> set[str]:
    """Look at all that waits for this flow; return the source ids that were staged.

    Raises SyncError, LeaseLost; what was not looked at then stays in the inbox.
    """
    staged: set[str] = set()
    while items := _waiting(ctx):
        read = [item for item in items if _is_read(ctx, item)]
        staged |= _read_again(ctx, read)
        _copy_again(ctx, [item for item in items if item not in read])
    return staged


def _read_again(ctx: Context, items: Sequence[InboxItem]) -> set[str]:
    """Stage what the flow reads, unless what we hold is as new."""
    old, fresh = _sorted_by_news(items, _held_sources(ctx, items))
    found = _ask(ctx.source, fresh)
    with ctx.lease.guard():
        if ctx.flow.reads in KEPT:
            keep_records(ctx.source_side, found.values(), timezone.now())
        stage(ctx, list(found.values()))
        ctx.commit()
        _close(old, fresh, found, Outcome.STAGED)
    return set(found)


def _copy_again(ctx: Context, items: Sequence[InboxItem]) -> None:
    """Refresh our copy of what the flow writes."""
    old, fresh = _sorted_by_news(items, _held_copies(ctx, items))
    found = _ask(ctx.target, fresh) if ctx.flow.writes in KEPT else {}
    with ctx.lease.guard():
        keep_records(ctx.target_side, found.values(), timezone.now())
        _close(old, fresh, found, Outcome.COPIED)


def _waiting(ctx: Context) -> list[InboxItem]:
    waiting = InboxItem.objects.filter(
        integration=ctx.integration, flow=ctx.flow.name, handled_at=None
    )
    return list(waiting.select_related("event").order_by("pk")[:AT_ONCE])


def _is_read(ctx: Context, item: InboxItem) -> bool:
    here = ctx.source_side.connection.pk == item.event.connection_id
    return here and item.event.record == ctx.flow.reads.__name__


def _sorted_by_news(
    items: Iterable[InboxItem], held: Mapping[str, datetime]
) -> tuple[list[InboxItem], list[InboxItem]]:
    """Split items by whether we hold their record as it was when the event was made."""
    old: list[InboxItem] = []
    fresh: list[InboxItem] = []
    for item in items:
        changed, ours = item.event.changed_at, held.get(item.event.record_id)
        is_old = changed is not None and ours is not None and ours >= changed
        (old if is_old else fresh).append(item)
    return old, fresh


def _held_sources(ctx: Context, items: Iterable[InboxItem]) -> dict[str, datetime]:
    """Return since when we hold each source; of one that became several, the oldest counts."""
    rows = Transfer.objects.filter(
        integration=ctx.integration,
        flow=ctx.flow.name,
        source_id__in=[item.event.record_id for item in items],
    )
    held: dict[str, datetime] = {}
    # What we recorded there ourselves was never read yet.
    for id, source in rows.exclude(source={}).values_list("source_id", "source"):
        changed = from_json(ctx.flow.reads, source).changed_at
        if changed is not None:
            held[id] = min(changed, held.get(id, changed))
    return held


def _held_copies(ctx: Context, items: Iterable[InboxItem]) -> dict[str, datetime]:
    rows = RemoteRecord.objects.filter(
        connection=ctx.target_side.connection,
        kind=ctx.flow.writes.__name__,
        remote_id__in=[item.event.record_id for item in items],
        gone=False,
        changed_at__isnull=False,
    )
    return {row.remote_id: row.changed_at for row in rows if row.changed_at is not None}


def _ask(resource: AnyResource, items: Sequence[InboxItem]) -> Mapping[str, Record]:
    """Read the records; an id the system will not have asked for must not stop the others."""
    ids = sorted({item.event.record_id for item in items})
    if not ids:
        return {}
    try:
        return resource.get(ids)
    except DataError:
        found: dict[str, Any] = {}
        for id in ids:
            try:
                found |= resource.get([id])
            except DataError:
                continue
        return found


def _close(
    old: Iterable[InboxItem],
    fresh: Iterable[InboxItem],
    found: Mapping[str, Record],
    outcome: str,
) -> None:
    now = timezone.now()
    for item in old:
        item.outcome = Outcome.NO_NEWS
    for item in fresh:
        item.outcome = outcome if item.event.record_id in found else Outcome.NOT_THERE
    closed = [*old, *fresh]
    for item in closed:
        item.handled_at = now
    InboxItem.objects.bulk_update(closed, ["handled_at", "outcome"])
