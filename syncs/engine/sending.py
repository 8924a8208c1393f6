"""Creating documents in the target, exactly once (R3, R4).

Order of one batch: look whether it is there; commit state `sending` with attempt, key and body;
call; save each target id with its line of history at once. A crash between the second and the
fourth leaves `sending`, which the next run treats as an unanswered write (`engine.unanswered`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connections.errors import (
    ConnectionProblem,
    DataError,
    Duplicate,
    Rejected,
    TransientError,
    UnknownOutcome,
)
from connections.records import Bill, Vendor
from connections.resource import Candidate, Created, Match, Outcome, Refused
from connections.serial import from_json, to_json
from syncs.engine.attempts import begin, close, not_sent, refuse
from syncs.engine.context import Context
from syncs.engine.finding import Finder, Item, apart, holders, likeness
from syncs.engine.linking import link
from syncs.engine.unanswered import look, mark_unanswered
from syncs.models import Attempt, Integration, Transfer
from syncs.states import Reason, State


def send_new(ctx: Context, finder: Finder, items: Sequence[Item]) -> None:
    """Create what is not there yet, link what is, ask a person where it is not clear.

    Raises SyncError when the flow has to stop, OutOfTime, LeaseLost.
    """
    waiting = list(items)
    while waiting:
        first, waiting = apart(waiting)
        missing = list(_not_there(ctx, finder, _not_awaited(ctx, first)))
        size = ctx.target.batch_size
        for start in range(0, len(missing), size):
            ctx.safe_point()
            _send_batch(ctx, finder, missing[start : start + size])
        ctx.safe_point()


def settle_match(ctx: Context, transfer: Transfer, record: Any, match: Match) -> bool:
    """Link or block a transfer by what was found; True if nothing stands against creating it."""
    chosen = Match(exact=transfer.choice) if transfer.choice != Transfer.CREATE_NEW else Match()
    if chosen.exact and not holders(ctx, chosen):
        match = chosen
    held = holders(ctx, match)
    if match.exact and match.exact not in held:
        how = "chosen by a person" if match is chosen else "found there"
        link(ctx, transfer, match.exact, record, how=how)
        return False
    return not _blocked(ctx, transfer, record, match, held)


def _not_awaited(ctx: Context, items: Sequence[Item]) -> list[Item]:
    """Leave out, for this run, what looks like a write whose answer is still awaited."""
    awaited = Transfer.objects.filter(
        target_scope=ctx.scope, target_id="", state=State.WAITING, reason=Reason.ANSWER
    )
    shown = [likeness(from_json(ctx.flow.writes, transfer.body)) for transfer in awaited]
    taken: set[object] = set().union(*shown)
    return [item for item in items if not likeness(item[1]) & taken]


def _not_there(ctx: Context, finder: Finder, items: Sequence[Item]) -> Iterator[Item]:
    for item, match in zip(items, finder.find([record for _, record in items]), strict=True):
        if settle_match(ctx, *item, match):
            yield item
    ctx.commit()


def _blocked(
    ctx: Context, transfer: Transfer, record: Any, match: Match, held: dict[str, Transfer]
) -> bool:
    """Block a transfer that may be something the target already has."""
    number = record.number if isinstance(record, Bill) else ""
    is_new = transfer.choice == Transfer.CREATE_NEW
    taken = [c.id for c in match.candidates if c.id in held and _is_taken(c, record)]
    taken = [match.exact, *taken] if match.exact in held else taken
    if taken and (number or not is_new):
        return _block(ctx, transfer, Reason.NUMBER if number else Reason.CANDIDATES, match, (
            f"{transfer} looks the same as {held[taken[0]]}, which is already linked in "
            f"{ctx.there}. " + ("Type another number to use, or leave it." if number else
            "Say that it is new, or leave it and correct the one that is there twice.")
        ))  # fmt: skip
    free = [c for c in match.candidates if c.id not in held]
    if not free or is_new:
        return False
    if number and not any(c.why.startswith("same number") for c in free) and _only_warn(ctx):
        ctx.note(
            transfer, "transfer.duplicate", f"{transfer} may be there already: {free[0].label}."
        )
        return False
    reason = Reason.DUPLICATE if number else Reason.CANDIDATES
    return _block(ctx, transfer, reason, match, (
        f"{transfer} may already be in {ctx.there}: {free[0].label} ({free[0].why}). "
        "Choose the one it is, or say that it is new."
    ))  # fmt: skip


def _is_taken(candidate: Candidate, record: Any) -> bool:
    """A bill's number may be there once; a vendor may look like none that is linked (R3, R13)."""
    return isinstance(record, Vendor) or candidate.why.startswith("same number")


