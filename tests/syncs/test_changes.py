"""After approval nothing changes silently (R5, R18); what somebody changed there is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from connections.records import Address, Approval, Bill, Settlement
from syncs.changes import Action, Answer, merge, rule, sensitive_changes
from syncs.states import Reason
from tests.factories import a_bill, a_line, a_vendor

SEND = (Answer.SEND, Reason.NONE)
ASK = (Answer.ASK, Reason.AFTER_APPROVAL)
UNSURE = (Answer.ASK, Reason.AFTER_SCHEDULING)
STOP_IT = (Answer.SHOW, Reason.AFTER_SCHEDULING)
TOO_LATE = (Answer.SHOW, Reason.AFTER_PAYMENT)
N, S, A, D = Approval.NONE, Approval.STARTED, Approval.APPROVED, Approval.DENIED
TABLE: dict[tuple[Settlement, Approval], tuple[Any, Any]] = {
    #                              update    cancel
    (Settlement.OPEN, N): (SEND, SEND),
    (Settlement.OPEN, S): (ASK, SEND),
    (Settlement.OPEN, A): (ASK, SEND),
    (Settlement.OPEN, D): (SEND, SEND),
    (Settlement.SCHEDULED, N): (STOP_IT, STOP_IT),
    (Settlement.SCHEDULED, S): (STOP_IT, STOP_IT),
    (Settlement.SCHEDULED, A): (STOP_IT, STOP_IT),
    (Settlement.SCHEDULED, D): (STOP_IT, STOP_IT),
    (Settlement.IN_FLIGHT, N): (TOO_LATE, TOO_LATE),
    (Settlement.IN_FLIGHT, S): (TOO_LATE, TOO_LATE),
    (Settlement.IN_FLIGHT, A): (TOO_LATE, TOO_LATE),
    (Settlement.IN_FLIGHT, D): (TOO_LATE, TOO_LATE),
    (Settlement.PARTLY_PAID, N): (TOO_LATE, TOO_LATE),
    (Settlement.PARTLY_PAID, S): (TOO_LATE, TOO_LATE),
    (Settlement.PARTLY_PAID, A): (TOO_LATE, TOO_LATE),
    (Settlement.PARTLY_PAID, D): (TOO_LATE, TOO_LATE),
    (Settlement.PAID, N): (TOO_LATE, TOO_LATE),
    (Settlement.PAID, S): (TOO_LATE, TOO_LATE),
    (Settlement.PAID, A): (TOO_LATE, TOO_LATE),
    (Settlement.PAID, D): (TOO_LATE, TOO_LATE),
    (Settlement.UNKNOWN, N): (UNSURE, UNSURE),
    (Settlement.UNKNOWN, S): (UNSURE, UNSURE),
    (Settlement.UNKNOWN, A): (UNSURE, UNSURE),
    (Settlement.UNKNOWN, D): (UNSURE, UNSURE),
}


@pytest.mark.parametrize(("settlement", "approval"), list(product(Settlement, Approval)))
def test_what_may_still_be_changed(settlement: Settlement, approval: Approval) -> None:
    update, cancel = TABLE[settlement, approval]

    assert rule(Action.UPDATE, approval, settlement) == update
    assert rule(Action.CANCEL, approval, settlement) == cancel


# Merging -----------------------------------------------------------------------------------------

SENT = a_bill(id="", lines=(a_line("60.00", gl_account_id="1"), a_line("40.00", gl_account_id="2")))


def there(**changes: Any) -> Bill:
    """Return what we sent, as it stands there now."""
    return replace(SENT, id="b-1", **changes)


def test_a_change_of_ours_meets_nobody() -> None:
    wanted = replace(SENT, due_date=date(2026, 5, 1))

    assert merge(wanted, SENT, there()).record == wanted


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("number", "INV-7A", "bill number"),
        ("bill_date", date(2026, 3, 9), "bill date"),
        ("due_date", date(2026, 6, 1), "due date"),
        ("description", "Checked by Ann", "description"),
        ("purchase_order_number", "P9", "purchase order number"),
    ],
)
def test_what_somebody_changed_there_is_kept_and_named(name: str, value: Any, words: str) -> None:
    wanted = replace(SENT, lines=(a_line("100.00", gl_account_id="3"),))

    merged = merge(wanted, SENT, there(**{name: value}))

    assert getattr(merged.record, name) == value
    assert merged.record.lines == wanted.lines
    assert (merged.kept, merged.conflict) == ((words,), "")


def test_the_same_change_on_both_sides_is_no_news() -> None:
    wanted = replace(SENT, due_date=date(2026, 5, 1))

    assert merge(wanted, SENT, there(due_date=date(2026, 5, 1))).kept == ()


RECODED = (a_line("60.00", gl_account_id="9"), a_line("40.00", gl_account_id="2"))


def test_lines_recoded_there_are_kept() -> None:
    wanted = replace(SENT, due_date=date(2026, 5, 1))

    merged = merge(wanted, SENT, there(lines=RECODED))

    assert merged.record.lines == RECODED
    assert merged.record.due_date == date(2026, 5, 1)
    assert merged.kept == ("lines",)


def test_the_total_goes_with_the_lines_that_are_kept() -> None:
    wanted = replace(SENT, due_date=date(2026, 5, 1))
    theirs = (a_line("70.00", gl_account_id="1"), a_line("40.00", gl_account_id="2"))

    merged = merge(wanted, SENT, there(lines=theirs, total=Decimal("110.00")))

    assert merged.record.total == sum(line.amount for line in merged.record.lines)


def test_lines_changed_on_both_sides_are_a_persons_business() -> None:
    wanted = replace(SENT, lines=(a_line("100.00", gl_account_id="3"),))

    assert merge(wanted, SENT, there(lines=RECODED)).conflict == (
        "the lines were changed on both sides"
    )


def test_ids_and_order_of_lines_are_the_systems_own() -> None:
    wanted = replace(SENT, lines=(a_line("100.00", gl_account_id="3"),))
    stored = tuple(replace(line, id=f"l-{n}") for n, line in enumerate(reversed(SENT.lines)))

    merged = merge(wanted, SENT, there(lines=stored))

    assert (merged.record.lines, merged.kept, merged.conflict) == (wanted.lines, (), "")


def test_what_the_system_made_of_our_text_is_nobodys_change() -> None:
    wanted = replace(SENT, due_date=date(2026, 5, 1))
    answered = there(description="Purchase order P11 (cut)")

    assert merge(wanted, SENT, answered, [answered]).kept == ()


def test_without_knowing_what_was_sent_what_is_there_counts_as_sent() -> None:
    wanted = replace(SENT, due_date=date(2026, 5, 1))

    assert merge(wanted, None, there(lines=RECODED)).kept == ()


def test_a_vendor_is_sent_as_it_is() -> None:
    wanted = a_vendor(name="Acme New")

    assert merge(wanted, a_vendor(), a_vendor(phone="1")).record == wanted


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"name": "Acme New"}, ["name"]),
        ({"tax_id": "DE 1"}, ["tax id"]),
        ({"email": "new@acme.example"}, ["e-mail"]),
        ({"address": Address(city="Hull")}, ["address"]),
        ({"name": "Acme New", "email": "new@acme.example"}, ["name", "e-mail"]),
        ({"phone": "1", "website": "acme.example", "tags": ("a",)}, []),
        ({"email": ""}, []),
    ],
)
def test_what_a_person_should_see_before_a_vendor_changes(
    changes: dict[str, Any], words: list[str]
) -> None:
    assert sensitive_changes(a_vendor(**changes), a_vendor(id="v-1")) == words


def test_a_tax_id_in_other_dress_is_no_change() -> None:
    assert sensitive_changes(a_vendor(tax_id="DE 123-4"), a_vendor(tax_id="de1234")) == []
