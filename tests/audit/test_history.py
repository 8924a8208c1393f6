"""History is added to and never changed; what was changed all the same is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import services
from audit.models import AuditEntry, HistoryIsFixed, Seal
from audit.services import audit_line, broken_parts, record_audit, seal_entries

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(count: int = 3, at: datetime = DAY) -> list[AuditEntry]:
    """Write lines of history, as an engine would."""
    with time_machine.travel(at, tick=False):
        return [
            record_audit(
                "transfer.created",
                f"Bill {n} was created in BILL.",
                document=f"INV-{n}",
                amount=Decimal("10.5"),
                currency="USD",
                payload={"sent": {"total": Decimal("10.50")}},
            )
            for n in range(count)
        ]


def tamper(sql: str, *values: Any) -> None:
    """Do what only somebody at the database itself can do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def verify(**options: Any) -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out, **options)
    return out.getvalue()


# Writing -----------------------------------------------------------------------------------------


def test_a_line_says_who_did_what_to_which_record() -> None:
    (line,) = record(1)
    line.refresh_from_db()

    assert (line.actor, line.document, line.amount, line.at) == (
        "system",
        "INV-0",
        Decimal("10.5"),
        DAY,
    )
    assert str(line) == "2 Mar 2026, 09:30 · Bill 0 was created in BILL."


def test_no_secret_is_written_whatever_the_caller_passes() -> None:
    line = audit_line(
        "call", "Refused: password=hunter2x9", payload={"headers": {"Authorization": "hunter2x9"}}
    )

    assert "hunter2x9" not in f"{line.sentence} {line.payload}"


def test_a_line_with_characters_no_database_takes_is_written_without_them() -> None:
    record_audit("call", "Odd \0 text", payload={"b\0dy": "a\0b \ud800"})

    assert AuditEntry.objects.get().payload == {"bdy": "ab ?"}


def test_names_too_long_for_their_column_are_cut() -> None:
    record_audit("a", "b", actor="x" * 500, document="y" * 500, vendor="z" * 500)

    assert len(AuditEntry.objects.get().document) == 120


DOORS: dict[str, Callable[[AuditEntry], Any]] = {
    "save": lambda line: line.save(),
    "save of some fields": lambda line: line.save(update_fields=["sentence"]),
    "delete": lambda line: line.delete(),
    "queryset update": lambda line: AuditEntry.objects.update(sentence="x"),
    "filtered update": lambda line: AuditEntry.objects.filter(pk=line.pk).update(sentence="x"),
    "queryset delete": lambda line: AuditEntry.objects.all().delete(),
    "filtered delete": lambda line: AuditEntry.objects.filter(pk=line.pk).delete(),
    "bulk update": lambda line: AuditEntry.objects.bulk_update([line], ["sentence"]),
    "update or create": lambda line: AuditEntry.objects.update_or_create(
        pk=line.pk, defaults={"sentence": "x"}
    ),
    "bulk create over it": lambda line: AuditEntry.objects.bulk_create(
        [line], update_conflicts=True, unique_fields=["id"], update_fields=["sentence"]
    ),
    "a new line in its place": lambda line: AuditEntry(pk=line.pk, sentence="x").save(),
    "seal changed": lambda line: Seal.objects.update(digest=""),
    "seal saved": lambda line: Seal.objects.get().save(),
    "seal deleted": lambda line: Seal.objects.get().delete(),
    "seals deleted": lambda line: Seal.objects.all().delete(),
}


@pytest.mark.parametrize("door", DOORS)
def test_history_is_refused_to_change_at_every_door(door: str) -> None:
    (line,) = record(1)
    seal_entries()

    with pytest.raises(HistoryIsFixed), transaction.atomic():
        DOORS[door](line)

    assert AuditEntry.objects.get().sentence == "Bill 0 was created in BILL."
    assert Seal.objects.get().digest


# Sealing -----------------------------------------------------------------------------------------


def test_what_was_sealed_and_left_alone_verifies() -> None:
    record()
    assert seal_entries() == 3
    record()
    assert seal_entries() == 3

    assert list(broken_parts()) == []
    assert Seal.objects.count() == 2


def test_nothing_new_makes_no_seal() -> None:
    assert seal_entries() == 0
    record()
    seal_entries()

    assert seal_entries() == 0
    assert Seal.objects.count() == 1


def test_much_is_sealed_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SEALED_AT_ONCE", 2)
    record(5)

    assert seal_entries() == 5
    assert [seal.entries for seal in Seal.objects.all()] == [2, 2, 1]
    assert list(broken_parts()) == []


def test_a_line_that_is_undone_leaves_no_hole_behind() -> None:
    record(2)
    with pytest.raises(RuntimeError):
        write_and_fail()
    record(2)
    seal_entries()

    assert list(broken_parts()) == []


