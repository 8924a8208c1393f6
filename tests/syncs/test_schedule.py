"""When a run is due: intervals in words, cron lines, and what is neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from syncs.schedule import next_time, schedule_problem

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("every minute", timedelta(minutes=1)),
        ("every 15 minutes", timedelta(minutes=15)),
        ("Every 2 Hours", timedelta(hours=2)),
        ("every hour", timedelta(hours=1)),
        ("every day", timedelta(days=1)),
        ("  every   3 days ", timedelta(days=3)),
        ("0 6 * * *", timedelta(hours=18)),
        ("*/15 * * * *", timedelta(minutes=15)),
        ("30 12 * * 1-5", timedelta(minutes=30)),
        ("0 12 * * *", timedelta(days=1)),
        ("0 0 29 2 *", timedelta(days=729, hours=-12)),
    ],
)
def test_a_schedule_says_when_it_is_due_next(text: str, later: timedelta) -> None:
    assert schedule_problem(text) == ""
    assert next_time(text, NOON) == NOON + later


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every",
        "every 15",
        "every -5 minutes",
        "every 1.5 hours",
        "every 15 minutes or so",
        "every 100000 minutes",
        "sometimes",
        "@daily",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 25 * * *",
        "0 6 * * 9",
        "a b c d e",
        "0 6 31 2 *",
        "0 6 30 2 *",
        "0 6 31 4,6 *",
        "every ² minutes",
        "every 99999999999 days",
    ],
)
def test_what_nobody_can_read_is_refused_with_an_example(text: str) -> None:
    assert "every 15 minutes" in schedule_problem(text)


def test_no_time_between_runs_is_refused() -> None:
    assert schedule_problem("every 0 minutes") == (
        "A schedule needs at least one minute between runs."
    )


@given(text=st.text(max_size=30) | st.from_regex(r"[0-9*/,\- ]{5,20}", fullmatch=True))
def test_whatever_is_accepted_can_be_planned(text: str) -> None:
    if not schedule_problem(text):
        assert next_time(text, NOON) > NOON


@given(
    after=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    text=st.sampled_from(["every 15 minutes", "*/15 * * * *", "30 2 * * *", "0 0 * * *"]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_the_next_time_is_always_later_and_aware(after: datetime, text: str, zone: str) -> None:
    with timezone.override(zone):
        due = next_time(text, after)

    assert due.tzinfo is not None
    assert timedelta(0) < due - after <= timedelta(hours=50)


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 6), ("Europe/Berlin", 5), ("America/New_York", 11)]
)
def test_a_cron_line_is_read_on_the_installations_clock(zone: str, hour: int) -> None:
    with timezone.override(zone):
        due = next_time("0 6 * * *", datetime(2026, 1, 10, 12, tzinfo=UTC))

    assert due.astimezone(UTC).hour == hour


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        # 29 March 2026, 02:00 → 03:00: half past two does not exist that night, three does.
        ("30 2 * * *", (2026, 3, 28, 12, 0), (2026, 3, 29, 3, 0)),
        ("0 6 * * *", (2026, 3, 28, 12, 0), (2026, 3, 29, 6, 0)),
        ("0 6 * * *", (2026, 3, 29, 12, 0), (2026, 3, 30, 6, 0)),
        # 25 October 2026, 03:00 → 02:00.
        ("0 6 * * *", (2026, 10, 24, 12, 0), (2026, 10, 25, 6, 0)),
        ("0 6 * * *", (2026, 10, 25, 12, 0), (2026, 10, 26, 6, 0)),
    ],
)
def test_six_in_the_morning_stays_six_in_the_morning_when_the_clocks_change(
    text: str, after: tuple[int, ...], due: tuple[int, ...]
) -> None:
    with timezone.override(BERLIN):
        found = next_time(text, datetime(*after, tzinfo=BERLIN))  # type: ignore[misc, arg-type]

    assert found.astimezone(BERLIN).replace(tzinfo=None) == datetime(*due)  # type: ignore[arg-type]


def test_an_interval_does_not_care_about_the_clocks() -> None:
    before = datetime(2026, 3, 29, 0, 50, tzinfo=UTC)
    with timezone.override(BERLIN):
        assert next_time("every 15 minutes", before) - before == timedelta(minutes=15)
