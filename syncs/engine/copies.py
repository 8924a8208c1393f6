"""Keeping our copy of what a system holds: vendors, GL accounts, dimensions, taxes, bill heads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from connections.matching import normal_name, normal_number
from connections.records import (
    Bill,
    Dimension,
    GLAccount,
    PaymentMethod,
    Record,
    RecurringBill,
    Tax,
    Vendor,
)
from connections.resource import Can
from connections.serial import to_json
from connections.services import Opened
from syncs.models import CopyState, RemoteRecord

FULL_LOAD_EVERY = timedelta(hours=24)
KEPT = frozenset({GLAccount, Dimension, Tax, Vendor, Bill, PaymentMethod, RecurringBill})


def refresh_all(side: Opened, kinds: Iterable[type[Record]] = KEPT, *, full: bool = False) -> None:
    """Refresh our copies of the kinds this system can read. Raises SyncError."""
    for kind in kinds:
        if side.system.can(kind, Can.READ):
            refresh(side, kind, full=full)


def refresh(side: Opened, kind: type[Record], *, full: bool = False) -> CopyState:
    """Bring the copy of one kind up to date; once a day, and the first time, all of it.

    A full load marks what it did not meet as gone. Raises SyncError; the copy then stays as it was.
    """
    state, _ = CopyState.objects.get_or_create(connection=side.connection, kind=kind.__name__)
    started = timezone.now()
    full = full or state.loaded_at is None or started - state.loaded_at > FULL_LOAD_EVERY
    since = None if full or state.watermark is None else state.watermark - side.system.overlap
    for page in side.resource(kind).read(since):
        keep_records(side, page.records, started)
        state.watermark = later(state.watermark, page.watermark)
    if full:
        RemoteRecord.objects.filter(
            connection=side.connection, kind=kind.__name__, seen_at__lt=started
        ).update(gone=True)
        state.loaded_at = started
    state.refreshed_at = started
    state.save()
    return state


def keep_records(side: Opened, records: Iterable[Record], seen_at: datetime) -> None:
    """Store or replace the copies of some records."""
    rows = [_row(side, record, seen_at) for record in records]
    RemoteRecord.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "kind", "remote_id"],
        update_fields=[
            "code", "name", "search", "parent", "archived", "gone", "values", "changed_at",
            "seen_at",
        ],
        batch_size=200,
    )  # fmt: skip


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two moments, either of which may be missing."""
    return max((m for m in (one, other) if m is not None), default=None)


def _row(side: Opened, record: Record, seen_at: datetime) -> RemoteRecord:
    code, name, search, parent = _words(record)
    return RemoteRecord(
        connection=side.connection,
        kind=type(record).__name__,
        remote_id=record.id,
        code=code[:100],
        name=name[:255],
        search=search[:255],
        parent=parent,
        archived=record.archived,
        gone=False,
        values=to_json(record),
        changed_at=record.changed_at,
        seen_at=seen_at,
    )


def _words(record: Record) -> tuple[str, str, str, str]:
    match record:
        case GLAccount():
            return record.number, record.name, record.number.casefold(), ""
        case Dimension():
            return record.code, record.name, (record.code or record.name).casefold(), ""
        case Vendor():
            return record.reference, record.name, normal_name(record.name), ""
        case Bill():
            return record.number, record.vendor_name, normal_number(record.number), record.vendor_id
        case Tax() | PaymentMethod():
            return "", record.name, record.name.casefold(), ""
        case RecurringBill():
            return "", record.description or record.vendor_name, "", record.vendor_id
    raise TypeError(f"No copies are kept of {type(record).__name__} records.")
