"""BILL's whole state as plain lists, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.billcom.call import access_of, records_of
from sandbox.billcom.documents import finish_uploads
from sandbox.billcom.events import controls, subscriptions
from sandbox.billcom.events.hub import hub_of
from sandbox.billcom.values import presented
from sandbox.world import World

KINDS = (
    "vendors",
    "bills",
    "payments",
    "chart-of-accounts",
    "departments",
    "documents",
    "recurringbills",
    "vendor-credits",
)
NAMES = {"chart-of-accounts": "accounts"}


def state(world: World) -> Mapping[str, Any]:
    """Return every record with the organisation it belongs to, empty fields left out."""
    shown: dict[str, Any] = {NAMES.get(kind, kind): [] for kind in KINDS}
    for books in records_of(world).all():
        finish_uploads(books, world.clock.now())
        for kind in KINDS:
            shown[NAMES.get(kind, kind)] += [
                {"organizationId": books.organization["id"], **presented(_without_content(row))}
                for row in books.rows(kind)
            ]
    access = access_of(world)
    hub = hub_of(world)
    shown["subscriptions"] = [subscriptions.shown(s) for s in hub.subscriptions.values()]
    shown["notifications"] = controls.deliveries(hub)
    shown["organizations"] = [books.organization for books in records_of(world).all()]
    return {**shown, "sessions": len(access.sessions), "logins": access.logins}


def _without_content(row: dict[str, Any]) -> dict[str, Any]:
    content = row.get("content")
    kept = {name: value for name, value in row.items() if name != "content"}
    return kept if content is None else {**kept, "bytes": len(content)}
