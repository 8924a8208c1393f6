"""What a person can do with a document: each a button, a question, and a call to the services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from audit.pages import Act, Question
from audit.theme import RadioSelect, Textarea, TextInput
from connections.records import Bill
from connections.serial import from_json
from syncs.admin.words import flow_of, sides
from syncs.models import Integration, Transfer
from syncs.money import shown
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
NAMED_AT_MOST = 50
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


# What is asked before -----------------------------------------------------------------------------


def ask_retry(transfers: Sequence[Transfer], *, others: int = 0) -> Question:
    """Name the documents and amounts that a retry concerns."""
    many = len(transfers) + others
    return Question(
        title="Try this document again?" if many == 1 else f"Try {many:,} documents again?",
        sentences=(
            "Each is read again from its source and judged anew before anything is sent. "
            "What is not mended yet comes back here with its reason.",
            f"Together: {totals(transfers)}." if not others and many > 1 else "",
        ),
        headers=("Document", "Vendor", "Amount", "What is the matter"),
        rows=[
            (t.document, t.vendor, shown(t.amount, t.currency), t.sentence)
            for t in transfers[:NAMED_AT_MOST]
        ],
        warning=f"… and {many - NAMED_AT_MOST:,} more." if many > NAMED_AT_MOST else "",
    )


def _about(transfer: Transfer, title: str, *sentences: str) -> Question:
    row = (transfer.document, transfer.vendor, shown(transfer.amount, transfer.currency))
    return Question(
        title=title,
        sentences=(*sentences, transfer.sentence),
        headers=("Document", "Vendor", "Amount"),
        rows=[row],
    )


def _ask_leave(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Leave this document?",
        f"It is not sent to {there(transfer)} and no longer counts as needing attention. It comes "
        "back by itself when its amounts change, or when somebody tries it again.",
    )


def _ask_choose(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Which one is it?",
        f"If it is one of those in {there(transfer)}, it is linked to it and nothing is created. "
        "If it is new, it is created.",
    )


def _ask_renumber(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Use another number?",
        f"{there(transfer)} gets the number you type. The document's own number goes along in the "
        "text of the bill.",
    )


def _ask_agree(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Send the change after all?",
        f"What {there(transfer)} holds is replaced by what the source says now. If it was approved "
        "there, somebody may have to approve it again.",
    )


def _ask_anew(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Post it again?",
        f"A new payment is made in {there(transfer)}, beside the one somebody cancelled there.",
    )


def _ask_record(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Record the payment?",
        f"{there(transfer)} is told that the bill was paid outside it, so that nobody pays it "
        "there. Nothing is posted in the books for it.",
    )


def _ask_archive(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Archive the bill?",
        f"The bill is archived in {there(transfer)}, so that nobody pays it there.",
    )


ACTS = (
    Act(
        name="choose", label="Say which one it is", do=_choose, possible=_can_choose,
        asks=_ask_choose, form=_choice_form, strong=True,
    ),
    Act(
        name="agree", label="Send the change", do=_agree, asks=_ask_agree, strong=True,
        possible=lambda t: t.state == State.HELD and t.reason in ASKED,
    ),
    Act(
        name="anew", label="Post it again", do=_anew, asks=_ask_anew, strong=True,
        possible=lambda t: t.state == State.HELD and t.reason == Reason.CANCELLED_THERE,
    ),
    Act(
        name="record", label="Record its payment", do=_record, possible=_is_paid_elsewhere,
        asks=_ask_record, strong=True,
    ),
    Act(
        name="archive", label="Archive the bill", do=_archive, possible=_can_archive,
        asks=_ask_archive,
    ),
    Act(
        name="retry", label="Try again", do=_retry, possible=lambda t: t.state in RETRIED,
        asks=lambda t: ask_retry([t]),
    ),
    Act(
        name="renumber", label="Use another number", do=_renumber, possible=_can_renumber,
        asks=_ask_renumber, form=_number_form,
    ),
    Act(
        name="leave", label="Leave it", do=_leave, possible=_can_leave, asks=_ask_leave,
        form=_why_form,
    ),
)  # fmt: skip


# Words --------------------------------------------------------------------------------------------


def there(transfer: Transfer) -> str:
    """Return the name of the system a document goes to."""
    target = sides(transfer.integration, flow_of(transfer.integration, transfer.flow))[1]
    return str(target.declared.label)


def totals(transfers: Iterable[Transfer]) -> str:
    """Return the sums by currency."""
    sums: Counter[str] = Counter()
    for transfer in transfers:
        if transfer.amount is not None:
            sums[transfer.currency] += transfer.amount  # type: ignore[assignment]
    return (
        ", ".join(shown(Decimal(sum_), code) for code, sum_ in sorted(sums.items())) or "no amount"
    )


def next_run(integration: Integration) -> str:
    """Say when what was decided happens."""
    if integration.paused_reason:
        return "That happens when the integration runs again; it is paused now."
    if not integration.enabled or integration.next_run_at is None:
        return "That happens at the next run; the integration is switched off now."
    if integration.next_run_at <= timezone.now():
        return "That happens in the run that is due now."
    at = timezone.localtime(integration.next_run_at)
    return f"That happens in the next run, at {date_format(at, 'H:i')}."
