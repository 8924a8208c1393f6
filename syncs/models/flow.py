"""A flow's watermark and lease, and the runs it made."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from audit.moments import shown_moment
from syncs.models.integration import Integration


class FlowState(models.Model):
    """How far one flow of one integration has read, and who is running it.

    `watermark`: changes up to here are staged. `sweep`: where a full read was interrupted, and
    what it had met by then; {} while none is under way. `fence` rises with each holder of the
    lease; whoever holds an older one changes nothing any more.
    """

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="flow_states")
    flow = models.CharField(max_length=40)
    watermark = models.DateTimeField(null=True, blank=True)
    swept_at = models.DateTimeField("last full look", null=True, blank=True)
    sweep = models.JSONField(default=dict, blank=True)
    holder = models.CharField(max_length=64, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["integration", "id"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "flow"], name="one_state_a_flow")
        ]

    def __str__(self) -> str:
        return f"{self.integration} · {self.flow}"


class Run(models.Model):
    """One execution of a flow, and its numbers."""

    class Outcome(models.TextChoices):
        """How a run ended."""

        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CONTINUES = "continues", "Goes on in the next run"
        STOPPED = "stopped", "Stopped"
        LOST = "lost", "Cut off"

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="runs")
    flow = models.CharField(max_length=40)
    trigger = models.CharField(max_length=20)
    actor = models.CharField(max_length=150, blank=True)
    is_baseline = models.BooleanField("baseline", default=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    sentence = models.TextField(blank=True)
    counts = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["integration", "flow", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.integration} · {self.flow} · {shown_moment(self.started_at)}"
