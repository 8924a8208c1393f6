"""One write to a document that is there already: begun, called, and closed whatever comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connections.errors import (
    ConnectionProblem,
    DataError,
    SyncError,
    TransientError,
    UnknownOutcome,
)
from syncs.engine.attempts import begin, close, not_sent, refuse
from syncs.engine.context import Context
from syncs.engine.unanswered import mark_unanswered
from syncs.models import Attempt, Transfer

Lost = Callable[[Context, Sequence[Attempt], SyncError], None]


def write(
    ctx: Context,
    transfer: Transfer,
    action: str,
    record: Any,
    call: Callable[[], Any],
    *,
    lost: Lost = mark_unanswered,
) -> tuple[Attempt, Any] | None:
    """Return the open attempt and what `call` returned, or None if it did not succeed.

    Then all is noted: a refusal on the transfer, an answer that never came by `lost`. Raises what
    stops a flow.
    """
    attempts = begin(ctx, [(transfer, record)], action)
    if not attempts:
        return None
    try:
        return attempts[0], call()
    except UnknownOutcome as error:
        lost(ctx, attempts, error)
    except DataError as error:
        close(ctx, attempts[0], Attempt.Outcome.REFUSED, error.message)
        refuse(ctx, transfer, error)
    except (TransientError, ConnectionProblem) as error:
        not_sent(ctx, attempts, error)
        raise
    return None
