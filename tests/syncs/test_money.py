"""Money to the cent: rounding and splitting (R15)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncs.money import rounded, shown, split, unit

CURRENCIES = ("USD", "EUR", "JPY", "KWD")
currencies = st.sampled_from(CURRENCIES)
weights = st.lists(
    st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=12
).filter(any)


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Decimal, str]:
    """An amount in whole smallest units, of either sign, with its currency."""
    currency = draw(currencies)
    return draw(st.integers(-(10**12), 10**12)) * unit(currency), currency


@pytest.mark.parametrize(
    ("currency", "smallest"),
    [("USD", "0.01"), ("EUR", "0.01"), ("JPY", "1"), ("CLP", "1"), ("KWD", "0.001"), ("", "0.01")],
)
def test_the_smallest_unit_is_the_currencys_own(currency: str, smallest: str) -> None:
    assert unit(currency) == Decimal(smallest)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "USD", "0.01"),
        ("-0.005", "USD", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("2.674999", "EUR", "2.67"),
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("-2.5", "JPY", "-3"),
        ("1.0005", "KWD", "1.001"),
        ("1.0004", "KWD", "1.000"),
    ],
)
def test_halves_go_away_from_zero(amount: str, currency: str, expected: str) -> None:
    assert rounded(Decimal(amount), currency) == Decimal(expected)


@given(money=amounts(), weights=weights)
def test_the_parts_add_up_exactly(money: tuple[Decimal, str], weights: list[Decimal]) -> None:
    amount, currency = money

    assert sum(split(amount, weights, currency)) == amount


@given(money=amounts(), weights=weights)
def test_no_part_is_a_whole_unit_away_from_its_fair_share(
    money: tuple[Decimal, str], weights: list[Decimal]
) -> None:
    amount, currency = money
    whole = sum(weights)

    for part, weight in zip(split(amount, weights, currency), weights, strict=True):
        assert abs(part - amount * weight / whole) < unit(currency)
        assert rounded(part, currency) == part


@given(money=amounts(), weights=weights)
def test_a_weight_of_nothing_gets_nothing(
    money: tuple[Decimal, str], weights: list[Decimal]
) -> None:
    amount, currency = money
    parts = split(amount, [Decimal(0), *weights, Decimal(0)], currency)

    assert parts[0] == parts[-1] == 0


@given(money=amounts(), weights=weights)
def test_a_credit_is_split_like_the_charge_it_takes_back(
    money: tuple[Decimal, str], weights: list[Decimal]
) -> None:
    amount, currency = money

    assert split(-amount, weights, currency) == [-p for p in split(amount, weights, currency)]


@pytest.mark.parametrize(
    ("amount", "weights", "currency", "expected"),
    [
        ("100.00", "1 1 1", "USD", "33.34 33.33 33.33"),
        ("-100.00", "1 1 1", "USD", "-33.34 -33.33 -33.33"),
        ("100", "1 1 1", "JPY", "34 33 33"),
        ("0.01", "50 50", "EUR", "0.00 0.01"),
        ("10.000", "33.333 66.667", "KWD", "3.333 6.667"),
        ("0.05", "1 1 1 1 1 1 1 1 1 1", "USD", "0 0 0 0 0 0.01 0.01 0.01 0.01 0.01"),
    ],
)
def test_what_rounding_leaves_over_is_made_up_for_from_the_front(
    amount: str, weights: str, currency: str, expected: str
) -> None:
    parts = split(Decimal(amount), [Decimal(w) for w in weights.split()], currency)

    assert parts == [Decimal(p) for p in expected.split()]


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal("42310.55"), "USD", "42,310.55 USD"),
        (Decimal("-5"), "EUR", "-5.00 EUR"),
        (Decimal("1200"), "JPY", "1,200 JPY"),
        (Decimal("1.5"), "KWD", "1.500 KWD"),
        (Decimal("7"), "", "7.00"),
        (None, "USD", "—"),
    ],
)
def test_amounts_read_as_an_accountant_writes_them(
    amount: Decimal | None, currency: str, words: str
) -> None:
    assert shown(amount, currency) == words
