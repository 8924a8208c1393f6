"""The link between a source record and its document in the target, saved at once."""

from __future__ import annotations

from typing import Any

from connections.serial import digest, to_json
from syncs.engine.context import Context
from syncs.models import Transfer, TransferDocument
from syncs.money import shown
from syncs.states import Reason, State

SENTENCES = {
    "created": "{transfer} was created in {there}.",
    "found there": "{transfer} was already in {there} and is linked now.",
    "found unanswered": "{transfer} had arrived in {there} although no answer came.",
    "chosen by a person": "{transfer} is linked to the one a person chose in {there}.",
}


def link(
    ctx: Context, transfer: Transfer, target_id: str, record: Any, *, how: str, answer: Any = None
) -> None:
    """Save a target id on its transfer, with a line of history, in one commit."""
    transfer.target_scope, transfer.target_id = ctx.scope, target_id
    transfer.linked_how = how
    transfer.body, transfer.sent = to_json(record), digest(record)
    if how != "found unanswered":  # else it is the `seen` of then, kept by `begin`
        transfer.sent_seen = transfer.seen
    transfer.unknown_since, transfer.looks = None, 0
    transfer.next_try_at, transfer.failures = None, 0
    if answer is None and (how == "chosen by a person" or ctx.flow.is_reversed):
        # A person may choose another total; a payment may be booked and not matched yet.
        answer = ctx.target.get([target_id]).get(target_id)
    _settle(ctx, transfer, record, answer)
    created = how in ("created", "found unanswered")
    ctx.summary.created += created
    ctx.summary.linked += not created
    sentence = SENTENCES[how].format(transfer=transfer, there=ctx.there)
    if transfer.state == State.DONE and transfer.sentence:
        sentence = f"{sentence} {transfer.sentence}"
    ctx.note(transfer, f"transfer.{how.split()[0]}", sentence, {"sent": transfer.body})
    if created:
        _stage_documents(transfer, record)
    ctx.commit()


def _settle(ctx: Context, transfer: Transfer, record: Any, answer: Any) -> None:
    difference = _total_differs(ctx, transfer, record, answer)
    left = ctx.flow.unfinished(record, answer, ctx.mapper)
    if ctx.flow.is_reversed and answer is not None and answer.archived:
        transfer.wanted = Transfer.Wanted.UPDATE
        sentence = cancelled_there(ctx, transfer)
        transfer.move(State.HELD, reason=Reason.CANCELLED_THERE, sentence=sentence)
    elif difference:
        transfer.move(State.HELD, reason=Reason.TOTAL_DIFFERS, sentence=difference)
    elif transfer.wanted == Transfer.Wanted.CANCEL:
        transfer.move(State.READY)  # cancelled at the source while the answer was awaited
    elif left is not None:
        transfer.wanted = Transfer.Wanted.UPDATE
        transfer.move(left.state, reason=left.reason, sentence=left.message)
    else:
        transfer.wanted = Transfer.Wanted.UPDATE
        transfer.move(State.DONE, sentence=remark(ctx, answer))


def cancelled_there(ctx: Context, transfer: Transfer) -> str:
    """Say that somebody cancelled what we posted, and what a person can do."""
    return (
        f"{transfer} was cancelled in {ctx.there} by somebody, but is paid in {ctx.here}. Have it "
        "posted again, or leave it if it is booked by another way."
    )


def remark(ctx: Context, answer: Any) -> str:
    """Return what the target did differently from what was asked, for the page and the history."""
    problem = getattr(answer, "problem", "")
    return f"{ctx.there}: {problem}" if problem else ""


def _total_differs(ctx: Context, transfer: Transfer, record: Any, answer: Any) -> str:
    sent, there = getattr(record, "total", None), getattr(answer, "total", None)
    if sent is None or there is None or sent == there:
        return ""
    return (
        f"{ctx.there} shows {shown(there, transfer.currency)} for {transfer}, sent were "
        f"{shown(sent, transfer.currency)}. Correct it there before it is approved."
    )


def _stage_documents(transfer: Transfer, record: Any) -> None:
    if not transfer.integration.send_documents:
        return
    TransferDocument.objects.bulk_create(
        [
            TransferDocument(transfer=transfer, source_id=document.id, name=document.name[:255])
            for document in getattr(record, "documents", ())
        ],
        ignore_conflicts=True,
    )
