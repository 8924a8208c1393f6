"""R13, R14, R17, R23: vendors are linked on evidence, and every field has one owner."""

from __future__ import annotations

import pytest

from syncs.services import transfer_agree, transfer_choose, transfer_dismiss
from tests.scenarios.story import WHO, Story

TAX = {"taxId": "20-5550001"}


def test_r13_an_equal_name_and_domain_link_without_a_person(live: Story) -> None:
    live.erp.vendor("Alder Works LLC", email="ar@alder.example")
    there = live.ap.make_vendor("ALDER WORKS", email="billing@alder.example")
    live.run()
    assert live.of("Alder Works LLC").target_id == there
    assert len(live.ap.vendors()) == 1


@pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param({}, {}, id="only the name"),
        pytest.param({"email": "a@gmail.com"}, {"email": "b@gmail.com"}, id="a public domain"),
        pytest.param(
            {"email": "a@alder.example"}, {"email": "a@birch.example"}, id="another domain"
        ),
        pytest.param(
            {"vat": "20-5550001", "email": "a@alder.example"},
            {"additionalInfo": {"taxId": "20-5559999"}, "email": "b@alder.example"},
            id="another tax id",
        ),
    ],
)
def test_r13_a_name_without_proof_is_a_question(
    live: Story, here: dict[str, str], there: dict[str, object]
) -> None:
    live.erp.vendor("Alder Works", **here)
    found = live.ap.make_vendor("Alder Works", **there)
    live.run()
    assert live.held("Alder Works") == "blocked candidates"
    assert [row[0] for row in live.of("Alder Works").candidates] == [found]
    assert len(live.ap.vendors()) == 1


