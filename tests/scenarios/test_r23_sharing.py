"""R23: two companies of an ERP may share one AP company; and one flow runs once at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from syncs.engine.lease import acquire
from syncs.engine.run import run_integration
from syncs.models import Integration, Transfer
from syncs.services import baseline_confirm
from tests.scenarios.houses.house import ErpOffice
from tests.scenarios.story import WHO, Story
from tests.scenarios.till import Till, book_by

TAX = "20-5550001"


@pytest.fixture
def second(live: Story) -> tuple[ErpOffice, Integration]:
    """A second company in the ERP, integrated with the same AP company."""
    live.erp.stage.control(f"/{live.erp.stage.system}/databases", name="second")
    office = live.house.erp(live.server, "second")
    integration = live.prepare("Second", erp=office.connect(), ap=live.integration.ap)
    live.start(integration)
    return office, integration


def test_r23_a_vendor_of_both_is_linked_by_both_and_changed_by_its_maker(
    live: Story, second: tuple[ErpOffice, Integration]
) -> None:
    office, other = second
    mine = live.erp.vendor("Alder Works", vat=TAX)
    theirs = office.vendor("Alder Works", vat=TAX)
    live.run()
    live.run(other)
    assert len(live.ap.vendors()) == 1
    links = Transfer.objects.filter(flow="vendors").values_list("target_id", flat=True)
    assert len(links) == 2
    assert len(set(links)) == 1
    office.change_vendor(theirs, phone="+1 503 555 0199")
    live.run(other)
    assert "phone" not in live.ap.vendors()[0]
    live.erp.change_vendor(mine, phone="+1 503 555 0100")
    live.run()
    assert live.ap.vendors()[0]["phone"] == "+1 503 555 0100"


def test_r23_each_sends_its_own_orders_and_neither_touches_the_other_s(
    live: Story, second: tuple[ErpOffice, Integration]
) -> None:
    office, other = second
    mine = live.erp.order(live.erp.vendor("Alder Works", vat=TAX), {"price": 70})
    office.order(office.vendor("Alder Works", vat=TAX), {"price": 80}, number="SECOND-1")
    live.run()
    live.run(other)
    live.run()
    assert sorted(bill.total for bill in live.ap.bills()) == [70, 80]
    assert live.the_bill(mine).total == 70
    live.ledgers()


def test_r23_the_same_number_from_both_becomes_one_bill_and_one_question(
    live: Story, second: tuple[ErpOffice, Integration]
) -> None:
    office, other = second
    for erp in (live.erp, office):
        erp.order(erp.vendor("Alder Works", vat=TAX), number="PO-7", on="2026-11-02")
    live.run()
    live.run(other)
    assert len(live.ap.bills()) == 1
    theirs = Transfer.objects.get(integration=other, document="PO-7")
    assert (theirs.state, theirs.reason) == ("blocked", "number")


@pytest.mark.parametrize("unknown", ["list", "post"])
def test_r23_a_payment_is_posted_where_its_bill_came_from(
    live: Story, second: tuple[ErpOffice, Integration], unknown: str
) -> None:
    office, other = second
    till = Till(live)
    till.vendor = live.erp.vendor("Alder Works", vat=TAX)
    office.vendor("Alder Works", vat=TAX)
    for integration in (live.integration, other):
        book_by(integration, live.erp.journal)
        live.run(integration)
    Integration.objects.update(unknown_bills=unknown)
    other.refresh_from_db()
    [owed] = till.owe(100)
    live.ap.pay(owed.bill)
    for integration in (other, live.integration, other):
        live.run(integration)
    assert office.posted() == []
    assert [posted.amount for posted in live.erp.posted()] == [100]
    theirs = Transfer.objects.get(integration=other, flow="payments")
    assert (theirs.state, theirs.reason) == ("skipped", "filtered")
    live.ledgers()


def test_a_flow_under_way_elsewhere_is_left_to_that_run(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    lease = acquire(live.integration, "vendors")
    assert lease is not None
    assert [s.outcome for s in live.run().values()] == ["busy"]
    assert live.ap.vendors() == []
    lease.release()
    live.run()
    assert live.the_bill(order).total == 100


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_everything_once(
    house: Any, sandbox: Any, clock: Any, settings: Any
) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    story = Story(house, sandbox, clock)
    vendor = story.erp.vendor("Alder Works")
    orders = story.erp.many_orders(vendor, [10 + n for n in range(12)])
    story.prepare()
    run_integration(story.integration, baseline=True)
    integration = story.integration
    baseline_confirm(integration, actor=WHO)

    def work(_: int) -> None:
        try:
            run_integration(Integration.objects.get(pk=integration.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(4)))
    story.run()
    assert [story.the_bill(order).total for order in orders] == [10 + n for n in range(12)]
    story.ledgers()
