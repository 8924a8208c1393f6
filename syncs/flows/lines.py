"""Lines of a document, coded for the target and true to the cent (R15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from connections.records import Line
from syncs.money import MOST_ROUNDING_UNITS, rounded, shown, split, unit
from syncs.states import Reason
from syncs.verdicts import Stop

if TYPE_CHECKING:
    from syncs.mapping import Mapper


def coded_lines(
    lines: Sequence[Line], total: Decimal, currency: str, mapper: Mapper
) -> tuple[Line, ...]:
    """Return the target's lines: split by dimension, then taxes, then a cent of rounding.

    Raises DataError naming what is not mapped, or both sums when they differ by too much.
    """
    coded = [part for line in lines for part in _coded(line, currency, mapper)]
    coded += _tax_lines(lines, currency, mapper)
    coded += _rounding(coded, total, currency, mapper)
    return tuple(coded)


def _coded(line: Line, currency: str, mapper: Mapper) -> Iterator[Line]:
    account = mapper.gl_account(line.gl_account_id, line.description)
    plain = Line(
        description=line.description,
        amount=rounded(line.amount, currency),
        gl_account_id=account,
    )
    if not line.shares:
        yield _with_quantity(plain, line, currency)
        return
    coded = sum((share.percent for share in line.shares), Decimal(0))
    rest = Decimal(100) - coded
    weights = [share.percent for share in line.shares] + ([rest] if rest > 0 else [])
    dimensions = [mapper.dimensions(s.dimensions, line.description) for s in line.shares] + [()]
    parts = split(plain.amount, weights, currency)
    for amount, codes in zip(parts, dimensions, strict=False):
        if amount:
            yield replace(plain, amount=amount, dimensions=codes)


def _with_quantity(plain: Line, line: Line, currency: str) -> Line:
    """Quantity and price go along only if they make the amount."""
    if line.quantity is None or line.price is None:
        return plain
    if rounded(line.quantity * line.price, currency) != plain.amount:
        return plain
    return replace(plain, quantity=line.quantity, price=line.price)


def _tax_lines(lines: Iterable[Line], currency: str, mapper: Mapper) -> list[Line]:
    """One line for each account that taxes are mapped to."""
    by_account: dict[str, tuple[list[str], Decimal]] = {}
    for line in lines:
        for account, name, amount in _taxes(line, currency, mapper):
            names, so_far = by_account.get(account, ([], Decimal(0)))
            by_account[account] = (names if name in names else [*names, name], so_far + amount)
    return [
        Line(description=f"Tax {', '.join(names)}", amount=amount, gl_account_id=account)
        for account, (names, amount) in by_account.items()
        if amount
    ]


def _taxes(line: Line, currency: str, mapper: Mapper) -> Iterator[tuple[str, str, Decimal]]:
    if not line.tax_amount:
        return
    taxes = [mapper.tax(tax_id, line.description) for tax_id in line.tax_ids]
    if not taxes:
        raise Stop(
            Reason.TAX,
            f"Line “{line.description}” carries {shown(line.tax_amount, currency)} of tax but "
            "names no tax. Set the tax on the line.",
        )
    weights = [tax.weight for tax in taxes]
    if not sum(weights, Decimal(0)):
        weights = [Decimal(1)] * len(taxes)
    parts = split(rounded(line.tax_amount, currency), weights, currency)
    for tax, amount in zip(taxes, parts, strict=True):
        yield tax.account_id, tax.name, amount


def _rounding(lines: Sequence[Line], total: Decimal, currency: str, mapper: Mapper) -> list[Line]:
    lines_come_to = sum((line.amount for line in lines), Decimal(0))
    difference = rounded(total, currency) - lines_come_to
    if not difference:
        return []
    if abs(difference) > MOST_ROUNDING_UNITS * unit(currency):
        raise Stop(
            Reason.AMOUNT,
            f"The lines come to {shown(lines_come_to, currency)}, the document to "
            f"{shown(total, currency)}. Correct the document so that both agree.",
        )
    return [
        Line(
            description="Rounding difference",
            amount=difference,
            gl_account_id=mapper.rounding_account(difference, currency),
        )
    ]
