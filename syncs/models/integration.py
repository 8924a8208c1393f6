"""A pairing that a customer switched on: its two connections, its rules, its schedule."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from connections.models import Connection
from syncs.schedule import next_time, schedule_problem

if TYPE_CHECKING:
    from syncs.pairings import Pairing


def pairing_choices() -> list[tuple[str, str]]:
    """Return (key, label) of every pairing."""
    from syncs.pairings import PAIRINGS  # late: pairings name record types only, models come first

    return [(pairing.key, pairing.label) for pairing in PAIRINGS]


class Integration(models.Model):
    """One ERP company and one AP company kept in agreement.

    `live_since` is the baseline that was confirmed first: payments made before it are history.
    """

    class Leaves(models.TextChoices):
        """When an order may leave for the AP system (R2)."""

        CONFIRMED = "confirmed", "when it is confirmed"
        RECEIVED = "received", "when everything is received"
        BILLED = "billed", "when its vendor bill is posted, as that bill"

    class Duplicates(models.TextChoices):
        """What to do with a bill that looks like one already there (R2)."""

        BLOCK = "block", "stop and ask"
        WARN = "warn", "send it and say so"

    class PostAt(models.TextChoices):
        """When a payment is posted in the ERP (R10)."""

        IN_FLIGHT = "in flight", "when the money has left"
        SETTLED = "settled", "when it has arrived"

    class ClosedPeriod(models.TextChoices):
        """What becomes of a payment made in a month that is closed (R12)."""

        HOLD = "hold", "wait for a person"
        NEXT = "next", "post on the first open day, with the original date in the memo"

    class UnknownBills(models.TextChoices):
        """What becomes of a payment of a bill the ERP does not know (R9)."""

        LIST = "list", "list it"
        POST = "post", "post it on the vendor, without a bill"

    class PaidElsewhere(models.TextChoices):
        """What happens to a bill still open there once the ERP settled it otherwise (R6)."""

        TELL = "tell", "tell a person"
        ARCHIVE = "archive", "archive it there"
        RECORD = "record", "record the payment there"

    name = models.CharField(max_length=100, unique=True)
    pairing = models.CharField(max_length=40, choices=pairing_choices)
    erp = models.ForeignKey(
        Connection, models.PROTECT, related_name="+", verbose_name="accounting connection"
    )
    ap = models.ForeignKey(
        Connection, models.PROTECT, related_name="+", verbose_name="payables connection"
    )

    start_date = models.DateField(
        null=True,
        blank=True,
        help_text="Documents dated before this day stay where they are. Needed before anything "
        "can be sent.",
    )
    currencies = models.CharField(
        max_length=100, blank=True, help_text="Only these, such as “USD, EUR”. Empty: all."
    )
    vendor_tags = models.CharField(
        max_length=200,
        blank=True,
        help_text="Only vendors with one of these tags, separated by commas. Empty: all.",
    )
    order_leaves = models.CharField(
        "an order leaves", max_length=10, choices=Leaves.choices, default=Leaves.CONFIRMED
    )
    number_prefix = models.CharField(
        max_length=10,
        blank=True,
        help_text="Put before the order number where a document has no invoice number.",
    )
    duplicates = models.CharField(
        "possible duplicates",
        max_length=5,
        choices=Duplicates.choices,
        default=Duplicates.BLOCK,
    )
    vendor_changes_wait = models.BooleanField(
        "vendor changes wait for a person",
        default=True,
        help_text="A new name, tax id, e-mail or address of a vendor with open bills is shown "
        "and sent only when somebody agrees.",
    )
    send_documents = models.BooleanField("send PDF attachments", default=True)
    default_account = models.ForeignKey(
        "syncs.RemoteRecord",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="GL account for lines whose product and category name none.",
    )
    rounding_account = models.ForeignKey(
        "syncs.RemoteRecord",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="GL account for differences of at most five cents.",
    )

    payment_method = models.ForeignKey(
        "syncs.RemoteRecord",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="payments are booked by",
        help_text="The journal and method that payments come back to.",
    )
    post_at = models.CharField(
        "payments post", max_length=10, choices=PostAt.choices, default=PostAt.IN_FLIGHT
    )
    closed_period = models.CharField(
        "payments in a closed month",
        max_length=5,
        choices=ClosedPeriod.choices,
        default=ClosedPeriod.HOLD,
    )
    unknown_bills = models.CharField(
        "payments of unknown bills",
        max_length=5,
        choices=UnknownBills.choices,
        default=UnknownBills.LIST,
    )
    paid_elsewhere = models.CharField(
        "bills paid in the books by another way",
        max_length=8,
        choices=PaidElsewhere.choices,
        default=PaidElsewhere.TELL,
    )
    fixable_days = models.PositiveSmallIntegerField(
        "days a failed payment may be mended",
        default=10,
        help_text="After so many days a failed payment is reversed in the books.",
    )

    schedule = models.CharField(
        max_length=60,
        default="every 15 minutes",
        help_text="“every 15 minutes”, “every 2 hours”, or a cron line such as “0 6 * * 1-5”.",
    )
    enabled = models.BooleanField(default=False, editable=False)
    next_run_at = models.DateTimeField(null=True, blank=True, editable=False)
    paused_reason = models.TextField(blank=True, editable=False)
    baseline_at = models.DateTimeField(null=True, blank=True, editable=False)
    baseline_result = models.JSONField(default=dict, blank=True, editable=False)
    live_since = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["erp", "ap"],
                name="one_integration_a_pair",
                violation_error_message="These two connections are already integrated.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse connections of the wrong system, and what the rules could not work with."""
        problems: dict[str, str] = {}
        if self.pairing and self.erp_id and self.ap_id:
            for side, wanted in (("erp", self.declared.erp), ("ap", self.declared.ap)):
                if getattr(self, side).system != wanted:
                    problems[side] = (
                        f"{self.declared.label} needs a connection to the other system."
                    )
        if problem := schedule_problem(self.schedule):
            problems["schedule"] = problem
        if self.payment_method and (problem := self.payment_method.values.get("problem")):
            problems["payment_method"] = problem  # R19: its payments never reach the ledger
        if problems:
            raise ValidationError(problems)

    @property
    def declared(self) -> Pairing:
        """Return the row of the pairings table."""
        from syncs.pairings import pairing  # late, as above

        return pairing(self.pairing)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone the accountants of the ERP work in."""
        return ZoneInfo(str(self.erp.facts.get("time_zone") or "UTC"))

    @property
    def reference_mark(self) -> str:
        """Return what our references in the AP system begin with: the ERP company that made it."""
        company = hashlib.sha256(self.erp.identity.encode()).hexdigest()[:4]
        return f"{self.erp.system.upper()}-{company}"

    @property
    def stage(self) -> str:
        """Return in one word how far this integration is: what a person would ask first."""
        if self.paused_reason:
            return "paused"
        if self.enabled:
            return "running"
        if self.confirmed_at:
            return "switched off"
        return "baseline to confirm" if self.baseline_at else "not started"

    def plan_next_run(self) -> None:
        """Set when the schedule is next due."""
        self.next_run_at = next_time(self.schedule, timezone.now())
