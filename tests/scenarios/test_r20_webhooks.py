"""R20: what a webhook tells of a payment, twice, late or in disorder, posts it once."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from connections.webhooks import webhook_subscribe
from sandbox.server import SandboxServer
from syncs.models import InboxItem
from tests.scenarios.houses.house import PairingHouse
from tests.scenarios.story import Story
from tests.scenarios.till import FLOW, Till, open_till

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def till(
    house: PairingHouse, sandbox: SandboxServer, clock: Any, settings: Any, live_server: Any
) -> Till:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    settings.PUBLIC_URL = live_server.url
    return open_till(Story(house, sandbox, clock))


def _deliver(till: Till) -> None:
    """Wait until everything was delivered, then work off what came."""
    url = f"{till.ap.stage.url}/_sandbox/{till.ap.stage.system}/webhooks/deliveries"
    requests.get(url, params={"wait": "1"}, timeout=30).raise_for_status()
    till.story.run(inbox_only=True)


@pytest.mark.parametrize("dials", [{}, {"doubles": 3}, {"forge": 2}])
def test_r20_however_often_it_is_told_it_is_posted_once(till: Till, dials: dict[str, int]) -> None:
    [owed] = till.owe(100)
    webhook_subscribe(till.story.integration.ap)
    till.ap.stage.control(f"/{till.ap.stage.system}/webhooks", **dials)
    payment = till.ap.pay(owed.bill)
    _deliver(till)
    assert InboxItem.objects.filter(flow=FLOW).exists()
    assert till.amounts == [100]
    till.run(2)
    _deliver(till)
    assert till.amounts == [100]
    assert till.standing(payment, owed.bill) == "done"
    till.agrees()


def test_r20_told_in_disorder_the_last_state_counts(till: Till) -> None:
    """Its void is told before the payment itself."""
    [owed] = till.owe(100)
    webhook_subscribe(till.story.integration.ap)
    till.ap.stage.control(f"/{till.ap.stage.system}/webhooks", hold=100)
    payment = till.ap.pay(owed.bill, word="SENT")
    till.run()
    till.ap.void(payment)
    till.ap.stage.control(f"/{till.ap.stage.system}/webhooks/release")
    _deliver(till)
    _deliver(till)
    assert till.alive == []
    assert len(till.erp.posted()) == 1
    till.agrees()


def test_r20_what_was_recorded_by_us_is_told_and_left_alone(till: Till) -> None:
    till.story.change_rules(paid_elsewhere="record")
    [owed] = till.owe(100)
    webhook_subscribe(till.story.integration.ap)
    by_hand = till.erp.pay_by_hand(owed.erp_bill, 40)
    till.run()
    _deliver(till)
    till.run(2)
    assert [posted.id for posted in till.alive] == [by_hand]
    assert len(till.ap.payments()) == 1
    till.agrees()
