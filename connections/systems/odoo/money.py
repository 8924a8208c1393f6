"""Currencies, and amounts rounded to them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from connections.errors import Rejected
from connections.systems.odoo.values import Row, link, number, text

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient


@dataclass(frozen=True)
class Currency:
    """A currency's code and the decimal places Odoo keeps its amounts with."""

    code: str
    places: int

    def amount(self, value: Any) -> Decimal:
        """Return an amount; Odoo computes in floats, so 0.1 + 0.2 arrives with a tail."""
        return number(value).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


def currency_of(client: OdooClient, id: int) -> Currency:
    """Return a currency by id."""
    row: Row = client.lookup("res.currency", "name", "decimal_places").get(id)
    return Currency(text(row.get("name")), int(row.get("decimal_places", 2)))


def linked_currency(client: OdooClient, value: Any) -> Currency:
    """Return the currency a many2one points to, the company's own where it points to none."""
    return currency_of(client, link(value) or client.home.currency_id)


def code_to_id(client: OdooClient, code: str) -> int:
    """Return the id of a currency by its code. Raises Rejected for one not in use."""
    # Reference: docs/systems/odoo.md#payments
    found = client.ask(
        "res.currency", "search_read", domain=[["name", "=", code]], fields=["name"], limit=1
    )
    if not found:
        raise Rejected(
            f"The currency {code} is not in use in Odoo. Activate it there, under Currencies.",
            code="currency",
        )
    return int(found[0]["id"])