def test_r13_a_near_name_is_a_question_and_new_is_an_answer(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.ap.make_vendor("Alder Work")
    live.run()
    assert live.held("Alder Works") == "blocked candidates"
    assert live.held(order) == "waiting vendor"
    transfer_choose(live.of("Alder Works"), "create", actor=WHO)
    live.run()
    assert len(live.ap.vendors()) == 2
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_r13_an_archived_twin_is_a_question(live: Story) -> None:
    live.erp.vendor("Alder Works", vat="20-5550001")
    there = live.ap.make_vendor("Alder Works", additionalInfo=TAX)
    live.ap.act_on_vendor(there, "archive")
    live.run()
    assert live.held("Alder Works") == "blocked candidates"
    assert "archived" in live.of("Alder Works").sentence


def test_r13_a_vendor_linked_to_another_already_is_a_question(live: Story) -> None:
    live.erp.vendor("Alder Works", vat="20-5550001")
    live.ap.make_vendor("Alder Works", additionalInfo=TAX)
    live.run()
    live.erp.vendor("Alder Works LLC", vat="20-5550001")
    live.run()
    assert live.held("Alder Works LLC") == "blocked candidates"
    assert "already linked" in live.of("Alder Works LLC").sentence
    assert len(live.ap.vendors()) == 1
    transfer_choose(live.of("Alder Works LLC"), "create", actor=WHO)
    live.run()
    assert live.held("Alder Works LLC") == "done"
    assert len(live.ap.vendors()) == 2


def test_r14_our_reference_is_written_on_create_only(live: Story) -> None:
    made = live.erp.vendor("Alder Works")
    live.erp.vendor("Birch Works", vat="20-5550001")
    live.ap.make_vendor("Birch Works", additionalInfo=TAX)
    live.run()
    references = {v["name"]: str(v.get("accountNumber")) for v in live.ap.vendors()}
    assert references["Birch Works"] == "None"
    assert references["Alder Works"].endswith(f"-{made}")
    live.ap.act_on_vendor(live.of("Alder Works").target_id, "edit", accountNumber="THEIRS")
    live.erp.change_vendor(made, phone="+1 503 555 0100")
    live.run()
    [alder] = [v for v in live.ap.vendors() if v["name"] == "Alder Works"]
    assert (alder["accountNumber"], alder["phone"]) == ("THEIRS", "+1 503 555 0100")


def test_r14_a_new_name_waits_for_a_person_while_bills_are_open(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    order = live.erp.order(vendor)
    live.run()
    live.erp.change_vendor(vendor, name="Alder Holdings")
    live.run()
    held = live.of("Alder Holdings")
    assert (held.state, held.reason) == ("held", "vendor-change")
    assert "new name" in held.sentence
    assert live.ap.vendors()[0]["name"] == "Alder Works"
    transfer_agree(held, actor=WHO)
    live.run()
    assert live.ap.vendors()[0]["name"] == "Alder Holdings"
    live.erp.reprice(order, 130.0)
    live.run()
    live.ledgers()


def test_r14_a_new_name_goes_at_once_without_open_bills(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    order = live.erp.order(vendor)
    live.run()
    bill = live.the_bill(order).id
    live.ap.act(bill, "approve")
    live.ap.act(bill, "pay")
    live.erp.change_vendor(vendor, name="Alder Holdings")
    live.run()
    assert live.ap.vendors()[0]["name"] == "Alder Holdings"


def test_r14_a_new_phone_number_waits_for_nobody(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    live.erp.order(vendor)
    live.run()
    live.ap.act_on_vendor(live.of("Alder Works").target_id, "edit", email="pay@alder.example")
    live.erp.change_vendor(vendor, phone="+1 503 555 0100")
    live.run()
    assert live.held("Alder Works") == "done"
    [there] = live.ap.vendors()
    assert (there["phone"], there["email"]) == ("+1 503 555 0100", "pay@alder.example")


def test_r14_bank_details_are_never_touched(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works", email="ar@alder.example")
    live.run()
    bank = {"payeeName": "Alder Bank", "email": "pay@alder.example", "payByType": "ACH"}
    target = live.of("Alder Works").target_id
    live.ap.act_on_vendor(target, "edit", paymentInformation=bank)
    live.erp.change_vendor(vendor, name="Alder Holdings", email="new@alder.example")
    live.run()
    [there] = live.ap.vendors()
    assert there["name"] == "Alder Holdings"
    assert {name: there["paymentInformation"][name] for name in bank} == bank


def test_r14_no_new_bills_for_a_vendor_archived_in_the_erp(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    first = live.erp.order(vendor)
    live.run()
    second = live.erp.order(vendor)
    live.erp.change_vendor(vendor, active=False)
    live.run()
    assert live.held(second) == "blocked vendor-archived"
    assert live.the_bill(first).total == 100
    assert not live.ap.vendors()[0]["archived"]
    live.erp.change_vendor(vendor, active=True)
    live.run()
    assert live.the_bill(second).total == 100
    live.ledgers()


def test_r14_a_vendor_archived_there_takes_a_person(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    live.run()
    target = live.of("Alder Works").target_id
    live.ap.act_on_vendor(target, "archive")
    order = live.erp.order(vendor)
    live.run()
    assert live.held(order) == "blocked vendor-archived"
    live.ap.act_on_vendor(target, "restore")
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_r14_a_vendor_deleted_in_the_erp_is_not_archived_there(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    live.run()
    live.erp.delete_vendor(vendor)
    live.later(25 * 3600)
    live.run()
    assert [v["archived"] for v in live.ap.vendors()] == [False]
    assert "was deleted" in live.sentences("source.deleted")[0]


def test_r17_a_second_currency_makes_a_second_vendor(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works", vat="20-5550001")
    dollars = live.erp.order(vendor)
    euros = live.erp.order(vendor, currency="EUR")
    live.run()
    assert sorted(v["billCurrency"] for v in live.ap.vendors()) == ["EUR", "USD"]
    by_currency = {v["billCurrency"]: v["id"] for v in live.ap.vendors()}
    assert live.the_bill(dollars).vendor_id == by_currency["USD"]
    assert live.the_bill(euros).vendor_id == by_currency["EUR"]
    live.ledgers()


def test_r17_a_vendor_that_trades_in_euros_is_billed_in_euros(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Lindholm GmbH", currency="EUR"), {"price": 80.5})
    live.run()
    [vendor] = live.ap.vendors()
    assert vendor["billCurrency"] == "EUR"
    assert (live.the_bill(order).vendor_id, live.of(order).currency) == (vendor["id"], "EUR")
    live.ledgers()


def test_r20_a_vendor_left_aside_keeps_its_orders_aside(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.ap.make_vendor("Alder Work")
    live.run()
    transfer_dismiss(live.of("Alder Works"), why="paid by card", actor=WHO)
    live.run()
    assert live.held(order) == "skipped vendor"
    assert "paid by card" in live.of(order).sentence
