"""What a person is asked before a button does anything: the documents, the amounts, the effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format

from audit.pages import Question
from syncs.admin.words import flow_of, sides
from syncs.models import Integration, Transfer
from syncs.money import shown

NAMED_AT_MOST = 50


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


def ask_leave(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Leave this document?",
        f"It is not sent to {there(transfer)} and no longer counts as needing attention. It comes "
        "back by itself when its amounts change, or when somebody tries it again.",
    )


def ask_choose(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Which one is it?",
        f"If it is one of those in {there(transfer)}, it is linked to it and nothing is created. "
        "If it is new, it is created.",
    )


def ask_renumber(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Use another number?",
        f"{there(transfer)} gets the number you type. The document's own number goes along in the "
        "text of the bill.",
    )


def ask_agree(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Send the change after all?",
        f"What {there(transfer)} holds is replaced by what the source says now. If it was approved "
        "there, somebody may have to approve it again.",
    )


def ask_anew(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Post it again?",
        f"A new payment is made in {there(transfer)}, beside the one somebody cancelled there.",
    )


def ask_record(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Record the payment?",
        f"{there(transfer)} is told that the bill was paid outside it, so that nobody pays it "
        "there. Nothing is posted in the books for it.",
    )


def ask_archive(transfer: Transfer) -> Question:
    return _about(
        transfer,
        "Archive the bill?",
        f"The bill is archived in {there(transfer)}, so that nobody pays it there.",
    )


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
