"""Attempts: written ahead of the call, closed with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from connections.errors import ConnectionProblem, DataError, LimitReached, SyncError
from connections.serial import digest, to_json
from syncs.engine.context import Context
from syncs.engine.finding import Item
from syncs.models import Attempt, Transfer
from syncs.states import Reason, State

BACKOFF = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))


def begin(ctx: Context, items: Sequence[Item], action: str) -> list[Attempt]:
    """Write ahead: state, attempt, key and body are committed before the call.

    What a person changed since it was judged gets no attempt, and stays as it is.
    """
    with ctx.lease.guard():
        attempts = _written_ahead(ctx, _without_changed(items), action)
        ctx.commit()
    return attempts


def _without_changed(items: Sequence[Item]) -> list[Item]:
    rows = Transfer.objects.select_for_update().filter(pk__in=[t.pk for t, _ in items])
    versions = dict(rows.values_list("pk", "version"))
    return [item for item in items if versions.get(item[0].pk) == item[0].version]


def _written_ahead(ctx: Context, items: Sequence[Item], action: str) -> list[Attempt]:
    attempts = []
    for transfer, record in items:
        transfer.attempts_made += 1
        transfer.move(State.SENDING)
        attempt = Attempt(
            transfer=transfer,
            number=transfer.attempts_made,
            action=action,
            key=transfer.key[:200],
            digest=digest(record),
            body=to_json(record),
            fence=ctx.lease.fence,
        )
        if not transfer.target_id:  # else these say what the target was last known to hold
            transfer.target_scope = ctx.scope
            transfer.body, transfer.sent = attempt.body, attempt.digest
            transfer.sent_seen = transfer.seen
        attempts.append(attempt)
        ctx.keep(transfer, attempt)
    return attempts


def close(ctx: Context, attempt: Attempt, outcome: str, sentence: str = "") -> None:
    """Note what became of an attempt, to be saved with the next commit."""
    attempt.outcome, attempt.sentence, attempt.ended_at = outcome, sentence, timezone.now()
    ctx.keep(attempt.transfer, attempt)


def not_sent(ctx: Context, attempts: Sequence[Attempt], error: SyncError) -> None:
    """Take back a write that surely did not happen; the transfers try again later."""
    for attempt in attempts:
        transfer = attempt.transfer
        close(ctx, attempt, Attempt.Outcome.NOT_SENT, error.message)
        fail(ctx, transfer, error)
    ctx.commit()


def fail(ctx: Context, transfer: Transfer, error: SyncError) -> None:
    """Set a transfer to be tried again by itself, later each time; in the end by a person."""
    if isinstance(error, ConnectionProblem | LimitReached):
        transfer.move(State.READY)  # nothing is wrong with the record
        ctx.keep(transfer)
        return
    tries = transfer.failures = transfer.failures + 1
    if tries > len(BACKOFF):
        transfer.next_try_at = None
        sentence = f"{error.message} It was tried {tries} times; retry it when {ctx.there} works."
        transfer.move(State.FAILED, reason=Reason.GIVEN_UP, sentence=sentence)
    else:
        transfer.next_try_at = timezone.now() + BACKOFF[tries - 1]
        transfer.move(State.FAILED, reason=Reason.TRANSIENT, sentence=error.message)
    ctx.note(transfer, "transfer.failed", transfer.sentence)


def refuse(ctx: Context, transfer: Transfer, error: DataError) -> None:
    """Block a transfer the target refused, in the target's own words."""
    sentence = f"{ctx.there} refused {transfer}: {error.message}"
    transfer.move(State.BLOCKED, reason=Reason.REJECTED, sentence=sentence)
    ctx.note(transfer, "transfer.refused", sentence, {"code": getattr(error, "code", "")})
