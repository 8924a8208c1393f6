"""The models with behaviour of their own; all others are plain records."""

from __future__ import annotations

from sandbox.odoo.models.accounts import (
    Account,
    AnalyticAccount,
    Archivable,
    Company,
    Currency,
    Journal,
    MethodLine,
    PaymentTerm,
    PaymentTermLine,
    Tax,
)
from sandbox.odoo.models.attachment import Attachment
from sandbox.odoo.models.base import Model
from sandbox.odoo.models.external import ExternalIds
from sandbox.odoo.models.move import AccountMove
from sandbox.odoo.models.move_lines import MoveLine
from sandbox.odoo.models.order import PurchaseOrder
from sandbox.odoo.models.order_line import PurchaseOrderLine
from sandbox.odoo.models.partner import Partner
from sandbox.odoo.models.payment import Payment
from sandbox.odoo.models.products import Category, Product, Template
from sandbox.odoo.models.register import PaymentRegister
from sandbox.odoo.models.reversal import Reversal
from sandbox.odoo.models.unmatching import PartialReconcile
from sandbox.odoo.models.users import ApiKeys, Groups, Parameters, Users

MODELS: dict[str, type[Model]] = {
    "account.account": Account,
    "account.analytic.account": AnalyticAccount,
    "account.fiscal.position": Archivable,
    "account.journal": Journal,
    "account.move": AccountMove,
    "account.move.line": MoveLine,
    "account.move.reversal": Reversal,
    "account.partial.reconcile": PartialReconcile,
    "account.payment": Payment,
    "account.payment.method.line": MethodLine,
    "account.payment.register": PaymentRegister,
    "account.payment.term": PaymentTerm,
    "account.payment.term.line": PaymentTermLine,
    "account.tax": Tax,
    "account.tax.group": Archivable,
    "ir.attachment": Attachment,
    "ir.config_parameter": Parameters,
    "ir.model.data": ExternalIds,
    "product.category": Category,
    "product.product": Product,
    "product.template": Template,
    "purchase.order": PurchaseOrder,
    "purchase.order.line": PurchaseOrderLine,
    "res.company": Company,
    "res.currency": Currency,
    "res.groups": Groups,
    "res.partner": Partner,
    "res.partner.category": Archivable,
    "res.users": Users,
    "res.users.apikeys": ApiKeys,
    "uom.uom": Archivable,
}
