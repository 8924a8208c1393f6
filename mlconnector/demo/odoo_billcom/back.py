"""The way back: vendor bills are posted in Odoo, BILL pays, fails, voids; Odoo's ledger follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from connections.records import PurchaseOrder
from connections.webhooks import webhook_subscribe
from mlconnector.demo.people import Buyer, Clerk
from mlconnector.demo.waiting import wait_for
from syncs.models import Integration, Transfer
from syncs.states import State

FULL, PARTLY, TOGETHER = "P00004", "P00007", ("P00005", "P00014")
ABROAD, AHEAD, VOIDED, FAILED = "P00008", "P00009", "P00011", "P00013"
TOLD = "P00006"


def vendor_bills(integration: Integration, sandbox_url: str) -> str:
    """The vendors' invoices arrive and are posted in Odoo; one is still missing."""
    for number in (FULL, PARTLY, *TOGETHER, ABROAD, VOIDED, FAILED, TOLD):
        _post_bill(integration, sandbox_url, number)
    return f"vendor bills are posted in Odoo, all but that of {AHEAD}"


def payments(integration: Integration, sandbox_url: str) -> str:
    """In full, in part, two bills at once, ahead of the bill, in euros after the rate moved."""
    clerk = Clerk(sandbox_url)
    clerk.pay(_bill(integration, FULL))
    clerk.pay(_bill(integration, PARTLY), amount="1200.00")
    clerk.pay(*(_bill(integration, number) for number in TOGETHER))
    clerk.pay(_bill(integration, AHEAD))
    clerk.do("rate", currency="EUR", rate=1.2875)
    clerk.pay(_bill(integration, ABROAD))
    return "BILL pays in full, in part, two at once, ahead of the bill and in euros"


def leaving(integration: Integration, sandbox_url: str) -> str:
    """Two payments are on their way: posted, since the money has left."""
    clerk = Clerk(sandbox_url)
    for number in (VOIDED, FAILED):
        payment = clerk.pay(_bill(integration, number), clear=False)
        for step in ("READY_TO_FUND", "FUNDING_STARTED", "PROCESSED"):
            clerk.do(f"payments/{payment}/step", to=step)
    return f"the money for {VOIDED} and {FAILED} leaves"


def trouble(integration: Integration, sandbox_url: str) -> str:
    """One payment is voided, the other fails; the missing vendor bill arrives."""
    clerk = Clerk(sandbox_url)
    clerk.do(f"payments/{_payment(integration, VOIDED)}/void", reason="Wrong vendor")
    clerk.do(f"payments/{_payment(integration, FAILED)}/fail")
    _post_bill(integration, sandbox_url, AHEAD)
    return f"{VOIDED} is voided, {FAILED} fails, the bill of {AHEAD} arrives"


def second_try(integration: Integration, sandbox_url: str) -> str:
    """What failed goes through after all; what was voided is paid anew."""
    clerk = Clerk(sandbox_url)
    clerk.do(f"payments/{_payment(integration, FAILED)}/clear")
    clerk.pay(_bill(integration, VOIDED))
    rest = Decimal("3200.00") - Decimal("1200.00")
    clerk.pay(_bill(integration, PARTLY), amount=str(rest))
    return f"{FAILED} clears, {VOIDED} is paid anew, the rest of {PARTLY} is paid"


def webhooks(integration: Integration, sandbox_url: str) -> str:
    """BILL tells of a payment, each event three times; it is posted before any schedule."""
    clerk = Clerk(sandbox_url)
    webhook_subscribe(integration.ap, actor="demo")
    clerk.do("webhooks", doubles=2)
    integration.enabled, integration.next_run_at = True, timezone.now() + timedelta(days=1)
    integration.save(update_fields=["enabled", "next_run_at"])
    clerk.pay(_bill(integration, TOLD))
    paid = Transfer.objects.filter(source_key__endswith=f":{_bill(integration, TOLD)}")
    wait_for(f"Posting the payment of {TOLD}", paid.filter(state=State.DONE).exists, seconds=60)
    return f"BILL tells of the payment of {TOLD}, every event three times, and it is posted at once"


CHAPTERS = (vendor_bills, payments, leaving, trouble, second_try, webhooks)


def _post_bill(integration: Integration, sandbox_url: str, number: str) -> None:
    transfer = _order(integration, number)
    today = timezone.now().date().isoformat()
    Buyer(sandbox_url).post_vendor_bill(int(transfer.source_id), f"INV-{number}", today)


def _bill(integration: Integration, number: str) -> str:
    return _order(integration, number).target_id


def _order(integration: Integration, number: str) -> Transfer:
    flow = next(f for f in integration.declared.flows if f.reads is PurchaseOrder)
    return Transfer.objects.get(integration=integration, flow=flow.name, document=number)


def _payment(integration: Integration, number: str) -> str:
    paid = Transfer.objects.filter(
        integration=integration, source_key__endswith=f":{_bill(integration, number)}"
    )
    return paid.latest("pk").source_id
