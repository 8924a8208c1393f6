"""Rows behind `connections.limits`."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class LimitSlot(models.Model):
    """One call that may be in flight; free when `expires_at` has passed."""

    key = models.CharField(max_length=100)
    number = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=32, blank=True)
    expires_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="one_slot_a_number")]
        indexes = [models.Index(fields=["holder"])]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class LimitHour(models.Model):
    """Calls counted in one clock hour."""

    key = models.CharField(max_length=100)
    hour = models.DateTimeField(default=timezone.now)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="one_count_an_hour")]

    def __str__(self) -> str:
        return f"{self.key} {self.hour:%Y-%m-%d %H}h: {self.used}"
