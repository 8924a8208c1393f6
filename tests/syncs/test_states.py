"""The table of moves is closed: what it does not allow raises, whoever tries."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncs.models import Transfer
from syncs.states import MOVES, ForbiddenMove, Reason, State, Who, check_move, needs_attention

states = st.sampled_from(list(State))
people = st.sampled_from(list(Who))
# What a person may do, in words: let it be tried again, leave it, agree to a change.
BY_A_PERSON = {
    (State.NEW, State.DISMISSED),
    (State.WAITING, State.NEW),
    (State.WAITING, State.DISMISSED),
    (State.BLOCKED, State.NEW),
    (State.BLOCKED, State.DISMISSED),
    (State.READY, State.DISMISSED),
    (State.DONE, State.READY),
    (State.FAILED, State.NEW),
    (State.FAILED, State.DISMISSED),
    (State.SKIPPED, State.NEW),
    (State.HELD, State.NEW),
    (State.HELD, State.DISMISSED),
    (State.HELD, State.READY),
    (State.HELD, State.DONE),
    (State.DISMISSED, State.NEW),
}


def test_every_state_has_its_row() -> None:
    assert set(MOVES) == set(State)


def test_every_state_can_be_reached_and_left() -> None:
    reached, edge = {State.NEW}, [State.NEW]
    while edge:
        for then in MOVES[edge.pop()]:
            if then not in reached:
                reached.add(then)
                edge.append(then)

    assert reached == set(State)
    assert all(MOVES[state] for state in State)


def test_from_everywhere_a_document_can_still_come_to_an_end() -> None:
    ends = {State.DONE, State.DISMISSED, State.CANCELLED}
    while more := {s for s in State if s not in ends and ends & set(MOVES[s])}:
        ends |= more

    assert ends == set(State)


def test_a_person_may_do_this_and_nothing_else() -> None:
    allowed = {
        (now, then) for now in State for then, who in MOVES[now].items() if Who.PERSON in who
    }

    assert allowed == BY_A_PERSON


def test_nobody_takes_a_document_back_while_it_is_being_sent() -> None:
    assert not any(Who.PERSON in who for who in MOVES[State.SENDING].values())
    assert State.NEW not in MOVES[State.SENDING]
    assert State.DISMISSED not in MOVES[State.SENDING]


def test_only_what_is_ready_is_sent() -> None:
    assert [now for now in State if State.SENDING in MOVES[now]] == [State.READY]


def test_waiting_is_nobodys_business() -> None:
    seen = {state for state in State if needs_attention(state, Reason.NONE)}

    assert seen == {State.BLOCKED, State.HELD}


def test_what_fails_again_and_again_becomes_somebodys_business() -> None:
    assert not needs_attention(State.FAILED, Reason.TRANSIENT)
    assert needs_attention(State.FAILED, Reason.GIVEN_UP)


@pytest.mark.parametrize(("now", "then", "who"), list(product(State, State, Who)))
def test_a_move_passes_only_if_the_table_has_it(now: State, then: State, who: Who) -> None:
    if now == then or who in MOVES[now].get(then, ()):
        check_move(now, then, who)
    else:
        with pytest.raises(ForbiddenMove, match=f"from {now} to {then}"):
            check_move(now, then, who)


@given(tries=st.lists(st.tuples(states, people), max_size=40))
def test_no_row_of_tries_leads_past_the_table(tries: list[tuple[State, Who]]) -> None:
    transfer = Transfer(document="P1")
    for then, who in tries:
        now = State(transfer.state)
        try:
            transfer.move(then, who=who)
        except ForbiddenMove:
            assert transfer.state == now
        else:
            assert then == now or who in MOVES[now][then]


def test_a_move_takes_reason_and_sentence_along() -> None:
    transfer = Transfer(document="P1")
    transfer.move(State.BLOCKED, reason=Reason.TAX, sentence="No tax.")
    since = transfer.moved_at
    transfer.move(State.BLOCKED, reason=Reason.NUMBER, sentence="Too long.")

    assert (transfer.reason, transfer.sentence, transfer.moved_at) == (
        Reason.NUMBER,
        "Too long.",
        since,
    )


def test_candidates_go_when_the_question_is_another() -> None:
    transfer = Transfer(document="P1", candidates=[["v-1", "Acme", "same name"]])
    transfer.move(State.BLOCKED, reason=Reason.CANDIDATES)
    assert transfer.candidates

    transfer.move(State.READY)
    assert transfer.candidates == []
