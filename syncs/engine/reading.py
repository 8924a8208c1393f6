"""Reading what changed at the source, and moving the watermark with what was staged."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from syncs.engine.context import Context, OutOfTime
from syncs.engine.copies import KEPT, keep_records, later
from syncs.engine.staging import stage, withdraw_missing
from syncs.models import Transfer
from syncs.states import State

SWEEP_EVERY = timedelta(hours=24)
SETTLED_BY_A_PERSON = (State.CANCELLED, State.DISMISSED, State.SKIPPED)


def read_changes(ctx: Context, *, whole: bool = False) -> None:
    """Stage what changed since the watermark; once a day, everything (the sweep).

    The sweep finds what no delta shows: rows committed late, deletions, edits that touch no time
    stamp. Raises SyncError, OutOfTime, LeaseLost.
    """
    state = ctx.lease.state
    started = timezone.now()
    whole = whole or state.swept_at is None or started - state.swept_at > SWEEP_EVERY
    since = None
    if not whole and state.watermark is not None:
        since = state.watermark - ctx.source_side.system.overlap
    met: set[str] = set()
    for page in ctx.source.read(since):
        with ctx.lease.guard():
            if ctx.flow.reads in KEPT:
                keep_records(ctx.source_side, page.records, started)
            stage(ctx, page.records)
            ctx.commit()  # here: the watermark must not move without what it covers
            state.watermark = later(state.watermark, page.watermark)
            state.save(update_fields=["watermark"])
        met.update(record.id for record in page.records)
        _pause_between_pages(ctx, page_is_safe=page.watermark is not None and not whole)
    if whole:
        _finish_sweep(ctx, met)
        state.swept_at = started
        state.save(update_fields=["swept_at"])


def read_released(ctx: Context) -> None:
    """Read again, by id, what a person or a mapping released (R20)."""
    released = Transfer.objects.filter(
        integration=ctx.integration, flow=ctx.flow.name, release=True
    )
    ids = sorted(set(released.values_list("source_id", flat=True)))
    for start in range(0, len(ids), 100):
        some = ids[start : start + 100]
        found = ctx.source.get(some)
        with ctx.lease.guard():
            stage(ctx, list(found.values()))
            withdraw_missing(ctx, [id for id in some if id not in found])
        ctx.safe_point()


def _pause_between_pages(ctx: Context, *, page_is_safe: bool) -> None:
    try:
        ctx.safe_point()
    except OutOfTime:
        if page_is_safe:  # else a continuation would begin the same read again, for ever
            raise


def _finish_sweep(ctx: Context, met: set[str]) -> None:
    known = (
        Transfer.objects.filter(integration=ctx.integration, flow=ctx.flow.name)
        .exclude(state__in=SETTLED_BY_A_PERSON)
        .values_list("source_id", flat=True)
    )
    missing = sorted(set(known) - met)
    for start in range(0, len(missing), 100):
        some = missing[start : start + 100]
        there = ctx.source.get(some)  # a read of everything may still miss a row; ask by id
        withdraw_missing(ctx, [id for id in some if id not in there])
        ctx.safe_point()
