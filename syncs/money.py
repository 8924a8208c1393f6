"""Money to the cent: rounding and splitting in the currency's own smallest unit (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217: currencies whose smallest unit is not a hundredth.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND".split()
_DECIMALS = dict.fromkeys(_NO_DECIMALS, 0) | dict.fromkeys(_THREE_DECIMALS, 3)

MOST_ROUNDING_UNITS = 5


def unit(currency: str) -> Decimal:
    """Return the smallest unit of a currency: 0.01 USD, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-_DECIMALS.get(currency, 2))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return `amount` in whole smallest units, halves away from zero."""
    return amount.quantize(unit(currency), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Divide `amount` by `weights` so that the parts add up to it exactly.

    What rounding leaves over goes to the parts that lost most. Weights may not all be zero.
    """
    whole = sum(weights, Decimal(0))
    step = unit(currency)
    exact = [amount * weight / whole for weight in weights]
    parts = [rounded(part, currency) for part in exact]
    left = int((amount - sum(parts, Decimal(0))) / step)
    towards = 1 if left > 0 else -1
    losers = sorted(range(len(parts)), key=lambda i: towards * (parts[i] - exact[i]))
    for index in range(abs(left)):
        parts[losers[index % len(losers)]] += towards * step
    return parts


def shown(amount: Decimal | None, currency: str = "") -> str:
    """Return an amount as an accountant reads it: 42,310.55 USD."""
    if amount is None:
        return "—"
    places = _DECIMALS.get(currency, 2)
    return f"{amount:,.{places}f} {currency}".strip()
