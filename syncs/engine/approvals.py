"""Who approved what was paid: one line of history for each bill, once its payment is posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from audit.models import AuditEntry
from audit.services import record_audit
from connections.records import Approval, Approver, Bill, Payment
from connections.resource import Can
from connections.serial import to_json
from syncs.engine.context import Context
from syncs.models import Transfer
from syncs.states import State

ACTION = "bill.approved"
AT_ONCE = 50
# Longer than one run, so that one that was cut off after posting is made good by a later one.
LOOKS_BACK = timedelta(days=2)


def note_approvals(ctx: Context) -> None:
    """Note approvers and times of the bills whose payments were posted lately. Raises SyncError."""
    if ctx.flow.reads is not Payment or not ctx.source_side.system.can(Bill, Can.READ):
        return
    for transfers in _paid_lately(ctx):
        bills = ctx.source_side.resource(Bill).get([t.target_id for t in transfers])
        for transfer in transfers:
            bill = bills.get(transfer.target_id)
            if bill is not None:
                _note(ctx, transfer, bill)
        ctx.safe_point()


def approval_sentence(number: str, approvers: tuple[Approver, ...], ap: str) -> str:
    """Return who approved a bill, and when, for a person."""
    said_yes = [one for one in approvers if one.decided == Approval.APPROVED]
    if not said_yes:
        return f"Bill {number} was paid; {ap} names nobody who approved it."
    parts = [one.name + (f" on {one.at.date().isoformat()}" if one.at else "") for one in said_yes]
    return f"Bill {number} was approved by {' and '.join(parts)}."


def _note(ctx: Context, transfer: Transfer, bill: Bill) -> None:
    # Not ctx.note: the bill belongs to another flow, whose run may be changing its row just now.
    record_audit(
        ACTION,
        approval_sentence(bill.number, bill.approvers, ctx.here),
        actor=ctx.actor,
        subject=transfer,
        integration=ctx.integration.name,
        document=transfer.document,
        vendor=transfer.vendor,
        amount=transfer.amount,
        currency=transfer.currency,
        run=str(ctx.run.pk),
        payload={"approvers": to_json(bill.approvers)},
    )


def _paid_lately(ctx: Context) -> Iterator[list[Transfer]]:
    payments = (
        Transfer.objects.filter(
            integration=ctx.integration,
            flow=ctx.flow.name,
            state__in=(State.DONE, State.WAITING),
            moved_at__gte=ctx.run.started_at - LOOKS_BACK,
        )
        .exclude(target_id="")
        .values_list("source_key", flat=True)
    )
    ids = sorted({key.partition(":")[2] for key in payments} - {""})
    for start in range(0, len(ids), AT_ONCE):
        found = _without_line(ctx, ids[start : start + AT_ONCE])
        if found:
            yield found


def _without_line(ctx: Context, bill_ids: list[str]) -> list[Transfer]:
    flows = [flow.name for flow in ctx.integration.declared.flows if flow.writes is Bill]
    bills = list(
        Transfer.objects.filter(integration=ctx.integration, flow__in=flows, target_id__in=bill_ids)
    )
    noted = set(
        AuditEntry.objects.filter(
            action=ACTION,
            subject_type=Transfer._meta.model_name,
            subject_id__in=[str(bill.pk) for bill in bills],
        ).values_list("subject_id", flat=True)
    )
    return [bill for bill in bills if str(bill.pk) not in noted]
