"""What a payment of the AP system pays in the ERP: the linked debt, or one found there (R9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.db import models
from django.utils import timezone

from connections.errors import MappingMissing
from connections.matching import match_bill
from connections.records import Bill, Payment, PurchaseOrder
from connections.resource import AnyResource
from connections.serial import from_json
from syncs.mapping import Mapper
from syncs.models import Integration, RemoteRecord, Transfer
from syncs.states import Reason, State
from syncs.verdicts import Stop

# A payment that waits for its bill is matched again when a bill of the vendor changed, or daily.
CLOCKS_DIFFER, LOOKS_AT_LEAST = timedelta(minutes=10), timedelta(days=1)
PAYMENT_METHOD = "payment-method"


@dataclass(frozen=True)
class Debt:
    """What is paid, by its ids in the ERP: a bill, or an order whose bill may still come (R19).

    `waits`: the order has no vendor bill yet that could be matched.
    """

    vendor_id: str
    number: str
    bill_id: str = ""
    order_id: str = ""
    waits: bool = False


class DebtMapper(Mapper):
    """From an AP system's payments to what they pay in the ERP, whose payments are `target`."""

    def __init__(self, integration: Integration, target: AnyResource) -> None:
        super().__init__(integration)
        self._target = target

    @classmethod
    def made_for(cls, integration: Integration, target: AnyResource) -> Mapper:
        return cls(integration, target)

    @property
    def posts_unknown_bills(self) -> bool:
        """Say whether a payment of a bill nobody knows is posted on its vendor alone."""
        return self.integration.unknown_bills == Integration.UnknownBills.POST

    def debt(self, ap_bill_id: str) -> Debt | None:
        """Return what a bill of the AP system is in the ERP, None if it is nothing there."""
        if not ap_bill_id:
            return None
        link = self._links.filter(target_id=ap_bill_id).first()
        if link is None:
            return self._found_there(ap_bill_id)
        is_order = self._reads_orders(link.flow)
        return Debt(
            vendor_id=link.vendor_id_there,
            number=str(link.body.get("number") or link.document),
            bill_id="" if is_order else link.source_id,
            order_id=link.source_id if is_order else "",
            waits=is_order and not any(bill["posted"] for bill in link.source["bills"]),
        )

    def is_anothers(self, ap_bill_id: str) -> bool:
        """Say whether another integration sent this bill: its payment is that one's too (R23)."""
        sent = Transfer.objects.filter(
            target_scope=f"{self.integration.ap_id}:Bill", target_id=ap_bill_id
        )
        return sent.exclude(integration=self.integration).exists()

    def has_news(self, transfer: Transfer) -> bool:
        """Say whether a posted payment may find more to be matched with than the last time."""
        is_waiting = (transfer.state, transfer.reason) == (State.WAITING, Reason.VENDOR_BILL)
        last = transfer.attempts.order_by("number").last()
        if not is_waiting or transfer.seen != transfer.sent_seen or last is None:
            return True
        if not last.answer or last.answer.get("problem"):
            return True
        bills = RemoteRecord.objects.filter(
            connection=self.integration.erp,
            kind="Bill",
            parent=str(last.answer.get("vendor_id")),
            changed_at__gte=last.started_at - CLOCKS_DIFFER,
        )
        return timezone.now() - last.started_at > LOOKS_AT_LEAST or bills.exists()

    def parts_of(self, transfer: Transfer) -> list[Transfer]:
        """Return all that one payment pays, in money, the bills nobody here knows too."""
        parts = Transfer.objects.filter(
            integration=self.integration, flow=transfer.flow, group=transfer.group, amount__gt=0
        )
        return list(parts.order_by("pk"))

    def erp_vendor(self, payment: Payment) -> str:
        """Return the ERP's id of the vendor a payment went to. Raises Stop."""
        link = self._vendor_of(payment.vendor_id)
        if link is None:
            raise Stop(
                Reason.UNKNOWN_BILL,
                f"{payment.vendor_name} was paid in {self.ap} and is not linked to a vendor in "
                f"{self.erp}.",
                state=Stop.SKIPPED,
            )
        return link.source_id

    def payment_method(self) -> str:
        """Return the ERP's id of the payment method. Raises MappingMissing."""
        method = self.integration.payment_method
        if method is None or not method.is_usable:
            raise MappingMissing(
                f"Choose the journal that payments of {self.ap} are booked by in {self.erp}; it is "
                "set on the integration.",
                kind=PAYMENT_METHOD,
                code="journal",
            )
        if problem := method.values.get("problem"):  # since it was chosen
            raise MappingMissing(problem, kind=PAYMENT_METHOD, code="journal")
        return method.remote_id

    def is_closed(self, day: date) -> bool:
        """Say whether a day lies in a closed period of the ERP."""
        return self._closed_until is not None and day <= self._closed_until

    def open_day(self, day: date, vendor: str) -> date:
        """Return the day to post on (R12). Raises Stop where a closed month has to wait."""
        if self._closed_until is None or not self.is_closed(day):
            return day
        if self.integration.closed_period == Integration.ClosedPeriod.NEXT:
            return self._closed_until + timedelta(days=1)
        raise Stop(
            Reason.CLOSED_PERIOD,
            f"{vendor} was paid on {day.isoformat()}, but {self.erp} is closed until "
            f"{self._closed_until.isoformat()}. Open the period there, or set the integration to "
            "post on the first open day.",
            state=Stop.HELD,
        )

    def _found_there(self, ap_bill_id: str) -> Debt | None:
        """R9: exactly one bill of the same vendor, number, total and date, held by no link."""
        row = RemoteRecord.objects.filter(
            connection=self.integration.ap, kind="Bill", remote_id=ap_bill_id
        ).first()
        vendor = self._vendor_of(row.parent) if row else None
        if row is None or vendor is None:
            return None
        wanted = replace(from_json(Bill, row.values), vendor_id=vendor.source_id)
        match = match_bill(wanted, self._erp_bills(vendor.source_id))
        if not match.exact:
            return None
        return Debt(vendor_id=vendor.source_id, number=wanted.number, bill_id=match.exact)

    def _erp_bills(self, vendor_id: str) -> list[Bill]:
        rows = RemoteRecord.objects.filter(
            connection=self.integration.erp, kind="Bill", parent=vendor_id, gone=False
        )
        return [from_json(Bill, row.values) for row in rows]

    def _vendor_of(self, ap_vendor_id: str) -> Transfer | None:
        return Transfer.objects.filter(
            integration=self.integration, flow="vendors", target_id=ap_vendor_id
        ).first()

    def _reads_orders(self, flow: str) -> bool:
        return self.integration.declared.flow(flow).reads is PurchaseOrder

    @cached_property
    def _closed_until(self) -> date | None:
        return self._target.closed_until()

    @cached_property
    def _links(self) -> models.QuerySet[Transfer]:
        flows = [f.name for f in self.integration.declared.flows if f.writes is Bill]
        return Transfer.objects.filter(integration=self.integration, flow__in=flows)
