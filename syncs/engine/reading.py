"""Reading what changed at the source, and moving the watermark with what was staged."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from syncs.engine.context import Context, OutOfTime
from syncs.engine.copies import KEPT, keep_records, later
from syncs.engine.staging import stage, withdraw_missing
from syncs.models import FlowState, Transfer
from syncs.states import State

SWEEP_EVERY = timedelta(hours=24)
SETTLED_BY_A_PERSON = (State.CANCELLED, State.DISMISSED, State.SKIPPED)


def read_changes(ctx: Context, *, whole: bool = False) -> None:
    """Stage what changed since the watermark; once a day, everything (the sweep).

    The sweep finds what no delta shows: rows committed late, deletions, edits that touch no time
    stamp. One that runs out of time goes on where it was. Raises SyncError, OutOfTime, LeaseLost.
    """
    state = ctx.lease.state
    started = timezone.now()
    due = state.swept_at is None or started - state.swept_at > SWEEP_EVERY
    if not (whole or due or state.sweep):
        since = state.watermark and state.watermark - ctx.source_side.system.overlap
        _read(ctx, since, started)
        return
    met = _read(ctx, _sweep_from(state), started, met=set(state.sweep.get("met", ())))
    _finish_sweep(ctx, met)
    state.sweep, state.swept_at = {}, started
    state.save(update_fields=["sweep", "swept_at"])


def _read(
    ctx: Context, since: datetime | None, started: datetime, *, met: set[str] | None = None
) -> set[str]:
    """Stage what the source has since then; `met` is given by a sweep, and returned grown."""
    state = ctx.lease.state
    seen = set() if met is None else met
    for page in ctx.source.read(since):
        with ctx.lease.guard():
            if ctx.flow.reads in KEPT:
                keep_records(ctx.source_side, page.records, started)
            stage(ctx, page.records)
            ctx.commit()  # here: the watermark must not move without what it covers
            state.watermark = later(state.watermark, page.watermark)
            state.save(update_fields=["watermark"])
        seen.update(record.id for record in page.records)
        _pause_between_pages(ctx, page.watermark, None if met is None else seen)
    return seen


def _sweep_from(state: FlowState) -> datetime | None:
    begun = state.sweep.get("from")
    return datetime.fromisoformat(begun) if begun else None


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


def _pause_between_pages(ctx: Context, reached: datetime | None, met: set[str] | None) -> None:
    """Stop here if the time is up and the system can be asked to go on from here."""
    try:
        ctx.safe_point()
    except OutOfTime:
        if reached is None:
            return  # a continuation would begin the same read again, for ever
        if met is not None:
            ctx.lease.state.sweep = {"from": reached.isoformat(), "met": sorted(met)}
            ctx.lease.state.save(update_fields=["sweep"])
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
