"""Confirmed purchase orders become bills: one order, one debt, one bill (R1, R2, R15-R17)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from connections.records import Bill, BillHead, OrderState, PurchaseOrder
from syncs.flows.lines import coded_lines
from syncs.flows.piece import MOVES, Piece, Ruling, Verdict
from syncs.flows.vendors import currency_wanted
from syncs.money import shown
from syncs.states import Reason
from syncs.verdicts import Stop

if TYPE_CHECKING:
    from syncs.mapping import Mapper
    from syncs.models import Integration, Transfer


def pieces(order: PurchaseOrder, integration: Integration) -> list[Piece]:
    """Return the one piece an order is."""
    return [
        Piece(
            key=order.id,
            group=order.id,
            record=order,
            document=order.number,
            vendor=order.vendor_name,
            vendor_id=order.vendor_id,
            amount=order.total,
            currency=order.currency,
            dated=_dated(order),
            seen=_seen(order, integration),
            money=[order.total, order.currency, order.vendor_id],
            verdict=_verdict(order, integration),
        )
    ]


def bill_from_order(order: PurchaseOrder, transfer: Transfer, mapper: Mapper) -> Bill:
    """Return the bill an order becomes. Raises DataError saying what is missing."""
    _check(order)
    head = _billed_as(order, transfer.integration)
    if head:
        _check_billed(order, [bill for bill in order.bills if bill.posted], transfer)
    number = head.number if head else f"{transfer.integration.number_prefix}{order.number}"
    bill_date = (head and head.bill_date) or _dated(order)
    due_date = (head and head.due_date) or order.due_date or bill_date
    return Bill(
        number=transfer.number or number,
        vendor_id=mapper.vendor(order.vendor_id, order.currency, order.vendor_name),
        vendor_name=order.vendor_name,
        bill_date=bill_date,
        due_date=due_date,
        currency=order.currency,
        total=order.total,
        lines=coded_lines(order.lines, order.total, order.currency, mapper),
        description=_description(order, number, transfer),
        purchase_order_number=order.number,
        documents=order.documents,
    )


def settled(order: PurchaseOrder) -> Decimal:
    """Return how much of an order's vendor bills the ERP holds for settled (R6)."""
    heads = [head for head in order.bills if head.posted and head.settled]
    return sum((head.paid or head.total for head in heads), Decimal(0))


def _dated(order: PurchaseOrder) -> date:
    return order.approved_on or order.ordered_on


def _seen(order: PurchaseOrder, integration: Integration) -> list[object]:
    """What the bill is made of: no states, no balances, no time stamps."""
    return [
        order.number,
        order.vendor_id,
        order.currency,
        order.total,
        _dated(order),
        order.due_date,
        order.lines,
        _head_seen(order, integration),
    ]


def _head_seen(order: PurchaseOrder, integration: Integration) -> list[object]:
    """Return what the bill takes from its vendor bill; whether that is paid is none of it."""
    head = _billed_as(order, integration)
    return [head.number, head.bill_date, head.due_date, head.total] if head else []


def _verdict(order: PurchaseOrder, integration: Integration) -> Verdict:
    erp = integration.erp.declared.label
    if order.state == OrderState.CANCELLED:
        return Verdict(Ruling.WITHDRAWN, sentence=f"Order {order.number} was cancelled in {erp}.")
    if order.state == OrderState.DRAFT:
        return Verdict(
            Ruling.WITHDRAWN,
            Reason.NOT_CONFIRMED,
            f"Order {order.number} is not confirmed in {erp}.",
        )
    return _skipped(order, integration, erp) or MOVES


def _skipped(order: PurchaseOrder, integration: Integration, erp: str) -> Verdict | None:
    start = integration.start_date
    if start is None or _dated(order) < start:
        return Verdict.skip(Reason.BEFORE_START, f"Order {order.number} is from before the start.")
    if order.total == 0 and order.lines:
        return Verdict.skip(Reason.NOTHING_TO_PAY, f"Order {order.number} comes to 0.00.")
    if not currency_wanted(order.currency, integration):
        return Verdict.skip(Reason.FILTERED, f"{order.currency} is not one of the currencies.")
    return _not_yet(order, integration, erp)


def _not_yet(order: PurchaseOrder, integration: Integration, erp: str) -> Verdict | None:
    posted = [bill for bill in order.bills if bill.posted]
    if integration.order_leaves == integration.Leaves.BILLED:
        if posted:
            return None
        # Also what a bill that was posted and is no longer leaves behind (R18).
        sentence = f"Order {order.number} has no vendor bill posted in {erp}."
        return Verdict(Ruling.WITHDRAWN, Reason.NOT_RECEIVED, sentence)
    if posted:
        return Verdict.skip(
            Reason.BILLED,
            f"Order {order.number} already has vendor bill {posted[0].number} posted in {erp}.",
        )
    if integration.order_leaves == integration.Leaves.RECEIVED and not order.received:
        return Verdict.skip(Reason.NOT_RECEIVED, f"Order {order.number} is not all received yet.")
    return None


def _billed_as(order: PurchaseOrder, integration: Integration) -> BillHead | None:
    """Return the vendor bill an order goes as, where orders leave when they are billed (R2)."""
    if integration.order_leaves != integration.Leaves.BILLED:
        return None
    posted = [bill for bill in order.bills if bill.posted]
    return posted[0] if posted else None


def _check(order: PurchaseOrder) -> None:
    if not order.lines:
        raise Stop(
            Reason.INCOMPLETE,
            f"Order {order.number} from {order.vendor_name} has no lines to bill. Add lines to it, "
            "or cancel it.",
        )
    if order.total < 0:
        raise Stop(
            Reason.AMOUNT,
            f"Order {order.number} from {order.vendor_name} comes to "
            f"{shown(order.total, order.currency)}. A bill cannot be negative; enter it as a "
            "vendor credit.",
        )


def _check_billed(order: PurchaseOrder, posted: list[BillHead], transfer: Transfer) -> None:
    if len(posted) > 1 or any(bill.total != order.total for bill in posted):
        total = sum((bill.total for bill in posted), start=order.total * 0)
        raise Stop(
            Reason.AMOUNT,
            f"Order {order.number} from {order.vendor_name} comes to "
            f"{shown(order.total, order.currency)}, its {len(posted)} vendor bill(s) to "
            f"{shown(total, order.currency)}. Enter what is due by hand, or leave it.",
        )
    if any(bill.settled for bill in posted) and not transfer.target_id:
        raise Stop(
            Reason.AMOUNT,
            f"The vendor bill of order {order.number} from {order.vendor_name} is already paid "
            "or partly paid. Send nothing, or enter the rest by hand.",
        )


def _description(order: PurchaseOrder, number: str, transfer: Transfer) -> str:
    words = [f"Purchase order {order.number}"]
    if order.vendor_reference:
        words.append(f"vendor reference {order.vendor_reference}")
    if transfer.number and transfer.number != number:
        words.append(f"number {number}")
    return ", ".join(words)
