"""R15, R16: to the cent, visibly; and a number the target takes."""

from __future__ import annotations

from decimal import Decimal

from syncs.models import Integration
from syncs.services import transfer_renumber
from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import WHO, Story


def test_r15_tax_becomes_a_line_on_the_account_it_is_mapped_to(live: Story) -> None:
    order = live.erp.order(
        live.erp.vendor("Alder Works"), {"price": 80.5, "taxed": True}, {"price": 10, "taxed": True}
    )
    live.run()
    assert live.held(order) == "blocked tax"
    assert "Map it" in live.of(order).sentence
    live.map_tax("15%", "131000")
    live.run()
    bill = live.the_bill(order)
    assert bill.lines[-1] == ("Tax 15%", Decimal("13.58"))
    assert bill.accounts == ("600000", "600000", "131000")
    assert bill.total == Decimal("104.08")
    live.ledgers()


def test_r15_a_cent_of_rounding_becomes_a_line_of_its_own(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.erp.miscount(order, 100.02)
    live.run()
    assert live.held(order) == "blocked default-account"
    account = live.ap_account("650000")
    Integration.objects.filter(pk=live.integration.pk).update(rounding_account=account)
    live.run()
    bill = live.the_bill(order)
    assert bill.lines[-1] == ("Rounding difference", Decimal("0.02"))
    assert (bill.accounts[-1], bill.total) == ("650000", Decimal("100.02"))
    live.ledgers()


def test_r15_more_than_rounding_blocks_with_both_sums(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.erp.miscount(order, 100.06)
    live.run()
    assert live.held(order) == "blocked amount"
    assert "100.00 USD" in live.of(order).sentence
    assert "100.06 USD" in live.of(order).sentence
    assert live.bills_of(order) == []


def test_r15_shares_of_a_line_add_up_to_the_cent(live: Story) -> None:
    thirds = {live.erp.analytic(name): 33.33 for name in ("North", "South", "East")}
    live.run()
    order = live.erp.order(live.erp.vendor("Alder Works"), {"price": 100.0, "shares": thirds})
    live.run()
    assert live.held(order) == "blocked dimension"
    for name in ("North", "South", "East"):
        live.map_dimension(name, "North warehouse")
    live.run()
    assert sorted(amount for _, amount in live.the_bill(order).lines) == [
        Decimal("33.33"),
        Decimal("33.33"),
        Decimal("33.34"),
    ]
    live.ledgers()


def test_r15_an_odd_distribution_blocks_its_order_alone(live: Story) -> None:
    north = live.erp.analytic("North")
    vendor = live.erp.vendor("Alder Works")
    odd = live.erp.order(vendor, {"shares": {north: 150.0}})
    fine = live.erp.order(vendor)
    live.run()
    assert live.held(odd) == "blocked incomplete"
    assert "150 %" in live.of(odd).sentence
    assert live.the_bill(fine).total == 100
    live.ledgers()


def _long(live: Story) -> Ordered:
    vendor = live.erp.vendor("Alder Works")
    return live.erp.order(vendor, number="PO-2026-EAST-QUAY-LIGHT-7")


def test_r16_a_number_too_long_waits_until_a_person_types_one(live: Story) -> None:
    order = _long(live)
    live.run()
    assert live.held(order) == "blocked number"
    assert "25 characters" in live.of(order).sentence
    transfer_renumber(live.of(order), "QUAY-7", actor=WHO)
    live.run()
    bill = live.the_bill(order)
    assert bill.number == "QUAY-7"
    assert "PO-2026-EAST-QUAY-LIGHT-7" in bill.description
    live.ledgers()


def test_r16_a_typed_number_too_long_is_asked_for_again(live: Story) -> None:
    order = _long(live)
    live.run()
    transfer_renumber(live.of(order), "X" * 22, actor=WHO)
    live.run()
    assert live.held(order) == "blocked number"
    assert live.bills_of(order) == []


def test_r16_a_typed_number_that_is_taken_is_asked_for_again(live: Story) -> None:
    order = _long(live)
    other = live.erp.order(live.of_vendor(order), number="QUAY-7", on="2026-11-02")
    live.run()
    transfer_renumber(live.of(order), "QUAY-7", actor=WHO)
    live.run()
    assert live.of(order).state == "blocked"
    assert live.bills_of(order) == []
    assert live.the_bill(other).number == "QUAY-7"
    transfer_renumber(live.of(order), "QUAY-8", actor=WHO)
    live.run()
    assert live.the_bill(order).number == "QUAY-8"
    live.ledgers()


def test_r16_the_typed_number_stays_through_later_changes(live: Story) -> None:
    order = _long(live)
    live.run()
    transfer_renumber(live.of(order), "QUAY-7", actor=WHO)
    live.run()
    live.erp.reprice(order, 130.0)
    live.run()
    assert (live.the_bill(order).number, live.the_bill(order).total) == ("QUAY-7", 130)
    live.ledgers()


def test_r16_the_prefix_stands_before_the_order_s_number(story: Story) -> None:
    story.go_live(number_prefix="HS-")
    order = story.erp.order(story.erp.vendor("Alder Works"))
    story.run()
    assert story.the_bill(order).number == f"HS-{order.number}"
    story.ledgers()
