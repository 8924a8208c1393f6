"""The way out: what people do until every order is a bill."""

from __future__ import annotations

from typing import Any

from mlconnector.demo.company import clearing_journal
from mlconnector.demo.people import Buyer
from syncs import services
from syncs.models import Integration, Mapping, RemoteRecord, Transfer
from syncs.states import Reason

ACTOR = "demo"

PIER_ROAD = {"street": "9 Pier Road", "city": "Astoria", "zip": "97103", "country_id": 233}


def decide(integration: Integration, sandbox_url: str) -> str:
    """An accountant maps, chooses and renumbers; a buyer completes an address in Odoo."""
    integration.default_account = _account(integration.ap, "600000")
    integration.rounding_account = _account(integration.ap, "650000")
    integration.payment_method = clearing_journal(integration)
    integration.save()
    for transfer in Transfer.objects.filter(integration=integration, state="blocked"):
        _decide(transfer, sandbox_url)
    return "an accountant maps, chooses and renumbers"


def renumber(integration: Integration, sandbox_url: str) -> str:
    """Numbers that only turned out too long once their accounts were mapped get a shorter one."""
    blocked = Transfer.objects.filter(integration=integration, state="blocked")
    for transfer in blocked.filter(reason=Reason.NUMBER):
        services.transfer_renumber(transfer, transfer.document[:21], actor=ACTOR)
    services.transfers_retry(blocked.exclude(reason=Reason.NUMBER), actor=ACTOR)
    return "a number is shortened"


def change(integration: Integration, sandbox_url: str) -> str:
    """A buyer changes one order in Odoo and cancels another."""
    first, second = Transfer.objects.filter(
        integration=integration, flow="purchase-orders-as-bills", state="done"
    ).order_by("pk")[:2]
    line = int(first.source["lines"][0]["id"])
    new_price = {"price_unit": 333.25}
    Buyer(sandbox_url).do("purchase.order.line", "write", ids=[line], vals=new_price)
    Buyer(sandbox_url).do("purchase.order", "button_cancel", ids=[int(second.source_id)])
    return f"{first.document} gets a new price, {second.document} is cancelled"


CHAPTERS = (decide, renumber, change)


def _decide(transfer: Transfer, sandbox_url: str) -> None:
    match transfer.reason:
        case Reason.GL_ACCOUNT:
            _map(transfer, Mapping.Kind.GL_ACCOUNT, "GLAccount", "600000")
        case Reason.TAX:
            _map(transfer, Mapping.Kind.TAX, "Tax", "131000")
        case Reason.CANDIDATES:
            services.transfer_choose(transfer, Transfer.CREATE_NEW, actor=ACTOR)
        case Reason.NUMBER:
            services.transfer_renumber(transfer, transfer.document[:21], actor=ACTOR)
        case Reason.INCOMPLETE:
            ids = [int(transfer.source_id)]
            Buyer(sandbox_url).do("res.partner", "write", ids=ids, vals=PIER_ROAD)
        case _:
            services.transfers_retry([transfer], actor=ACTOR)


def _map(transfer: Transfer, kind: Mapping.Kind, source_kind: str, account: str) -> None:
    integration = transfer.integration
    source = RemoteRecord.objects.get(
        connection=integration.erp, kind=source_kind, remote_id=transfer.missing
    )
    mapping, _ = Mapping.objects.get_or_create(
        integration=integration,
        kind=kind,
        source=source,
        defaults={"target": _account(integration.ap, account), "changed_by": ACTOR},
    )
    services.mapping_release(mapping, actor=ACTOR)


def _account(connection: Any, number: str) -> RemoteRecord:
    return RemoteRecord.objects.get(connection=connection, kind="GLAccount", code=number)
