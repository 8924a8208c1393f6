"""What we read and write in Odoo, one class per record type."""

from __future__ import annotations

from collections.abc import Mapping

from connections.records import Dimension, GLAccount, PurchaseOrder, Record, Tax, Vendor
from connections.resource import AnyResource
from connections.systems.odoo.accounts import AnalyticAccounts, GLAccounts, Taxes
from connections.systems.odoo.orders import PurchaseOrders
from connections.systems.odoo.vendors import Vendors

RESOURCES: Mapping[type[Record], type[AnyResource]] = {
    Vendor: Vendors,
    PurchaseOrder: PurchaseOrders,
    GLAccount: GLAccounts,
    Dimension: AnalyticAccounts,
    Tax: Taxes,
}
