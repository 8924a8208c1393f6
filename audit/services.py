"""Writing, sealing and verifying history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection, models, transaction

from audit.models import AuditEntry, Seal
from audit.redaction import redacted, redacted_text

SEALED_AT_ONCE = 5000
LONGEST_LOCK_MS = 2000
_SEALED_FIELDS = (
    "id", "at", "actor", "action", "sentence", "subject_type", "subject_id", "subject",
    "integration", "document", "vendor", "amount", "currency", "run", "payload",
)  # fmt: skip


@dataclass(frozen=True)
class BrokenPart:
    """A seal that is not true any more, and the days of the entries that are left under it."""

    seal: Seal
    begins: datetime | None
    ends: datetime | None


def record_audit(action: str, sentence: str, **about: Any) -> AuditEntry:
    """Add one line of history; `about` is what `audit_line` takes."""
    line = audit_line(action, sentence, **about)
    line.save()
    return line


def audit_line(
    action: str,
    sentence: str,
    *,
    actor: str = "system",
    subject: models.Model | None = None,
    integration: str = "",
    document: str = "",
    vendor: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    run: str = "",
    payload: Any = None,
) -> AuditEntry:
    """Return an unsaved line of history; secrets are taken out here, whatever the caller passes."""
    return AuditEntry(
        action=action,
        sentence=redacted_text(sentence),
        actor=actor[:150],
        subject_type=subject._meta.model_name or "" if subject else "",
        subject_id=str(subject.pk) if subject else "",
        subject=str(subject)[:200] if subject else "",
        integration=integration[:120],
        document=document[:120],
        vendor=vendor[:200],
        amount=amount,
        currency=currency,
        run=run,
        payload=redacted(payload or {}),
    )


def seal_entries() -> int:
    """Seal every entry there is; return how many that were."""
    sealed = 0
    while some := _seal_some():
        sealed += some
    return sealed


def _seal_some() -> int:
    if not unsealed_entries().exists():  # do not stop the writers for nothing
        return 0
    with transaction.atomic():
        if not _no_entry_is_being_written():
            return 0
        last = Seal.objects.last()
        start = last.last_id + 1 if last else 1
        rows = _rows(AuditEntry.objects.filter(id__gte=start), most=SEALED_AT_ONCE)
        if not rows:
            return 0
        previous = last.digest if last else ""
        Seal.objects.create(
            first_id=start,
            last_id=rows[-1]["id"],
            entries=len(rows),
            previous=previous,
            digest=digest(previous, rows),
        )
    return len(rows)


def _no_entry_is_being_written() -> bool:
    """Wait until no transaction holds an entry back that has a number already, and let none begin.

    Else an entry could turn up later in a part that is sealed. SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_LOCK_MS}ms'")
            cursor.execute(f"LOCK TABLE {AuditEntry._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    except OperationalError:  # a long transaction; there is a next time
        return False
    return True


def unsealed_entries() -> models.QuerySet[AuditEntry]:
    """Return the entries that no seal covers yet."""
    last = Seal.objects.last()
    return AuditEntry.objects.filter(id__gt=last.last_id if last else 0)


def broken_parts() -> Iterator[BrokenPart]:
    """Yield every part of history that does not fit its seal, or the seal before it.

    What is changed, deleted or added in a sealed part breaks it; so does a missing seal.
    """
    previous, covered = "", 0
    for seal in Seal.objects.order_by("last_id"):
        beginning = {"id__gt": covered} if covered else {}  # nor may one stand before the first
        rows = _rows(AuditEntry.objects.filter(id__lte=seal.last_id, **beginning))
        fits = seal.first_id == covered + 1 and seal.entries == len(rows)
        if not fits or seal.previous != previous or seal.digest != digest(previous, rows):
            yield BrokenPart(
                seal, rows[0]["at"] if rows else None, rows[-1]["at"] if rows else None
            )
        previous, covered = seal.digest, seal.last_id


def _rows(entries: models.QuerySet[AuditEntry], most: int | None = None) -> list[dict[str, Any]]:
    return list(entries.order_by("id").values(*_SEALED_FIELDS)[:most])


def digest(previous: str, rows: Iterable[dict[str, Any]]) -> str:
    """Return the SHA-256 over the previous seal and the rows, alike on every database."""
    sha = hashlib.sha256(previous.encode())
    for row in rows:
        row = row | {"at": row["at"].isoformat(), "amount": _plain(row["amount"])}
        sha.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return sha.hexdigest()


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.normalize(), "f")
