"""Which records move which way between which systems, as data.

To add a pairing, add a row; `manage.py check` says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from connections.records import Bill, Payment, PurchaseOrder, Record, Vendor
from connections.resource import Can
from syncs.debts import DebtMapper
from syncs.flows import orders, payments, vendors
from syncs.flows.piece import Piece
from syncs.mapping import Mapper
from syncs.verdicts import Stop

if TYPE_CHECKING:
    from syncs.models import Integration, Transfer


class Direction(StrEnum):
    """Which way a flow goes."""

    ERP_TO_AP = "erp to ap"
    AP_TO_ERP = "ap to erp"


def nothing_left(sent: Any, answer: Any, mapper: Any) -> None:
    """Say of most documents that they wait for nothing once they are written."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One record type moving one way.

    `pieces` splits a source record into what becomes one document each, already judged; `transform`
    makes the target's record or raises DataError; `links_a_pair` says that a target record may be
    linked once per pair of connections (a vendor) and not once in all (a bill). `withdraws` says
    that what is cancelled or deleted at the source is withdrawn there too. `unfinished` says
    what a document that was written still waits for. `settled` says how much of a source record
    the ERP holds for settled; flows that have it are watched (R6). `is_reversed` marks what is
    undone by a reversal, after which it may be posted anew (R8).
    """

    name: str
    label: str
    direction: Direction
    reads: type[Record]
    writes: type[Record]
    pieces: Callable[[Any, Integration], list[Piece]]
    transform: Callable[[Any, Transfer, Any], Any]
    mapper: type[Mapper] = Mapper
    unfinished: Callable[[Any, Any, Any], Stop | None] = nothing_left
    links_a_pair: bool = False
    settled: Callable[[Any], Decimal] | None = None
    is_reversed: bool = False
    withdraws: bool = True
    needs: Can = Can.FIND | Can.CREATE | Can.UPDATE | Can.CANCEL
    after: tuple[str, ...] = ()


VENDORS = Flow(
    name="vendors",
    label="Vendors",
    direction=Direction.ERP_TO_AP,
    reads=Vendor,
    writes=Vendor,
    pieces=vendors.pieces,
    transform=vendors.vendor_for_ap,
    links_a_pair=True,
    withdraws=False,
)
PURCHASE_ORDERS_AS_BILLS = Flow(
    name="purchase-orders-as-bills",
    label="Purchase orders as bills",
    direction=Direction.ERP_TO_AP,
    reads=PurchaseOrder,
    writes=Bill,
    pieces=orders.pieces,
    transform=orders.bill_from_order,
    settled=orders.settled,
    after=("vendors",),
)
PAYMENTS = Flow(
    name="payments",
    label="Payments",
    direction=Direction.AP_TO_ERP,
    reads=Payment,
    writes=Payment,
    pieces=payments.pieces,
    transform=payments.payment_for_erp,
    mapper=DebtMapper,
    unfinished=payments.unfinished,
    is_reversed=True,
    needs=Can.FIND | Can.CREATE | Can.UPDATE | Can.CANCEL,
    after=("vendors", "purchase-orders-as-bills"),
)


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """A kind of link we support, by the keys of its two systems."""

    key: str
    label: str
    erp: str
    ap: str
    flows: tuple[Flow, ...]

    def flow(self, name: str) -> Flow:
        """Return the flow of that name. Raises KeyError."""
        return {flow.name: flow for flow in self.flows}[name]


PAIRINGS = (
    Pairing(
        key="odoo-billcom",
        label="Odoo and BILL",
        erp="odoo",
        ap="billcom",
        flows=(VENDORS, PURCHASE_ORDERS_AS_BILLS, PAYMENTS),
    ),
)


def pairing(key: str) -> Pairing:
    """Return the pairing of that key. Raises KeyError."""
    return {row.key: row for row in PAIRINGS}[key]
