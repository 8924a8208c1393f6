"""The demo company in each stand-in, as sandbox/README.md documents it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from connections.models import Connection
from connections.systems import SYSTEMS
from syncs.models import Integration, RemoteRecord
from syncs.pairings import Pairing

START_DAYS_AGO = 60


@dataclass(frozen=True)
class Books:
    """One company in one stand-in. `{sandbox}` in a setting is the sandbox's address."""

    settings: dict[str, str]
    secrets: dict[str, str]


BOOKS = {
    "odoo": Books(
        settings={"url": "{sandbox}/odoo", "database": "demo", "username": "integration"},
        secrets={"api_key": "a1" * 20},
    ),
    "billcom": Books(
        settings={
            "environment": "own",
            "base_url": "{sandbox}/billcom/connect",
            "events_url": "{sandbox}/billcom/connect-events",
            "organization_id": "00801HARBOURSUPPLYCO",
            "username": "ap-bot@harbour.example",
        },
        secrets={
            "password": "harbour-demo-password",
            "dev_key": "01HARBOURSANDBOXDEVELOPERKEY01",
        },
    ),
}


def demo_integration(pairing: Pairing, sandbox_url: str) -> Integration:
    """Return the demo integration of a pairing, made with its connections if it is missing."""
    found = Integration.objects.filter(name=f"Demo: {pairing.label}").first()
    if found is not None:
        return found
    return Integration.objects.create(
        name=f"Demo: {pairing.label}",
        pairing=pairing.key,
        erp=demo_connection(pairing.erp, sandbox_url),
        ap=demo_connection(pairing.ap, sandbox_url),
        start_date=date.today() - timedelta(days=START_DAYS_AGO),
    )


def clearing_journal(integration: Integration) -> RemoteRecord:
    """Return the journal of the demo company that payments are booked by."""
    return RemoteRecord.objects.get(
        connection=integration.erp, kind="PaymentMethod", name__startswith="BILL Clearing"
    )


def demo_connection(system: str, sandbox_url: str) -> Connection:
    """Return the connection to a stand-in, made if it is missing and led to its present address."""
    books = BOOKS[system]
    defaults = {name: text.format(sandbox=sandbox_url) for name, text in books.settings.items()}
    connection, made = Connection.objects.get_or_create(
        name=f"Harbour Supply in {SYSTEMS[system].label}",
        defaults={"system": system, "settings": defaults},
    )
    if made:
        connection.keep_secrets(books.secrets)
    return connection
