"""BILL (bill.com), an accounts-payable system. Reference: docs/systems/billcom.md"""

from __future__ import annotations

from datetime import timedelta

from connections.system import Side, System
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.options import FIELDS, limits
from connections.systems.billcom.ping import identify, ping
from connections.systems.billcom.resources import RESOURCES
from connections.systems.billcom.webhook import BillcomWebhook

BILLCOM = System(
    key="billcom",
    label="BILL",
    side=Side.AP,
    fields=FIELDS,
    client=BillcomClient,
    resources=RESOURCES,
    ping=ping,
    identify=identify,
    limits=limits,
    webhook=BillcomWebhook(),
    # No write has a key of its own there; after this long an unanswered one has shown up or never
    # will (R4). The overlap covers what is committed late and clocks that differ.
    settle_after=timedelta(minutes=5),
    overlap=timedelta(minutes=10),
)
