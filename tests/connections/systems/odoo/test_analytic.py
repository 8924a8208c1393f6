"""Analytic distributions as shares: what plans have in common, and what they do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connections.errors import DataError
from connections.systems.odoo.analytic import shares_of

# Accounts 1, 2 are of plan A; 3, 4 of plan B; 5 of plan C.
PLANS = {1: 10, 2: 10, 3: 20, 4: 20, 5: 30}


def shares(distribution: object) -> dict[str, str]:
    return {
        "+".join(ref.id for ref in share.dimensions): f"{share.percent.normalize():f}"
        for share in shares_of(distribution, PLANS)
    }


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (False, {}),
        ({}, {}),
        ({"1": 100}, {"1": "100"}),
        ({"1": 60, "2": 40}, {"1": "60", "2": "40"}),
        ({"1": 30}, {"1": "30"}),
        ({"1,3": 100}, {"1+3": "100"}),
        ({"1,3": 60, "2,4": 40}, {"1+3": "60", "2+4": "40"}),
        ({"1": 100, "3": 100}, {"1+3": "100"}),
        ({"1": 60, "2": 40, "3": 100}, {"1+3": "60", "2+3": "40"}),
        (
            {"1": 60, "2": 40, "3": 50, "4": 50},
            {"1+3": "30", "1+4": "30", "2+3": "20", "2+4": "20"},
        ),
        ({"1": 60, "3": 100}, {"1+3": "60", "3": "40"}),
        ({"1,3": 60, "2": 40}, {"1+3": "60", "2": "40"}),
        ({"1,3": 60, "2": 40, "4": 40}, {"1+3": "60", "2+4": "40"}),
        ({"1": 50, "2": 50, "3,5": 100}, {"1+3+5": "50", "2+3+5": "50"}),
        ({"1": 33.33, "2": 66.67}, {"1": "33.33", "2": "66.67"}),
        ({"1": Decimal("33.33"), "2": Decimal("66.66")}, {"1": "33.33", "2": "66.67"}),
    ],
)
def test_shares_of_a_distribution(distribution: object, expected: dict[str, str]) -> None:
    assert shares(distribution) == expected


def test_an_account_odoo_does_not_know_stays_for_the_mapping_to_name() -> None:
    assert shares({"99": 100}) == {"99": "100"}
    assert shares({"1": 100, "99": 100}) == {"1+99": "100"}


@pytest.mark.parametrize(
    "distribution",
    [
        {"1": 60, "2": 60},
        {"1,3": 60, "2,3": 60},
        {"1": -10, "2": 110},
        {"1,3": 60, "3,5": 40, "1": 40},
    ],
)
def test_what_cannot_be_is_for_a_person(distribution: object) -> None:
    with pytest.raises(DataError, match="analytic distribution"):
        shares_of(distribution, PLANS)
