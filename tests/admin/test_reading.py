"""Pages that only show: the audit log, runs, remote records; and the counting of long lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import paging
from audit.models import AuditEntry
from audit.paging import LargePaginator
from audit.services import audit_line
from syncs.models import Integration, RemoteRecord, Run
from tests.admin.conftest import add_url, change_url, delete_url, list_url, words
from tests.factories import a_copy, a_vendor, an_account, an_integration


def entry(document: str = "INV-7", days_ago: int = 0) -> AuditEntry:
    line = audit_line(
        "transfer.created", f"{document} was created in BILL.", document=document,
        vendor="Acme Supplies", amount=Decimal("42310.55"), currency="USD",
        payload={"sent": {"number": document}},
    )  # fmt: skip
    line.at = timezone.now() - timedelta(days=days_ago)
    line.save()
    return line


def test_the_audit_log_says_when_who_what_and_how_much(anna: Client) -> None:
    entry()

    page = words(anna.get(list_url(AuditEntry)))

    for expected in ("ml-connector", "INV-7 was created", "Acme Supplies", "42,310.55 USD"):
        assert expected in page


def test_nobody_changes_the_audit_log(anna: Client) -> None:
    line = entry()

    assert anna.get(add_url(AuditEntry)).status_code == 403
    assert anna.post(change_url(line), {"sentence": "x"}).status_code == 403
    assert anna.post(delete_url(line), {"post": "yes"}).status_code == 403
    assert 'name="_save"' not in words(anna.get(change_url(line)))


def test_what_was_sent_is_folded(anna: Client) -> None:
    page = words(anna.get(change_url(entry())))

    assert "<details>" in page
    assert "&quot;number&quot;: &quot;INV-7&quot;" in page


@pytest.mark.parametrize(("period", "found"), [("today", 1), ("7", 2), ("30", 3), ("", 4)])
def test_the_audit_log_is_narrowed_to_the_last_days(anna: Client, period: str, found: int) -> None:
    for days in (0, 3, 20, 90):
        entry(days_ago=days)

    response = anna.get(list_url(AuditEntry), {"period": period} if period else {})

    assert response.context["cl"].result_count == found


def test_the_audit_log_is_searched_by_exact_number(anna: Client) -> None:
    entry("INV-7")
    entry("INV-77")

    page = words(anna.get(list_url(AuditEntry), {"q": " INV-7 ", "action": "transfer.created"}))

    assert "INV-7 was" in page
    assert "INV-77 was" not in page


def test_remote_records_are_found_by_code_or_name(anna: Client) -> None:
    integration = an_integration()
    a_copy(integration.ap, an_account())
    a_copy(integration.ap, a_vendor(id="v-1", name="Gull Island Electric"))

    page = words(anna.get(list_url(RemoteRecord), {"q": "island", "kind": "Vendor"}))

    assert "Gull Island Electric" in page
    assert "Office supplies" not in page


def test_runs_and_remote_records_are_read_only(anna: Client) -> None:
    integration = an_integration()
    run = Run.objects.create(integration=integration, flow="vendors", trigger="person")
    copy = a_copy(integration.ap, an_account())

    for record in (run, copy):
        words(anna.get(change_url(record)))
        assert anna.post(delete_url(record), {"post": "yes"}).status_code == 403
        assert anna.get(add_url(type(record))).status_code == 403


def test_a_page_shows_the_words_of_its_list_and_not_their_codes(anna: Client) -> None:
    integration = an_integration()
    run = Run.objects.create(integration=integration, flow="vendors", outcome="done")
    copy = a_copy(integration.ap, an_account())

    for record, word in ((run, "Done"), (copy, "In use")):
        page = words(anna.get(change_url(record)))
        assert word in page
        assert "&#x27;" not in page


def test_moments_look_the_same_everywhere(anna: Client) -> None:
    at = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    run = Run.objects.create(integration=an_integration(), flow="vendors", started_at=at)

    for url in (change_url(run), list_url(Run), list_url(Integration)):
        page = words(anna.get(url))
        assert "3 Nov 2026, 14:05" in page
        assert "2026-11-03" not in page


def test_the_tables_of_the_task_queue_have_no_pages(anna: Client) -> None:
    for path in ("django_q/schedule/", "django_q/ormq/", "axes/accessattempt/"):
        assert anna.get(f"/admin/{path}").status_code == 404


def test_users_and_groups_have_pages(anna: Client) -> None:
    for path in ("auth/user/", "auth/user/add/", "auth/group/"):
        words(anna.get(f"/admin/{path}"))


def test_the_menu_leaves_out_what_somebody_may_not_see(sign_in: Callable[..., Client]) -> None:
    page = words(sign_in("audit.view_auditentry").get("/admin/"))

    assert "Audit log" in page
    assert "Connections" not in page
    assert "Users" not in page


def test_a_list_asks_the_same_number_of_questions_however_long_it_is(anna: Client) -> None:
    entry()
    with CaptureQueriesContext(
        connection,
    ) as few:
        anna.get(list_url(AuditEntry))
    for number in range(30):
        entry(f"INV-{number}")

    with CaptureQueriesContext(connection) as many:
        anna.get(list_url(AuditEntry))

    assert len(many) == len(few)


# Counting ----------------------------------------------------------------------------------------


@pytest.fixture
def rows(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED_EXACTLY", 5)
    for number in range(12):
        entry(f"INV-{number % 2}")


def test_few_rows_are_counted_exactly(db: None) -> None:
    entry()

    assert LargePaginator(AuditEntry.objects.all(), 50).count == 1


@pytest.mark.usefixtures("rows")
def test_many_rows_are_estimated() -> None:
    assert LargePaginator(AuditEntry.objects.all(), 50).count >= 6


@pytest.mark.usefixtures("rows")
def test_a_filtered_list_stops_counting() -> None:
    assert LargePaginator(AuditEntry.objects.filter(document="INV-1"), 50).count == 6


def test_nobody_turns_to_page_201(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 2)
    for number in range(5):
        entry(f"INV-{number}")

    assert LargePaginator(AuditEntry.objects.all(), 1).num_pages == 2
