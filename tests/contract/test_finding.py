"""Every system: finding answers exactly one record, candidates for a person, or none (R3)."""

from __future__ import annotations

from connections.resource import Can, Created
from tests.contract.cases import cases
from tests.contract.house import Case


def _created(case: Case, *numbers: int) -> list[str]:
    outcomes = case.resource.create([case.sample(n) for n in numbers])
    assert all(isinstance(outcome, Created) for outcome in outcomes), outcomes
    return [outcome.id for outcome in outcomes if isinstance(outcome, Created)]


@cases(Can.FIND | Can.CREATE)
def test_what_was_just_created_is_found(case: Case) -> None:
    assert case.resource.find([case.sample(1)])[0].is_none
    [made] = _created(case, 1)

    [match] = case.resource.find([case.sample(1)])

    assert match.exact == made


@cases(Can.FIND | Can.CREATE)
def test_each_of_several_is_answered_for_itself_and_in_order(case: Case) -> None:
    ids = _created(case, 1, 2)

    matches = case.resource.find([case.sample(2), case.sample(3), case.sample(1)])

    assert [m.exact for m in matches] == [ids[1], "", ids[0]]
    assert matches[1].exact == ""


@cases(Can.FIND | Can.CREATE, where=lambda h, k: k.alike is not None)
def test_something_alike_is_a_candidate_with_a_reason(case: Case) -> None:
    [made] = _created(case, 1)
    assert case.kind.alike is not None

    [match] = case.resource.find([case.kind.alike(case.sample(1))])

    assert match.exact == ""
    assert [candidate.id for candidate in match.candidates] == [made]
    assert match.candidates[0].why


@cases(Can.FIND | Can.CREATE, where=lambda h, k: k.archive is not None)
def test_an_archived_record_is_never_an_exact_match(case: Case) -> None:
    [made] = _created(case, 1)
    assert case.kind.archive is not None
    case.kind.archive(case.stage, made)

    [match] = case.resource.find([case.sample(1)])

    assert match.exact == ""
    assert [candidate.id for candidate in match.candidates] == [made]
