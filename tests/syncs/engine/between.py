"""Two tiny systems with one linked vendor, and runs between them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from connections.records import PurchaseOrder
from syncs.engine.run import run_integration
from syncs.engine.summary import Summary
from syncs.models import Integration, Transfer
from syncs.states import State
from tests.factories import NOON, a_line, a_transfer, a_vendor, an_account, an_integration, an_order
from tests.two_systems import Systems

FLOW = "purchase-orders-as-bills"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Systems:
    systems = Systems()
    systems.register(monkeypatch)
    systems.accounts.put(an_account(id="6100"))
    systems.vendors.put(a_vendor(id="v-1"))
    return systems


@pytest.fixture
def integration(systems: Systems) -> Integration:
    """An integration whose one vendor is linked."""
    integration = an_integration()
    a_transfer(
        integration, flow="vendors", source_key="7:USD", source_id="7", group="7",
        target_id="v-1", target_scope="vendors", state=State.DONE,
    )  # fmt: skip
    return integration


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


def order(n: int, changed_at: datetime | None = None, **changes: Any) -> PurchaseOrder:
    lines = (a_line(f"{n}.00", gl_account_id="6100"),)
    values = {"id": str(n), "number": f"P{n}", "lines": lines, "changed_at": changed_at or NOON}
    return an_order(**values | changes)


def run(integration: Integration, **how: Any) -> Summary:
    integration.refresh_from_db()
    (summary,) = run_integration(integration, flow_names=[FLOW], **how)
    return summary


def states() -> dict[str, str]:
    transfers = Transfer.objects.filter(flow=FLOW)
    return {t.document: t.state for t in transfers.order_by("source_key")}


def numbers(systems: Systems) -> list[str]:
    return sorted(bill.number for bill in systems.live_bills())
