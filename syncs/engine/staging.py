"""From source records to transfers: judged, split, one row per source key (R1, R2, R18)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from connections.records import Record
from connections.serial import digest, to_json
from syncs.engine.context import Context
from syncs.flows.piece import Piece, Ruling
from syncs.models import Transfer
from syncs.states import Reason, State

# To be archived, or archived, because the books paid it: only that being undone brings it back.
PAID_AND_LEFT = (State.READY, State.CANCELLED)
NOTHING_POSTED = (State.CANCELLED, State.REVERSED, State.SKIPPED, State.DISMISSED)


def stage(ctx: Context, records: Sequence[Record]) -> None:
    """Upsert the transfers of some source records; saved with the next commit."""
    split = (piece for record in records for piece in ctx.flow.pieces(record, ctx.integration))
    # A page may hold a record twice; the last counts.
    pieces = {piece.key: piece for piece in split}
    known = _known(ctx, list(pieces))
    fresh: list[Transfer] = []
    for piece in pieces.values():
        ctx.summary.read += 1
        transfer = known.get(piece.key)
        if transfer is not None:
            _restage(ctx, transfer, piece)
        elif staged := _first_staged(ctx, piece):
            fresh.append(staged)
    _alert(ctx, Transfer.objects.bulk_create(fresh))
    if ctx.flow.is_reversed:
        _drop_lost_parts(ctx, [record.id for record in records], set(pieces))


def withdraw_missing(ctx: Context, source_ids: Iterable[str]) -> None:
    """Treat source records that no longer exist as cancelled (R18)."""
    gone = Transfer.objects.filter(
        integration=ctx.integration, flow=ctx.flow.name, source_id__in=list(source_ids)
    )
    for transfer in gone:
        sentence = f"{transfer.document} was deleted in {ctx.here}."
        if transfer.release:
            transfer.release = False
            ctx.keep(transfer)
        if ctx.flow.withdraws:
            _withdraw(ctx, transfer, sentence)
        else:
            _retire(ctx, transfer, sentence)


def _alert(ctx: Context, fresh: Iterable[Transfer]) -> None:
    """Say once, in the history, what a word means that nobody has heard of (R10)."""
    for transfer in fresh:
        if transfer.reason == Reason.UNKNOWN_WORD:
            ctx.note(transfer, "source.noticed", transfer.sentence)


def _drop_lost_parts(ctx: Context, groups: list[str], keys: set[str]) -> None:
    """Look after parts that a payment had and has no longer: it does not pay those bills."""
    lost = Transfer.objects.filter(
        integration=ctx.integration, flow=ctx.flow.name, group__in=groups
    ).exclude(Q(source_key__in=keys) | Q(state__in=NOTHING_POSTED) | Q(reason=Reason.LOST_PART))
    for transfer in lost:
        transfer.integration = ctx.integration
        sentence = f"{transfer} no longer pays this bill in {ctx.here}."
        if transfer.target_id and not _is_unsettled(transfer):
            _hold_lost_part(ctx, transfer, f"{sentence} Correct it in {ctx.there} by hand.")
        else:
            _withdraw(ctx, transfer, sentence)


def _hold_lost_part(ctx: Context, transfer: Transfer, sentence: str) -> None:
    transfer.release = False
    transfer.rule(State.HELD, reason=Reason.LOST_PART, sentence=sentence)
    ctx.note(transfer, "transfer.held", sentence)


def _known(ctx: Context, keys: list[str]) -> dict[str, Transfer]:
    rows = Transfer.objects.filter(
        integration=ctx.integration, flow=ctx.flow.name, source_key__in=keys
    )
    found = {row.source_key: row for row in rows}
    for row in found.values():
        row.integration = ctx.integration
    return found


def _first_staged(ctx: Context, piece: Piece) -> Transfer | None:
    """Return the new transfer, or None where a record is only counted.

    What lies before the start date, or was never confirmed, may be a company's whole past: it
    gets no rows.
    """
    verdict = piece.verdict
    if verdict.ruling == Ruling.WITHDRAWN:
        ctx.summary.skip(verdict.reason or Reason.NOT_CONFIRMED)
        return None
    if verdict.reason == Reason.BEFORE_START:
        ctx.summary.skip(verdict.reason)
        return None
    transfer = Transfer(
        integration=ctx.integration, flow=ctx.flow.name, source_key=piece.key, group=piece.group
    )
    _fill(transfer, piece)
    if verdict.ruling == Ruling.SKIPPED:
        ctx.summary.skip(verdict.reason)
        transfer.move(State.SKIPPED, reason=verdict.reason, sentence=verdict.sentence)
    return transfer


def _restage(ctx: Context, transfer: Transfer, piece: Piece) -> None:
    before, said_before = _standing(transfer), (transfer.reason, transfer.sentence)
    money_before = transfer.money
    if transfer.linked_how == Transfer.RECORDED:
        _fill(transfer, piece)
        transfer.sent_seen, transfer.release = transfer.seen, False
        ctx.keep(transfer)
        return
    source_before = transfer.source
    _fill(transfer, piece)
    transfer.release = False
    if piece.verdict.ruling == Ruling.WITHDRAWN:
        _withdraw(ctx, transfer, piece.verdict.sentence)
    elif transfer.reason == Reason.PAID_ELSEWHERE and transfer.state in PAID_AND_LEFT:
        if ctx.flow.settled is None or not ctx.flow.settled(piece.record):
            _wake(transfer, changed=False, money=False, called_off=True)
    elif piece.verdict.ruling == Ruling.SKIPPED:
        _skip(ctx, transfer, piece)
    else:
        _wake(
            transfer,
            changed=before[1] != transfer.seen,
            money=money_before != transfer.money,
            called_off=before[3] == Transfer.Wanted.CANCEL,
        )
    is_same = (_standing(transfer), (transfer.reason, transfer.sentence)) == (before, said_before)
    if is_same and source_before == transfer.source:
        ctx.summary.unchanged += 1
    else:
        ctx.keep(transfer)


def _standing(transfer: Transfer) -> tuple[str, str, bool, str]:
    return transfer.state, transfer.seen, transfer.release, transfer.wanted


def _fill(transfer: Transfer, piece: Piece) -> None:
    transfer.source_id = piece.record.id
    transfer.source = to_json(piece.record)
    transfer.seen = digest(piece.seen)
    transfer.money = digest(piece.money)
    transfer.document = piece.document[:120]
    transfer.vendor = piece.vendor[:255]
    transfer.vendor_id_there = piece.vendor_id
    transfer.amount = piece.amount
    transfer.currency = piece.currency
    transfer.dated = piece.dated


def _wake(transfer: Transfer, *, changed: bool, money: bool, called_off: bool) -> None:
    """Bring back what a change, a release, or a withdrawal taken back lets move again."""
    transfer.wanted = Transfer.Wanted.UPDATE if transfer.target_id else Transfer.Wanted.CREATE
    if changed:
        transfer.agreed = False  # somebody agreed to something else
    if transfer.state == State.HELD and transfer.reason == Reason.LOST_PART:
        changed = True
    if transfer.state == State.DONE and transfer.reason:
        transfer.move(State.DONE)  # what was noticed there has passed
    if transfer.state == State.DISMISSED:
        if money:
            transfer.move(State.NEW)
    elif transfer.state == State.CANCELLED and transfer.target_id:
        transfer.move(State.READY)
    elif transfer.state == State.REVERSED:
        begin_anew(transfer)
    elif transfer.state == State.SKIPPED and transfer.reason == Reason.VENDOR and not changed:
        return  # its vendor still stays out; the worklist looks when it no longer does
    elif transfer.state in (State.SKIPPED, State.CANCELLED) or (
        (changed or called_off) and transfer.state in (State.BLOCKED, State.FAILED, State.HELD)
    ):
        transfer.move(State.NEW)


def begin_anew(transfer: Transfer) -> None:
    """What was posted and reversed is posted once more, under the key of its next life (R8)."""
    transfer.generation += 1
    # Nothing a person decided or we did about the one that was taken back holds for the next.
    transfer.target_id = transfer.linked_how = transfer.choice = ""
    transfer.archived_by_us = transfer.agreed = False
    transfer.wanted = Transfer.Wanted.CREATE
    transfer.move(State.NEW)


def _skip(ctx: Context, transfer: Transfer, piece: Piece) -> None:
    """Leave what is not eligible any more; what is already linked stays linked (R2)."""
    ctx.summary.skip(piece.verdict.reason)
    if transfer.target_id and transfer.wanted == Transfer.Wanted.CANCEL:
        transfer.wanted = Transfer.Wanted.UPDATE  # it is a debt again, only not a new one
    if transfer.state == State.DONE and transfer.sentence != piece.verdict.sentence:
        transfer.sentence = piece.verdict.sentence
        if ctx.flow.is_reversed:  # until it passes
            transfer.reason = piece.verdict.reason
        ctx.note(transfer, "source.noticed", piece.verdict.sentence)
    if transfer.target_id or _is_unsettled(transfer) or transfer.state == State.DISMISSED:
        return
    news = transfer.sentence != piece.verdict.sentence
    transfer.rule(State.SKIPPED, reason=piece.verdict.reason, sentence=piece.verdict.sentence)
    if news:
        _alert(ctx, [transfer])


def _withdraw(ctx: Context, transfer: Transfer, sentence: str) -> None:
    if transfer.state == State.SKIPPED and ctx.flow.is_reversed:
        transfer.move(State.SKIPPED, reason=Reason.REVERSED_THERE, sentence=sentence)
    left_unsent = transfer.state == State.DISMISSED and not transfer.target_id
    if left_unsent or transfer.state in (State.CANCELLED, State.SKIPPED, State.REVERSED):
        return
    if transfer.wanted == Transfer.Wanted.CANCEL:
        return
    transfer.wanted = Transfer.Wanted.CANCEL
    if _is_unsettled(transfer):
        ctx.keep(transfer)
    elif transfer.target_id:
        transfer.move(State.READY if transfer.state in (State.DONE, State.READY) else State.NEW)
        ctx.note(transfer, "source.cancelled", sentence)
    else:
        transfer.move(State.CANCELLED, sentence=sentence)
        ctx.summary.cancelled += 1
        ctx.note(transfer, "source.cancelled", sentence)


def _retire(ctx: Context, transfer: Transfer, sentence: str) -> None:
    """Treat what was deleted like what was archived: the link stays, nothing new follows (R14)."""
    if not transfer.target_id:
        _withdraw(ctx, transfer, sentence)
    elif not transfer.source.get("archived"):
        transfer.source["archived"] = True
        ctx.note(transfer, "source.deleted", sentence)


def _is_unsettled(transfer: Transfer) -> bool:
    return transfer.state == State.SENDING or (
        transfer.state == State.WAITING and transfer.reason == Reason.ANSWER
    )
