"""Registers the start-up checks."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "mlconnector"
    verbose_name = "ml-connector"

    def ready(self) -> None:
        from mlconnector import checks

        checks.register_all()
