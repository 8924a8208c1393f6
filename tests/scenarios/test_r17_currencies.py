"""R17 for payments: the clearing account moves by what left the bank, to the cent."""

from __future__ import annotations

from decimal import Decimal

from tests.scenarios.till import Owed, Till


def _abroad(till: Till, price: float = 80.0, *, billed: bool = True) -> Owed:
    vendor = till.erp.vendor("Kai & Co.", currency="EUR")
    order = till.erp.order(vendor, {"price": price}, currency="EUR")
    [owed] = till.sent(order, billed=billed)
    return owed


def _funded(till: Till) -> Decimal:
    """Book from the bank what the AP system says has left it; return it."""
    left = sum((Decimal(str(row["fundingAmount"])) for row in till.ap.payments()), Decimal(0))
    till.erp.fund(left)
    return left


def test_r17_at_another_rate_the_clearing_account_ends_at_nothing(till: Till) -> None:
    owed = _abroad(till)
    till.erp.set_rate("EUR", 0.8)
    till.ap.set_rate("EUR", 1.2875)  # 3 % more than 1.25
    payment = till.ap.pay(owed.bill)
    till.run(2)
    assert till.standing(payment, owed.bill) == "done"
    assert till.erp.open_amount(owed.erp_bill) == 0
    assert _funded(till) == Decimal("103.00")
    assert till.erp.clearing() == 0
    till.agrees()


def test_r17_at_the_same_rate_too(till: Till) -> None:
    owed = _abroad(till)
    till.erp.set_rate("EUR", 0.8)
    till.ap.set_rate("EUR", 1.25)
    till.ap.pay(owed.bill)
    till.run(2)
    assert till.only().currency == "EUR"
    assert _funded(till) == 100
    assert till.erp.clearing() == 0
    till.agrees()


def test_r17_at_home_too(till: Till) -> None:
    first, second = till.owe(100, 60)
    till.ap.pay(first.bill, second.bill, amounts=["40", "60"])
    till.run(2)
    assert _funded(till) == 100
    assert till.erp.clearing() == 0


def test_r17_a_part_at_another_rate_is_refused_with_the_reason(till: Till) -> None:
    owed = _abroad(till)
    till.erp.set_rate("EUR", 0.8)
    till.ap.set_rate("EUR", 1.2875)
    payment = till.ap.pay(owed.bill, amounts=["40"])
    till.run(2)
    assert till.standing(payment, owed.bill) == "blocked rejected"
    assert "not the whole of the vendor bill" in till.part(payment, owed.bill).sentence
    assert till.erp.clearing() == 0
    assert till.alive == []


def test_r17_ahead_of_the_bill_at_another_rate_is_refused_with_the_reason(till: Till) -> None:
    owed = _abroad(till, billed=False)
    till.erp.set_rate("EUR", 0.8)
    till.ap.set_rate("EUR", 1.2875)
    payment = till.ap.pay(owed.bill)
    till.run(2)
    assert till.standing(payment, owed.bill) == "blocked rejected"
    assert "without a vendor bill" in till.part(payment, owed.bill).sentence
    assert till.alive == []


def test_r17_without_its_funding_nothing_is_booked_until_it_is_told(till: Till) -> None:
    owed = _abroad(till)
    till.erp.set_rate("EUR", 0.8)
    till.ap.set_rate("EUR", 1.25)
    payment = till.ap.schedule(owed.bill)
    till.ap.change_payment(payment, singleStatus="PROCESSED", fundingAmount=None)
    till.run()
    assert till.standing(payment, owed.bill) == "blocked currency"
    till.ap.change_payment(payment, fundingAmount=Decimal("100.00"))
    till.run(2)
    assert till.amounts == [80]
    till.agrees()


def test_r17_a_lost_answer_at_another_rate_ends_in_one_payment(till: Till) -> None:
    """This way of paying has no key of its own; two of them go in one batch."""
    vendor = till.erp.vendor("Kai & Co.", currency="EUR")
    orders = [till.erp.order(vendor, {"price": 80.0}, currency="EUR") for _ in range(2)]
    owed = till.sent(*orders)
    till.erp.set_rate("EUR", 0.8)
    till.ap.set_rate("EUR", 1.2875)
    till.erp.stage.fault(
        "drop_then_commit", method="POST", path=till.erp.abroad_step, after=1, seconds=40
    )
    for one in owed:
        till.ap.pay(one.bill)
    till.story.run()
    till.story.later(41)
    for _ in range(3):
        till.run()
        till.story.later(301)
    assert len(till.erp.posted()) == len(till.alive) == 2
    assert [till.erp.open_amount(one.erp_bill) for one in owed] == [0, 0]
    assert _funded(till) == 206
    assert till.erp.clearing() == 0
    till.agrees()
