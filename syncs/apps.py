"""The syncs app."""

from __future__ import annotations

from django.apps import AppConfig


class SyncsConfig(AppConfig):
    """What moves between them."""

    name = "syncs"
    verbose_name = "Syncs"
    default_auto_field = "django.db.models.BigAutoField"
