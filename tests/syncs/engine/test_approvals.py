"""Once a payment is posted, history says who approved its bill, and says it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.models import AuditEntry
from connections.records import (
    Allocation,
    Approval,
    Approver,
    Payment,
    PaymentMethod,
    PaymentStage,
)
from connections.resource import Match
from connections.systems import SYSTEMS
from syncs.engine.approvals import approval_sentence
from syncs.engine.run import run_integration
from syncs.models import Integration, Transfer
from syncs.states import State
from tests.factories import (
    NOON,
    a_bill_head,
    a_copy,
    a_line,
    a_transfer,
    a_vendor,
    an_account,
    an_integration,
    an_order,
)
from tests.two_systems import READS, WRITES, Shelf, Systems, resource

pytestmark = pytest.mark.django_db
ORDERS = "purchase-orders-as-bills"
DANA = Approver(name="Dana Osei", decided=Approval.APPROVED, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
LEE = Approver(name="Lee", decided=Approval.APPROVED, at=datetime(2026, 3, 3, 9, tzinfo=UTC))
ASKED = Approver(name="Kim")


def test_the_sentence_names_everybody_who_said_yes() -> None:
    assert approval_sentence("INV-7", (DANA, ASKED, LEE), "BILL") == (
        "Bill INV-7 was approved by Dana Osei on 2026-03-02 and Lee on 2026-03-03."
    )
    assert approval_sentence("INV-7", (ASKED,), "BILL") == (
        "Bill INV-7 was paid; BILL names nobody who approved it."
    )


@pytest.fixture
def paid() -> Shelf:
    return Shelf()


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch, paid: Shelf) -> Systems:
    systems = Systems()
    systems.register(monkeypatch)
    systems.accounts.put(an_account(id="6100"))
    systems.vendors.put(a_vendor(id="v-1"))
    posting: Any = resource(Payment, Shelf(), WRITES, 1)

    class Posted(posting):  # type: ignore[misc]
        def find(self, records: Sequence[Any]) -> list[Match]:
            return [Match() for _ in records]

    erp, ap = SYSTEMS["odoo"], SYSTEMS["billcom"]
    monkeypatch.setitem(SYSTEMS, "odoo", replace(erp, resources={**erp.resources, Payment: Posted}))
    reading = {**ap.resources, Payment: resource(Payment, paid, READS, 1)}
    monkeypatch.setitem(SYSTEMS, "billcom", replace(ap, resources=reading))
    return systems


@pytest.fixture
def integration(systems: Systems) -> Integration:
    """An integration with one bill sent, approved there by Dana."""
    integration = an_integration(live_since=NOON)
    method = PaymentMethod(id="m-1", name="Bank", currency="USD")
    integration.payment_method = a_copy(integration.erp, method)
    integration.save()
    a_transfer(
        integration, flow="vendors", source_key="7:USD", source_id="7", group="7",
        target_id="v-1", target_scope="vendors", state=State.DONE,
    )  # fmt: skip
    line = a_line("100.00", gl_account_id="6100")
    systems.orders.put(an_order(lines=(line,), changed_at=NOON))
    run(integration, ORDERS)
    [id] = systems.bills.rows
    systems.bills.rows[id] = replace(systems.bills.rows[id], approvers=(DANA, ASKED))
    systems.orders.put(an_order(lines=(line,), changed_at=NOON, bills=(a_bill_head(),)))
    run(integration, ORDERS)
    return integration


def run(integration: Integration, flow: str) -> None:
    integration.refresh_from_db()
    (summary,) = run_integration(integration, flow_names=[flow])
    assert summary.outcome == "done", summary.sentence


def lines() -> list[str]:
    found = AuditEntry.objects.filter(action="bill.approved").order_by("id")
    return list(found.values_list("sentence", flat=True))


def pay(paid: Shelf, id: str, bill_id: str, amount: str) -> None:
    paid.put(
        Payment(
            id=id,
            changed_at=NOON + timedelta(days=7),
            number=f"P-{id}",
            vendor_id="v-1",
            vendor_name="Acme Supplies",
            currency="USD",
            amount=Decimal(amount),
            funding=Decimal(amount),
            funding_currency="USD",
            stage=PaymentStage.SETTLED,
            word="CLEARED",
            paid_on=date(2026, 3, 9),
            allocations=(Allocation(bill_id=bill_id, amount=Decimal(amount)),),
        )
    )


def test_a_posted_payment_brings_one_line_about_its_bill(
    systems: Systems, integration: Integration, paid: Shelf
) -> None:
    [bill_id] = systems.bills.rows
    run(integration, "payments")
    assert lines() == []
    pay(paid, "p-1", bill_id, "40.00")

    run(integration, "payments")

    number = systems.bills.rows[bill_id].number
    assert lines() == [f"Bill {number} was approved by Dana Osei on 2026-03-02."]
    entry = AuditEntry.objects.get(action="bill.approved")
    assert entry.subject_id == str(Transfer.objects.get(flow=ORDERS, target_id=bill_id).pk)
    assert entry.payload["approvers"][0]["at"].startswith("2026-03-02T09:00")

    pay(paid, "p-2", bill_id, "60.00")
    run(integration, "payments")
    assert len(lines()) == 1


def test_payments_of_bills_nobody_knows_bring_none(
    systems: Systems, integration: Integration, paid: Shelf
) -> None:
    pay(paid, "p-1", "somebody-elses", "40.00")

    run(integration, "payments")

    assert lines() == []
