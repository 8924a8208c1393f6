"""Lines are coded for the target and true to the cent (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.records import DimensionKind, DimensionRef, Line, Share
from syncs.flows.lines import coded_lines
from syncs.mapping import Mapper, TaxCode
from syncs.states import Reason
from syncs.verdicts import Stop
from tests.factories import a_line


class Plain:
    """A mapper that puts a letter before every id."""

    taxes = {"vat": ("T1", "VAT", Decimal(20)), "city": ("T2", "City tax", Decimal(5)),
             "same": ("T1", "Old VAT", Decimal(10)), "flat": ("T3", "Fee", Decimal(0))}  # fmt: skip

    def gl_account(self, source_id: str, line: str) -> str:
        return f"A{source_id}"

    def tax(self, source_id: str, line: str) -> TaxCode:
        return TaxCode(*self.taxes[source_id])

    def dimensions(self, refs: Iterable[DimensionRef], line: str) -> tuple[DimensionRef, ...]:
        return tuple(DimensionRef(kind=DimensionKind.DEPARTMENT, id=f"D{r.id}") for r in refs)

    def rounding_account(self, difference: Decimal, currency: str) -> str:
        return "ROUND"


def coded(*lines: Line, total: str | None = None, currency: str = "USD") -> list[tuple[Any, ...]]:
    """Return account, amount and dimensions of the lines made of `lines`."""
    whole = sum((line.amount + line.tax_amount for line in lines), Decimal(0))
    made = coded_lines(lines, Decimal(total) if total else whole, currency, cast("Mapper", Plain()))
    return [
        (line.gl_account_id, str(line.amount), *(d.id for d in line.dimensions)) for line in made
    ]


def share(percent: str, *ids: str) -> Share:
    refs = tuple(DimensionRef(kind=DimensionKind.ANALYTIC, id=id) for id in ids)
    return Share(percent=Decimal(percent), dimensions=refs)


def test_each_line_gets_the_targets_account() -> None:
    assert coded(a_line("60.00", gl_account_id="1"), a_line("40.00")) == [
        ("A1", "60.00"),
        ("A", "40.00"),
    ]


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        ("100.00", [share("100", "x")], [("100.00", "Dx")]),
        ("100.00", [share("50", "x"), share("50", "y")], [("50.00", "Dx"), ("50.00", "Dy")]),
        ("100.00", [share("60", "x")], [("60.00", "Dx"), ("40.00",)]),
        ("100.00", [share("70", "x", "p"), share("30", "y")],
         [("70.00", "Dx", "Dp"), ("30.00", "Dy")]),
        ("0.01", [share("50", "x"), share("50", "y")], [("0.01", "Dy")]),
        ("-9.99", [share("33.33", "x"), share("66.67", "y")], [("-3.33", "Dx"), ("-6.66", "Dy")]),
        ("100.00", [share("33.33", "x"), share("33.33", "y"), share("33.34", "z")],
         [("33.33", "Dx"), ("33.33", "Dy"), ("33.34", "Dz")]),
    ],
)  # fmt: skip
def test_a_line_is_split_by_its_shares(
    amount: str, shares: list[Share], parts: list[tuple[str, ...]]
) -> None:
    assert coded(a_line(amount, shares=tuple(shares))) == [("A", *part) for part in parts]


def test_taxes_are_one_line_for_each_account() -> None:
    lines = (
        a_line("100.00", tax_ids=("vat",), tax_amount=Decimal("20.00")),
        a_line("50.00", tax_ids=("same",), tax_amount=Decimal("5.00")),
        a_line("10.00", tax_ids=("city",), tax_amount=Decimal("0.50")),
    )

    assert coded(*lines)[3:] == [("T1", "25.00"), ("T2", "0.50")]


def test_several_taxes_of_a_line_share_its_tax_by_their_rates() -> None:
    line = a_line("100.00", tax_ids=("vat", "city"), tax_amount=Decimal("25.00"))

    assert coded(line)[1:] == [("T1", "20.00"), ("T2", "5.00")]


def test_taxes_without_a_rate_share_evenly() -> None:
    line = a_line("100.00", tax_ids=("flat", "flat"), tax_amount=Decimal("3.00"))

    assert coded(line)[1:] == [("T3", "3.00")]


def test_a_tax_of_nothing_makes_no_line_and_needs_no_mapping() -> None:
    assert coded(a_line("100.00", tax_ids=("unknown",))) == [("A", "100.00")]


def test_tax_without_a_tax_names_the_line_and_the_next_step() -> None:
    with pytest.raises(Stop) as caught:
        coded(a_line("100.00", tax_amount=Decimal("20.00")))

    assert caught.value.reason == Reason.TAX
    assert caught.value.message == (
        "Line “Paper” carries 20.00 USD of tax but names no tax. Set the tax on the line."
    )


@pytest.mark.parametrize(
    ("total", "currency", "difference"),
    [
        ("100.05", "USD", "0.05"),
        ("99.95", "USD", "-0.05"),
        ("105", "JPY", "5"),
        ("100.005", "KWD", "0.005"),
    ],
)
def test_a_few_cents_become_a_line_of_their_own(total: str, currency: str, difference: str) -> None:
    assert coded(a_line("100"), total=total, currency=currency)[1:] == [("ROUND", difference)]


@pytest.mark.parametrize(
    ("total", "currency", "sums"),
    [
        ("100.06", "USD", ("100.00 USD", "100.06 USD")),
        ("99.94", "EUR", ("100.00 EUR", "99.94 EUR")),
        ("106", "JPY", ("100 JPY", "106 JPY")),
        ("100.006", "KWD", ("100.000 KWD", "100.006 KWD")),
    ],
)
def test_more_than_that_is_shown_with_both_sums(
    total: str, currency: str, sums: tuple[str, str]
) -> None:
    with pytest.raises(Stop) as caught:
        coded(a_line("100"), total=total, currency=currency)

    assert caught.value.reason == Reason.AMOUNT
    assert caught.value.message == (
        f"The lines come to {sums[0]}, the document to {sums[1]}. Correct the document so that "
        "both agree."
    )


@pytest.mark.parametrize(
    ("quantity", "price", "goes"),
    [("4", "25", True), ("3", "33.333", True), ("3", "33.3", False), (None, "25", False)],
)
def test_quantity_and_price_go_along_only_if_they_make_the_amount(
    quantity: str | None, price: str, goes: bool
) -> None:
    line = a_line("100.00", quantity=Decimal(quantity) if quantity else None, price=Decimal(price))

    (made,) = coded_lines([line], Decimal(100), "USD", cast("Mapper", Plain()))

    assert (made.quantity is not None) == (made.price is not None) == goes


cents = st.integers(-100_000, 100_000).map(lambda n: Decimal(n).scaleb(-2))
some_lines = st.lists(
    st.builds(
        Line,
        amount=cents,
        tax_amount=cents,
        tax_ids=st.sampled_from([("vat",), ("vat", "city"), ("flat", "same")]),
        shares=st.lists(st.sampled_from([share("30", "x"), share("20.5", "y")]), max_size=3).map(
            tuple
        ),
    ),
    min_size=1,
    max_size=6,
)


@given(lines=some_lines, off=st.integers(-5, 5))
def test_the_lines_always_come_to_the_total(lines: list[Line], off: int) -> None:
    total = sum((line.amount + line.tax_amount for line in lines), Decimal(off).scaleb(-2))

    made = coded_lines(lines, total, "USD", cast("Mapper", Plain()))

    assert sum((line.amount for line in made), Decimal(0)) == total
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in made)
