"""Creating bills of BILL: one or a hundred, and who is to blame for a refusal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import Duplicate, Rejected, TransientError, UnknownOutcome
from connections.models import Connection
from connections.records import (
    Bill,
)
from connections.resource import Created, Refused, Resource, RolledBack
from connections.services import opened
from connections.systems.billcom.bulk import rows_in_order
from tests.connections.systems.billcom.bill_samples import a_bill, created
from tests.stage import Stage

Make = Callable[..., Connection]


def test_a_hundred_bills_go_in_one_call_in_order(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    wanted = [a_bill(acme, f"B-{n}", total=Decimal(n + 1)) for n in range(100)]
    stage.forget_journal()

    outcomes = bills.create(wanted)

    assert len(stage.requests("POST", "/bills/bulk")) == 1
    assert all(isinstance(outcome, Created) for outcome in outcomes)
    answered = [o.record for o in outcomes if isinstance(o, Created)]
    assert [(b.number, b.total) for b in answered] == [(b.number, b.total) for b in wanted]


def test_a_number_used_before_is_a_duplicate_with_advice(bills: Resource[Bill], acme: str) -> None:
    created(bills, a_bill(acme))

    [outcome] = bills.create([a_bill(acme, total=Decimal(5))])

    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, Duplicate)
    assert outcome.error.code == "BDC_1171"
    assert outcome.error.message.startswith("BILL did not accept bill INV-7 from Acme Tooling.")


def test_a_duplicate_is_for_a_person_if_the_settings_say_so(
    make_connection: Make, acme: str
) -> None:
    with opened(make_connection(on_duplicate="fail")) as ready:
        bills = ready.resource(Bill)
        bills.create([a_bill(acme)])
        [outcome] = bills.create([a_bill(acme, total=Decimal(5))])

    assert isinstance(outcome, Refused)
    assert not isinstance(outcome.error, Duplicate)


def test_only_the_guilty_of_a_batch_are_refused(bills: Resource[Bill], acme: str) -> None:
    created(bills, a_bill(acme, "B-1"))

    outcomes = bills.create([a_bill(acme, f"B-{n}") for n in range(3)])

    assert [type(outcome) for outcome in outcomes] == [RolledBack, Refused, RolledBack]
    assert isinstance(outcomes[1], Refused)
    assert "B-1" in outcomes[1].error.message


UNKNOWN_VENDOR = "00901NOBODYXXXXXXX01"
BLAMED = [
    ([{"code": "BDC_1143", "message": "[1].invoice.invoiceNumber: too long"}], [1]),
    ([{"code": "BDC_1205", "message": f"Object id {UNKNOWN_VENDOR} does not exist."}], [2]),
    (
        [{"code": "BDC_1143", "message": "Bad", "params": [{"name": "index", "value": "1"}]}],
        [1],
    ),
    (
        [{"code": "BDC_1143", "message": "Bad", "params": [{"name": "x", "value": "B-0"}]}],
        [0],
    ),
    (
        [
            {"code": "BDC_1246", "message": "Rolled back."},
            {"code": "BDC_1171", "message": "Used."},
            {"code": "BDC_1246", "message": "Rolled back."},
        ],
        [1],
    ),
]


@pytest.mark.parametrize(("body", "guilty"), BLAMED)
def test_the_guilty_row_is_found_however_it_is_named(
    bills: Resource[Bill], acme: str, stage: Stage, body: Any, guilty: list[int]
) -> None:
    wanted = [a_bill(acme, f"B-{n}") for n in range(2)] + [a_bill(UNKNOWN_VENDOR, "B-2")]
    stage.fault("status", path="*/bulk", status=422, body=body)

    outcomes = bills.create(wanted)

    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Refused)] == guilty


@pytest.mark.parametrize(
    "body",
    [
        [{"code": "BDC_1143", "message": "Something about amounts."}],
        [{"code": "BDC_1246", "message": "Rolled back."}],
        [{"code": "BDC_1143", "message": "[9].dueDate: wrong"}],
        [{"code": "BDC_1143", "message": "billLineItems[0].amount: wrong"}],
        {"message": "Acme"},
    ],
)
def test_a_batch_refused_without_a_name_is_left_to_be_split(
    bills: Resource[Bill], acme: str, stage: Stage, body: Any
) -> None:
    stage.fault("status", path="*/bulk", status=422, body=body)

    with pytest.raises(Rejected) as caught:
        bills.create([a_bill(acme, f"B-{n}") for n in range(2)])

    assert caught.value.row is None


@pytest.mark.parametrize("body", [[], [{"id": "00n01"}], {"bills": [{"id": "1"}]}, {}, None])
def test_a_batch_answered_incompletely_is_an_unknown_outcome(
    bills: Resource[Bill], acme: str, stage: Stage, body: Any
) -> None:
    stage.fault("status", path="*/bulk", status=201, body=body)

    with pytest.raises(UnknownOutcome):
        bills.create([a_bill(acme, f"B-{n}") for n in range(2)])


def test_rows_answered_out_of_order_are_recognised() -> None:
    sent = [{"n": 1}, {"n": 2}]
    answer = [{"id": "b", "n": 2}, {"id": "a", "n": 1}]

    assert [r["id"] for r in rows_in_order(sent, answer, "bills", lambda r: r["n"])] == ["a", "b"]


def test_nothing_can_fail_after_the_bills_are_written(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    stage.fault("html", method="GET", times=0, after=1)

    [outcome] = bills.create([a_bill(acme)])

    assert isinstance(outcome, Created)
    assert outcome.record.currency == "USD"


def test_bills_are_not_written_while_their_currency_is_unknown(
    bills: Resource[Bill], acme: str, stage: Stage
) -> None:
    stage.fault("html", method="GET", times=0)

    with pytest.raises(TransientError):
        bills.create([a_bill(acme)])

    assert not stage.requests("POST", "/bills")
