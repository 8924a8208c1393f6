"""Telling the AP system that a bill was paid outside it (R6)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from connections.errors import SyncError
from connections.records import Payment
from connections.resource import Can
from connections.serial import from_json
from syncs.engine.attempts import close
from syncs.engine.context import Context
from syncs.engine.unanswered import SETTLE, ask_about
from syncs.engine.writing import write
from syncs.models import Attempt, Transfer
from syncs.money import shown
from syncs.states import State


def record_outside(ctx: Context, transfer: Transfer, amount: Decimal) -> None:
    """Record a payment of the ERP in the AP system, once. Raises what stops a flow."""
    if Can.SETTLE not in ctx.target.can:
        return
    if transfer.state != State.READY:
        transfer.move(State.READY)
    body, target, today = from_json(ctx.flow.writes, transfer.body), transfer.target_id, ctx.today
    written = write(
        ctx, transfer, SETTLE, body, lambda: ctx.target.settle(target, amount, today), lost=_lost
    )
    if written is not None:
        attempt, payment_id = written
        close(ctx, attempt, Attempt.Outcome.UPDATED)
        _recorded(ctx, transfer, payment_id, amount)
    ctx.commit()


def _lost(ctx: Context, attempts: Sequence[Attempt], error: SyncError) -> None:
    """Such a call has no key, so it is not repeated: a person has to look."""
    for attempt in attempts:
        close(ctx, attempt, Attempt.Outcome.UNKNOWN, error.message)
        ask_about(ctx, attempt.transfer)


def _recorded(ctx: Context, transfer: Transfer, payment_id: str, amount: Decimal) -> None:
    """Remember that this payment is ours, so that it is never posted back."""
    flow = next(f for f in ctx.integration.declared.flows if f.reads is Payment)
    ours, _ = Transfer.objects.get_or_create(
        integration=ctx.integration,
        flow=flow.name,
        source_key=f"{payment_id}:{transfer.target_id}",
        defaults={"source_id": payment_id, "group": payment_id},
    )
    if not ours.target_id:  # a webhook may have told of it first
        ours.document, ours.vendor = ours.document or transfer.document, transfer.vendor
        ours.amount, ours.currency = amount, transfer.currency
        ours.linked_how, ours.state, ours.reason = Transfer.RECORDED, State.DONE, ""
        ours.sentence = f"It was paid in {ctx.here} and recorded in {ctx.there} by us."
        ours.save()
    transfer.choice = ""
    transfer.move(State.DONE)
    ctx.note(
        transfer,
        "payment.recorded",
        f"{shown(amount, transfer.currency)} paid in {ctx.here} were recorded on {transfer} in "
        f"{ctx.there}.",
    )


def was_lost(transfer: Transfer) -> bool:
    """Say whether nobody knows if a payment of this bill was recorded: never once more by rule."""
    return transfer.attempts.filter(action=SETTLE, outcome=Attempt.Outcome.UNKNOWN).exists()
