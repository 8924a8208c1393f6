"""Our copy of what a system holds, as of the last look."""

from __future__ import annotations

from django.db import models

from connections.models import Connection


class RemoteRecord(models.Model):
    """A vendor, GL account, dimension, tax or bill head of one company.

    `values` is the record as JSON (`connections.serial`). `parent` is the vendor's id for a bill.
    `search` is the name or number in the form two people would agree on.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="remote_records")
    kind = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=64)
    code = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=255, blank=True)
    search = models.CharField(max_length=255, blank=True)
    parent = models.CharField(max_length=64, blank=True)
    archived = models.BooleanField(default=False)
    gone = models.BooleanField("no longer there", default=False)
    values = models.JSONField(default=dict)
    changed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField("last seen")

    class Meta:
        ordering = ["kind", "code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id"], name="one_copy_a_record"
            )
        ]
        indexes = [
            models.Index(fields=["connection", "kind", "parent"]),
            models.Index(fields=["connection", "kind", "search"]),
        ]

    def __str__(self) -> str:
        words = " ".join(part for part in (self.code, self.name) if part) or self.remote_id
        return f"{words} (archived)" if not self.is_usable else words

    @property
    def is_usable(self) -> bool:
        return not self.archived and not self.gone


class CopyState(models.Model):
    """How complete and how fresh our copy of one kind of record is.

    `loaded_at`: a load of everything has ended at least once, then.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="copy_states")
    kind = models.CharField(max_length=20)
    watermark = models.DateTimeField(null=True, blank=True)
    loaded_at = models.DateTimeField("last full load", null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind"], name="one_state_a_copy")
        ]

    def __str__(self) -> str:
        return f"{self.connection} · {self.kind}"
