"""Changes the encryption key of everything that is stored encrypted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connections.rotation import Rotation, secrets_rotate
from connections.secrets import key_ring


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets with the first key of CONNECTOR_SECRET_KEYS. To change the "
        "key: put a new one first in the list, restart, run this, then remove the old one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not key_ring():
            raise CommandError("CONNECTOR_SECRET_KEYS is empty, so there is no key to move to.")
        rotation = secrets_rotate()
        self._report(rotation)
        if rotation.unreadable:
            raise CommandError(
                f"{len(rotation.unreadable)} could not be read and were left as they are: "
                f"{', '.join(rotation.unreadable)}. Keep their old key, or enter them again."
            )

    def _report(self, rotation: Rotation) -> None:
        self.stdout.write(f"Moved to the first key: {rotation.moved}.")
        known = {key.id.hex(): position for position, key in enumerate(key_ring(), start=1)}
        for key_id, rows in sorted(rotation.rows_by_key.items()):
            place = f"number {known[key_id]}" if key_id in known else "not in the list any more"
            self.stdout.write(f"Key {key_id} ({place}) is used by {rows}.")
        for key in rotation.keys_no_longer_needed():
            self.stdout.write(
                f"Key {key.id.hex()} (number {known[key.id.hex()]}) is no longer used here and may "
                "be removed, unless a backup you would restore still needs it."
            )
