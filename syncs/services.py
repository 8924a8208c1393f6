"""What a person can do with integrations and documents. Every act leaves a line of history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from audit.services import record_audit
from syncs.models import FlowState, Integration, Mapping, Transfer
from syncs.planning import enqueue_run
from syncs.states import Reason, State, Who

# What decides whether a document is eligible (R1, R2).
DECIDING_FIELDS = frozenset({"start_date", "currencies", "vendor_tags", "order_leaves"})

CAN_BE_AGREED = (
    Reason.AFTER_APPROVAL,
    Reason.VENDOR_CHANGE,
    Reason.CONFLICT,
    Reason.CANCELLED_THERE,
)
CAN_BE_LEFT = (
    State.NEW,
    State.BLOCKED,
    State.WAITING,
    State.READY,
    State.FAILED,
    State.HELD,
)


class NotPossible(Exception):
    """The act makes no sense now; the message says why, for the person who tried."""


def baseline_confirm(integration: Integration, *, actor: str) -> None:
    """Accept the baseline and switch the integration on (R1). Raises NotPossible."""
    if integration.baseline_at is None:
        raise NotPossible(f"{integration} has no baseline yet. Run it first.")
    integration.confirmed_at = timezone.now()
    integration.live_since = integration.live_since or integration.baseline_at
    integration.confirmed_by = actor
    _switch(integration, on=True)
    _note(integration, "integration.confirmed", f"{actor} confirmed the baseline.", actor)


def integration_enable(integration: Integration, *, actor: str) -> None:
    """Let the schedule run. Raises NotPossible before the baseline is confirmed."""
    if integration.start_date is None:
        raise NotPossible(f"{integration} has no start date. Set one first.")
    if integration.confirmed_at is None:
        raise NotPossible(f"The baseline of {integration} is not confirmed yet.")
    _switch(integration, on=True)
    _note(integration, "integration.enabled", f"{actor} switched {integration} on.", actor)


def integration_pause(integration: Integration, *, actor: str) -> None:
    """Stop scheduled runs; a run under way ends by itself."""
    _switch(integration, on=False)
    _note(integration, "integration.disabled", f"{actor} switched {integration} off.", actor)


def integration_run_now(integration: Integration, *, actor: str, baseline: bool = False) -> None:
    """Queue a run for the workers. Raises NotPossible."""
    if integration.start_date is None:
        raise NotPossible(f"{integration} has no start date. Set one first.")
    if not baseline and integration.confirmed_at is None:
        raise NotPossible(f"Confirm the baseline of {integration} before anything is sent.")
    enqueue_run(integration.pk, trigger="person", actor=actor, baseline=baseline)


def integration_save(
    integration: Integration, *, changed: Sequence[str] = (), actor: str, added: bool = False
) -> None:
    """Keep an integration's rules; `changed` names the fields.

    If they decide what is eligible, the next run reads everything again, and a baseline nobody
    confirmed yet has to be taken anew.
    """
    # Only what the form changed: a run may be writing its own fields of the row right now.
    kept = set(changed)
    with transaction.atomic():
        if "schedule" in changed and integration.enabled:
            integration.plan_next_run()
            kept.add("next_run_at")
        if not added and DECIDING_FIELDS.intersection(changed):
            rules_changed(integration)
            if integration.confirmed_at is None:  # what was counted was counted by other rules
                integration.baseline_at = None
                kept.add("baseline_at")
        integration.save(update_fields=None if added else kept)
        if added:
            _note(integration, "integration.added", f"{actor} added {integration}.", actor)
        elif changed:
            words = ", ".join(_field_words(name) for name in changed)
            sentence = f"{actor} changed {words} of {integration}."
            _note(integration, "integration.changed", sentence, actor)


def rules_changed(integration: Integration) -> None:
    """After a change of start date or filters, read everything again at the next run."""
    FlowState.objects.filter(integration=integration).update(swept_at=None)


def transfers_retry(transfers: Iterable[Transfer], *, actor: str) -> int:
    """Read the sources again and judge them anew (R20); return how many that concerns."""
    count = 0
    for transfer in transfers:
        with _as_it_is_now(transfer):
            if transfer.state not in (State.BLOCKED, State.FAILED, State.HELD, State.DISMISSED):
                continue
            transfer.release, transfer.failures = True, 0
            transfer.move(State.NEW, who=Who.PERSON)
            transfer.save()
            _say(
                transfer,
                "transfer.retry",
                f"{actor} asked for {transfer} to be tried again.",
                actor,
            )
        count += 1
    return count


def transfer_dismiss(transfer: Transfer, *, why: str, actor: str) -> None:
    """Leave a document until its amounts change (R20). Raises NotPossible without a reason."""
    if not why.strip():
        raise NotPossible("Say in a few words why this document is left.")
    with _as_it_is_now(transfer):
        if transfer.state not in CAN_BE_LEFT or transfer.reason == Reason.ANSWER:
            now = transfer.get_state_display().lower()
            raise NotPossible(f"{transfer} cannot be left now: {now}.")
        transfer.move(State.DISMISSED, sentence=f"Left by {actor}: {why}", who=Who.PERSON)
        transfer.save()
        _say(transfer, "transfer.dismissed", f"{actor} left {transfer}: {why}", actor)


def transfer_choose(transfer: Transfer, target_id: str, *, actor: str) -> None:
    """Say which record of the target this is, or that it is new (`Transfer.CREATE_NEW`)."""
    with _as_it_is_now(transfer):
        known = {row[0] for row in transfer.candidates} | {Transfer.CREATE_NEW}
        if target_id not in known:
            raise NotPossible("Choose one of the records shown, or say that it is new.")
        _must_be_open(transfer)
        transfer.choice = target_id
        _decide(transfer, f"{actor} decided what {transfer} is.", actor)


def transfer_renumber(transfer: Transfer, number: str, *, actor: str) -> None:
    """Send a document under another number (R16). Raises NotPossible for an empty one."""
    number = number.strip()
    if not number:
        raise NotPossible("Type the number to use.")
    with _as_it_is_now(transfer):
        _must_be_open(transfer)
        transfer.number = number
        if transfer.choice != Transfer.CREATE_NEW:
            transfer.choice = ""
        _decide(transfer, f"{actor} gave {transfer} the number {number}.", actor)


def transfer_agree(transfer: Transfer, *, actor: str) -> None:
    """Send a held change after all (R5, R14). Raises NotPossible where only showing is allowed."""
    with _as_it_is_now(transfer):
        if transfer.state != State.HELD or transfer.reason not in CAN_BE_AGREED:
            raise NotPossible(f"There is no change of {transfer} that could be sent.")
        transfer.agreed = True
        _decide(transfer, f"{actor} agreed that the change of {transfer} is sent.", actor)


def mapping_save(mapping: Mapping, *, actor: str) -> int:
    """Keep a mapping and release what waited for it; return how many documents."""
    mapping.changed_by = actor
    with transaction.atomic():
        mapping.save()
        _note(
            mapping.integration,
            "mapping.changed",
            f"{actor} mapped {mapping.get_kind_display()} {mapping}.",
            actor,
        )
    return mapping_release(mapping, actor=actor) if mapping.target_id else 0


def mapping_delete(mapping: Mapping, *, actor: str) -> None:
    """Forget a mapping; documents to come may then wait for a new one."""
    with transaction.atomic():
        sentence = f"{actor} deleted the mapping of {mapping.get_kind_display()} {mapping}."
        _note(mapping.integration, "mapping.deleted", sentence, actor)
        mapping.delete()


def transfer_settle(transfer: Transfer, how: str, *, actor: str) -> None:
    """Answer for a bill the books paid by another way (R6): `Transfer.RECORD` or `ARCHIVE` it.

    Raises NotPossible where nothing of the kind is known, or the bill is being paid already.
    """
    words = {Transfer.RECORD: "the payment of {} recorded", Transfer.ARCHIVE: "{} archived"}
    with _as_it_is_now(transfer):
        if transfer.state != State.HELD or transfer.reason != Reason.PAID_ELSEWHERE:
            raise NotPossible(f"{transfer} is not known to be paid by another way.")
        transfer.choice = how
        transfer.save()
        sentence = f"{actor} has {words[how].format(transfer)} there."
        _say(transfer, "transfer.decided", sentence, actor)


def mapping_release(mapping: Mapping, *, actor: str) -> int:
    """Release what waited for a mapping (R20); return how many documents."""
    reason = {
        Mapping.Kind.GL_ACCOUNT: Reason.GL_ACCOUNT,
        Mapping.Kind.TAX: Reason.TAX,
        Mapping.Kind.DIMENSION: Reason.DIMENSION,
    }[Mapping.Kind(mapping.kind)]
    waiting = Transfer.objects.filter(
        integration=mapping.integration,
        state=State.BLOCKED,
        reason=reason,
        missing=mapping.source.remote_id,
    )
    return transfers_retry(waiting, actor=actor)


@contextmanager
def _as_it_is_now(transfer: Transfer) -> Iterator[None]:
    """Do the body in one transaction, on the row as it is now: a run may have moved it since."""
    with transaction.atomic():
        transfer.refresh_from_db(from_queryset=Transfer.objects.select_for_update())
        yield


def _must_be_open(transfer: Transfer) -> None:
    """Refuse a decision on what is there already, or may arrive there yet (R4)."""
    if transfer.target_id or transfer.state != State.BLOCKED:
        raise NotPossible(
            f"There is nothing to decide about {transfer}: it is "
            f"{transfer.get_state_display().lower()}."
        )


def _decide(transfer: Transfer, sentence: str, actor: str) -> None:
    transfer.release = True
    if transfer.state != State.NEW:
        transfer.move(State.NEW, who=Who.PERSON)
    transfer.save()
    _say(transfer, "transfer.decided", sentence, actor)


def _field_words(name: str) -> str:
    return str(getattr(Integration._meta.get_field(name), "verbose_name", name))


def _switch(integration: Integration, *, on: bool) -> None:
    integration.enabled = on
    integration.paused_reason = ""
    integration.next_run_at = timezone.now() if on else None
    integration.save()


def _note(integration: Integration, action: str, sentence: str, actor: str) -> None:
    record_audit(action, sentence, actor=actor, subject=integration, integration=integration.name)


def _say(transfer: Transfer, action: str, sentence: str, actor: str) -> None:
    record_audit(
        action,
        sentence,
        actor=actor,
        subject=transfer,
        integration=transfer.integration.name,
        document=transfer.document,
        vendor=transfer.vendor,
        amount=transfer.amount,
        currency=transfer.currency,
    )
