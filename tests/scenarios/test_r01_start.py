"""R1: history ends at a start date; the first enabling looks and links, and writes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from syncs.engine.run import NotAllowed
from syncs.models import Transfer
from syncs.services import NotPossible, baseline_confirm, integration_enable
from syncs.states import State
from tests.scenarios.story import WHO, Story


@pytest.mark.slow
def test_r1_a_first_run_of_twins_creates_nothing(twins: Story) -> None:
    before = len(twins.ap.bills()), len(twins.ap.vendors())
    twins.ap.stage.forget_journal()
    baseline = twins.run(baseline=True)
    assert {(s.outcome, s.would_create, s.created) for s in baseline.values()} == {("done", 0, 0)}
    assert [s.linked for s in baseline.values()][:2] == [50, 200]
    assert twins.ap.writes() == []
    baseline_confirm(twins.integration, actor=WHO)
    again = twins.run()
    assert {(s.created, s.updated, s.linked) for s in again.values()} == {(0, 0, 0)}
    assert twins.ap.writes() == []
    assert (len(twins.ap.bills()), len(twins.ap.vendors())) == before
    assert not Transfer.objects.exclude(state=State.DONE).exists()
    twins.ledgers()


def test_r1_an_integration_without_a_start_date_does_not_run(story: Story) -> None:
    integration = story.prepare(start_date=None)
    for baseline in (True, False):
        with pytest.raises(NotAllowed, match="no start date"):
            story.run(baseline=baseline)
    with pytest.raises(NotPossible, match="no start date"):
        integration_enable(integration, actor=WHO)


def test_r1_nothing_runs_before_the_baseline_is_confirmed(story: Story) -> None:
    integration = story.prepare()
    with pytest.raises(NotPossible, match="no baseline"):
        baseline_confirm(integration, actor=WHO)
    story.run(baseline=True)
    with pytest.raises(NotAllowed, match="before its baseline is confirmed"):
        story.run()


def test_r1_a_baseline_writes_nothing_and_says_what_it_would_create(story: Story) -> None:
    vendor = story.erp.vendor("Alder Works", vat="20-5550001")
    story.erp.order(vendor, {"price": 80.5})
    story.ap.stage.forget_journal()
    numbers = story.run(baseline=True)
    assert [s.would_create for s in numbers.values()][:2] == [1, 1]
    assert numbers[story.bill_flow].as_json()["amounts"] == {"would create": {"USD": "80.50"}}
    assert story.ap.writes() == []
    assert story.ap.bills() == []


def test_r1_an_order_from_before_the_start_is_skipped_and_counted(story: Story) -> None:
    vendor = story.erp.vendor("Alder Works")
    old = story.erp.order(vendor, on="2026-09-30")
    new = story.erp.order(vendor, on="2026-10-01")
    story.go_live()
    numbers = story.bills_run()
    assert story.bills_of(old) == []
    assert story.the_bill(new).total == 100
    assert not Transfer.objects.filter(document=old.number).exists()
    assert numbers.blocked == 0
    assert story.integration.baseline_result[numbers.flow]["skipped"] == {
        "Before the start date": 1
    }
    story.ledgers()


def test_r1_a_start_date_moved_back_later_picks_the_older_ones_up(story: Story) -> None:
    vendor = story.erp.vendor("Alder Works")
    old = story.erp.order(vendor, on="2026-09-30")
    story.go_live()
    story.run()
    story.change_rules(start_date=date(2026, 9, 1))
    assert story.bills_run().created == 1
    assert story.the_bill(old).total == 100
    story.ledgers()


def test_r1_a_currency_left_out_by_the_filter_is_skipped(story: Story) -> None:
    vendor = story.erp.vendor("Alder Works")
    dollars = story.erp.order(vendor)
    euros = story.erp.order(vendor, currency="EUR")
    story.go_live(currencies="usd")
    story.run()
    assert (len(story.bills_of(dollars)), len(story.bills_of(euros))) == (1, 0)
    assert story.held(euros) == "skipped filtered"
    assert [v["billCurrency"] for v in story.ap.vendors()] == ["USD"]


def test_r1_vendors_without_the_chosen_tag_stay_out_until_it_is_chosen(story: Story) -> None:
    chosen, other = story.erp.vendor("Alder Works"), story.erp.vendor("Birch Works")
    story.erp.tag(chosen, "Trade")
    inside, outside = story.erp.order(chosen), story.erp.order(other)
    story.go_live(vendor_tags="trade")
    story.run()
    assert (len(story.bills_of(inside)), len(story.bills_of(outside))) == (1, 0)
    assert story.held(outside) == "skipped vendor"
    assert "Birch Works stays out" in story.of(outside).sentence
    story.change_rules(vendor_tags="")
    story.run()
    assert story.the_bill(outside).total == 100
    story.ledgers()


def test_r1_an_order_left_out_with_its_vendor_is_no_news_in_every_run(story: Story) -> None:
    story.erp.order(story.erp.vendor("Birch Works"))
    story.go_live(vendor_tags="trade")
    story.run()
    lines = story.audit_lines()
    story.run()
    story.run()
    assert story.audit_lines() == lines


def test_r1_a_tag_given_later_lets_the_vendor_and_its_orders_in(story: Story) -> None:
    vendor = story.erp.vendor("Birch Works")
    order = story.erp.order(vendor)
    story.go_live(vendor_tags="trade")
    story.run()
    story.erp.tag(vendor, "Trade")
    story.later(3600)
    story.run()
    assert story.the_bill(order).total == 100
    story.ledgers()
