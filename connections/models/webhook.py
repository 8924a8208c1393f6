"""What a system tells us by itself: the subscription of a connection, and the events received."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from connections.models.connection import Connection

KEY, PREVIOUS_KEY = "webhook_key", "webhook_key_previous"


class WebhookState(models.Model):
    """The subscription of one connection. Its keys are among the connection's secrets.

    `previous_key_until`: events signed with the key before this one are taken until then. `token`
    is kept before a call that makes something, so that an unanswered one is repeated and not made
    twice. `warning` and `silence` are sentences for the administrator, "" when all is well: what is
    wrong with the subscription, and that it tells nothing although it should.
    """

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="webhook"
    )
    subscription_id = models.CharField(max_length=64, blank=True)
    url = models.URLField(blank=True)
    is_enabled = models.BooleanField(default=False)
    subscribed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    last_test_at = models.DateTimeField(null=True, blank=True)
    refused = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    previous_key_until = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=36, blank=True)
    token_at = models.DateTimeField(null=True, blank=True)
    warning = models.TextField(blank=True)
    silence = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Webhook of {self.connection}"


class WebhookEvent(models.Model):
    """One event, kept once: who sends it twice is answered and nothing more happens.

    What it says of the record is not kept: the record itself is read.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="webhook_events")
    event_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    record = models.CharField(max_length=20, blank=True)
    record_id = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    is_test = models.BooleanField(default=False)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "event_id"], name="one_row_an_event")
        ]
        indexes = [models.Index(fields=["received_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}".strip()
