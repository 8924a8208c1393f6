"""From a change in BILL's stand-in to our inbox: its own sender, its signature, its bad days."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

from connections.models import Connection, WebhookEvent, WebhookState
from connections.webhooks import webhook_rotate, webhook_subscribe, webhook_test
from sandbox.server import SandboxServer
from syncs.models import InboxItem
from tests.connections.systems.billcom.harbour import SECRETS, Harbour, settings_for
from tests.factories import an_integration
from tests.stage import Stage, connect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(sandbox: SandboxServer, settings: Any) -> Stage:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    return Stage(sandbox, "billcom")


@pytest.fixture
def bill(stage: Stage, live_server: Any, settings: Any) -> Connection:
    """A connection that subscribed, of an integration that is switched on."""
    settings.PUBLIC_URL = live_server.url
    made = connect("billcom", settings_for(stage.url), SECRETS)
    an_integration(ap=made)
    webhook_subscribe(made)
    return made


@pytest.fixture
def settle(stage: Stage) -> Callable[[], list[Any]]:
    """Wait until everything was delivered or given up."""

    def wait() -> list[Any]:
        url = f"{stage.url}/_sandbox/billcom/webhooks/deliveries"
        answer = requests.get(url, params={"wait": "1"}, timeout=30)
        assert answer.ok, answer.text
        return list(answer.json())

    return wait


def kinds() -> list[str]:
    return sorted(WebhookEvent.objects.values_list("kind", flat=True))


def test_a_test_is_received(bill: Connection) -> None:
    assert webhook_test(bill)

    assert WebhookEvent.objects.get().is_test
    assert not InboxItem.objects.exists()


def test_what_happens_there_is_in_the_inbox_a_moment_later(
    bill: Connection, stage: Stage, settle: Callable[[], list[Any]]
) -> None:
    id = Harbour(stage).make_bill("INV-7", Decimal("10.00"))
    stage.control("/billcom/payments", bills=[{"id": id}], clear=True)

    settle()

    assert {"vendor.created", "bill.created", "bill.updated", "payment.updated"} <= set(kinds())
    flows = set(InboxItem.objects.values_list("flow", flat=True))
    assert flows == {"vendors", "purchase-orders-as-bills", "payments"}
    assert WebhookState.objects.get().refused == 0


@pytest.mark.parametrize("dials", [{"doubles": 3}, {"hold": 2}])
def test_doubles_and_disorder_leave_one_row_each(
    bill: Connection, stage: Stage, settle: Callable[[], list[Any]], dials: dict[str, int]
) -> None:
    stage.control("/billcom/webhooks", **dials)
    Harbour(stage).make_bill("INV-7", Decimal("10.00"))

    settle()

    assert kinds() == ["bill.created", "vendor.created"]


def test_a_forged_message_between_real_ones_is_refused_and_counted(
    bill: Connection, stage: Stage, settle: Callable[[], list[Any]]
) -> None:
    stage.control("/billcom/webhooks", forge=1)
    Harbour(stage).make_bill("INV-7", Decimal("10.00"))

    settle()

    assert kinds() == ["bill.created", "vendor.created"]
    assert WebhookState.objects.get().refused == 1


def test_bodies_written_as_strings_are_read(
    bill: Connection, stage: Stage, settle: Callable[[], list[Any]]
) -> None:
    harbour = Harbour(stage)
    switches = {"webhook_body_as_string": True}
    stage.control("/billcom/organizations", id=harbour.organization, switches=switches)
    harbour.make_bill("INV-7", Decimal("10.00"))

    settle()

    assert kinds() == ["bill.created", "vendor.created"]


def test_after_a_new_key_messages_still_arrive(
    bill: Connection, stage: Stage, settle: Callable[[], list[Any]]
) -> None:
    webhook_rotate(bill)
    Harbour(stage).make_bill("INV-7", Decimal("10.00"))

    settle()

    assert kinds() == ["bill.created", "vendor.created"]
    assert WebhookState.objects.get().refused == 0
