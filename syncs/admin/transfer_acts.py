"""What a person can do with a document: each a button, a question, and a call to the services."""

from __future__ import annotations

from typing import Any

from django import forms

from audit.pages import Act
from audit.theme import RadioSelect, Textarea, TextInput
from connections.records import Bill
from connections.serial import from_json
from syncs.admin.transfer_questions import (
    ask_agree,
    ask_anew,
    ask_archive,
    ask_choose,
    ask_leave,
    ask_record,
    ask_renumber,
    ask_retry,
    next_run,
    there,
)
from syncs.admin.words import flow_of
from syncs.models import Transfer
from syncs.services import (
    CAN_BE_AGREED,
    transfer_agree,
    transfer_choose,
    transfer_dismiss,
    transfer_renumber,
    transfer_settle,
    transfers_retry,
)
from syncs.states import Reason, State

ASKED = frozenset(CAN_BE_AGREED) - {Reason.CANCELLED_THERE}
RETRIED = (State.BLOCKED, State.FAILED, State.HELD, State.DISMISSED)
LEFT = (State.NEW, State.BLOCKED, State.WAITING, State.READY, State.FAILED, State.HELD)
RENUMBERED = (Reason.NUMBER, Reason.DUPLICATE, Reason.REJECTED)


class WhyForm(forms.Form):
    """The reason for leaving a document."""

    why = forms.CharField(
        label="Why",
        widget=Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text="It is kept in the history, with your name.",
    )


class NumberForm(forms.Form):
    """Another number for a bill."""

    number = forms.CharField(label="Number to use", widget=TextInput(), max_length=100)


def _why_form(transfer: Transfer, data: Any) -> forms.Form:
    return WhyForm(data)


def _number_form(transfer: Transfer, data: Any) -> forms.Form:
    return NumberForm(data, initial={"number": transfer.number or transfer.document})


def _choice_form(transfer: Transfer, data: Any) -> forms.Form:
    choices = [(row[0], f"{row[1] or row[0]} — {row[2]}") for row in transfer.candidates]
    choices.append((Transfer.CREATE_NEW, "None of these: it is new, create it"))
    form = forms.Form(data)
    form.fields["target"] = forms.ChoiceField(
        label=f"What is it in {there(transfer)}?", choices=choices, widget=RadioSelect()
    )
    return form


# What the buttons do ------------------------------------------------------------------------------


def _retry(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfers_retry([transfer], actor=who)
    return f"{transfer} is read and judged anew. {next_run(transfer.integration)}"


def _leave(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_dismiss(transfer, why=answers["why"], actor=who)
    return f"{transfer} is left until its amounts change."


def _choose(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_choose(transfer, answers["target"], actor=who)
    return f"What {transfer} is in {there(transfer)} is noted. {next_run(transfer.integration)}"


def _renumber(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_renumber(transfer, answers["number"], actor=who)
    return f"{transfer} uses the number {transfer.number}. {next_run(transfer.integration)}"


def _agree(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_agree(transfer, actor=who)
    return f"The change of {transfer} may be sent. {next_run(transfer.integration)}"


def _anew(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_agree(transfer, actor=who)
    return f"{transfer} is posted again. {next_run(transfer.integration)}"


def _record(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_settle(transfer, Transfer.RECORD, actor=who)
    return (
        f"The payment of {transfer} is to be recorded in {there(transfer)}. "
        f"{next_run(transfer.integration)}"
    )


def _archive(transfer: Transfer, who: str, answers: dict[str, Any]) -> str:
    transfer_settle(transfer, Transfer.ARCHIVE, actor=who)
    return f"{transfer} is to be archived in {there(transfer)}. {next_run(transfer.integration)}"


# When they can be pressed -------------------------------------------------------------------------


def _can_choose(transfer: Transfer) -> bool:
    asked = (Reason.CANDIDATES, Reason.DUPLICATE)
    return transfer.state == State.BLOCKED and transfer.reason in asked


def _can_renumber(transfer: Transfer) -> bool:
    flow = flow_of(transfer.integration, transfer.flow)
    return (
        transfer.state == State.BLOCKED
        and transfer.reason in RENUMBERED
        and flow is not None
        and flow.writes is Bill
    )


def _is_paid_elsewhere(transfer: Transfer) -> bool:
    return transfer.state == State.HELD and transfer.reason == Reason.PAID_ELSEWHERE


def _can_archive(transfer: Transfer) -> bool:
    """Only what the books settled as a whole is no debt any more."""
    flow = flow_of(transfer.integration, transfer.flow)
    if not _is_paid_elsewhere(transfer) or flow is None or flow.settled is None:
        return False
    return bool(flow.settled(from_json(flow.reads, transfer.source)) >= (transfer.amount or 0))


def _can_leave(transfer: Transfer) -> bool:
    return transfer.state in LEFT and transfer.reason != Reason.ANSWER


ACTS = (
    Act(
        name="choose", label="Say which one it is", do=_choose, possible=_can_choose,
        asks=ask_choose, form=_choice_form, strong=True,
    ),
    Act(
        name="agree", label="Send the change", do=_agree, asks=ask_agree, strong=True,
        possible=lambda t: t.state == State.HELD and t.reason in ASKED,
    ),
    Act(
        name="anew", label="Post it again", do=_anew, asks=ask_anew, strong=True,
        possible=lambda t: t.state == State.HELD and t.reason == Reason.CANCELLED_THERE,
    ),
    Act(
        name="record", label="Record its payment", do=_record, possible=_is_paid_elsewhere,
        asks=ask_record, strong=True,
    ),
    Act(
        name="archive", label="Archive the bill", do=_archive, possible=_can_archive,
        asks=ask_archive,
    ),
    Act(
        name="retry", label="Try again", do=_retry, possible=lambda t: t.state in RETRIED,
        asks=lambda t: ask_retry([t]),
    ),
    Act(
        name="renumber", label="Use another number", do=_renumber, possible=_can_renumber,
        asks=ask_renumber, form=_number_form,
    ),
    Act(
        name="leave", label="Leave it", do=_leave, possible=_can_leave, asks=ask_leave,
        form=_why_form,
    ),
)  # fmt: skip
