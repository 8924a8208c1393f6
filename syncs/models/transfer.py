"""One thing that becomes one document in the target: its state now, and the link between both."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from syncs.models.integration import Integration
from syncs.states import MOVES, Reason, State, Who, check_move, needs_attention


class Transfer(models.Model):
    """One row per (integration, flow, source key), for ever.

    `seen` digests the source fields the flow uses; `sent_seen` is the `seen` that was last sent
    and `sent` digests the body sent. `source` and `body` are those two records as JSON.
    `target_scope` is what a target id must be unique in. `unknown_since`: an unanswered write
    was begun then. `choice` is what a person decided: a target id, or "create".
    """

    class Wanted(models.TextChoices):
        """What sending would do."""

        CREATE = "create", "create"
        UPDATE = "update", "update"
        CANCEL = "cancel", "cancel"

    GOES_TO_THE_VENDOR = frozenset({"payments"})  # in a sentence; all else comes from one
    CREATE_NEW = "create"  # a choice: it is none of the candidates
    RECORD = "record"  # a choice: record the outside payment in the AP system
    ARCHIVE = "archive"  # a choice: archive there what was paid by another way
    RECORDED = "recorded by us"  # how a payment came about that must not be posted back

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="transfers")
    flow = models.CharField(max_length=40)
    source_key = models.CharField(max_length=120)
    group = models.CharField(max_length=120, blank=True)
    source_id = models.CharField(max_length=64)
    source = models.JSONField(default=dict)
    seen = models.CharField(max_length=32, blank=True)
    money = models.CharField(max_length=32, blank=True)

    document = models.CharField(max_length=120, blank=True)
    vendor = models.CharField(max_length=255, blank=True)
    vendor_id_there = models.CharField("vendor's source id", max_length=64, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    dated = models.DateField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    sentence = models.TextField("why", blank=True)
    missing = models.CharField("source id of what is not mapped", max_length=64, blank=True)
    candidates = models.JSONField(default=list, blank=True)
    wanted = models.CharField(max_length=6, choices=Wanted.choices, default=Wanted.CREATE)
    release = models.BooleanField("look again", default=False)
    agreed = models.BooleanField("a person agreed to the change", default=False)
    choice = models.CharField(max_length=64, blank=True)
    number = models.CharField(
        "number to use",
        max_length=100,
        blank=True,
        help_text="Sent instead of the document's own number, which then stands in the text.",
    )

    target_scope = models.CharField(max_length=120, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    archived_by_us = models.BooleanField(default=False, editable=False)
    linked_how = models.CharField(max_length=20, blank=True)
    generation = models.PositiveSmallIntegerField(default=0)
    sent = models.CharField(max_length=32, blank=True)
    sent_seen = models.CharField(max_length=32, blank=True)
    body = models.JSONField(default=dict, blank=True)

    attempts_made = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField("failures in a row", default=0)
    unknown_since = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField("since", default=timezone.now)

    class Meta:
        ordering = ["-moved_at", "-id"]
        verbose_name = "document"
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "flow", "source_key"], name="one_transfer_a_source"
            ),
            models.UniqueConstraint(
                fields=["target_scope", "target_id"],
                condition=~Q(target_id=""),
                name="one_transfer_a_target",
            ),
        ]
        indexes = [
            models.Index(fields=["integration", "flow", "state"]),
            models.Index(fields=["integration", "group"]),
            models.Index(fields=["state", "-moved_at"]),
            models.Index(fields=["document"]),
            models.Index(fields=["-moved_at", "-id"]),
        ]

    def __str__(self) -> str:
        if not self.vendor or self.document == self.vendor:
            return self.document
        if self.flow in self.GOES_TO_THE_VENDOR:
            return f"{self.document} to {self.vendor}"
        return f"{self.document} from {self.vendor}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and let whoever read the row before know that it was changed since."""
        self.version += 1
        super().save(*args, **kwargs)

    @property
    def needs_attention(self) -> bool:
        return needs_attention(self.state, self.reason)

    @property
    def key(self) -> str:
        """Return the key a write carries: the same for every attempt of one generation."""
        return f"{self.integration_id}-{self.flow}-{self.source_key}-{self.generation}"

    def save_unless_changed(self) -> bool:
        """Save if nobody else has since this was read; say whether it was saved.

        What is being sent is the engine's alone: its result is kept in any case.
        """
        values = {f.attname: getattr(self, f.attname) for f in self._meta.concrete_fields}
        values["version"] = self.version + 1
        del values["id"]
        mine = Q(version=self.version) | Q(state=State.SENDING)
        saved = Transfer.objects.filter(mine, pk=self.pk).update(**values)
        self.version += saved
        return bool(saved)

    def move(
        self,
        state: State,
        *,
        reason: Reason = Reason.NONE,
        sentence: str = "",
        who: Who = Who.ENGINE,
    ) -> None:
        """Go to `state`, in memory. Raises ForbiddenMove if the table does not allow it."""
        check_move(self.state, state, who)
        if self.state != state:
            self.moved_at = timezone.now()
        self.state, self.reason, self.sentence = state, reason, sentence
        if reason != Reason.CANDIDATES and reason != Reason.DUPLICATE:
            self.candidates = []

    def rule(self, state: State, *, reason: Reason, sentence: str) -> None:
        """Go where the rules put it on a new look, from wherever it stood."""
        if self.state != state and state not in MOVES[State(self.state)]:
            self.move(State.NEW)
        self.move(state, reason=reason, sentence=sentence)


class Attempt(models.Model):
    """One try to write, recorded before the call. `outcome` is empty while nobody knows."""

    class Outcome(models.TextChoices):
        """What became of it."""

        OPEN = "", "no answer yet"
        CREATED = "created", "created"
        UPDATED = "updated", "updated"
        CANCELLED = "cancelled", "cancelled"
        FOUND = "found", "found there"
        REFUSED = "refused", "refused"
        ROLLED_BACK = "rolled back", "rolled back with its batch"
        NOT_SENT = "not sent", "not sent"
        UNKNOWN = "unknown", "no answer"
        NOT_THERE = "not there", "no answer, and not found there"

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=6)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=32)
    body = models.JSONField(default=dict)
    fence = models.PositiveBigIntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    sentence = models.TextField(blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["transfer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "number"], name="one_row_an_attempt")
        ]

    def __str__(self) -> str:
        return f"{self.transfer}, attempt {self.number}"


class TransferDocument(models.Model):
    """A file that goes along with a transfer, once."""

    class State(models.TextChoices):
        """Where the file is."""

        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        LEFT = "left", "Not sent"

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="documents")
    source_id = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sentence = models.TextField(blank=True)
    target_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "source_id"], name="one_row_a_document")
        ]

    def __str__(self) -> str:
        return self.name
