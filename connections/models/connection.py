"""A connection is credentials and settings for one company in one system, for ever (R21)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from connections.errors import ConnectionProblem
from connections.secrets import SecretField, Unreadable
from connections.system import Access, System


def system_choices() -> list[tuple[str, str]]:
    """Return (key, label) of every system."""
    return [(system.key, system.label) for system in _systems().values()]


def _systems() -> dict[str, System]:
    from connections.systems import SYSTEMS  # late: the clients need the models of this package

    return SYSTEMS


class Connection(models.Model):
    """One company in one system. `identity` is who answered first; nobody else may ever."""

    class Health(models.TextChoices):
        """What the last ping said."""

        UNTESTED = "untested", "Not tested yet"
        GOOD = "good", "Working"
        PROBLEM = "problem", "Needs an administrator"

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    system = models.CharField(max_length=20, choices=system_choices)
    settings = models.JSONField(default=dict, blank=True)
    identity = models.CharField(max_length=200, blank=True, editable=False)
    company = models.CharField("company that answered", max_length=200, blank=True, editable=False)
    facts = models.JSONField(default=dict, blank=True, editable=False)
    health = models.CharField(
        max_length=10, choices=Health.choices, default=Health.UNTESTED, editable=False
    )
    findings = models.JSONField(default=list, blank=True, editable=False)
    checked_at = models.DateTimeField("last tested", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "identity"],
                condition=~Q(identity=""),
                name="one_connection_a_company",
                violation_error_message="Another connection already leads to this company.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def declared(self) -> System:
        """Return what the connection's system declares of itself."""
        return _systems()[self.system]

    def access(self) -> Access:
        """Open the secrets for a client. Raises ConnectionProblem if they cannot be read."""
        return Access(
            key=str(self.uuid),
            name=self.name,
            settings={k: str(v) for k, v in self.settings.items()},
            secrets=self.secrets(),
        )

    def secrets(self) -> dict[str, str]:
        """Return the opened secrets by field name. Raises ConnectionProblem."""
        stored = ConnectionSecret.objects.filter(connection=self).first()
        if stored is None:
            return {}
        if isinstance(stored.values, Unreadable):
            raise ConnectionProblem(
                f"The stored credentials of {self.name} cannot be read with the keys this "
                "installation has. Enter them again, or restore CONNECTOR_SECRET_KEYS."
            )
        return dict(stored.values)

    def keep_secrets(self, secrets: dict[str, str]) -> None:
        """Store the given secrets and leave the others as they are."""
        try:
            kept: dict[str, Any] = self.secrets()
        except ConnectionProblem:
            kept = {}
        ConnectionSecret.objects.update_or_create(
            connection=self, defaults={"values": kept | secrets}
        )


class ConnectionSecret(models.Model):
    """The secrets of one connection, apart from it so that lists never touch them."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="stored_secret"
    )
    values = SecretField(default=dict)

    def __str__(self) -> str:
        return f"Secrets of {self.connection}"
