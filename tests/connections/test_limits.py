"""What the other systems count: never more at once than they allow, across threads, processes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from connections import limits
from connections.errors import LimitReached, TransientError
from connections.limits import Gate, next_hour, spend, take
from connections.models import LimitHour, LimitSlot
from connections.system import Limit
from tests.processes import result, start

pytestmark = pytest.mark.django_db

THREE = Limit("bill:dev:org", in_flight=3)
HOUR = Limit("bill:dev", per_hour=100)


def held() -> int:
    return LimitSlot.objects.exclude(holder="").count()


def test_no_more_are_given_than_the_system_allows() -> None:
    assert take(THREE, "one", 2) == 2
    assert take(THREE, "two", 2) == 1
    assert take(THREE, "three", 2) == 0


def test_slots_come_back_when_the_calls_are_over() -> None:
    with Gate([THREE]).slots(5) as width:
        assert (width, held()) == (3, 3)

    assert held() == 0
    assert take(THREE, "next", 3) == 3


def test_slots_come_back_when_the_calls_fail() -> None:
    with pytest.raises(RuntimeError), Gate([THREE]).slots(2):
        raise RuntimeError

    assert held() == 0


def test_a_dead_holders_slots_come_free_by_themselves() -> None:
    take(THREE, "dead", 3)
    assert take(THREE, "next", 1) == 0

    LimitSlot.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert take(THREE, "next", 3) == 3


def test_a_holder_who_comes_back_too_late_takes_nothing_from_its_successor() -> None:
    gate = Gate([THREE])
    with gate.slots(3):
        LimitSlot.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        take(THREE, "successor", 3)

    assert take(THREE, "third", 1) == 0


def test_a_smaller_allowance_takes_slots_away() -> None:
    take(THREE, "one", 3)
    LimitSlot.objects.update(holder="", expires_at=timezone.now() - timedelta(seconds=1))

    assert take(Limit(THREE.key, in_flight=1), "two", 3) == 1


def test_the_narrowest_of_several_limits_decides() -> None:
    narrow = Limit("app", in_flight=1)

    with Gate([THREE, narrow]).slots(8) as width:
        assert width == 1


def test_one_full_limit_leaves_nothing_taken_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST_QUEUE", 0.2)
    full = Limit("full", in_flight=1)
    take(full, "somebody", 1)

    with pytest.raises(TransientError, match="Other work"), Gate([THREE, full]).slots(1):
        pass

    assert LimitSlot.objects.filter(key=THREE.key).exclude(holder="").count() == 0


def test_connections_with_other_keys_do_not_share() -> None:
    take(THREE, "one", 3)

    assert take(Limit("bill:dev:other", in_flight=3), "two", 3) == 3


def test_without_limits_everything_goes_at_once() -> None:
    with Gate([]).slots(8) as width:
        assert width == 8


# The hour ----------------------------------------------------------------------------------------


def test_calls_are_counted_until_the_hour_is_used_up() -> None:
    assert spend(HOUR, 60)
    assert spend(HOUR, 40)
    assert not spend(HOUR, 1)
    assert LimitHour.objects.get().used == 100


def test_what_does_not_fit_is_not_counted() -> None:
    spend(HOUR, 99)

    assert not spend(HOUR, 2)
    assert spend(HOUR, 1)


def test_the_next_hour_counts_anew() -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, 59, 59, tzinfo=UTC)):
        spend(HOUR, 100)
        assert not spend(HOUR, 1)
    with time_machine.travel(datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)):
        assert spend(HOUR, 1)


@pytest.mark.parametrize("minute", [0, 1, 59])
def test_whoever_finds_the_hour_used_up_learns_when_it_ends(minute: int) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 23, minute, tzinfo=UTC), tick=False):
        spend(HOUR, 100)

        with pytest.raises(LimitReached) as caught, Gate([THREE, HOUR]).slots(1):
            pass

    assert caught.value.until == datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    assert held() == 0


def test_an_hour_is_the_worlds_and_not_the_installations() -> None:
    with (
        timezone.override("Asia/Kolkata"),
        time_machine.travel(datetime(2026, 3, 2, 9, 45, tzinfo=UTC), tick=False),
    ):
        assert next_hour() == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_once_the_system_says_so_nobody_calls_until_the_next_hour() -> None:
    gate = Gate([THREE, HOUR])
    gate.exhausted()
    gate.exhausted()

    with pytest.raises(LimitReached), Gate([HOUR]).slots(1):
        pass


# Side by side ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_threads_never_have_more_in_flight_than_allowed() -> None:
    watched: Counter[str] = Counter()
    lock = threading.Lock()

    def work() -> None:
        try:
            for _ in range(3):
                with Gate([THREE]).slots(2) as width:
                    with lock:
                        watched["now"] += width
                        watched["most"] = max(watched["most"], watched["now"])
                        watched["all"] += width
                    time.sleep(0.01)
                    with lock:
                        watched["now"] -= width
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert watched["all"] >= 18
    assert 1 <= watched["most"] <= 3


@pytest.mark.django_db(transaction=True)
def test_threads_together_spend_the_hour_once() -> None:
    fitted: list[bool] = []

    def work() -> None:
        fitted.extend(spend(HOUR, 5) for _ in range(6))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert fitted.count(True) == 20
    assert LimitHour.objects.get().used == 100


WORK = """
import time
from connections.limits import Gate
from connections.system import Limit

for _ in range(10):
    with Gate([Limit("bill:dev:org", in_flight=3)]).slots(2) as width:
        began = time.time()
        time.sleep(0.02)
        print(width, began, time.time())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_never_have_more_in_flight_than_allowed() -> None:
    workers = [start(WORK) for _ in range(3)]
    spans = [line.split() for worker in workers for line in result(worker).splitlines()]

    moments = sorted(
        step
        for width, began, ended in spans
        for step in ((float(began), int(width)), (float(ended), -int(width)))
    )
    now = most = 0
    for _, change in moments:
        now += change
        most = max(most, now)

    assert len(spans) == 30
    assert most <= 3
