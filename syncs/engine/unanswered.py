"""Writes nobody answered: looked for at once, repeated late (R4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from connections.errors import SyncError
from connections.resource import Match
from connections.serial import from_json
from syncs.engine.attempts import close
from syncs.engine.context import Context
from syncs.engine.finding import holders
from syncs.engine.linking import link
from syncs.models import Attempt, Transfer
from syncs.states import Reason, State

LOOK_IN_BATCHES_OF = 50
# The one kind of write that has no key and cannot be looked for: a payment made outside.
SETTLE = "settle"


def mark_unanswered(ctx: Context, attempts: Sequence[Attempt], error: SyncError) -> None:
    """Set the transfers of a lost call to wait for its answer."""
    for attempt in attempts:
        close(ctx, attempt, Attempt.Outcome.UNKNOWN, error.message)
        _await_answer(ctx, attempt.transfer, attempt)
    ctx.commit()


def adopt_orphans(ctx: Context) -> None:
    """Take over what a dead run left in `sending`: we hold the lease, so nobody else does."""
    for transfer in _mine(ctx).filter(state=State.SENDING):
        transfer.integration = ctx.integration
        attempt = transfer.attempts.order_by("number").last()
        if attempt is not None and not attempt.outcome:
            close(ctx, attempt, Attempt.Outcome.UNKNOWN, "The run ended before an answer came.")
        if attempt is not None and attempt.action == SETTLE:
            ask_about(ctx, transfer)
        else:
            _await_answer(ctx, transfer, attempt)
    ctx.commit()


def settle_unanswered(ctx: Context) -> None:
    """Look for everything whose answer is awaited. Raises SyncError, LeaseLost."""
    waiting = list(_mine(ctx).filter(state=State.WAITING, reason=Reason.ANSWER))
    for start in range(0, len(waiting), LOOK_IN_BATCHES_OF):
        some = waiting[start : start + LOOK_IN_BATCHES_OF]
        for transfer in some:
            transfer.integration = ctx.integration
        look(ctx, some)
        ctx.safe_point()


def look(ctx: Context, transfers: Sequence[Transfer]) -> None:
    """Ask the target itself whether the writes were carried out after all."""
    linked = [t for t in transfers if t.target_id]
    fresh = [t for t in transfers if not t.target_id]
    for transfer in linked:  # an update or a withdrawal: done again by comparing, never blindly
        if _may_be_repeated(ctx, transfer):
            _let_go(ctx, transfer)
    if fresh:
        records = [from_json(ctx.flow.writes, t.body) for t in fresh]
        for transfer, record, match in zip(fresh, records, ctx.target.find(records), strict=True):
            _judge_look(ctx, transfer, record, match)
    ctx.commit()


def _judge_look(ctx: Context, transfer: Transfer, record: Any, match: Match) -> None:
    transfer.looks += 1
    if match.exact and match.exact not in holders(ctx, match):
        _close_last(ctx, transfer, Attempt.Outcome.FOUND)
        link(ctx, transfer, match.exact, record, how="found unanswered")
    elif transfer.looks >= 2 and _may_be_repeated(ctx, transfer):
        _let_go(ctx, transfer)
    else:
        ctx.keep(transfer)


def _let_go(ctx: Context, transfer: Transfer) -> None:
    """Nothing arrived and nothing can arrive any more: the source is read again, then sent."""
    _close_last(ctx, transfer, Attempt.Outcome.NOT_THERE)
    transfer.unknown_since, transfer.looks = None, 0
    transfer.sent_seen = ""
    if transfer.target_id:
        transfer.move(State.READY)
    elif transfer.wanted == Transfer.Wanted.CANCEL:
        ctx.target.forget(from_json(ctx.flow.writes, transfer.body))
        transfer.move(State.CANCELLED)
        _note_withdrawn(ctx, transfer)
        return
    else:
        transfer.release = True
        transfer.move(State.NEW)
    sentence = f"{ctx.there} never carried out the request for {transfer}; it is sent again."
    ctx.note(transfer, "transfer.not-there", sentence)


def _note_withdrawn(ctx: Context, transfer: Transfer) -> None:
    sentence = f"{ctx.there} never carried out the request for {transfer}; it is not wanted now."
    ctx.note(transfer, "transfer.not-there", sentence)


def _may_be_repeated(ctx: Context, transfer: Transfer) -> bool:
    since = transfer.unknown_since or timezone.now()
    return timezone.now() - since >= ctx.target_side.system.settle_after


def _await_answer(ctx: Context, transfer: Transfer, attempt: Attempt | None) -> None:
    transfer.unknown_since = attempt.started_at if attempt else timezone.now()
    transfer.looks = 0
    minutes = int(ctx.target_side.system.settle_after.total_seconds() // 60)
    sentence = (
        f"{ctx.there} did not answer. It is looked for there; it is sent again after "
        f"{minutes} minutes at the earliest, and only if it never arrived."
    )
    transfer.move(State.WAITING, reason=Reason.ANSWER, sentence=sentence)
    ctx.note(transfer, "transfer.unanswered", sentence)


def ask_about(ctx: Context, transfer: Transfer) -> None:
    """Such a call has no key: only a person can tell whether it arrived."""
    sentence = (
        f"{ctx.there} did not answer when what {ctx.here} paid was recorded on {transfer}. Look "
        "there whether the payment is on the bill; record it by hand if not."
    )
    transfer.choice = ""
    transfer.move(State.HELD, reason=Reason.PAID_ELSEWHERE, sentence=sentence)
    ctx.note(transfer, "transfer.held", sentence)


def _close_last(ctx: Context, transfer: Transfer, outcome: str) -> None:
    attempt = transfer.attempts.order_by("number").last()
    if attempt is not None:
        attempt.transfer = transfer
        close(ctx, attempt, outcome)


def _mine(ctx: Context) -> models.QuerySet[Transfer]:
    return Transfer.objects.filter(integration=ctx.integration, flow=ctx.flow.name)
