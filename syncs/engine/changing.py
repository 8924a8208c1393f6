"""Changing or withdrawing what the target already has: read it first, then R5, R14, R18."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from connections.records import Bill, Payment, Vendor
from connections.serial import digest, from_json, to_json
from syncs.changes import Action, Merge, merge, same_bill
from syncs.engine.allowing import allowed, hold, same_money
from syncs.engine.attempts import close
from syncs.engine.context import Context
from syncs.engine.finding import Finder, Item
from syncs.engine.linking import cancelled_there, remark
from syncs.engine.staging import begin_anew
from syncs.engine.writing import write
from syncs.models import Attempt, Transfer
from syncs.states import Reason, State

READ_IN_BATCHES_OF = 30


def send_changes(ctx: Context, finder: Finder, items: Sequence[Item]) -> None:
    """Update or withdraw, one by one, what the rules still allow.

    A record of None means withdrawal. Raises SyncError when the flow has to stop.
    """
    for start in range(0, len(items), READ_IN_BATCHES_OF):
        some = items[start : start + READ_IN_BATCHES_OF]
        there = ctx.target.get([transfer.target_id for transfer, _ in some])
        for transfer, record in some:
            ctx.safe_point()
            found = there.get(transfer.target_id)
            if found is None:
                _gone(ctx, transfer)
            elif transfer.wanted == Transfer.Wanted.CANCEL:
                _withdraw(ctx, finder, transfer, found)
            else:
                _update(ctx, finder, transfer, record, found)
    ctx.commit()


def _update(ctx: Context, finder: Finder, transfer: Transfer, record: Any, found: Any) -> None:
    if isinstance(found, Payment) and found.archived:
        _cancelled_by_somebody(ctx, transfer)
        return
    if found.archived and not transfer.archived_by_us:
        hold(ctx, transfer, Reason.ARCHIVED_THERE, (
            f"{transfer} was withdrawn in {ctx.there} by somebody and has changed in {ctx.here}. "
            "Restore it there if it is still wanted, or leave it."
        ))  # fmt: skip
        return
    if _is_anothers(ctx, transfer):
        _settled(ctx, transfer, Merge(record), "keeps what another integration says of it")
        return
    sent, ours = _written(ctx, transfer)
    merged = merge(record, sent, found, ours)
    if _nothing_to_send(merged.record, sent, found):
        _settled(ctx, transfer, merged, "is unchanged")
        return
    if not allowed(ctx, transfer, Action.UPDATE, record, found):
        return
    if merged.conflict and not transfer.agreed:
        hold(ctx, transfer, Reason.CONFLICT, (
            f"{transfer} changed in {ctx.here} and in {ctx.there}: {merged.conflict}. Decide which "
            "holds."
        ))  # fmt: skip
        return
    _write(ctx, finder, transfer, merged, restore=found.archived)


def _cancelled_by_somebody(ctx: Context, transfer: Transfer) -> None:
    """A payment somebody cancelled is posted anew only if a person says so (R8)."""
    if not transfer.agreed:
        hold(ctx, transfer, Reason.CANCELLED_THERE, cancelled_there(ctx, transfer))
        return
    begin_anew(transfer)
    transfer.release = True
    ctx.keep(transfer)


def _write(
    ctx: Context, finder: Finder, transfer: Transfer, merged: Merge, *, restore: bool
) -> None:
    def change() -> Any:
        if restore:
            ctx.target.restore(transfer.target_id)
        return ctx.target.update(transfer.target_id, merged.record)

    written = write(ctx, transfer, "update", merged.record, change)
    if written is None:
        return
    attempt, answer = written
    finder.learn([answer])
    attempt.answer = to_json(answer)
    transfer.archived_by_us = False
    close(ctx, attempt, Attempt.Outcome.UPDATED)
    ctx.summary.updated += 1
    _settled(ctx, transfer, merged, "was updated", answer)


def _settled(
    ctx: Context, transfer: Transfer, merged: Merge, words: str, answer: Any = None
) -> None:
    transfer.body, transfer.sent = to_json(merged.record), digest(merged.record)
    transfer.sent_seen, transfer.agreed, transfer.failures = transfer.seen, False, 0
    left = ctx.flow.unfinished(merged.record, answer, ctx.mapper)
    if left is not None:
        transfer.move(left.state, reason=left.reason, sentence=left.message)
        ctx.keep(transfer)
        ctx.commit()
        return
    transfer.move(State.DONE, sentence=remark(ctx, answer))
    kept = f"; kept as changed there: {', '.join(merged.kept)}" if merged.kept else ""
    ctx.note(
        transfer,
        "transfer.updated",
        f"{transfer} {words} in {ctx.there}{kept}. {transfer.sentence}".strip(),
        {"sent": transfer.body},
    )
    ctx.commit()


def _withdraw(ctx: Context, finder: Finder, transfer: Transfer, found: Any) -> None:
    if found.archived:
        # A withdrawal whose answer was lost was ours all the same.
        transfer.archived_by_us |= transfer.attempts.filter(action="cancel").exists()
        _cancelled(ctx, transfer, f"{transfer} is withdrawn in {ctx.there} already.")
        return
    if not allowed(ctx, transfer, Action.CANCEL, None, found):
        return
    body = from_json(ctx.flow.writes, transfer.body)
    reason, on = f"Cancelled in {ctx.here}", _reversed_on(transfer)
    written = write(
        ctx, transfer, "cancel", body, lambda: ctx.target.cancel(transfer.target_id, reason, on=on)
    )
    if written is None:
        return
    attempt, _ = written
    transfer.archived_by_us = True
    finder.learn([replace(found, archived=True)])
    close(ctx, attempt, Attempt.Outcome.CANCELLED)
    here, there = ("voided", "reversed") if ctx.flow.is_reversed else ("cancelled", "archived")
    here = "settled" if _is_settled(ctx, transfer) else here
    _cancelled(ctx, transfer, f"{transfer} was {here} in {ctx.here} and {there} in {ctx.there}.")


def _reversed_on(transfer: Transfer) -> date | None:
    day = transfer.source.get("reversed_on")
    return date.fromisoformat(day) if day else None


def _cancelled(ctx: Context, transfer: Transfer, sentence: str) -> None:
    state = State.REVERSED if ctx.flow.is_reversed else State.CANCELLED
    # What was paid in the books must not come back by itself (R6).
    reason = Reason.PAID_ELSEWHERE if _is_settled(ctx, transfer) else Reason.NONE
    transfer.move(state, reason=reason, sentence=sentence)
    transfer.sent_seen = transfer.seen
    ctx.summary.cancelled += 1
    ctx.note(transfer, "transfer.cancelled", sentence)
    ctx.commit()


def _is_settled(ctx: Context, transfer: Transfer) -> bool:
    settled = ctx.flow.settled
    return bool(settled and settled(from_json(ctx.flow.reads, transfer.source)))


def _written(ctx: Context, transfer: Transfer) -> tuple[Any, list[Any]]:
    """Return what we wrote last, and what else the target may hold because of us."""
    kind = ctx.flow.writes
    lost = transfer.attempts.filter(
        outcome__in=(Attempt.Outcome.UNKNOWN, Attempt.Outcome.NOT_THERE), action="update"
    )
    bodies = [attempt.body for attempt in lost]
    answered = transfer.attempts.exclude(answer={}).order_by("number").last()
    if answered is not None:
        bodies.append(answered.answer)
    sent = from_json(kind, transfer.body) if transfer.body else None
    return sent, [from_json(kind, body) for body in bodies]


def _is_anothers(ctx: Context, transfer: Transfer) -> bool:
    """Say whether another integration made this vendor: then its fields are that one's (R23)."""
    if not ctx.flow.links_a_pair or transfer.linked_how.startswith("created"):
        return False
    others = Transfer.objects.filter(
        target_id=transfer.target_id,
        integration__ap=ctx.integration.ap,
        flow=ctx.flow.name,
        linked_how__in=("created", "found unanswered"),
    )
    return others.exclude(integration=ctx.integration).exists()


def _nothing_to_send(record: Any, sent: Any, found: Any) -> bool:
    if found.archived:
        return False
    if isinstance(record, Vendor):
        return _vendor_face(record) == _vendor_face(found)
    if isinstance(found, Payment):
        return bool(found.allocations[0].bill_id) and same_money(record, found)
    if isinstance(record, Bill) and same_bill(record, found):
        return True
    return sent is not None and digest(record) == digest(sent)


def _vendor_face(vendor: Vendor) -> list[Any]:
    return [vendor.name, vendor.tax_id, vendor.email, vendor.phone, vendor.address]


def _gone(ctx: Context, transfer: Transfer) -> None:
    hold(ctx, transfer, Reason.GONE_THERE, (
        f"{transfer} is no longer in {ctx.there}. Look there what became of it."
    ))  # fmt: skip
