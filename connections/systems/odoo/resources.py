"""What we read and write in Odoo, one class per record type."""

from __future__ import annotations

from collections.abc import Mapping

from connections.records import (
    Bill,
    Dimension,
    GLAccount,
    Payment,
    PaymentMethod,
    PurchaseOrder,
    Record,
    Tax,
    Vendor,
)
from connections.resource import AnyResource
from connections.systems.odoo.accounts import AnalyticAccounts, GLAccounts, Taxes
from connections.systems.odoo.bills import Bills
from connections.systems.odoo.methods import PaymentMethods
from connections.systems.odoo.orders import PurchaseOrders
from connections.systems.odoo.payments import Payments
from connections.systems.odoo.vendors import Vendors

RESOURCES: Mapping[type[Record], type[AnyResource]] = {
    Vendor: Vendors,
    PurchaseOrder: PurchaseOrders,
    Bill: Bills,
    Payment: Payments,
    PaymentMethod: PaymentMethods,
    GLAccount: GLAccounts,
    Dimension: AnalyticAccounts,
    Tax: Taxes,
}
