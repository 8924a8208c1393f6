"""Which record types of which systems a test of the contract is for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connections.resource import Can
from tests.contract.house import House, Kind
from tests.contract.houses import HOUSES


def cases(
    needed: Can = Can.NOTHING,
    *,
    where: Callable[[House, Kind], bool] = lambda house, kind: True,
    small_pages: bool = False,
) -> pytest.MarkDecorator:
    """Run a test for every record type that is able to, and for which `where` holds."""
    found = [
        pytest.param(
            (house, kind, dict(house.small_pages) if small_pages else {}),
            id=f"{house.system}-{kind.record.__name__}",
        )
        for house in HOUSES
        for kind in house.kinds
        if house.can(kind, needed) and where(house, kind)
    ]
    return pytest.mark.parametrize("case", found, indirect=True)


def each_house(where: Callable[[House], bool] = lambda house: True) -> pytest.MarkDecorator:
    """Run a test once for every system for which `where` holds."""
    found = [
        pytest.param((house, house.kinds[0], {}), id=house.system)
        for house in HOUSES
        if where(house)
    ]
    return pytest.mark.parametrize("case", found, indirect=True)
