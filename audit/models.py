"""One line of history per step of every record, append-only, and the seals that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils import timezone

from audit.moments import shown_moment


class HistoryIsFixed(Exception):
    """Somebody tried to change or delete a line of history."""


Row = TypeVar("Row", bound=models.Model)


class _AppendOnly(models.QuerySet[Row]):
    """Rows that can be added, and nothing else; so `bulk_update` and the like fail, too."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise HistoryIsFixed("Audit entries cannot be changed.")

    def delete(self) -> NoReturn:
        raise HistoryIsFixed("Audit entries cannot be deleted.")

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        if kwargs.get("update_conflicts"):
            raise HistoryIsFixed("Audit entries cannot be changed.")
        return super().bulk_create(objs, *args, **kwargs)


class _FixedRow(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or self.pk is not None:
            raise HistoryIsFixed("Audit entries cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryIsFixed("Audit entries cannot be deleted.")


class AuditEntry(_FixedRow):
    """What happened, to which record, by whom. Names are kept as text: they outlive their rows."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.CharField("who", max_length=150)
    action = models.CharField(max_length=60)
    sentence = models.TextField("what happened")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField("record", max_length=200, blank=True)
    integration = models.CharField(max_length=120, blank=True)
    document = models.CharField(max_length=120, blank=True)
    vendor = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    run = models.CharField(max_length=64, blank=True)
    payload = models.JSONField("sent and received", default=dict, blank=True)

    objects = _AppendOnly["AuditEntry"].as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["at", "id"]),
            models.Index(fields=["subject_type", "subject_id", "at"]),
            models.Index(fields=["document"]),
            models.Index(fields=["action", "at"]),
        ]

    def __str__(self) -> str:
        return f"{shown_moment(self.at)} · {self.sentence}"


class Seal(_FixedRow):
    """A digest over the entries up to `last_id`, chained to the seal before it."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    entries = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    objects = _AppendOnly["Seal"].as_manager()

    class Meta:
        ordering = ["last_id"]

    def __str__(self) -> str:
        return f"Entries {self.first_id}–{self.last_id}, {self.digest[:12]}…"