def _only_warn(ctx: Context) -> bool:
    return ctx.integration.duplicates == Integration.Duplicates.WARN


def _block(ctx: Context, transfer: Transfer, reason: Reason, match: Match, sentence: str) -> bool:
    transfer.move(State.BLOCKED, reason=reason, sentence=sentence)
    transfer.candidates = [[c.id, c.label, c.why] for c in match.candidates]
    ctx.note(transfer, "transfer.blocked", sentence)
    return True


def _send_batch(ctx: Context, finder: Finder, items: Sequence[Item]) -> None:
    attempts = begin(ctx, items, "create")
    items = [item for item in items if item[0].state == State.SENDING]
    if not items:
        return
    records = [record for _, record in items]
    try:
        outcomes = ctx.target.create(records)
    except UnknownOutcome as error:
        mark_unanswered(ctx, attempts, error)
        look(ctx, [transfer for transfer, _ in items])
        return
    except Rejected as error:
        _refused_whole(ctx, finder, items, attempts, error)
        return
    except (TransientError, ConnectionProblem) as error:
        not_sent(ctx, attempts, error)
        raise
    again = list(_settled(ctx, finder, items, attempts, outcomes))
    ctx.commit()
    if len(again) == len(items):
        _in_halves(ctx, finder, again)
    elif again:
        _send_batch(ctx, finder, again)


def _settled(
    ctx: Context,
    finder: Finder,
    items: Sequence[Item],
    attempts: Sequence[Attempt],
    outcomes: Sequence[Outcome[Any]],
) -> Iterator[Item]:
    """Save each outcome; yield the innocent of a batch that was rolled back."""
    for item, attempt, outcome in zip(items, attempts, outcomes, strict=True):
        transfer, record = item
        attempt.transfer = transfer
        if isinstance(outcome, Created):
            close(ctx, attempt, Attempt.Outcome.CREATED)
            attempt.answer = to_json(outcome.record)
            finder.learn([outcome.record])
            link(ctx, transfer, outcome.id, record, how="created", answer=outcome.record)
        elif isinstance(outcome, Refused):
            close(ctx, attempt, Attempt.Outcome.REFUSED, outcome.error.message)
            _refused(ctx, transfer, record, outcome.error)
        else:
            close(ctx, attempt, Attempt.Outcome.ROLLED_BACK)
            transfer.move(State.READY)
            yield item


def _refused(ctx: Context, transfer: Transfer, record: Any, error: DataError) -> None:
    """Block what was refused; what is "there already" is looked for first, in the system itself."""
    if not isinstance(error, Duplicate):
        refuse(ctx, transfer, error)
        return
    (match,) = ctx.target.find([record])
    if not settle_match(ctx, transfer, record, match):
        return
    sentence = (
        f"{ctx.there} says that the number of {transfer} is taken. Type another number to use."
    )
    transfer.move(State.BLOCKED, reason=Reason.NUMBER, sentence=sentence)
    ctx.note(transfer, "transfer.refused", sentence, {"code": error.code})


def _refused_whole(
    ctx: Context,
    finder: Finder,
    items: Sequence[Item],
    attempts: Sequence[Attempt],
    error: Rejected,
) -> None:
    if len(items) == 1:
        close(ctx, attempts[0], Attempt.Outcome.REFUSED, error.message)
        _refused(ctx, *items[0], error)
        ctx.commit()
        return
    for (transfer, _), attempt in zip(items, attempts, strict=True):
        close(ctx, attempt, Attempt.Outcome.ROLLED_BACK, error.message)
        transfer.move(State.READY)
    ctx.commit()
    _in_halves(ctx, finder, items)


def _in_halves(ctx: Context, finder: Finder, items: Sequence[Item]) -> None:
    """Nobody was named as the culprit: each half by itself until it is found."""
    middle = max(1, len(items) // 2)
    for half in (items[:middle], items[middle:]):
        if half:
            ctx.safe_point()
            _send_batch(ctx, finder, half)
