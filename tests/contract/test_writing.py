"""Every system: writing says what became of each record, also when no answer comes."""

from __future__ import annotations

from typing import Any

import pytest

from connections.errors import Rejected, UnknownOutcome
from connections.records import Payment
from connections.resource import Can, Created, Refused, RolledBack
from tests.contract.cases import cases
from tests.contract.house import Case


@cases(Can.CREATE)
def test_created_ids_come_in_the_order_of_the_records(case: Case) -> None:
    samples = [case.sample(n) for n in range(1, min(case.resource.batch_size, 3) + 1)]

    outcomes = case.resource.create(samples)

    ids = [outcome.id for outcome in outcomes if isinstance(outcome, Created)]
    there = case.resource.get(ids)
    assert [_mark(there[id]) for id in ids] == [_mark(sample) for sample in samples]


@cases(Can.CREATE)
def test_the_answer_to_a_create_is_the_record_as_it_is_there(case: Case) -> None:
    [outcome] = case.resource.create([case.sample(1)])

    assert isinstance(outcome, Created)
    there = case.resource.get([outcome.id])[outcome.id]
    assert _money(outcome.record) == _money(there) == _money(case.sample(1))


@cases(Can.CREATE, where=lambda h, k: k.spoiled is not None)
def test_a_refused_record_is_named_with_the_systems_own_code(case: Case) -> None:
    assert case.kind.spoiled is not None
    bad = case.kind.spoiled(case.sample(1))

    [outcome] = case.resource.create([bad])

    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, Rejected)
    assert outcome.error.code == case.kind.refusal
    assert _name(bad) in outcome.error.message
    assert "Traceback" not in outcome.error.message


@cases(Can.CREATE, where=lambda h, k: k.spoiled is not None)
def test_a_refused_record_does_not_take_the_others_of_its_batch_along(case: Case) -> None:
    if case.resource.batch_size < 3:
        pytest.skip("one record a call")
    assert case.kind.spoiled is not None
    bad = case.kind.spoiled(case.sample(2))

    outcomes = case.resource.create([case.sample(1), bad, case.sample(3)])

    assert isinstance(outcomes[1], Refused)
    for position, number in ((0, 1), (2, 3)):
        assert isinstance(outcomes[position], Created | RolledBack)
        # Rolled back means: truly not there.
        is_there = bool(case.resource.find([case.sample(number)])[0].exact)
        assert is_there == isinstance(outcomes[position], Created)


@cases(Can.CREATE | Can.FIND)
def test_a_lost_answer_is_an_unknown_outcome_and_the_record_is_found(case: Case) -> None:
    sample = case.sample(1)
    case.stage.fault("commit_then_drop", method=case.kind.create_method, path=case.kind.create_path)

    if case.house.keyed:
        case.resource.create([sample])
    else:
        with pytest.raises(UnknownOutcome):
            case.resource.create([sample])

    assert case.resource.find([sample])[0].exact


@cases(Can.CREATE | Can.FIND)
def test_a_write_that_never_arrived_is_unknown_too_and_not_repeated_blindly(case: Case) -> None:
    if case.house.keyed:
        pytest.skip("its writes carry a key and are repeated safely")
    sample = case.sample(1)
    case.stage.fault("drop_before", method=case.kind.create_method, path=case.kind.create_path)

    with pytest.raises(UnknownOutcome):
        case.resource.create([sample])

    assert case.resource.find([sample])[0].is_none


@cases(Can.CANCEL | Can.CREATE)
def test_withdrawing_twice_is_withdrawing_once(case: Case) -> None:
    [made] = case.resource.create([case.sample(1)])
    assert isinstance(made, Created)

    case.resource.cancel(made.id, "ordered twice")
    case.resource.cancel(made.id, "ordered twice")

    found = case.resource.get([made.id])
    assert made.id not in found or found[made.id].archived


@cases(Can.CANCEL | Can.RESTORE | Can.CREATE)
def test_a_withdrawal_can_be_taken_back_even_if_the_answer_is_lost(case: Case) -> None:
    [made] = case.resource.create([case.sample(1)])
    assert isinstance(made, Created)
    case.resource.cancel(made.id, "ordered twice")
    case.stage.fault("commit_then_drop", method="POST")

    case.resource.restore(made.id)

    assert not case.resource.get([made.id])[made.id].archived


def _mark(record: Any) -> str:
    """Return what tells a record from another: systems number payments themselves."""
    return record.reference if isinstance(record, Payment) else _name(record)


def _name(record: Any) -> str:
    """Return what an accountant calls the record."""
    return str(getattr(record, "number", "") or record.name)


def _money(record: Any) -> tuple[Any, Any]:
    return getattr(record, "total", None), getattr(record, "currency", None)
