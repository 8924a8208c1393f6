"""Whether what the target holds may still be changed: R5 for bills, R14 for vendors, R8."""

from __future__ import annotations

from typing import Any

from connections.records import Bill, Payment, Settlement, Vendor
from connections.resource import Can
from syncs.changes import Action, Answer, rule, sensitive_changes
from syncs.engine.context import Context
from syncs.engine.copies import refresh
from syncs.models import RemoteRecord, Transfer
from syncs.money import shown
from syncs.states import Reason, State


def allowed(ctx: Context, transfer: Transfer, action: Action, record: Any, found: Any) -> bool:
    """Say whether a change may be sent; if not, the transfer is held with the reason."""
    if isinstance(found, Vendor):
        return _vendor_allowed(ctx, transfer, record, found)
    if isinstance(found, Payment):
        return _payment_allowed(ctx, transfer, record, found)
    if not isinstance(found, Bill):
        return True
    answer, reason = rule(action, found.approval, found.settlement)
    if answer == Answer.SEND or (answer == Answer.ASK and transfer.agreed):
        return True
    hold(ctx, transfer, reason, _bill_sentence(ctx, transfer, action, found, reason))
    return False


def _payment_allowed(ctx: Context, transfer: Transfer, record: Any, found: Payment) -> bool:
    """A posted payment is matched or reversed, never given another amount."""
    if record is None or same_money(record, found):
        return True
    hold(ctx, transfer, Reason.AFTER_PAYMENT, (
        f"{transfer} is {shown(record.amount, record.currency)} in {ctx.here} now, but "
        f"{shown(found.amount, found.currency)} are posted in {ctx.there}. Correct it by hand."
    ))  # fmt: skip
    return False


def _bill_sentence(
    ctx: Context, transfer: Transfer, action: Action, found: Bill, reason: Reason
) -> str:
    happened = "was cancelled" if action == Action.CANCEL else "changed"
    amounts = (
        f"{ctx.here} says {shown(transfer.amount, transfer.currency)}, "
        f"{ctx.there} {shown(found.total, found.currency)}"
    )
    next_step = {
        Reason.AFTER_APPROVAL: "Send the change if it is right, or leave it as approved.",
        Reason.AFTER_SCHEDULING: f"Stop its payment in {ctx.there} first if it must not go out.",
    }.get(reason, "Settle the difference with the vendor.")
    state = {
        Reason.AFTER_APPROVAL: "its approval has begun",
        Reason.AFTER_SCHEDULING: "its payment is scheduled",
    }.get(reason, "it is paid or being paid")
    return f"{transfer} {happened} in {ctx.here} while {state}: {amounts}. {next_step}"


def _vendor_allowed(ctx: Context, transfer: Transfer, record: Any, found: Vendor) -> bool:
    if record is None or transfer.agreed or not ctx.integration.vendor_changes_wait:
        return True
    changes = sensitive_changes(record, found)
    if not changes or not _has_open_bills(ctx, transfer.target_id):
        return True
    hold(ctx, transfer, Reason.VENDOR_CHANGE, (
        f"{transfer.vendor} has open bills and a new {' and '.join(changes)} in {ctx.here}. "
        f"Check with the vendor, then send the change to {ctx.there} or leave it."
    ))  # fmt: skip
    return False


def _has_open_bills(ctx: Context, vendor_id: str) -> bool:
    if ctx.target_side.system.can(Bill, Can.READ):
        refresh(ctx.target_side, Bill)  # rarely needed, and only what changed since is read
    bills = RemoteRecord.objects.filter(
        connection=ctx.target_side.connection,
        kind="Bill",
        parent=vendor_id,
        archived=False,
        gone=False,
    )
    return bills.exclude(values__settlement=Settlement.PAID.value).exists()


def same_money(wanted: Payment, found: Payment) -> bool:
    """Say whether a posted payment is of the amount it is to be."""
    return (wanted.amount, wanted.currency) == (found.amount, found.currency)


def hold(ctx: Context, transfer: Transfer, reason: Reason, sentence: str) -> None:
    """Let a transfer wait for a person; a line of history only if that is news."""
    if (transfer.reason, transfer.sentence) == (reason, sentence):
        return
    transfer.move(State.HELD, reason=reason, sentence=sentence)
    ctx.note(transfer, "transfer.held", sentence)
