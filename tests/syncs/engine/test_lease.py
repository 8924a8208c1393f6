"""One run per flow at a time: whoever lost the lease changes nothing any more."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from syncs.engine import lease as leases
from syncs.engine.lease import Lease, LeaseLost, acquire
from syncs.models import FlowState, Integration
from tests.factories import an_integration
from tests.processes import result, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration() -> Integration:
    return an_integration()


def taken(integration: Integration) -> Lease:
    lease = acquire(integration, "vendors")
    assert lease is not None
    return lease


def expire() -> None:
    """Let the time of every lease run out; it is the database's time."""
    FlowState.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_there_is_one_holder(integration: Integration) -> None:
    taken(integration)

    assert acquire(integration, "vendors") is None


def test_another_flow_has_a_lease_of_its_own(integration: Integration) -> None:
    taken(integration)

    assert acquire(integration, "purchase-orders-as-bills") is not None


def test_a_lease_that_was_given_back_is_free(integration: Integration) -> None:
    taken(integration).release()

    assert acquire(integration, "vendors") is not None


def test_a_dead_holder_is_replaced_when_its_time_is_up(integration: Integration) -> None:
    taken(integration)
    expire()

    assert acquire(integration, "vendors") is not None


def test_the_fence_rises_with_every_holder(integration: Integration) -> None:
    fences = []
    for _ in range(3):
        lease = taken(integration)
        fences.append(lease.fence)
        lease.release()

    assert fences == [1, 2, 3]


def test_a_holder_commits_what_it_did(integration: Integration) -> None:
    lease = taken(integration)

    with lease.guard():
        Integration.objects.update(number_prefix="PO-")

    assert Integration.objects.get().number_prefix == "PO-"
    assert FlowState.objects.get().fence == lease.fence


def test_a_frozen_holder_that_wakes_changes_nothing(integration: Integration) -> None:
    frozen = taken(integration)
    expire()
    taken(integration)

    with pytest.raises(LeaseLost), frozen.guard():
        Integration.objects.update(number_prefix="PO-")

    assert Integration.objects.get().number_prefix == ""


def test_a_holder_whose_time_is_up_changes_nothing_even_if_nobody_came(
    integration: Integration,
) -> None:
    lease = taken(integration)
    expire()

    with pytest.raises(LeaseLost), lease.guard():
        pass


def test_what_fails_inside_is_undone_as_a_whole(integration: Integration) -> None:
    lease = taken(integration)

    def work() -> None:
        with lease.guard():
            Integration.objects.update(number_prefix="PO-")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()

    assert Integration.objects.get().number_prefix == ""


def test_a_frozen_holder_does_not_give_back_what_is_anothers(integration: Integration) -> None:
    frozen = taken(integration)
    expire()
    taken(integration)
    frozen.release()

    assert acquire(integration, "vendors") is None


def test_a_fresh_lease_is_not_renewed_for_every_call(integration: Integration) -> None:
    lease = taken(integration)
    before = FlowState.objects.get().expires_at
    lease.keep()

    assert FlowState.objects.get().expires_at == before


def test_keeping_a_lease_makes_it_last(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY", 0.0)
    lease = taken(integration)
    before, deadline = FlowState.objects.get().expires_at, lease.deadline
    time.sleep(0.01)
    lease.keep()

    assert FlowState.objects.get().expires_at > before
    assert lease.deadline > deadline


def test_a_lost_lease_cannot_be_kept(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY", 0.0)
    lease = taken(integration)
    expire()

    with pytest.raises(LeaseLost):
        lease.keep()


def test_no_call_may_start_that_could_outlast_the_lease(integration: Integration) -> None:
    lease = taken(integration)
    ends = time.monotonic() + leases.LEASE_LASTS.total_seconds()

    assert lease.deadline + leases.LONGEST_CALL <= ends + 0.1
    assert lease.deadline > time.monotonic()


@pytest.mark.django_db(transaction=True)
def test_of_many_threads_one_gets_it(integration: Integration) -> None:
    leases_got: list[Lease | None] = []

    def work() -> None:
        leases_got.append(acquire(integration, "vendors"))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(lease is not None for lease in leases_got) == 1
    assert FlowState.objects.get().fence == 1


RACE = """
import time
from syncs.engine.lease import LeaseLost, acquire
from syncs.models import Integration

integration = Integration.objects.get()
for _ in range(25):
    lease = None
    while lease is None:
        lease = acquire(integration, "vendors")
        time.sleep(0 if lease else 0.005)
    with lease.guard():
        now = Integration.objects.get()
        Integration.objects.update(number_prefix=str(int(now.number_prefix or 0) + 1))
    print(lease.fence)
    lease.release()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_processes_take_turns_and_lose_no_work(integration: Integration) -> None:
    fences = [result(p).split() for p in [start(RACE), start(RACE)]]

    assert sorted(int(f) for some in fences for f in some) == list(range(1, 51))
    assert Integration.objects.get().number_prefix == "50"


FROZEN = """
import sys
from syncs.engine.lease import LeaseLost, acquire
from syncs.models import Integration

lease = acquire(Integration.objects.get(), "vendors")
print("holding", flush=True)
sys.stdin.readline()
try:
    with lease.guard():
        Integration.objects.update(number_prefix="OLD")
except LeaseLost:
    print("lost")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_that_was_frozen_and_wakes_finds_that_it_lost(integration: Integration) -> None:
    frozen = start(FROZEN)
    assert frozen.stdout is not None
    assert frozen.stdout.readline() == "holding\n"
    expire()
    lease = taken(integration)
    with lease.guard():
        Integration.objects.update(number_prefix="NEW")

    assert result(frozen) == "lost"
    assert Integration.objects.get().number_prefix == "NEW"
