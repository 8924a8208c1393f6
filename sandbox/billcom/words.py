"""The words BILL uses in enumerations.

Reference: docs/systems/billcom.md#6-vendors and the chapters after it
"""

from __future__ import annotations

ACCOUNT_TYPE = ("BUSINESS", "PERSON", "NONE", "UNDEFINED")
PAY_BY_TYPE = (
    "ACH",
    "CHECK",
    "INTERNATIONAL_E_PAYMENT",
    "OFFLINE",
    "RPPS",
    "VIRTUAL_CARD",
    "WALLET",
    "UNDEFINED",
)
PAY_BY_SUB_TYPE = ("ACH", "IACH", "LOCAL", "MULTIPLE", "NONE", "WIRE", "UNDEFINED")
TAX_ID_TYPE = ("EIN", "SSN", "UNDEFINED")
PAYMENT_STATUS = (
    "UNPAID",
    "PARTIALLY_PAID",
    "PAID",
    "SCHEDULED",
    "IN_PROCESS",
    "UNDEFINED",
)
APPROVAL_STATUS = ("UNASSIGNED", "ASSIGNED", "APPROVING", "APPROVED", "DENIED", "UNDEFINED")
SENT_PAYMENT_STATUS = (
    "APPROVING",
    "SCHEDULED",
    "PAID",
    "CANCELLED",
    "VOID",
    "ESCHEATED",
    "FAILED",
    "UNDEFINED",
)
DISBURSEMENT_TYPE = (*PAY_BY_TYPE, "AMEX")
GL_ACCOUNT_TYPE = (
    "UNSPECIFIED",
    "ACCOUNTS_PAYABLE",
    "ACCOUNTS_RECEIVABLE",
    "BANK",
    "COST_OF_GOODS_SOLD",
    "CREDIT_CARD",
    "EQUITY",
    "EXPENSE",
    "FIXED_ASSET",
    "INCOME",
    "LONG_TERM_LIABILITY",
    "OTHER_ASSET",
    "OTHER_CURRENT_ASSET",
    "OTHER_CURRENT_LIABILITY",
    "OTHER_EXPENSE",
    "OTHER_INCOME",
    "NON_POSTING",
)
# The type names of items are not all documented; these occur in the official collection.
ITEM_TYPE = (
    "UNSPECIFIED",
    "SERVICE",
    "INVENTORY",
    "INVENTORY_ASSEMBLY",
    "NON_INVENTORY",
    "OTHER_CHARGE",
    "SUBTOTAL",
    "GROUP",
    "DISCOUNT",
    "PAYMENT",
    "SALES_TAX",
    "SALES_TAX_GROUP",
    "FIXED_ASSET",
)
