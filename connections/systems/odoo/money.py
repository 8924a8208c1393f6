"""Currencies, and amounts rounded to them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

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
