"""Do the ledgers agree? Asks both systems, live, about everything that is linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connections.records import Bill, Record
from connections.resource import AnyResource
from connections.services import Opened, opened
from syncs.models import Integration, Transfer
from syncs.money import shown
from syncs.pairings import Flow
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
        self._erp, self._ap = erp, ap
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
        source, target = self._erp.resource(flow.reads), self._ap.resource(flow.writes)
        for some in _in_batches(linked):
            here = _by_id(source, {t.source_id for t in some})
            there = _by_id(target, {t.target_id for t in some})
            for transfer in some:
                self._one(transfer, here.get(transfer.source_id), there.get(transfer.target_id))
        if issubclass(flow.writes, Bill):
            self._strays(target, {t.target_id for t in linked})

    def _one(self, transfer: Transfer, here: Any, there: Any) -> None:
        self._documents += 1
        ap = self._ap.system.label
        if transfer.state == State.CANCELLED:
            if there is not None and not there.archived:
                self._differences.append(f"{transfer} is cancelled but still open in {ap}.")
            return
        if here is None or there is None:
            where = self._erp.system.label if here is None else ap
            self._differences.append(f"{transfer} is missing in {where}.")
        elif isinstance(there, Bill):
            self._bill(transfer, here, there)

    def _bill(self, transfer: Transfer, here: Any, there: Bill) -> None:
        erp, ap = self._erp.system.label, self._ap.system.label
        if transfer.state != State.DONE:
            self._differences.append(f"{transfer} is not settled: {transfer.sentence}")
        elif there.archived:
            self._differences.append(f"{transfer} is archived in {ap}.")
        elif (here.total, here.currency) != (there.total, there.currency):
            self._differences.append(
                f"{transfer}: {shown(here.total, here.currency)} in {erp}, "
                f"{shown(there.total, there.currency)} in {ap}."
            )
        else:
            so_far = self._amounts.get(there.currency, Decimal(0))
            self._amounts[there.currency] = so_far + there.total

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
                self._differences.append(
                    f"Bill {bill.number} names order {bill.purchase_order_number} but is linked "
                    "to no document."
                )


def _by_id(resource: AnyResource, ids: Iterable[str]) -> dict[str, Record]:
    found: dict[str, Record] = resource.get(sorted(ids))
    return found


def _in_batches(transfers: list[Transfer]) -> Iterator[list[Transfer]]:
    for start in range(0, len(transfers), ASKED_AT_ONCE):
        yield transfers[start : start + ASKED_AT_ONCE]
