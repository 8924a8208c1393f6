"""What BILL has for us, by record type."""

from __future__ import annotations

from connections.records import (
    Bill,
    Dimension,
    GLAccount,
    Payment,
    Record,
    RecurringBill,
    Vendor,
)
from connections.resource import AnyResource
from connections.systems.billcom.bills import Bills
from connections.systems.billcom.classifications import Dimensions, GLAccounts
from connections.systems.billcom.payments import Payments
from connections.systems.billcom.recurring import RecurringBills
from connections.systems.billcom.vendors import Vendors

RESOURCES: dict[type[Record], type[AnyResource]] = {
    Vendor: Vendors,
    Bill: Bills,
    GLAccount: GLAccounts,
    Dimension: Dimensions,
    Payment: Payments,
    RecurringBill: RecurringBills,
}
