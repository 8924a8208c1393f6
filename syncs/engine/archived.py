"""Noticing what somebody archived in the target: the source still holds it for a debt (R18)."""

from __future__ import annotations

from django.db import models

from syncs.engine.allowing import hold
from syncs.engine.context import Context
from syncs.models import RemoteRecord, Transfer
from syncs.states import Reason, State


def notice_archived(ctx: Context) -> None:
    """Hold what was archived there without us, and let go what was restored. Raises LeaseLost.

    A bill the books paid by another way is settled by archiving it, as its sentence advised.
    """
    for transfer in _linked(ctx, archived=True).exclude(archived_by_us=True):
        transfer.integration = ctx.integration
        if transfer.reason == Reason.PAID_ELSEWHERE:
            _settled(ctx, transfer)
        elif transfer.state == State.DONE:
            hold(ctx, transfer, Reason.ARCHIVED_THERE, (
                f"{transfer} was archived in {ctx.there} by somebody and is still a debt in "
                f"{ctx.here}. Restore it in {ctx.there}, or cancel it in {ctx.here}."
            ))  # fmt: skip
    for transfer in _linked(ctx, archived=False).filter(reason=Reason.ARCHIVED_THERE):
        transfer.integration = ctx.integration
        transfer.move(State.DONE)
        ctx.note(transfer, "transfer.restored", f"{transfer} was restored in {ctx.there}.")
    ctx.commit()


def _settled(ctx: Context, transfer: Transfer) -> None:
    sentence = f"{transfer} was settled in {ctx.here} and archived in {ctx.there} by somebody."
    transfer.move(State.CANCELLED, reason=Reason.PAID_ELSEWHERE, sentence=sentence)
    ctx.note(transfer, "transfer.cancelled", sentence)


def _linked(ctx: Context, *, archived: bool) -> models.QuerySet[Transfer]:
    copies = RemoteRecord.objects.filter(
        connection=ctx.target_side.connection,
        kind=ctx.flow.writes.__name__,
        archived=archived,
        gone=False,
    )
    return Transfer.objects.filter(
        integration=ctx.integration,
        flow=ctx.flow.name,
        state__in=(State.DONE, State.HELD),
        target_id__in=copies.values("remote_id"),
    )
