"""Mapping a transfer's source to the target's record, or saying in a sentence why not."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from connections.errors import DataError, MappingMissing
from connections.resource import Demands
from connections.serial import from_json
from syncs.engine.context import Context
from syncs.models import Transfer
from syncs.states import Reason, State
from syncs.verdicts import Stop, reason_of


def judge(ctx: Context, transfer: Transfer) -> Any | None:
    """Return the record to send, or None with the transfer moved to where it has to wait."""
    try:
        return mapped(ctx, transfer)
    except DataError as error:
        stop(ctx, transfer, error)
        return None


def mapped(ctx: Context, transfer: Transfer) -> Any:
    """Return the target's record for a transfer. Raises DataError."""
    source = from_json(ctx.flow.reads, transfer.source)
    if source.problem:
        raise Stop(Reason.INCOMPLETE, f"{transfer}: {source.problem}")
    record = ctx.flow.transform(source, transfer, ctx.mapper)
    _check_demands(ctx, record, ctx.target.demands, transfer)
    return record


def stop(ctx: Context, transfer: Transfer, error: DataError) -> None:
    """Write on a transfer why it cannot go; a line of history only if that is news."""
    state = error.state if isinstance(error, Stop) else State.BLOCKED
    if state == State.SKIPPED and transfer.target_id:
        state = State.BLOCKED  # what is there already cannot be left out any more
    reason = reason_of(error)
    news = (transfer.state, transfer.reason, transfer.sentence) != (state, reason, error.message)
    transfer.missing = error.code if isinstance(error, MappingMissing) else ""
    if state == State.SKIPPED:
        ctx.summary.skip(reason)
    if news:
        transfer.rule(state, reason=reason, sentence=error.message)
        ctx.note(transfer, f"transfer.{state}", error.message)


def _check_demands(ctx: Context, record: Any, demands: Demands, transfer: Transfer) -> None:
    missing = [words for path, words in demands.needs.items() if not attrgetter(path)(record)]
    if missing:
        raise Stop(
            Reason.INCOMPLETE,
            f"{transfer.document} cannot go to {ctx.there} without {_listed(missing)}. "
            f"Fill it in in {ctx.here}.",
        )
    number = getattr(record, "number", "")
    if demands.number_length and len(number) > demands.number_length:
        raise Stop(
            Reason.NUMBER,
            f"The number {number} from {transfer.vendor} has {len(number)} characters; "
            f"{ctx.there} takes {demands.number_length}. Type the number to use instead.",
        )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
