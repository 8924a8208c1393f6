"""Line amounts and taxes, rounded per line to the currency as Odoo does by default."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Amounts:
    """What a line comes to; `taxes` holds the amount of each tax by its id."""

    untaxed: Decimal
    taxes: dict[int, Decimal]

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes.values(), Decimal())

    @property
    def total(self) -> Decimal:
        return self.untaxed + self.tax


def money(value: float | Decimal, places: int = 2) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def line_amounts(
    env: Env,
    *,
    quantity: float,
    price: float,
    discount: float,
    tax_ids: list[int],
    currency: int,
) -> Amounts:
    places = int(env["res.currency"].rows[currency].get("decimal_places") or 0)
    share = 1 - Decimal(repr(float(discount))) / HUNDRED
    base = Decimal(repr(float(quantity))) * Decimal(repr(float(price))) * share
    rows = [env["account.tax"].rows[i] for i in tax_ids]
    included = sum((_rate(row) for row in rows if _is_included(row)), Decimal())
    base = base / (1 + included)
    taxes = {}
    for row in rows:
        fixed = row.get("amount_type") == "fixed"
        amount = Decimal(repr(row["amount"])) * Decimal(repr(float(quantity)))
        taxes[row["id"]] = money(amount if fixed else base * _rate(row), places)
    return Amounts(money(base, places), taxes)


def _rate(row: dict[str, object]) -> Decimal:
    if row.get("amount_type") == "fixed":
        return Decimal()
    return Decimal(repr(row.get("amount") or 0.0)) / HUNDRED


def _is_included(row: dict[str, object]) -> bool:
    return row.get("price_include_override") == "tax_included"
