"""Put the demo company in place: a login, connections to the sandbox, an integration, one run."""

from __future__ import annotations

import os
import secrets
import signal
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from connections.errors import SyncError
from connections.services import ping
from connections.webhooks import webhook_subscribe
from mlconnector.demo.company import clearing_journal, demo_integration
from mlconnector.demo.waiting import Waited, run_by_worker, sandbox_answers, wait_for
from syncs import services
from syncs.engine.run import run_integration
from syncs.models import Integration
from syncs.pairings import PAIRINGS

LOGIN = "admin"
STOP = {signal.SIGTERM, signal.SIGINT}


class Command(BaseCommand):
    """`manage.py setup_demo [--wait]`; needs the sandbox and a worker to be running."""

    help = "Create a login and the demo company's connections and integration; sync once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="stay until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        sandbox_url = os.environ.get("SANDBOX_URL", "http://127.0.0.1:8070")
        try:
            wait_for("The sandbox's answer", lambda: sandbox_answers(sandbox_url), seconds=60)
            for pairing in PAIRINGS:
                self._set_up(demo_integration(pairing, sandbox_url))
        except (Waited, SyncError) as error:
            raise CommandError(str(error)) from None
        self._say_welcome(_login())
        if options["wait"]:
            signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
            signal.sigwait(STOP)

    def _set_up(self, integration: Integration) -> None:
        if integration.confirmed_at is not None:
            return
        for connection in (integration.erp, integration.ap):
            ping(connection, actor="demo")
        run_integration(integration, baseline=True, actor="demo")
        integration.refresh_from_db()
        integration.payment_method = clearing_journal(integration)
        integration.save(update_fields=["payment_method"])
        services.baseline_confirm(integration, actor="demo")
        webhook_subscribe(integration.ap, actor="demo")
        run_by_worker(
            integration,
            lambda: services.integration_run_now(integration, actor="demo"),
            seconds=120,
        )

    def _say_welcome(self, password: str) -> None:
        url = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
        sandbox_url = os.environ.get("SANDBOX_URL", "http://127.0.0.1:8070")
        self.stdout.write(
            f"\n  ml-connector is ready at {url}/admin/\n"
            f"  Log in as {LOGIN} with {password}\n"
            f"  Both demo ledgers: {sandbox_url}/\n"
            "  Ctrl-C stops everything.\n"
        )


def _login() -> str:
    """Return the demo password, creating the login on the first start."""
    password = os.environ.get("DEMO_PASSWORD", "")
    users = get_user_model().objects
    if users.filter(username=LOGIN).exists():
        return f"the password {password}" if password else "the password you chose"
    password = password or secrets.token_urlsafe(9)
    users.create_superuser(LOGIN, "", password)
    return f"the password {password}"
