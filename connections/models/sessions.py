"""Rows behind `connections.sessions`."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from connections.secrets import SecretField


class Session(models.Model):
    """What a login gave us, shared by every worker that holds the same grant."""

    key = models.CharField(max_length=100, primary_key=True)
    values = SecretField(default=dict)
    version = models.PositiveIntegerField(default=0)
    refresher = models.CharField(max_length=32, blank=True)
    refresher_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Session {self.key}, version {self.version}"
