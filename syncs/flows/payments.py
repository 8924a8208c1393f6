"""Payments of the AP system become payments in the ERP, one for each bill they pay (R8-R12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from connections.records import Allocation, Payment, PaymentStage
from syncs.flows.piece import MOVES, Piece, Ruling, Verdict
from syncs.money import shown, split
from syncs.states import Reason
from syncs.verdicts import Stop

if TYPE_CHECKING:
    from syncs.debts import DebtMapper
    from syncs.models import Integration, Transfer

Stage = PaymentStage


def pieces(payment: Payment, integration: Integration) -> list[Piece]:
    """Split a payment into one piece for each bill, the funding shared out to the cent."""
    verdict = _verdict(payment, integration)
    return [
        Piece(
            key=f"{payment.id}:{part.allocations[0].bill_id}",
            group=payment.id,
            record=part,
            document=payment.number,
            vendor=payment.vendor_name,
            vendor_id=payment.vendor_id,
            amount=part.amount,
            currency=payment.currency,
            dated=payment.paid_on,
            seen=_seen(part),
            money=[part.allocations, payment.currency],
            verdict=_without_cash(part) or verdict,
        )
        for part in _parts(payment)
    ]


def payment_for_erp(payment: Payment, transfer: Transfer, mapper: DebtMapper) -> Payment:
    """Return the payment to post in the ERP. Raises Stop or MappingMissing."""
    (allocation,) = payment.allocations
    _check_claimed(payment, transfer, mapper)
    _check_funding(payment, mapper)
    _check_owner(payment, mapper)
    debt = mapper.debt(allocation.bill_id)
    if transfer.target_id and debt is not None and (debt.waits or not mapper.has_news(transfer)):
        raise _waits_for_bill(payment, mapper)
    if debt is None and not mapper.posts_unknown_bills:
        raise Stop(
            Reason.UNKNOWN_BILL,
            f"{mapper.ap} paid {shown(allocation.amount, payment.currency)} to "
            f"{payment.vendor_name} for a bill that {mapper.erp} does not know.",
            state=Stop.SKIPPED,
        )
    # What is posted keeps its day, whatever month was closed since.
    day = payment.paid_on
    if not transfer.target_id:
        day = mapper.open_day(payment.paid_on, payment.vendor_name)
    return replace(
        payment,
        id="",
        changed_at=None,
        vendor_id=debt.vendor_id if debt else mapper.erp_vendor(payment),
        amount=allocation.amount,
        allocations=(replace(allocation, bill_id=debt.bill_id if debt else ""),),
        order_id=debt.order_id if debt else "",
        method_id=mapper.payment_method(),
        paid_on=day,
        reference=_reference(transfer),
        memo=_memo(payment, debt.number if debt else "", transfer, mapper),
    )


def unfinished(sent: Payment, answer: Payment | None, mapper: DebtMapper) -> Stop | None:
    """Return why a posted payment still waits: to be matched, now or with a bill to come (R19)."""
    pays_a_bill = bool(sent.order_id or sent.allocations[0].bill_id)
    if answer is None or not pays_a_bill or answer.allocations[0].bill_id:
        return None
    return _waits_for_bill(sent, mapper)


def _waits_for_bill(payment: Payment, mapper: DebtMapper) -> Stop:
    return Stop(
        Reason.VENDOR_BILL,
        f"{shown(payment.amount, payment.currency)} to {payment.vendor_name} is posted in "
        f"{mapper.erp}; it is matched by itself when the vendor bill is posted there.",
        state=Stop.WAITING,
    )


def _seen(part: Payment) -> list[object]:
    """What is posted depends on these; of the stages only one that needs a person."""
    claimed_in_part = part.stage == Stage.PART_CLAIMED
    return [part.allocations, part.funding, part.currency, part.paid_on, claimed_in_part]


def _parts(payment: Payment) -> Iterator[Payment]:
    allocations = _by_bill(payment)
    shares: list[Decimal | None] = [None] * len(allocations)
    weights = [allocation.amount for allocation in allocations]
    if payment.funding is not None and any(weights):
        currency = payment.funding_currency or payment.currency
        shares = list(split(payment.funding, weights, currency))
    for allocation, funding in zip(allocations, shares, strict=True):
        yield replace(payment, amount=allocation.amount, funding=funding, allocations=(allocation,))


def _by_bill(payment: Payment) -> list[Allocation]:
    """Return one allocation a bill; a payment that names none is money that left all the same."""
    found: dict[str, Allocation] = {}
    for one in payment.allocations or (Allocation(bill_id="", amount=payment.amount),):
        so_far = found.get(one.bill_id, replace(one, amount=Decimal(0), credit=Decimal(0)))
        found[one.bill_id] = replace(
            so_far, amount=so_far.amount + one.amount, credit=so_far.credit + one.credit
        )
    return list(found.values())


def _verdict(payment: Payment, integration: Integration) -> Verdict:
    ap = integration.ap.declared.label
    named = f"The payment of {shown(payment.amount, payment.currency)} to {payment.vendor_name}"
    match payment.stage:
        case Stage.VOIDED | Stage.FAILED:
            happened = "was voided" if payment.stage == Stage.VOIDED else "failed"
            return Verdict(Ruling.WITHDRAWN, Reason.REVERSED_THERE, f"{named} {happened} in {ap}.")
        case Stage.FIXABLE:
            return _fixable(payment, integration, f"{named} failed in {ap}")
        case Stage.UNKNOWN:
            return Verdict.skip(
                Reason.UNKNOWN_WORD,
                f"{named} is “{payment.word}” in {ap}, which does not say where the money is. "
                "Nothing is posted or reversed; look there what it means.",
            )
        case Stage.PLANNED:
            return Verdict.skip(Reason.PLANNED, f"{named} is planned; no money has moved yet.")
        case Stage.IN_FLIGHT if integration.post_at == integration.PostAt.SETTLED:
            return Verdict.skip(Reason.PLANNED, f"{named} is on its way; it posts when it arrives.")
    if _is_history(payment, integration):
        return Verdict.skip(Reason.BEFORE_START, f"{named} is from before the start.")
    return MOVES


def _is_history(payment: Payment, integration: Integration) -> bool:
    """Say whether the books were in order without us: paid before the start or the baseline (R1).

    Whoever kept them by hand has entered it; posting it once more would pay it twice.
    """
    start, live = integration.start_date, integration.live_since
    if start is None or live is None or payment.paid_on < start:
        return True
    if payment.changed_at is not None and payment.changed_at < live:
        return True
    return payment.paid_on < live.astimezone(integration.zone).date()


def _fixable(payment: Payment, integration: Integration, words: str) -> Verdict:
    """Somebody may still mend it: nothing is reversed for some days (R10)."""
    patience = timedelta(days=integration.fixable_days)
    since = payment.changed_at
    if since is not None and timezone.now() - since > patience:
        return Verdict(Ruling.WITHDRAWN, Reason.REVERSED_THERE, f"{words} and was not mended.")
    return Verdict.skip(
        Reason.FIXABLE,
        f"{words}. It can be mended there; what is posted of it is taken back after "
        f"{integration.fixable_days} days.",
    )


def _without_cash(part: Payment) -> Verdict | None:
    allocation = part.allocations[0]
    if allocation.amount:
        return None
    return Verdict.skip(
        Reason.NOTHING_TO_PAY,
        f"A vendor credit of {shown(allocation.credit, part.currency)} paid this bill; no money "
        "moved.",
    )


def _check_claimed(payment: Payment, transfer: Transfer, mapper: DebtMapper) -> None:
    if payment.stage == Stage.PART_CLAIMED:
        amount = shown(payment.amount, payment.currency)
        advice = f"enter that payment in {mapper.erp} by hand."
        if transfer.target_id:
            advice = f"correct the payment of {amount} that is posted in {mapper.erp}."
        raise Stop(
            Reason.PART_CLAIMED,
            f"{payment.vendor_name} claimed only a part of {amount} in {mapper.ap}. See there how "
            f"much, and {advice}",
        )


def _check_owner(payment: Payment, mapper: DebtMapper) -> None:
    if mapper.is_anothers(payment.allocations[0].bill_id):
        raise Stop(
            Reason.FILTERED,
            f"{mapper.ap} paid {shown(payment.amount, payment.currency)} to {payment.vendor_name} "
            "for a bill of another integration, which posts it.",
            state=Stop.SKIPPED,
        )


def _check_funding(payment: Payment, mapper: DebtMapper) -> None:
    """Abroad, the books move by what left the bank: without it nothing can be booked (R17)."""
    if payment.funding is None and payment.funding_currency not in ("", payment.currency):
        raise Stop(
            Reason.CURRENCY,
            f"{mapper.ap} does not say yet how much {payment.funding_currency} left the bank for "
            f"{shown(payment.amount, payment.currency)} to {payment.vendor_name}.",
        )


def _reference(transfer: Transfer) -> str:
    """Our key in the ERP: payment, bill and generation, and nothing that could change (R8)."""
    ap = transfer.integration.ap
    payment, bill = transfer.source_key.split(":", 1)
    return f"pay_{ap.system}_{payment}_{bill}_{transfer.generation}"


def _memo(payment: Payment, bill_number: str, transfer: Transfer, mapper: DebtMapper) -> str:
    credit = payment.allocations[0].credit
    words = [word for word in (bill_number, payment.number) if word]
    if mapper.is_closed(payment.paid_on):
        words.append(f"paid on {payment.paid_on.isoformat()}")
    if credit:
        words.append(f"besides {shown(credit, payment.currency)} of vendor credits")
    words += _own_part(payment, transfer, mapper)
    return ", ".join(words)


def _own_part(payment: Payment, transfer: Transfer, mapper: DebtMapper) -> list[str]:
    """Say how much of a payment is ours where it pays bills the ERP does not know too (R9)."""
    if mapper.posts_unknown_bills:
        return []
    parts = mapper.parts_of(transfer)
    known = [part for part in parts if mapper.debt(part.source_key.partition(":")[2])]
    if len(known) in (0, len(parts)):
        return []
    own, whole = (
        sum((p.amount or Decimal(0) for p in some), Decimal(0)) for some in (known, parts)
    )
    words = f"{len(known)} of {len(parts)} bills"
    return [f"{words}, {shown(own)} of {shown(whole, payment.currency)}"]
