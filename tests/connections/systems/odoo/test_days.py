"""A moment in UTC becomes the day it was for the accountants, without a shift."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.systems.odoo.orders import PurchaseOrders
from connections.systems.odoo.values import day, moment, stamp

ZONES = sorted(name for name in available_timezones() if "/" in name)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda found: found.replace(microsecond=0)
)


def local_day(text: Any, zone: str) -> date | None:
    """Ask the orders of a company whose books are kept in `zone`."""
    client = SimpleNamespace(home=SimpleNamespace(zone=ZoneInfo(zone)))
    return PurchaseOrders(cast("Any", client))._local_day(text)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-02 23:30:00", "UTC", date(2026, 3, 2)),
        ("2026-03-02 23:30:00", "Europe/Berlin", date(2026, 3, 3)),
        ("2026-03-02 04:30:00", "America/New_York", date(2026, 3, 1)),
        ("2026-12-31 10:30:00", "Pacific/Kiritimati", date(2027, 1, 1)),
        ("2026-01-01 10:30:00", "Pacific/Pago_Pago", date(2025, 12, 31)),
        ("2026-03-29 00:59:59", "Europe/Berlin", date(2026, 3, 29)),
        (False, "UTC", None),
    ],
)
def test_an_order_is_dated_by_the_companys_clock(
    text: Any, zone: str, expected: date | None
) -> None:
    assert local_day(text, zone) == expected


@given(when=moments, zone=st.sampled_from(ZONES))
def test_in_every_zone_it_is_the_day_on_the_wall(when: datetime, zone: str) -> None:
    assert local_day(stamp(when), zone) == when.astimezone(ZoneInfo(zone)).date()


@given(when=moments)
def test_a_moment_is_written_and_read_without_a_shift(when: datetime) -> None:
    assert moment(stamp(when)) == when


@given(when=st.dates(), zone=st.sampled_from(ZONES))
def test_an_accounting_date_has_no_zone(when: date, zone: str) -> None:
    assert day(when.isoformat()) == when
