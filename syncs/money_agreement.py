"""Where money could be on one side only: payments nobody posted, or nobody knows, bills half paid.

Part of the comparison in `syncs.agreement`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connections.records import Bill, Payment, Settlement
from connections.serial import from_json
from connections.services import Opened
from syncs.flows import payments
from syncs.flows.piece import Ruling
from syncs.models import Integration, Transfer
from syncs.money import shown
from syncs.states import State


def unknown_payments(integration: Integration, erp: Opened) -> Iterator[str]:
    """Name the payments in the ERP that carry our mark and belong to no document of ours."""
    flows = [flow.name for flow in integration.declared.flows if flow.writes is Payment]
    links = Transfer.objects.filter(integration__erp=integration.erp, flow__in=flows)
    linked = set(links.exclude(target_id="").values_list("target_id", flat=True))
    system = erp.system.label
    for payment in erp.resource(Payment).ours():
        if not payment.archived and payment.id not in linked:
            amount = shown(payment.amount, payment.currency)
            name = payment.number or f"{payment.id}, a draft,"
            yield f"Payment {name} of {amount} in {system} is linked to nothing."


def unposted_payments(integration: Integration, ap: Opened) -> Iterator[str]:
    """Name what the AP system paid of our bills and nobody posted."""
    ours = _bills(integration)
    for page in ap.resource(Payment).read(None):
        for payment in page.records:
            for piece in payments.pieces(payment, integration):
                bill = piece.key.partition(":")[2]
                if piece.verdict.ruling == Ruling.MOVES and bill in ours:
                    yield from _unposted(integration, piece.key, piece.record, ap)


def still_open(integration: Integration, transfer: Transfer, here: Any, there: Bill) -> str:
    """Return what the ERP still owes of a bill that was paid through the AP system, "" for 0."""
    paid = _payments_of(integration, transfer)
    if there.settlement != Settlement.PAID or not paid or any(p.state != State.DONE for p in paid):
        return ""
    heads = [head for head in getattr(here, "bills", ()) if head.posted]
    owed = sum((head.total - head.paid for head in heads if not _is_over(head)), Decimal(0))
    credit = sum((_credit(payment) for payment in paid), Decimal(0))
    return shown(owed, there.currency) if owed > credit else ""


def _unposted(integration: Integration, key: str, part: Any, ap: Opened) -> Iterator[str]:
    posted = Transfer.objects.filter(integration=integration, source_key=key).first()
    if posted is None or not (posted.target_id or posted.linked_how == Transfer.RECORDED):
        amount = shown(part.amount, part.currency)
        yield f"{ap.system.label} paid {amount} to {part.vendor_name}, and it is not posted."


def _bills(integration: Integration) -> set[str]:
    flows = [flow.name for flow in integration.declared.flows if flow.writes is Bill]
    links = Transfer.objects.filter(integration=integration, flow__in=flows)
    return set(links.exclude(target_id="").values_list("target_id", flat=True))


def _payments_of(integration: Integration, bill: Transfer) -> list[Transfer]:
    found = Transfer.objects.filter(
        integration=integration, source_key__endswith=f":{bill.target_id}"
    )
    gone = (State.REVERSED, State.CANCELLED, State.SKIPPED, State.DISMISSED)
    return list(found.exclude(state__in=gone))


def _credit(payment: Transfer) -> Decimal:
    if not payment.source:
        return Decimal(0)
    parts = from_json(Payment, payment.source).allocations
    return sum((part.credit for part in parts), Decimal(0))


def _is_over(head: Any) -> bool:
    """A payment without a journal entry settles a bill and leaves all of it."""
    return bool(head.settled and not head.paid)
