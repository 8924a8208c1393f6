"""What becomes what: GL accounts, taxes and dimensions, chosen by a person."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from syncs.models.integration import Integration
from syncs.models.remote import RemoteRecord


class Mapping(models.Model):
    """One counterpart in the AP system for something of the ERP.

    A GL account or a tax becomes a GL account; an analytic account becomes a department, location
    or class.
    """

    class Kind(models.TextChoices):
        """What is mapped."""

        GL_ACCOUNT = "gl-account", "GL account"
        TAX = "tax", "Tax"
        DIMENSION = "dimension", "Dimension"

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.ForeignKey(
        RemoteRecord, models.PROTECT, related_name="+", verbose_name="in the accounting system"
    )
    target = models.ForeignKey(
        RemoteRecord,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="in the payables system",
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ["integration", "kind", "source__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "kind", "source"],
                name="one_mapping_a_source",
                violation_error_message="This is already mapped; change the row that is there.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target or 'not mapped'}"

    def clean(self) -> None:
        """Refuse records of the wrong company or the wrong kind."""
        problems: dict[str, str] = {}
        wanted = {
            self.Kind.GL_ACCOUNT: ("GLAccount", "GLAccount"),
            self.Kind.TAX: ("Tax", "GLAccount"),
            self.Kind.DIMENSION: ("Dimension", "Dimension"),
        }.get(self.Kind(self.kind)) if self.kind else None  # fmt: skip
        if wanted is None or not self.integration_id:
            return
        sides = (("source", self.integration.erp_id, wanted[0]),
                 ("target", self.integration.ap_id, wanted[1]))  # fmt: skip
        for name, connection, kind in sides:
            chosen = getattr(self, name, None)
            if chosen and (chosen.connection_id != connection or chosen.kind != kind):
                problems[name] = f"{chosen} is of another company or another kind."
        if self.target and not self.target.is_usable:
            problems["target"] = f"{self.target.name} is archived there; choose an active one."
        if problems:
            raise ValidationError(problems)