def write_and_fail() -> None:
    with transaction.atomic():
        record(1)
        raise RuntimeError


def test_clocks_that_disagree_break_no_seal() -> None:
    record(1, at=datetime(2026, 3, 2, 9, 31, tzinfo=UTC))
    record(1, at=datetime(2026, 3, 2, 9, 29, tzinfo=UTC))
    seal_entries()
    record(1, at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    seal_entries()

    assert list(broken_parts()) == []


LATE = """
    INSERT INTO audit_auditentry (id, at, actor, action, sentence, subject_type, subject_id,
        subject, integration, document, vendor, currency, run, payload)
    VALUES (%s, '2026-03-02 09:30', 'x', 'x', 'x', '', '', '', '', '', '', '', '', '{}')
"""
TAMPERINGS: dict[str, tuple[str, ...]] = {
    "sentence": ("UPDATE audit_auditentry SET sentence = 'x' WHERE id = {second}",),
    "actor": ("UPDATE audit_auditentry SET actor = 'ann' WHERE id = {second}",),
    "amount": ("UPDATE audit_auditentry SET amount = 10.51 WHERE id = {second}",),
    "day": ("UPDATE audit_auditentry SET at = '2026-03-01 09:30' WHERE id = {second}",),
    "payload": ("""UPDATE audit_auditentry SET payload = '{{"a": 1}}' WHERE id = {second}""",),
    "one deleted": ("DELETE FROM audit_auditentry WHERE id = {second}",),
    "last one deleted": ("DELETE FROM audit_auditentry WHERE id = {third}",),
    "all deleted": ("DELETE FROM audit_auditentry WHERE id <= {third}",),
    "one renumbered": ("UPDATE audit_auditentry SET id = {second} - 1000000 WHERE id = {second}",),
    "seal changed": ("UPDATE audit_seal SET digest = 'x' WHERE last_id = {third}",),
    "seal widened": ("UPDATE audit_seal SET first_id = 0 WHERE last_id = {third}",),
    "seal's count changed": ("UPDATE audit_seal SET entries = 2 WHERE last_id = {third}",),
    "entries and their seal deleted": (
        "DELETE FROM audit_auditentry WHERE id <= {third}",
        "DELETE FROM audit_seal WHERE last_id = {third}",
    ),
}


@pytest.mark.parametrize("way", TAMPERINGS)
def test_what_was_changed_in_the_database_is_found(way: str) -> None:
    _, second, third = (line.pk for line in record())
    seal_entries()
    record()
    seal_entries()

    for sql in TAMPERINGS[way]:
        tamper(sql.format(second=second, third=third))

    assert list(broken_parts())
    with pytest.raises(CommandError, match="not as it was written"):
        verify()


def test_a_line_added_later_to_a_sealed_part_is_found() -> None:
    _, second, third = record()
    tamper("DELETE FROM audit_auditentry WHERE id = %s", second.pk)
    seal_entries()
    assert list(broken_parts()) == []

    tamper(LATE, second.pk)

    (part,) = broken_parts()
    assert part.seal.last_id == third.pk


def test_a_line_before_the_first_is_found() -> None:
    record()
    seal_entries()
    tamper(LATE, 0)

    assert list(broken_parts())


def test_only_the_part_that_was_touched_is_named() -> None:
    record(at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC))
    seal_entries()
    lines = record(at=DAY)
    seal_entries()
    record(at=datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
    seal_entries()

    tamper("UPDATE audit_auditentry SET actor = 'ann' WHERE id = %s", lines[1].pk)

    (part,) = broken_parts()
    assert (part.begins, part.ends) == (DAY, DAY)


# The command -------------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well() -> None:
    record()
    seal_entries()
    record(2)

    said = verify()

    assert "as it was written, up to entry" in said
    assert "2 entries wait for their seal" in said
    assert f"Last seal: {Seal.objects.get().digest}" in said


def test_the_command_on_an_empty_log() -> None:
    assert verify().startswith("Nothing is sealed yet; 0 entries")


def test_the_command_names_the_days_of_what_was_changed() -> None:
    lines = record()
    seal_entries()
    tamper("UPDATE audit_auditentry SET actor = 'ann' WHERE id = %s", lines[0].pk)

    with pytest.raises(CommandError) as caught:
        verify()

    assert "from 2026-03-02 09:30 to 2026-03-02 09:30 UTC" in str(caught.value)
    assert caught.value.returncode != 0


def test_the_command_misses_a_seal_that_was_noted_elsewhere() -> None:
    record()
    seal_entries()
    noted = Seal.objects.get().digest
    assert "as it was written" in verify(expect=noted)

    tamper("DELETE FROM audit_seal")
    tamper("DELETE FROM audit_auditentry")

    assert verify().startswith("Nothing is sealed")
    with pytest.raises(CommandError, match="the end of the log is missing"):
        verify(expect=noted)
