"""R20: releasing is looking again, at the source."""

from __future__ import annotations

from syncs.services import mapping_save, transfer_dismiss, transfers_retry
from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import WHO, Story


def _unmapped(live: Story) -> Ordered:
    order = live.erp.order(live.erp.vendor("Alder Works"), {"account": "612000"})
    live.run()
    assert live.held(order) == "blocked gl-account"
    return order


def test_r20_a_mapping_saved_reads_the_source_again_and_sends_it(live: Story) -> None:
    order = _unmapped(live)
    assert "612000 Rent has no counterpart" in live.of(order).sentence
    live.erp.reprice(order, 130.0)
    mapping = live.map_account("612000", "600000")
    assert mapping_save(mapping, actor=WHO) == 1
    live.later(3600)
    live.run()
    assert live.the_bill(order).total == 130
    assert live.the_bill(order).accounts == ("600000",)
    live.ledgers()


def test_r20_an_account_made_there_lets_go_by_itself(live: Story) -> None:
    order = _unmapped(live)
    live.ap.add_account("612000", "Rent")
    live.run()
    assert live.the_bill(order).accounts == ("612000",)
    live.ledgers()


def test_r20_what_was_cancelled_meanwhile_is_not_sent_by_its_release(live: Story) -> None:
    order = _unmapped(live)
    live.erp.delete(order)
    mapping_save(live.map_account("612000", "600000"), actor=WHO)
    live.run()
    assert live.held(order) == "cancelled"
    assert live.ap.bills() == []
    assert not live.of(order).release


def test_r20_what_was_left_stays_left_until_its_money_changes(live: Story) -> None:
    order = _unmapped(live)
    transfer_dismiss(live.of(order), why="paid by card", actor=WHO)
    live.map_account("612000", "600000")
    live.erp.change_order(order, partner_ref="A-17")
    live.run()
    live.later(25 * 3600)
    live.run()
    assert live.held(order) == "dismissed"
    assert live.bills_of(order) == []
    live.erp.reprice(order, 130.0)
    live.run()
    assert live.the_bill(order).total == 130
    live.ledgers()


def test_r20_leaving_needs_a_reason(live: Story) -> None:
    order = _unmapped(live)
    assert "why" in live.refused(lambda: transfer_dismiss(live.of(order), why=" ", actor=WHO))


def test_r20_retry_looks_again(live: Story) -> None:
    order = _unmapped(live)
    lines = live.audit_lines()
    assert transfers_retry([live.of(order)], actor=WHO) == 1
    live.run()
    assert live.held(order) == "blocked gl-account"
    live.map_account("612000", "600000")
    assert transfers_retry([live.of(order)], actor=WHO) == 1
    live.run()
    assert live.the_bill(order).total == 100
    assert live.audit_lines() > lines
    live.ledgers()


def test_r20_retry_of_what_is_sent_sends_nothing(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.run()
    live.ap.stage.forget_journal()
    assert transfers_retry([live.of(order)], actor=WHO) == 0
    live.run()
    assert live.ap.writes() == []
    live.ledgers()


def test_a_run_with_nothing_to_do_sends_nothing_and_says_nothing(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    live.erp.order(vendor)
    live.erp.order(vendor, {"account": "612000"})
    billed = live.erp.order(vendor)
    live.erp.bill(billed)
    live.run()
    live.ap.stage.forget_journal()
    lines = live.audit_lines()
    for _ in range(2):
        numbers = live.bills_run()
        assert (numbers.created, numbers.updated, numbers.linked) == (0, 0, 0)
    live.later(25 * 3600)
    live.run()
    assert live.ap.writes() == []
    assert live.audit_lines() == lines
