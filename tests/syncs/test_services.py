"""What a person can do, and what is refused in words; each act leaves a line of history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from audit.models import AuditEntry
from syncs import services
from syncs.models import FlowState, Integration, Mapping, Transfer
from syncs.services import NotPossible
from syncs.states import Reason, State
from tests.factories import a_copy, a_transfer, an_account, an_integration

pytestmark = pytest.mark.django_db

ANN = "ann@example.com"
CANDIDATES = [["v-1", "Acme", "same name"]]


@pytest.fixture
def integration() -> Integration:
    return an_integration()


def history() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


# Integrations ------------------------------------------------------------------------------------


def test_a_baseline_is_confirmed_after_it_was_taken() -> None:
    integration = an_integration(enabled=False, confirmed_at=None, baseline_at=None)
    with pytest.raises(NotPossible, match="no baseline yet"):
        services.baseline_confirm(integration, actor=ANN)

    integration.baseline_at = timezone.now()
    services.baseline_confirm(integration, actor=ANN)

    integration.refresh_from_db()
    assert (integration.enabled, integration.confirmed_by) == (True, ANN)
    assert history() == ["integration.confirmed"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"start_date": None}, "no start date"), ({"confirmed_at": None}, "not confirmed")],
)
def test_nothing_is_switched_on_without_start_date_and_baseline(
    missing: dict[str, Any], words: str
) -> None:
    integration = an_integration(enabled=False, **missing)

    with pytest.raises(NotPossible, match=words):
        services.integration_enable(integration, actor=ANN)


def test_switching_off_and_on_again(integration: Integration) -> None:
    services.integration_pause(integration, actor=ANN)
    assert (integration.enabled, integration.next_run_at) == (False, None)

    services.integration_enable(integration, actor=ANN)
    assert integration.enabled
    assert history() == ["integration.disabled", "integration.enabled"]


def test_a_run_by_hand_is_queued(integration: Integration) -> None:
    services.integration_run_now(integration, actor=ANN)

    assert OrmQ.objects.count() == 1


def test_only_a_baseline_runs_before_it_is_confirmed() -> None:
    integration = an_integration(confirmed_at=None, enabled=False)
    with pytest.raises(NotPossible, match="Confirm the baseline"):
        services.integration_run_now(integration, actor=ANN)
    services.integration_run_now(integration, actor=ANN, baseline=True)

    assert OrmQ.objects.count() == 1


def test_other_rules_mean_reading_everything_again(integration: Integration) -> None:
    FlowState.objects.create(
        integration=integration, flow="vendors", swept_at=timezone.now(), watermark=timezone.now()
    )
    integration.start_date = date(2025, 1, 1)
    services.integration_save(integration, changed=["start_date"], actor=ANN)

    assert FlowState.objects.get().swept_at is None
    assert history() == ["integration.changed"]


# Documents ---------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Transfer], Any]] = {
    "retry": lambda t: services.transfers_retry([t], actor=ANN),
    "dismiss": lambda t: services.transfer_dismiss(t, why="Paid in cash", actor=ANN),
    "choose": lambda t: services.transfer_choose(t, "v-1", actor=ANN),
    "new": lambda t: services.transfer_choose(t, Transfer.CREATE_NEW, actor=ANN),
    "renumber": lambda t: services.transfer_renumber(t, "INV-7", actor=ANN),
    "agree": lambda t: services.transfer_agree(t, actor=ANN),
}
POSSIBLE = {
    "retry": {State.BLOCKED, State.FAILED, State.HELD, State.DISMISSED},
    "dismiss": {
        State.NEW, State.WAITING, State.BLOCKED, State.READY, State.FAILED, State.HELD,
    },
    "choose": {State.BLOCKED},
    "new": {State.BLOCKED},
    "renumber": {State.BLOCKED},
    "agree": {State.HELD},
}  # fmt: skip


def tried(act: str, transfer: Transfer) -> str:
    """Do something, or return the words in which it was refused."""
    try:
        ACTS[act](transfer)
    except NotPossible as error:
        return str(error)
    return ""


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", list(State))
def test_an_act_is_possible_in_these_states_and_refused_in_words_in_others(
    act: str, state: State, integration: Integration
) -> None:
    reason = Reason.AFTER_APPROVAL if state == State.HELD else Reason.CANDIDATES
    transfer = a_transfer(integration, state=state, reason=reason, candidates=CANDIDATES)
    refusal = tried(act, transfer)

    transfer.refresh_from_db()
    done = bool(history())
    assert done or act == "retry" or refusal.endswith(".")
    assert done == (state in POSSIBLE[act])
    if not done:
        assert (transfer.state, transfer.release) == (state, False)
    elif act == "dismiss":
        assert transfer.state == State.DISMISSED
    else:
        assert (transfer.state, transfer.release) == (State.NEW, True)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_a_page_that_is_out_of_date_never_loses_a_link(
    act: str, integration: Integration
) -> None:
    shown = a_transfer(integration, state=State.BLOCKED, candidates=CANDIDATES)
    Transfer.objects.update(state=State.DONE, target_id="b-1", target_scope="x", candidates=[])

    tried(act, shown)

    now = Transfer.objects.get()
    assert (now.state, now.target_id) == (State.DONE, "b-1")
    assert history() == []


def test_an_unanswered_write_is_not_left(integration: Integration) -> None:
    transfer = a_transfer(integration, state=State.WAITING, reason=Reason.ANSWER)

    with pytest.raises(NotPossible, match="cannot be left now: waiting"):
        services.transfer_dismiss(transfer, why="Enough", actor=ANN)


def test_leaving_a_document_needs_a_reason(integration: Integration) -> None:
    with pytest.raises(NotPossible, match="few words"):
        services.transfer_dismiss(a_transfer(integration), why="  ", actor=ANN)


def test_the_reason_for_leaving_is_shown_and_kept(integration: Integration) -> None:
    transfer = a_transfer(integration, state=State.BLOCKED)
    services.transfer_dismiss(transfer, why="Paid in cash", actor=ANN)

    assert transfer.sentence == f"Left by {ANN}: Paid in cash"
    line = AuditEntry.objects.get()
    assert (line.actor, line.document, line.vendor) == (ANN, "P00011", "Acme Supplies")


def test_only_what_was_offered_can_be_chosen(integration: Integration) -> None:
    transfer = a_transfer(integration, state=State.BLOCKED, candidates=CANDIDATES)

    with pytest.raises(NotPossible, match="one of the records shown"):
        services.transfer_choose(transfer, "v-2", actor=ANN)


def test_a_number_is_typed_without_blanks_around_it(integration: Integration) -> None:
    transfer = a_transfer(integration, state=State.BLOCKED, reason=Reason.NUMBER)
    services.transfer_renumber(transfer, " INV-7 ", actor=ANN)

    assert Transfer.objects.get().number == "INV-7"
    with pytest.raises(NotPossible, match="Type the number"):
        services.transfer_renumber(transfer, " ", actor=ANN)


NEVER = (Reason.AFTER_SCHEDULING, Reason.AFTER_PAYMENT, Reason.GONE_THERE)


@pytest.mark.parametrize("reason", NEVER)
def test_what_is_only_shown_cannot_be_agreed_to(reason: Reason, integration: Integration) -> None:
    transfer = a_transfer(integration, state=State.HELD, reason=reason)

    with pytest.raises(NotPossible, match="no change"):
        services.transfer_agree(transfer, actor=ANN)


# Mappings ----------------------------------------------------------------------------------------


def test_a_mapping_releases_what_waited_for_it_and_nothing_else(integration: Integration) -> None:
    source = a_copy(integration.erp, an_account(id="600"))
    target = a_copy(integration.ap, an_account(id="ga-1"))
    waits = {"state": State.BLOCKED, "reason": Reason.GL_ACCOUNT}
    a_transfer(integration, source_key="1", missing="600", **waits)
    a_transfer(integration, source_key="2", missing="601", **waits)
    a_transfer(integration, source_key="3", state=State.BLOCKED, reason=Reason.TAX, missing="600")
    mapping = Mapping(
        integration=integration, kind=Mapping.Kind.GL_ACCOUNT, source=source, target=target
    )

    assert services.mapping_save(mapping, actor=ANN) == 1
    assert Transfer.objects.get(release=True).source_key == "1"
    assert history() == ["mapping.changed", "transfer.retry"]


def test_a_mapping_to_nothing_releases_nothing(integration: Integration) -> None:
    source = a_copy(integration.erp, an_account(id="600"))
    a_transfer(integration, state=State.BLOCKED, reason=Reason.GL_ACCOUNT, missing="600")
    mapping = Mapping(integration=integration, kind=Mapping.Kind.GL_ACCOUNT, source=source)

    assert services.mapping_save(mapping, actor=ANN) == 0


@pytest.mark.parametrize("how", [Transfer.RECORD, Transfer.ARCHIVE])
def test_a_bill_paid_by_another_way_is_recorded_or_archived_there(
    integration: Integration, how: str
) -> None:
    transfer = a_transfer(integration, state=State.HELD, reason=Reason.PAID_ELSEWHERE)

    services.transfer_settle(transfer, how, actor=ANN)

    transfer.refresh_from_db()
    assert (transfer.choice, transfer.state) == (how, State.HELD)
    assert history() == ["transfer.decided"]


def test_only_what_is_paid_by_another_way_is_settled_so(integration: Integration) -> None:
    transfer = a_transfer(integration, state=State.HELD, reason=Reason.CONFLICT)

    with pytest.raises(NotPossible, match="not known to be paid by another way"):
        services.transfer_settle(transfer, Transfer.RECORD, actor=ANN)
