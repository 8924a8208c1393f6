"""Which orders become bills, and what of them (R1, R2, R15, R16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connections.records import OrderState, PurchaseOrder
from connections.serial import digest
from syncs.flows.orders import bill_from_order, pieces
from syncs.flows.piece import Ruling
from syncs.mapping import Mapper
from syncs.models import Integration, Transfer
from syncs.states import Reason
from syncs.verdicts import Stop
from tests.factories import (
    a_bill_head,
    a_copy,
    a_line,
    a_transfer,
    a_vendor,
    an_account,
    an_integration,
    an_order,
)

pytestmark = pytest.mark.django_db
Leaves = Integration.Leaves
MOVES = (Ruling.MOVES, Reason.NONE)
POSTED, DRAFT_BILL = a_bill_head(), a_bill_head(posted=False)


@pytest.mark.parametrize(
    ("order", "rules", "ruling"),
    [
        ({}, {}, MOVES),
        ({"approved_on": date(2026, 1, 1)}, {}, MOVES),
        ({"approved_on": date(2025, 12, 31)}, {}, (Ruling.SKIPPED, Reason.BEFORE_START)),
        ({"approved_on": None, "ordered_on": date(2025, 12, 31)}, {},
         (Ruling.SKIPPED, Reason.BEFORE_START)),
        ({"approved_on": None, "ordered_on": date(2026, 1, 1)}, {}, MOVES),
        ({}, {"start_date": None}, (Ruling.SKIPPED, Reason.BEFORE_START)),
        ({"state": OrderState.DRAFT}, {}, (Ruling.WITHDRAWN, Reason.NOT_CONFIRMED)),
        ({"state": OrderState.CANCELLED}, {}, (Ruling.WITHDRAWN, Reason.NONE)),
        ({"total": Decimal(0)}, {}, (Ruling.SKIPPED, Reason.NOTHING_TO_PAY)),
        ({"total": Decimal(0), "lines": ()}, {}, (Ruling.MOVES, Reason.NONE)),
        ({"total": Decimal("-5")}, {}, MOVES),
        ({"currency": "EUR"}, {"currencies": "usd"}, (Ruling.SKIPPED, Reason.FILTERED)),
        ({"currency": "EUR"}, {"currencies": "USD, eur"}, MOVES),
        ({"bills": (POSTED,)}, {}, (Ruling.SKIPPED, Reason.BILLED)),
        ({"bills": (DRAFT_BILL,)}, {}, MOVES),
        ({}, {"order_leaves": Leaves.RECEIVED}, (Ruling.SKIPPED, Reason.NOT_RECEIVED)),
        ({"received": True}, {"order_leaves": Leaves.RECEIVED}, MOVES),
        ({"received": True, "bills": (POSTED,)}, {"order_leaves": Leaves.RECEIVED},
         (Ruling.SKIPPED, Reason.BILLED)),
        ({}, {"order_leaves": Leaves.BILLED}, (Ruling.WITHDRAWN, Reason.NOT_RECEIVED)),
        ({"bills": (DRAFT_BILL,)}, {"order_leaves": Leaves.BILLED},
         (Ruling.WITHDRAWN, Reason.NOT_RECEIVED)),
        ({"bills": (POSTED,)}, {"order_leaves": Leaves.BILLED}, MOVES),
    ],
)  # fmt: skip
def test_which_orders_move(
    order: dict[str, Any], rules: dict[str, Any], ruling: tuple[Ruling, Reason]
) -> None:
    (piece,) = pieces(an_order(**order), an_integration(**rules))

    assert (piece.verdict.ruling, piece.verdict.reason) == ruling
    assert piece.verdict.sentence.endswith(".") != (piece.verdict.ruling == Ruling.MOVES)


@pytest.mark.parametrize(
    ("changes", "is_news"),
    [
        ({"number": "P00012"}, True),
        ({"vendor_id": "8"}, True),
        ({"currency": "EUR"}, True),
        ({"total": Decimal("101")}, True),
        ({"approved_on": date(2026, 3, 3)}, True),
        ({"due_date": date(2026, 5, 1)}, True),
        ({"lines": (a_line("100.00", description="Pens"),)}, True),
        ({"lines": (a_line("100.00", gl_account_id="1"),)}, True),
        ({"total": Decimal("100.0")}, False),
        ({"changed_at": datetime(2026, 3, 2, tzinfo=UTC)}, False),
        ({"received": True}, False),
        ({"vendor_name": "Acme, as it is called now"}, False),
        ({"bills": (DRAFT_BILL,)}, False),
        ({"bills": (a_bill_head(settled=True),)}, False),
    ],
)
def test_only_what_the_bill_is_made_of_makes_an_order_changed(
    changes: dict[str, Any], is_news: bool
) -> None:
    integration = an_integration()
    (before,) = pieces(an_order(), integration)
    (after,) = pieces(an_order(**changes), integration)

    assert (digest(before.seen) != digest(after.seen)) == is_news


def test_our_own_payment_does_not_make_a_billed_order_changed() -> None:
    integration = an_integration(order_leaves=Leaves.BILLED)
    (before,) = pieces(an_order(bills=(POSTED,)), integration)
    (after,) = pieces(an_order(bills=(replace(POSTED, settled=True),)), integration)

    assert digest(before.seen) == digest(after.seen)


# What becomes of it ------------------------------------------------------------------------------


@pytest.fixture
def integration() -> Integration:
    """An integration whose vendor is linked and whose accounts have equal numbers."""
    integration = an_integration()
    a_copy(integration.erp, an_account(id="600", number="6100"))
    a_copy(integration.ap, an_account(id="ga-1", number="6100"))
    a_copy(integration.ap, a_vendor(id="v-1"))
    a_transfer(
        integration,
        flow="vendors",
        source_key="7:USD",
        source_id="7",
        group="7",
        target_id="v-1",
        target_scope="vendors",
        state="done",
    )
    return integration


def bill_of(order: PurchaseOrder, integration: Integration, **decided: Any) -> Any:
    transfer = Transfer(integration=integration, **decided)
    return bill_from_order(order, transfer, Mapper(integration))


def an_order_to_send(**changes: Any) -> PurchaseOrder:
    return an_order(**{"lines": (a_line(gl_account_id="600"),)} | changes)


def test_an_order_becomes_a_bill(integration: Integration) -> None:
    bill = bill_of(an_order_to_send(due_date=date(2026, 4, 1), vendor_reference="Q-5"), integration)

    assert (bill.number, bill.vendor_id, bill.currency) == ("P00011", "v-1", "USD")
    assert (bill.bill_date, bill.due_date) == (date(2026, 3, 2), date(2026, 4, 1))
    assert bill.total == Decimal("100.00")
    assert bill.lines[0].gl_account_id == "ga-1"
    assert bill.purchase_order_number == "P00011"
    assert bill.description == "Purchase order P00011, vendor reference Q-5"


@pytest.mark.parametrize(
    ("order", "rules", "decided", "number"),
    [
        ({}, {}, {}, "P00011"),
        ({}, {"number_prefix": "PO-"}, {}, "PO-P00011"),
        ({}, {"number_prefix": "PO-"}, {"number": "X1"}, "X1"),
        ({"bills": (POSTED,)}, {"order_leaves": Leaves.BILLED}, {}, "INV-7"),
        (
            {"bills": (POSTED,)},
            {"order_leaves": Leaves.BILLED, "number_prefix": "PO-"},
            {},
            "INV-7",
        ),
    ],
)
def test_a_bill_has_the_vendors_number_or_that_of_the_order(
    order: dict[str, Any],
    rules: dict[str, Any],
    decided: dict[str, Any],
    number: str,
    integration: Integration,
) -> None:
    for name, value in rules.items():
        setattr(integration, name, value)

    assert bill_of(an_order_to_send(**order), integration, **decided).number == number


def test_the_full_number_stands_in_the_text_when_another_is_used(integration: Integration) -> None:
    bill = bill_of(an_order_to_send(), integration, number="X1")

    assert bill.description == "Purchase order P00011, number P00011"


@pytest.mark.parametrize(
    ("order", "billed", "days"),
    [
        ({"due_date": date(2026, 4, 1)}, False, (date(2026, 3, 2), date(2026, 4, 1))),
        ({"due_date": None}, False, (date(2026, 3, 2), date(2026, 3, 2))),
        ({"approved_on": None}, False, (date(2026, 3, 1), date(2026, 3, 1))),
        ({"bills": (POSTED,)}, True, (date(2026, 3, 4), date(2026, 4, 3))),
        ({"bills": (a_bill_head(bill_date=None, due_date=None),)}, True,
         (date(2026, 3, 2), date(2026, 3, 2))),
    ],
)  # fmt: skip
def test_the_days_of_a_bill(
    order: dict[str, Any], billed: bool, days: tuple[date, date], integration: Integration
) -> None:
    integration.order_leaves = Leaves.BILLED if billed else Leaves.CONFIRMED

    bill = bill_of(an_order_to_send(**order), integration)

    assert (bill.bill_date, bill.due_date) == days


@pytest.mark.parametrize(
    ("order", "reason", "words"),
    [
        ({"lines": (), "total": Decimal(5)}, Reason.INCOMPLETE, "has no lines to bill"),
        ({"total": Decimal("-5.00")}, Reason.AMOUNT, "comes to -5.00 USD. A bill cannot be"),
        ({"bills": (a_bill_head(total=Decimal("60")),)}, Reason.AMOUNT,
         "comes to 100.00 USD, its 1 vendor bill"),
        ({"bills": (POSTED, a_bill_head(id="32"))}, Reason.AMOUNT, "its 2 vendor bill"),
        ({"bills": (a_bill_head(settled=True),)}, Reason.AMOUNT, "already paid or partly paid"),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_a_bill_says_why(
    order: dict[str, Any], reason: Reason, words: str, integration: Integration
) -> None:
    integration.order_leaves = Leaves.BILLED
    with pytest.raises(Stop, match=words) as caught:
        bill_of(an_order_to_send(**order), integration)

    assert caught.value.reason == reason
    assert "P00011" in caught.value.message
