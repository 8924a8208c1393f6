"""Looking once a day whether what we posted still stands: people cancel payments there (R8)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from syncs.engine.allowing import hold
from syncs.engine.context import Context
from syncs.engine.linking import cancelled_there
from syncs.models import Transfer
from syncs.states import Reason, State

LOOKS_BACK = timedelta(days=400)
AT_ONCE = 50


def check_posted(ctx: Context) -> None:
    """Hold what was cancelled or deleted in the target by somebody. Raises SyncError."""
    swept = ctx.lease.state.swept_at
    if not ctx.flow.is_reversed or swept is None or swept < ctx.run.started_at:
        return
    standing = Transfer.objects.filter(
        integration=ctx.integration,
        flow=ctx.flow.name,
        state__in=(State.DONE, State.WAITING),
        moved_at__gte=timezone.now() - LOOKS_BACK,
    )
    posted = list(standing.exclude(target_id="").exclude(reason=Reason.ANSWER))
    for start in range(0, len(posted), AT_ONCE):
        _check(ctx, posted[start : start + AT_ONCE])
        ctx.safe_point()


def _check(ctx: Context, posted: list[Transfer]) -> None:
    there = ctx.target.get([transfer.target_id for transfer in posted])
    for transfer in posted:
        transfer.integration = ctx.integration
        found = there.get(transfer.target_id)
        if found is None:
            hold(ctx, transfer, Reason.GONE_THERE, (
                f"{transfer} is no longer in {ctx.there}. Look there what became of it."
            ))  # fmt: skip
        elif found.archived:
            hold(ctx, transfer, Reason.CANCELLED_THERE, cancelled_there(ctx, transfer))
