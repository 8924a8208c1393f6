"""Do the ledgers agree? Asks both systems, live, about everything that is linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connections.records import Bill, Payment, Record
from connections.resource import AnyResource
from connections.services import Opened, opened
from syncs.flows import payments
from syncs.models import Integration, Transfer
from syncs.money import shown
from syncs.money_agreement import still_open, unknown_payments, unposted_payments
from syncs.pairings import Direction, Flow
from syncs.states import State

ASKED_AT_ONCE = 50


@dataclass(frozen=True)
class Agreement:
    """What a comparison found: how many documents, how much, and each difference in words."""

    documents: int
    amounts: dict[str, Decimal]
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def ledgers_agree(integration: Integration) -> Agreement:
    """Compare every linked document in both systems. Raises SyncError if one cannot be asked."""
    with opened(integration.erp) as erp, opened(integration.ap) as ap:
        comparison = Comparison(integration, erp, ap)
        for flow in integration.declared.flows:
            comparison.compare(flow)
        return comparison.result()


class Comparison:
    """A comparison in progress."""

    def __init__(self, integration: Integration, erp: Opened, ap: Opened) -> None:
        self._integration = integration
        self._erp, self._ap = self._here, self._there = erp, ap
        self._documents = 0
        self._amounts: dict[str, Decimal] = {}
        self._differences: list[str] = []

    def result(self) -> Agreement:
        """Return what was found so far."""
        return Agreement(self._documents, self._amounts, tuple(self._differences))

    def compare(self, flow: Flow) -> None:
        """Compare the linked documents of one flow, and look for strays in the target."""
        transfers = Transfer.objects.filter(integration=self._integration, flow=flow.name)
        linked = list(transfers.exclude(target_id=""))
        outward = flow.direction == Direction.ERP_TO_AP
        self._here, self._there = (self._erp, self._ap) if outward else (self._ap, self._erp)
        source, target = self._here.resource(flow.reads), self._there.resource(flow.writes)
        for some in _in_batches(linked):
            here = _by_id(source, {t.source_id for t in some})
            there = _by_id(target, {t.target_id for t in some})
            for transfer in some:
                self._one(transfer, here.get(transfer.source_id), there.get(transfer.target_id))
        if issubclass(flow.writes, Bill):
            self._strays(target, {t.target_id for t in linked})
        elif issubclass(flow.writes, Payment):
            self._differences += unknown_payments(self._integration, self._erp)
            self._differences += unposted_payments(self._integration, self._ap)

    def _one(self, transfer: Transfer, here: Any, there: Any) -> None:
        self._documents += 1
        if transfer.state in (State.CANCELLED, State.REVERSED):
            if there is not None and not there.archived:
                self._differ(f"{transfer} is withdrawn but still open in {self._there_named}.")
        elif here is None or there is None:
            where = self._here.system.label if here is None else self._there_named
            self._differ(f"{transfer} is missing in {where}.")
        elif isinstance(there, Bill):
            self._bill(transfer, here, there)
        elif isinstance(there, Payment):
            self._payment(transfer, here, there)

    @property
    def _there_named(self) -> str:
        return self._there.system.label

    def _differ(self, sentence: str) -> None:
        self._differences.append(sentence)

    def _bill(self, transfer: Transfer, here: Any, there: Bill) -> None:
        erp, ap = self._erp.system.label, self._ap.system.label
        if transfer.state != State.DONE:
            self._differ(f"{transfer} is not settled: {transfer.sentence}")
        elif there.archived:
            self._differ(f"{transfer} is archived in {ap}.")
        elif (here.total, here.currency) != (there.total, there.currency):
            self._differ(
                f"{transfer}: {shown(here.total, here.currency)} in {erp}, "
                f"{shown(there.total, there.currency)} in {ap}."
            )
        elif open_there := still_open(self._integration, transfer, here, there):
            self._differ(f"{transfer} is paid in {ap}, but {open_there} are open in {erp}.")
        else:
            so_far = self._amounts.get(there.currency, Decimal(0))
            self._amounts[there.currency] = so_far + there.total

    def _payment(self, transfer: Transfer, here: Payment, there: Payment) -> None:
        """One bill's part of a payment: cash, currency, and what moved on the clearing account."""
        split = payments.pieces(here, self._integration)
        part = next((p.record for p in split if p.key == transfer.source_key), None)
        if there.archived:
            self._differ(f"{transfer} is cancelled in {self._there_named}.")
        elif not isinstance(part, Payment):
            self._differ(f"{transfer} no longer pays this bill in {self._here.system.label}.")
        elif part.currency == there.currency and part.amount != there.amount:
            self._differ(
                f"{transfer}: {shown(part.amount, part.currency)} in {self._here.system.label}, "
                f"{shown(there.amount, there.currency)} in {self._there_named}."
            )
        elif there.funding is not None and part.funding not in (None, there.funding):
            self._differ(
                f"{transfer} moved the clearing account by "
                f"{shown(there.funding, there.funding_currency)}, not by "
                f"{shown(part.funding, part.funding_currency)}."
            )

    def _strays(self, target: AnyResource, linked: set[str]) -> None:
        """A bill that names one of our orders but is linked to none was sent twice."""
        ours = set(
            Transfer.objects.filter(integration=self._integration)
            .exclude(target_id="")
            .values_list("document", flat=True)
        )
        for page in target.read(None):
            for bill in page.records:
                if bill.id in linked or bill.archived or bill.purchase_order_number not in ours:
                    continue
                self._differ(
                    f"Bill {bill.number} names order {bill.purchase_order_number} but is linked "
                    "to no document."
                )


def _by_id(resource: AnyResource, ids: Iterable[str]) -> dict[str, Record]:
    found: dict[str, Record] = resource.get(sorted(ids))
    return found


def _in_batches(transfers: list[Transfer]) -> Iterator[list[Transfer]]:
    for start in range(0, len(transfers), ASKED_AT_ONCE):
        yield transfers[start : start + ASKED_AT_ONCE]
