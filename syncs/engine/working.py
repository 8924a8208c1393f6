"""The worklist of a flow: judged, then created, changed or withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from connections.errors import DataError
from syncs.engine.changing import send_changes
from syncs.engine.context import Context
from syncs.engine.finding import Finder, Item
from syncs.engine.inbox import drain_inbox
from syncs.engine.judging import judge, mapped
from syncs.engine.reading import read_released
from syncs.engine.sending import send_new, settle_match
from syncs.models import Transfer
from syncs.states import Reason, State
from syncs.verdicts import FREE_THEMSELVES

JUDGED_AT_ONCE = 200
Wanted = Transfer.Wanted


@dataclass
class Judged:
    """Transfers that can go, with the record each becomes."""

    new: list[Item] = field(default_factory=list)
    changes: list[Item] = field(default_factory=list)


def work(ctx: Context, finder: Finder) -> None:
    """Send everything that can be sent. Raises SyncError, OutOfTime, LeaseLost."""
    release_freed(ctx)
    release_let_in(ctx)
    read_released(ctx)
    for transfers in _batches(_worklist(ctx), ctx):
        _send(ctx, finder, transfers)
        work_on(ctx, finder, drain_inbox(ctx))


def work_on(ctx: Context, finder: Finder, source_ids: Collection[str]) -> None:
    """Send what became of these sources, and nothing else. Raises as `work` does."""
    if not source_ids:
        return
    for transfers in _batches(_worklist(ctx).filter(source_id__in=source_ids), ctx):
        _send(ctx, finder, transfers)


def _send(ctx: Context, finder: Finder, transfers: list[Transfer]) -> None:
    judged = _judge(ctx, transfers)
    ctx.commit()
    send_new(ctx, finder, judged.new)
    send_changes(ctx, finder, judged.changes)
    ctx.safe_point()


def rehearse(ctx: Context, finder: Finder) -> None:
    """The baseline (R1): link what both sides hold, count what would be created, write nothing."""
    for transfers in _batches(_worklist(ctx), ctx):
        judged = _judge(ctx, transfers)
        matches = finder.find([record for _, record in judged.new])
        for (transfer, record), match in zip(judged.new, matches, strict=True):
            if settle_match(ctx, transfer, record, match):
                _would_create(ctx, transfer)
        for transfer in transfers:
            if transfer.state == State.WAITING and transfer.reason == Reason.VENDOR:
                _would_create(ctx, transfer)
        ctx.safe_point()


def release_freed(ctx: Context) -> None:
    """Mark what a new mapping lets go: its source is read again before it is sent (R20)."""
    standing = (State.BLOCKED, State.HELD, State.SKIPPED)
    blocked = _mine(ctx).filter(state__in=standing, reason__in=FREE_THEMSELVES)
    for transfer in blocked:
        transfer.integration = ctx.integration
        try:
            mapped(ctx, transfer)
        except DataError as error:
            if error.message != transfer.sentence:
                judge(ctx, transfer)  # still blocked, but by something else now
            continue
        transfer.release = True
        transfer.move(State.NEW)
        ctx.keep(transfer)
    ctx.commit()


def release_let_in(ctx: Context) -> None:
    """Mark what stayed out with its vendor, once the vendor no longer does."""
    inside = Transfer.objects.filter(integration=ctx.integration, flow__in=ctx.flow.after).exclude(
        state__in=(State.SKIPPED, State.DISMISSED)
    )
    left_out = _mine(ctx).filter(
        state=State.SKIPPED, reason=Reason.VENDOR, vendor_id_there__in=inside.values("group")
    )
    for transfer in left_out:
        transfer.release = True
        transfer.move(State.NEW)
        ctx.keep(transfer)
    ctx.commit()


def _judge(ctx: Context, transfers: list[Transfer]) -> Judged:
    judged = Judged()
    for transfer in transfers:
        if transfer.target_id:
            transfer.wanted = transfer.wanted if _is_withdrawn(transfer) else Wanted.UPDATE
        if transfer.target_id and _is_withdrawn(transfer):
            _make_ready(ctx, transfer)
            judged.changes.append((transfer, None))
            continue
        record = judge(ctx, transfer)
        if record is None:
            continue
        _make_ready(ctx, transfer)
        (judged.changes if transfer.target_id else judged.new).append((transfer, record))
    return judged


def _make_ready(ctx: Context, transfer: Transfer) -> None:
    if transfer.state != State.READY:
        transfer.move(State.READY)
        ctx.keep(transfer)


def _is_withdrawn(transfer: Transfer) -> bool:
    return transfer.wanted == Wanted.CANCEL


def _batches(worklist: models.QuerySet[Transfer], ctx: Context) -> Iterator[list[Transfer]]:
    last = 0
    while True:
        some = list(worklist.filter(pk__gt=last).order_by("pk")[:JUDGED_AT_ONCE])
        if not some:
            return
        last = some[-1].pk
        for transfer in some:
            transfer.integration = ctx.integration
        yield some


def _worklist(ctx: Context) -> models.QuerySet[Transfer]:
    return _mine(ctx).filter(
        Q(state__in=(State.NEW, State.READY))
        | Q(state=State.WAITING, reason__in=(Reason.VENDOR, Reason.VENDOR_BILL))
        | Q(state=State.DONE) & ~Q(sent_seen=F("seen"))
    )


def retry_due(ctx: Context) -> None:
    """Bring back what failed and may be tried again now; its source is read again first."""
    due = _mine(ctx).filter(state=State.FAILED, next_try_at__lte=timezone.now())
    for transfer in due:
        transfer.release = True
        transfer.move(State.NEW)
        ctx.keep(transfer)
    ctx.commit()


def _would_create(ctx: Context, transfer: Transfer) -> None:
    ctx.summary.would_create += 1
    ctx.summary.add_amount("would create", transfer.amount, transfer.currency)


def _mine(ctx: Context) -> models.QuerySet[Transfer]:
    return Transfer.objects.filter(integration=ctx.integration, flow=ctx.flow.name)
