"""Files that go along with a document: once, and a failure is only a warning."""

from __future__ import annotations

from django.utils import timezone

from connections.errors import (
    ConnectionProblem,
    LimitReached,
    SyncError,
    TransientError,
    UnknownOutcome,
)
from connections.records import Document
from connections.resource import Can
from connections.serial import from_json
from syncs.engine.context import Context
from syncs.models import TransferDocument
from syncs.states import State

MOST_TRIES = 3
MEGABYTE = 1_000_000

Where = TransferDocument.State


def send_documents(ctx: Context) -> None:
    """Attach what waits to be attached. Raises OutOfTime, LeaseLost."""
    if Can.ATTACH not in ctx.target.can or Can.FETCH not in ctx.source.can:
        return
    rows = TransferDocument.objects.filter(
        transfer__integration=ctx.integration,
        transfer__flow=ctx.flow.name,
        transfer__state=State.DONE,
        state__in=(Where.WAITING, Where.SENDING),
    )
    rows = rows.exclude(next_try_at__gt=timezone.now()).select_related("transfer")
    for row in rows:
        row.transfer.integration = ctx.integration
        _send(ctx, row)
        ctx.safe_point()


def _send(ctx: Context, row: TransferDocument) -> None:
    documents = from_json(ctx.flow.reads, row.transfer.source).documents  # type: ignore[attr-defined]
    document = next((d for d in documents if d.id == row.source_id), None)
    if document is None:
        _leave(ctx, row, f"{row.name} is no longer attached in {ctx.here}.")
        return
    limit = ctx.target.demands.document_bytes
    if limit and document.size > limit:
        _too_large(ctx, row, document.size, limit)
        return
    row.state, row.tries = Where.SENDING, row.tries + 1
    # Should this run die: what was uploaded may take minutes to show among the documents there.
    row.next_try_at = timezone.now() + ctx.target_side.system.settle_after
    row.save()
    try:
        _attach(ctx, row, document, limit)
    except LimitReached as error:  # nothing is wrong with the file; the flow stops and goes on
        row.state, row.sentence = Where.WAITING, error.message
        row.tries, row.next_try_at = row.tries - 1, None
        row.save()
        raise
    except (TransientError, UnknownOutcome, ConnectionProblem) as error:
        _again(ctx, row, error)
    except SyncError as error:
        _leave(ctx, row, f"{row.name} could not be attached: {error.message}")


def _attach(ctx: Context, row: TransferDocument, document: Document, limit: int | None) -> None:
    content = ctx.source.fetch(document)
    if limit and len(content) > limit:
        _too_large(ctx, row, len(content), limit)
        return
    # `attach` looks for a document of that name first, so a repeated try doubles nothing.
    row.target_id = ctx.target.attach(row.transfer.target_id, document, content)
    row.state = Where.SENT
    row.save()
    sentence = f"{row.name} was attached to {row.transfer} in {ctx.there}."
    ctx.note(row.transfer, "document.sent", sentence)


def _again(ctx: Context, row: TransferDocument, error: SyncError) -> None:
    if row.tries >= MOST_TRIES:
        _leave(ctx, row, f"{row.name} could not be attached: {error.message}")
        return
    row.state, row.sentence = Where.WAITING, error.message
    if not isinstance(error, UnknownOutcome):
        row.next_try_at = None
    row.save()


def _too_large(ctx: Context, row: TransferDocument, size: int, limit: int) -> None:
    _leave(
        ctx,
        row,
        f"{row.name} has {size / MEGABYTE:.1f} MB; {ctx.there} takes {limit / MEGABYTE:.0f} MB. "
        "Attach a smaller copy there by hand.",
    )


def _leave(ctx: Context, row: TransferDocument, sentence: str) -> None:
    row.state, row.sentence = Where.LEFT, sentence
    row.save()
    ctx.note(row.transfer, "document.left", sentence)
