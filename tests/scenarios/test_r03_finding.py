"""R3: linked without a person only what is surely the same debt, and held by nobody else."""

from __future__ import annotations

from syncs.models import Transfer
from syncs.services import transfer_choose, transfer_renumber
from tests.scenarios.story import WHO, Story

TAX = "20-5550001"


def _both_know_alder(story: Story) -> tuple[str, str]:
    there = story.ap.make_vendor("Alder Works", additionalInfo={"taxId": TAX})
    return story.erp.vendor("Alder Works", vat=TAX), there


def test_r3_a_bill_equal_in_number_total_date_and_currency_is_linked(live: Story) -> None:
    here, there = _both_know_alder(live)
    order = live.erp.order(here, number="PO-7", on="2026-11-02")
    theirs = live.ap.make_bill(there, "PO-7", 100.0, day="2026-11-02")
    assert live.bills_run().linked == 1
    assert live.of(order).target_id == theirs
    assert len(live.ap.bills()) == 1
    live.ledgers()


def test_r3_the_same_number_with_another_amount_is_a_question(live: Story) -> None:
    here, there = _both_know_alder(live)
    order = live.erp.order(here, number="PO-7")
    live.ap.make_bill(there, "PO-7", 90.0)
    live.run()
    assert live.held(order) == "blocked duplicate"
    assert "90.00 USD instead of 100.00" in live.of(order).sentence
    assert len(live.ap.bills()) == 1


def test_r3_an_archived_bill_is_never_linked_by_itself(live: Story) -> None:
    here, there = _both_know_alder(live)
    order = live.erp.order(here, number="PO-7", on="2026-11-02")
    theirs = live.ap.make_bill(there, "PO-7", 100.0, day="2026-11-02")
    live.ap.act(theirs, "archive")
    live.run()
    assert live.held(order) == "blocked duplicate"
    assert "archived there" in live.of(order).sentence


def test_r3_a_bill_held_by_another_transfer_is_not_linked_twice(story: Story) -> None:
    here, there = _both_know_alder(story)
    one = story.erp.order(here, number="PO-7", on="2026-11-02")
    theirs = story.ap.make_bill(there, "PO-7", 100.0, day="2026-11-02")
    story.go_live()
    two = story.erp.order(here, number="PO-8", on="2026-11-02")
    story.erp.change_order(two, name="po-7 ")
    story.run()
    assert Transfer.objects.get(source_id=one.id, vendor_id_there=here).target_id == theirs
    other = Transfer.objects.get(source_id=two.id, vendor_id_there=here)
    assert (other.state, other.reason, other.target_id) == ("blocked", "number", "")
    assert "already linked" in other.sentence
    transfer_renumber(other, "PO-7-B", actor=WHO)
    story.run()
    other.refresh_from_db()
    assert other.state == "done"
    assert sorted(bill.number for bill in story.ap.bills()) == ["PO-7", "PO-7-B"]
    story.ledgers()


def test_r3_two_look_alikes_of_one_batch_become_one_bill_and_one_question(live: Story) -> None:
    here = live.erp.vendor("Alder Works", vat=TAX)
    for number in ("PO-7", "po-7"):
        live.erp.order(here, number=number, on="2026-11-02")
    live.run()
    assert len(live.ap.bills()) == 1
    states = Transfer.objects.filter(vendor_id_there=here, dated__isnull=False)
    assert sorted(states.values_list("state", "reason")) == [("blocked", "number"), ("done", "")]


def test_r3_two_records_that_fit_equally_well_are_a_question(live: Story) -> None:
    for name in ("Alder Works", "Alder Works LLC"):
        live.ap.make_vendor(name, additionalInfo={"taxId": TAX})
    live.erp.vendor("Alder Works", vat=TAX)
    live.run()
    alder = live.of("Alder Works")
    assert (alder.state, alder.reason) == ("blocked", "candidates")
    assert len(alder.candidates) == 2
    chosen = alder.candidates[1][0]
    transfer_choose(alder, chosen, actor=WHO)
    live.run()
    assert live.of("Alder Works").target_id == chosen
    assert len(live.ap.vendors()) == 2
    live.ledgers()


def test_r3_one_target_chosen_for_two_documents_goes_to_the_first_only(live: Story) -> None:
    here, there = _both_know_alder(live)
    theirs = live.ap.make_bill(there, "TYPED-1", 100.0)
    one, two = live.erp.order(here), live.erp.order(here)
    live.run()
    for order in (one, two):
        transfer_choose(live.of(order), theirs, actor=WHO)
    live.run()
    assert live.of(one).target_id == theirs
    assert live.of(two).target_id not in ("", theirs)
    assert len(live.ap.bills()) == 2
    live.ledgers()


def test_r3_a_choice_cannot_be_made_of_what_is_sent_already(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.run()
    live.refused(lambda: transfer_choose(live.of(order), "create", actor=WHO))
    live.refused(lambda: transfer_renumber(live.of(order), "X-1", actor=WHO))
    live.run()
    assert live.the_bill(order).number == order.number
