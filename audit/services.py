"""Writing, sealing and verifying history."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from audit.models import AuditEntry, Seal
from audit.redaction import redacted, redacted_text

SEAL_AFTER = timedelta(minutes=2)
SEALED_AT_ONCE = 5000
_SEALED_FIELDS = (
    "id", "at", "actor", "action", "sentence", "subject_type", "subject_id", "subject",
    "integration", "document", "vendor", "amount", "currency", "run", "payload",
)  # fmt: skip


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
    """Seal what is old enough to be complete; return how many entries the new seal covers."""
    last = Seal.objects.last()
    start = last.last_id + 1 if last else 1
    rows = list(
        AuditEntry.objects.filter(id__gte=start, at__lt=timezone.now() - SEAL_AFTER)
        .order_by("id")
        .values(*_SEALED_FIELDS)[:SEALED_AT_ONCE]
    )
    if not rows:
        return 0
    previous = last.digest if last else ""
    try:
        with transaction.atomic():
            Seal.objects.create(
                first_id=start,
                last_id=rows[-1]["id"],
                entries=len(rows),
                previous=previous,
                digest=digest(previous, rows),
            )
    except IntegrityError:  # another worker sealed them first
        return 0
    return len(rows)


def broken_seals() -> list[Seal]:
    """Return the seals that no longer fit the entries they cover, or the seal before them."""
    broken = []
    previous = ""
    for seal in Seal.objects.order_by("last_id"):
        rows = (
            AuditEntry.objects.filter(id__gte=seal.first_id, id__lte=seal.last_id)
            .order_by("id")
            .values(*_SEALED_FIELDS)
        )
        if seal.previous != previous or seal.digest != digest(previous, list(rows)):
            broken.append(seal)
        previous = seal.digest
    return broken


def digest(previous: str, rows: list[dict[str, Any]]) -> str:
    """Return the SHA-256 over the previous seal and the rows, alike on every database."""
    sha = hashlib.sha256(previous.encode())
    for row in rows:
        row = row | {"at": row["at"].isoformat(), "amount": _plain(row["amount"])}
        sha.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return sha.hexdigest()


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.normalize(), "f")
