"""Moves every secret to the first key of the settings, and tells which keys are still in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction

from connections.secrets import Key, SecretField, Unreadable, key_ring


@dataclass
class Rotation:
    """What became of every row with a secret."""

    moved: int = 0
    rows_by_key: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)

    def keys_no_longer_needed(self) -> list[Key]:
        return [key for key in key_ring()[1:] if not self.rows_by_key[key.id.hex()]]


def secrets_rotate() -> Rotation:
    """Encrypt every secret with the first key. Safe while workers run, and safe to repeat."""
    rotation = Rotation()
    for model, secret in fields_with_secrets():
        for pk in list(model._base_manager.values_list("pk", flat=True)):
            _rotate_row(model, secret.attname, pk, rotation)
    return rotation


def fields_with_secrets() -> Iterator[tuple[type[models.Model], SecretField]]:
    for model in apps.get_models():
        for candidate in model._meta.concrete_fields:
            if isinstance(candidate, SecretField):
                yield model, candidate


def _rotate_row(model: type[models.Model], name: str, pk: Any, rotation: Rotation) -> None:
    # The row is locked from reading to saving: a worker may be about to save a new token in it.
    with transaction.atomic():
        rows = model._base_manager.select_for_update().only("pk", name)
        row = rows.filter(pk=pk, **{f"{name}__isnull": False}).first()
        if row is None:
            return
        newest, sealed = key_ring()[0].id.hex(), row.__dict__[name]
        if isinstance(getattr(row, name), Unreadable):
            rotation.unreadable.append(f"{model._meta.verbose_name} {pk}")
        elif sealed.key_id != newest:
            row.save(update_fields=[name])
            rotation.moved += 1
            rotation.rows_by_key[newest] += 1
            return
        rotation.rows_by_key[sealed.key_id] += 1
