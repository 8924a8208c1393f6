"""Watching what was sent until it is paid: settled in the ERP by another way, or withdrawn (R6).

While a bill is open in the AP system its source is read again in every run, since what settles it
there touches no time stamp of the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import models
from django.db.models import Q

from connections.records import Bill, Settlement
from connections.serial import from_json
from syncs.engine.archived import notice_archived
from syncs.engine.context import Context
from syncs.engine.outside import record_outside, was_lost
from syncs.engine.staging import stage, withdraw_missing
from syncs.models import Integration, RemoteRecord, Transfer
from syncs.money import shown
from syncs.states import Reason, State

READ_AT_ONCE = 100
WATCHED = (State.DONE, State.HELD)
WITH_A_REST = (Settlement.OPEN, Settlement.PARTLY_PAID)
PaidElsewhere = Integration.PaidElsewhere


def watch(ctx: Context) -> None:
    """Look at the source of every bill still open in the target. Raises SyncError, LeaseLost."""
    if ctx.flow.settled is None:
        return
    notice_archived(ctx)
    for watched in _open_ones(ctx):
        ids = list(watched.values_list("source_id", flat=True))
        found = ctx.source.get(ids)
        with ctx.lease.guard():
            stage(ctx, list(found.values()))
            withdraw_missing(ctx, [id for id in ids if id not in found])
        ctx.commit()
        for transfer in watched.filter(state__in=WATCHED):
            transfer.integration = ctx.integration
            _look(ctx, transfer)
        ctx.safe_point()


def outside_amount(ctx: Context, transfer: Transfer) -> Decimal:
    """Return how much of a document the ERP settled by anything but our own payments.

    What was recorded in the AP system since is known there, and no longer outside.
    """
    assert ctx.flow.settled is not None  # noqa: S101 - `watch` asks only flows that can say
    settled = ctx.flow.settled(from_json(ctx.flow.reads, transfer.source))
    return max(settled - _ours(transfer), Decimal(0)) if settled else Decimal(0)


def _look(ctx: Context, transfer: Transfer) -> None:
    if _is_unsure(transfer):
        return  # a payment of ours may have arrived; the next run knows
    outside = outside_amount(ctx, transfer)
    if not outside:
        if transfer.reason == Reason.PAID_ELSEWHERE:
            transfer.choice = ""
            transfer.move(State.DONE)  # undone in the ERP since
            ctx.note(transfer, "transfer.settled-again", f"{transfer} is open again.")
        return
    bill = _copy(ctx, transfer)
    if bill.settlement == Settlement.SCHEDULED:
        _hold(ctx, transfer, (
            f"{_paid(ctx, transfer, outside)}, and its payment is scheduled in {ctx.there}. "
            f"Stop that payment{_stop_by(transfer)}."
        ))  # fmt: skip
    elif bill.settlement in WITH_A_REST and outside <= bill.total - bill.paid:
        _still_open(ctx, transfer, bill, outside)
    else:
        _hold(ctx, transfer, (
            f"{_paid(ctx, transfer, outside)}, and {ctx.there} is paying it too: "
            f"{shown(bill.paid or bill.total, transfer.currency)}. Call one of the two back."
        ))  # fmt: skip


def _still_open(ctx: Context, transfer: Transfer, bill: Bill, outside: Decimal) -> None:
    wanted = ctx.integration.paid_elsewhere
    by_rule = wanted == PaidElsewhere.RECORD and not was_lost(transfer)
    if by_rule or transfer.choice == Transfer.RECORD:
        record_outside(ctx, transfer, outside)
    elif _is_to_archive(ctx, transfer, bill, outside):
        transfer.choice = ""
        transfer.wanted = Transfer.Wanted.CANCEL
        transfer.move(State.READY, reason=Reason.PAID_ELSEWHERE)
        ctx.note(transfer, "source.settled", f"{_paid(ctx, transfer, outside)}.")
    elif not was_lost(transfer) or transfer.reason != Reason.PAID_ELSEWHERE:
        advice = "archive the bill" if outside >= bill.total else "pay only the rest"
        _hold(ctx, transfer, (
            f"{_paid(ctx, transfer, outside)}, and is still open in {ctx.there}. Record that "
            f"payment there, or {advice}."
        ))  # fmt: skip


def _is_to_archive(ctx: Context, transfer: Transfer, bill: Bill, outside: Decimal) -> bool:
    """Only what is wholly paid in the books is no debt any more."""
    is_whole = not bill.paid and outside >= bill.total
    by_rule = ctx.integration.paid_elsewhere == PaidElsewhere.ARCHIVE
    return is_whole and (by_rule or transfer.choice == Transfer.ARCHIVE)


def _paid(ctx: Context, transfer: Transfer, outside: Decimal) -> str:
    return f"{shown(outside, transfer.currency)} of {transfer} was settled in {ctx.here}"


def _hold(ctx: Context, transfer: Transfer, sentence: str) -> None:
    if (transfer.reason, transfer.sentence) == (Reason.PAID_ELSEWHERE, sentence):
        return
    transfer.choice = ""  # decided on something else
    transfer.move(State.HELD, reason=Reason.PAID_ELSEWHERE, sentence=sentence)
    ctx.note(transfer, "transfer.held", sentence)


def _stop_by(transfer: Transfer) -> str:
    """Return by when a scheduled payment must be stopped, if we have read it."""
    planned = _payments_of(transfer).filter(reason=Reason.PLANNED).order_by("dated").first()
    return f" before {planned.dated.isoformat()}" if planned and planned.dated else ""


def _ours(transfer: Transfer) -> Decimal:
    known = Q(linked_how=Transfer.RECORDED) | ~Q(target_id="")
    posted = (
        _payments_of(transfer).filter(known).exclude(state__in=(State.REVERSED, State.CANCELLED))
    )
    return sum((p.amount for p in posted if p.amount), Decimal(0))


def _is_unsure(transfer: Transfer) -> bool:
    """Say whether it is not known yet if a payment of ours is in the books."""
    unsure = Q(state=State.SENDING) | Q(state=State.WAITING, reason=Reason.ANSWER)
    return _payments_of(transfer).filter(unsure).exists()


def _payments_of(transfer: Transfer) -> models.QuerySet[Transfer]:
    """Our payments that pay this bill: their source key ends in its id in the AP system."""
    return Transfer.objects.filter(
        integration=transfer.integration, source_key__endswith=f":{transfer.target_id}"
    )


def _copy(ctx: Context, transfer: Transfer) -> Bill:
    row = RemoteRecord.objects.get(
        connection=ctx.target_side.connection, kind="Bill", remote_id=transfer.target_id
    )
    return from_json(Bill, row.values)


def _open_ones(ctx: Context) -> Iterator[models.QuerySet[Transfer]]:
    copies = RemoteRecord.objects.filter(
        connection=ctx.target_side.connection, kind="Bill", archived=False, gone=False
    ).exclude(values__settlement=Settlement.PAID.value)
    watched = Transfer.objects.filter(
        integration=ctx.integration,
        flow=ctx.flow.name,
        state__in=WATCHED,
        target_id__in=copies.values("remote_id"),
    ).order_by("pk")
    ids = list(watched.values_list("pk", flat=True))
    for start in range(0, len(ids), READ_AT_ONCE):
        yield Transfer.objects.filter(pk__in=ids[start : start + READ_AT_ONCE])
