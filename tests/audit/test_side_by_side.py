"""Many write history while others seal it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from audit.models import AuditEntry, Seal
from audit.services import broken_parts, record_audit, seal_entries, unsealed_entries


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_sealers_leave_every_line_sealed_once() -> None:
    def write() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    record_audit("a", "One.")
                    record_audit("a", "Two.")
        finally:
            connection.close()

    def seal() -> None:
        try:
            for _ in range(6):
                seal_entries()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for work in (write, seal, write, seal, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_entries()

    assert AuditEntry.objects.count() == 60
    assert sum(Seal.objects.values_list("entries", flat=True)) == 60
    assert not unsealed_entries().exists()
    assert list(broken_parts()) == []


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_still_being_written_is_waited_for() -> None:
    written, sealing = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record_audit("a", "Slow.")
                written.set()
                sealing.wait(0.5)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(5)
    if connection.vendor == "postgresql":  # SQLite has one writer at a time
        record_audit("a", "Quick, with a higher number.")
    seal_entries()
    thread.join()
    seal_entries()

    assert list(broken_parts()) == []
    assert not unsealed_entries().exists()
