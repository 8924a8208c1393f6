"""What a webhook event means for one integration: a record to be read again."""

from __future__ import annotations

from django.db import models

from connections.models import WebhookEvent
from syncs.models.integration import Integration


class InboxItem(models.Model):
    """One event for one integration that uses its connection (R23), to be worked off by `flow`."""

    class Outcome(models.TextChoices):
        """What came of it."""

        OPEN = "", "not looked at yet"
        STAGED = "staged", "read again"
        COPIED = "copied", "our copy was refreshed"
        NO_NEWS = "no news", "our copy was as new already"
        NOT_THERE = "not there", "the other system has no such record"

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="inbox")
    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="items")
    flow = models.CharField(max_length=40)
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "event"], name="one_item_an_integration")
        ]
        indexes = [
            models.Index(
                fields=["integration", "flow"],
                condition=models.Q(handled_at=None),
                name="inbox_to_be_handled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} for {self.integration}"
