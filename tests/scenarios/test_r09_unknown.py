"""R9: what the AP system pays of bills we did not send is linked, listed or posted: never lost."""

from __future__ import annotations

from decimal import Decimal

from tests.scenarios.story import Story
from tests.scenarios.till import Till, open_till

DAY = "2026-11-20"


def _own_bill(till: Till, number: str, total: float) -> str:
    """Enter a bill in the AP system, as a clerk does, for a vendor both sides know."""
    [vendor] = [v["id"] for v in till.ap.vendors() if v["name"] == "Alder Works"]
    return till.ap.make_bill(vendor, number, total, day=DAY)


def _known_vendor(till: Till) -> str:
    vendor = till.erp.vendor("Alder Works")
    till.run()
    return vendor


def test_r09_an_exact_match_in_the_books_is_posted_and_matched(till: Till) -> None:
    vendor = _known_vendor(till)
    bill = _own_bill(till, "INV-7", 250)
    erp_bill = till.erp.loose_bill(vendor, "INV-7", 250, day=DAY)
    till.ap.pay(bill)
    till.run(2)
    assert till.only().bills == (erp_bill,)
    assert till.erp.open_amount(erp_bill) == 0
    till.agrees()


def test_r09_a_match_that_was_not_matched_at_once_is_matched_later(till: Till) -> None:
    vendor = _known_vendor(till)
    bill = _own_bill(till, "INV-7", 250)
    erp_bill = till.erp.loose_bill(vendor, "INV-7", 250, day=DAY)
    path = till.erp.posting_steps[2]
    till.erp.stage.fault("server_error", method="POST", path=path, times=0)
    till.ap.pay(bill)
    till.story.run()
    till.erp.stage.clear_faults()
    assert till.amounts == [250]
    till.run(2)
    assert till.erp.open_amount(erp_bill) == 0
    till.agrees()


def test_r09_an_unknown_bill_is_listed_with_its_amount_and_blocks_nothing(till: Till) -> None:
    [owed] = till.owe(100)
    bill = _own_bill(till, "INV-8", 300)
    payment = till.ap.pay(bill)
    till.ap.pay(owed.bill)
    till.run(2)
    assert till.amounts == [100]
    part = till.part(payment, bill)
    assert till.standing(payment, bill) == "skipped unknown-bill"
    assert (part.amount, part.needs_attention) == (300, False)
    assert "300.00 USD to Alder Works" in part.sentence
    till.agrees()


def test_r09_what_was_unknown_is_posted_once_its_bill_is_in_the_books(till: Till) -> None:
    vendor = _known_vendor(till)
    bill = _own_bill(till, "INV-8", 300)
    till.ap.pay(bill)
    till.run()
    erp_bill = till.erp.loose_bill(vendor, "INV-8", 300, day=DAY)
    till.run(2)
    assert till.erp.open_amount(erp_bill) == 0
    assert till.amounts == [300]
    till.agrees()


def test_r09_what_was_unknown_and_is_voided_is_never_posted(till: Till) -> None:
    vendor = _known_vendor(till)
    bill = _own_bill(till, "INV-8", 300)
    payment = till.ap.pay(bill, word="SENT")
    till.run()
    till.ap.void(payment)
    till.run()
    assert till.standing(payment, bill) == "skipped reversed-there"
    till.erp.loose_bill(vendor, "INV-8", 300, day=DAY)
    till.run(2)
    assert till.amounts == []


def test_r09_by_setting_it_is_posted_on_the_vendor(story: Story) -> None:
    till = open_till(story, unknown_bills="post")
    _known_vendor(till)
    bill = _own_bill(till, "INV-8", 300)
    till.ap.pay(bill)
    till.run(2)
    assert till.only().amount == 300
    assert till.only().bills == ()
    till.agrees()


def test_r09_of_a_mixed_payment_our_part_is_posted_and_says_so(till: Till) -> None:
    [owed] = till.owe(300)
    others = [_own_bill(till, f"INV-{n}", total) for n, total in ((8, 200), (9, 400))]
    till.ap.pay(owed.bill, *others)
    till.run(2)
    assert till.only().amount == 300
    assert "1 of 3 bills, 300.00 of 900.00 USD" in till.only().memo
    till.agrees()


def test_r01_payments_from_before_the_baseline_are_never_posted(story: Story) -> None:
    """The books were kept by hand until then: that money is in them."""
    story.prepare()
    vendor = story.ap.make_vendor("Alder Works", additionalInfo={"taxId": "20-5550001"})
    erp_vendor = story.erp.vendor("Alder Works", vat="20-5550001")
    bills = [story.ap.make_bill(vendor, f"INV-{n}", 100, day=DAY) for n in (1, 2)]
    for n in (1, 2):
        story.erp.loose_bill(erp_vendor, f"INV-{n}", 100, day=DAY)
    first = story.ap.pay(bills[0], word="SENT", processDate="2026-11-10")
    story.later(24 * 3600)
    till = open_till(story)
    story.ap.arrive(first)
    till.run(2)
    assert till.amounts == []
    till.ap.pay(bills[1])
    till.run()
    assert till.amounts == [Decimal(100)]
