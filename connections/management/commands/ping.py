"""Greet the systems behind the connections and say what each right allows."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connections.errors import SyncError
from connections.models import Connection
from connections.services import ping

MARKS = {"good": "  ok      ", "warning": "  warning ", "problem": "  PROBLEM "}


class Command(BaseCommand):
    """`manage.py ping [CONNECTION]`: exits non-zero if any connection has a problem."""

    help = "Test one connection, by name, or all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection", nargs="?", help="its name; all if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        connections = Connection.objects.all()
        if options["connection"]:
            connections = connections.filter(name=options["connection"])
            if not connections:
                raise CommandError(f"There is no connection called “{options['connection']}”.")
        if not connections:
            raise CommandError("There are no connections yet.")
        results = [self._ping(connection) for connection in connections]
        if not all(results):
            raise CommandError("Not every connection works; see above.")

    def _ping(self, connection: Connection) -> bool:
        self.stdout.write(f"{connection.name} ({connection.declared.label})")
        try:
            greeting = ping(connection, actor="command line")
        except SyncError as error:
            self.stdout.write(f"{MARKS['problem']}{error.message}")
            return False
        for finding in greeting.findings:
            self.stdout.write(f"{MARKS[finding.level]}{finding.text}")
        return connection.health != Connection.Health.PROBLEM
