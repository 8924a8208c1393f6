"""Odoo: an ERP. Vendors, orders and bills come from it, payments of them go there."""

from __future__ import annotations

from datetime import timedelta

from connections.errors import ConnectionProblem
from connections.records import (
    Bill,
    Dimension,
    GLAccount,
    Payment,
    PurchaseOrder,
    Record,
    Tax,
    Vendor,
)
from connections.system import Access, Field, Side, System
from connections.systems.odoo.client import OdooClient, base_url, limits
from connections.systems.odoo.ping import identify, ping
from connections.systems.odoo.resources import RESOURCES
from connections.systems.odoo.seek import OVERLAP

FIELDS = (
    Field(
        name="url",
        label="Address",
        help="Where you open Odoo in the browser, for example https://acme.odoo.com.",
    ),
    Field(
        name="database",
        label="Database",
        help="Its exact name; on Odoo Online the first part of the address.",
    ),
    Field(
        name="username",
        label="User name",
        help="The login of the integration user. It is compared with whom the key belongs to.",
    ),
    Field(
        name="api_key",
        label="API key",
        secret=True,
        help=(
            "Made by the integration user under My Preferences → Account Security → New API Key. "
            "Odoo lets such a key live for 90 days at most, unless an administrator made it."
        ),
    ),
    Field(
        name="company",
        label="Company",
        required=False,
        help="Its name or number in Odoo. Empty: the default company of the user.",
    ),
    Field(
        name="time_zone",
        label="Time zone of accounting dates",
        required=False,
        advanced=True,
        help="For example Europe/Berlin. Empty: that of the user, else UTC.",
    ),
    Field(
        name="overlap_minutes",
        label="Minutes to look back",
        required=False,
        default="10",
        advanced=True,
        help=(
            "Odoo dates a change when it begins, not when it is saved. More than 10 helps if "
            "imports or bank jobs run longer than that; less is not possible."
        ),
    ),
    Field(
        name="page_size",
        label="Records per call",
        required=False,
        default="200",
        advanced=True,
        help="Fewer if the server is slow to answer; 1000 at most.",
    ),
)

_MODELS: dict[type[Record], str] = {
    Vendor: "res.partner",
    PurchaseOrder: "purchase.order",
    Bill: "account.move",
    Payment: "account.payment",
    GLAccount: "account.account",
    Dimension: "account.analytic.account",
    Tax: "account.tax",
}


def url(access: Access, record: type[Record], id: str) -> str:
    """Return the address of a record in Odoo's own screens.

    Reference: docs/systems/odoo.md#addresses
    """
    model = _MODELS.get(record)
    if not model or not id:
        return ""
    try:
        return f"{base_url(access)}/odoo/{model}/{id}"
    except ConnectionProblem:
        return ""


ODOO = System(
    key="odoo",
    label="Odoo",
    side=Side.ERP,
    fields=FIELDS,
    client=OdooClient,
    resources=RESOURCES,
    ping=ping,
    identify=identify,
    limits=limits,
    settle_after=timedelta(minutes=3),
    overlap=OVERLAP,
    url=url,
)
