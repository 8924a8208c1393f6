"""Where money is paid: debts sent to the AP system, and what its payments became in the ERP."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncs.models import Integration, RemoteRecord, Transfer
from tests.scenarios.houses.house import Ordered, Posted
from tests.scenarios.story import Story

FLOW = "payments"


@dataclass(frozen=True)
class Owed:
    """One debt: the order and its vendor bill in the ERP, the bill in the AP system."""

    vendor: str
    order: Ordered
    erp_bill: str
    bill: str


class Till:
    """A story whose payments are booked."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.erp, self.ap = story.erp, story.ap
        self.vendor = ""

    def owe(self, *prices: float, billed: bool = True, due: str = "") -> list[Owed]:
        """Order from one vendor, let the bills go out, and post the vendor's own in the ERP."""
        self.vendor = self.vendor or self.erp.vendor("Alder Works")
        orders = self.erp.many_orders(self.vendor, prices)
        return self.sent(*orders, billed=billed)

    def sent(self, *orders: Ordered, billed: bool = True) -> list[Owed]:
        self.story.run()
        bills = [self.story.of(order).target_id for order in orders]
        assert all(bills), [self.story.of(order).sentence for order in orders]
        made = [self.bill(order) if billed else "" for order in orders]
        vendors = [self.story.of_vendor(order) for order in orders]
        parts = zip(vendors, orders, made, bills, strict=True)
        return [Owed(*part) for part in parts]

    def bill(self, order: Ordered) -> str:
        return self.erp.bill(order, number=f"INV-{order.number}")

    def run(self, times: int = 1) -> None:
        for _ in range(times):
            for flow, summary in self.story.run().items():
                assert summary.outcome == "done", f"{flow}: {summary.sentence}"

    def part(self, payment: str, bill: str) -> Transfer:
        """Return the transfer of what a payment pays of a bill."""
        return Transfer.objects.get(source_key=f"{payment}:{bill}", flow=FLOW)

    def standing(self, payment: str, bill: str) -> str:
        part = self.part(payment, bill)
        return f"{part.state} {part.reason}".strip()

    @property
    def alive(self) -> list[Posted]:
        return [posted for posted in self.erp.posted() if posted.is_alive]

    @property
    def amounts(self) -> list[Decimal]:
        """Return what is posted and counts."""
        return [posted.amount for posted in self.alive]

    def only(self) -> Posted:
        [posted] = self.alive
        return posted

    def agrees(self) -> None:
        """Both ledgers agree, and the ERP's entries come to nothing."""
        self.story.ledgers()
        assert self.erp.unbalanced() == []


def book_by(integration: Integration, name: str) -> RemoteRecord:
    """Choose the journal payments are booked by, as a person does on the integration's page."""
    method = RemoteRecord.objects.get(
        connection=integration.erp, kind="PaymentMethod", name__startswith=f"{name} ·"
    )
    integration.payment_method = method
    integration.save(update_fields=["payment_method"])
    return method


def open_till(story: Story, **rules: Any) -> Till:
    book_by(story.go_live(**rules), story.erp.journal)
    return Till(story)
