"""The integration pages: rules, baseline, switch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django_q.models import OrmQ

from audit.models import AuditEntry
from connections.models import Connection
from syncs.models import FlowState, Integration, Run
from tests.admin.conftest import act_url, add_url, change_url, delete_url, list_url, messages, words
from tests.factories import a_connection, a_copy, a_transfer, an_account, an_integration

RESULT = {
    "vendors": {
        "would_create": 12, "linked": 30, "blocked": 2, "held": 0,
        "skipped": {"Left out by a filter": 3}, "amounts": {},
    },
    "purchase-orders-as-bills": {
        "would_create": 17, "linked": 1, "blocked": 1, "held": 0, "skipped": {},
        "amounts": {"would create": {"USD": "42310.5500", "EUR": "10"}},
    },
}  # fmt: skip
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rules(integration: Integration | None = None, **changes: str) -> dict[str, str]:
    """Return the form as a browser sends it."""
    values = {
        "name": "Harbour", "start_date": "2026-01-01", "order_leaves": "confirmed",
        "currencies": "", "vendor_tags": "", "duplicates": "block", "vendor_changes_wait": "on",
        "send_documents": "on", "number_prefix": "", "default_account": "",
        "rounding_account": "", "schedule": "every 15 minutes", "payment_method": "",
        "post_at": "in flight", "closed_period": "hold", "unknown_bills": "list",
        "paid_elsewhere": "tell", "fixable_days": "10",
    }  # fmt: skip
    if integration is not None:
        values |= {
            "pairing": integration.pairing,
            "erp": str(integration.erp_id),
            "ap": str(integration.ap_id),
        }
    return values | changes


def unconfirmed(**changes: Any) -> Integration:
    return an_integration(enabled=False, confirmed_at=None, **changes)


def test_an_integration_joins_two_connections(anna: Client) -> None:
    erp, ap = a_connection("odoo"), a_connection("billcom")

    anna.post(add_url(Integration), rules(pairing="odoo-billcom", erp=str(erp.pk), ap=str(ap.pk)))

    integration = Integration.objects.get()
    assert (integration.erp, integration.ap) == (erp, ap)
    assert not integration.enabled
    assert AuditEntry.objects.get(action="integration.added").actor == "anna"


def test_each_side_offers_connections_of_its_own_kind(anna: Client) -> None:
    erp, ap = a_connection("odoo"), a_connection("billcom")

    form = anna.get(add_url(Integration)).context["adminform"].form

    assert list(form.fields["erp"].queryset) == [erp]
    assert list(form.fields["ap"].queryset) == [ap]


def test_an_unreadable_schedule_is_refused_in_words(anna: Client) -> None:
    integration = unconfirmed()

    page = words(anna.post(change_url(integration), rules(integration, schedule="now and then")))

    assert "neither an interval" in page


def test_accounts_are_those_in_use_of_the_payables_company(anna: Client) -> None:
    integration = unconfirmed()
    wanted = a_copy(integration.ap, an_account())
    a_copy(integration.ap, an_account(id="ga-2", archived=True, number="6200"))
    a_copy(integration.erp, an_account(id="1", number="6300"))

    form = anna.get(change_url(integration)).context["adminform"].form
    address = form.fields["default_account"].widget.get_url()
    about = {"app_label": "syncs", "model_name": "integration", "field_name": "default_account"}
    found = anna.get(f"{address}&{urlencode(about)}").json()["results"]

    assert [row["text"] for row in found] == ["6100 Office supplies"]
    assert [row["id"] for row in found] == [str(wanted.pk)]


def test_an_account_of_another_company_is_refused(anna: Client) -> None:
    integration = unconfirmed()
    other = a_copy(integration.erp, an_account(id="1"))

    anna.post(change_url(integration), rules(integration, default_account=str(other.pk)))

    integration.refresh_from_db()
    assert integration.default_account is None


def test_a_new_start_date_reads_everything_again_and_voids_the_baseline(anna: Client) -> None:
    integration = unconfirmed(baseline_result=RESULT)
    state = FlowState.objects.create(integration=integration, flow="vendors", swept_at=NOON)

    anna.post(change_url(integration), rules(integration, start_date="2026-02-01"))

    state.refresh_from_db()
    integration.refresh_from_db()
    assert integration.start_date == date(2026, 2, 1)
    assert state.swept_at is None
    assert integration.baseline_at is None
    assert "start date" in AuditEntry.objects.get(action="integration.changed").sentence


def test_a_start_date_moved_while_it_runs_says_what_that_sends(anna: Client) -> None:
    integration = an_integration()

    answer = anna.post(
        change_url(integration), rules(integration, start_date="2025-06-01"), follow=True
    )

    assert "sends what the new rules let through" in messages(answer)


def test_other_rules_leave_the_watermark_alone(anna: Client) -> None:
    integration = an_integration()
    state = FlowState.objects.create(integration=integration, flow="vendors", swept_at=NOON)

    anna.post(change_url(integration), rules(integration, number_prefix="PO-"))

    state.refresh_from_db()
    assert state.swept_at == NOON


def test_the_two_companies_are_fixed_once_documents_link_them(anna: Client) -> None:
    integration = an_integration()
    a_transfer(integration)
    other = a_connection("billcom", name="Other", identity="other company")

    anna.post(change_url(integration), rules(integration, ap=str(other.pk)))

    integration.refresh_from_db()
    assert integration.ap != other
    assert Connection.objects.count() == 3
    assert anna.post(delete_url(integration), {"post": "yes"}).status_code == 403


def test_the_baseline_is_confirmed_after_its_numbers_were_shown(anna: Client) -> None:
    integration = unconfirmed(baseline_result=RESULT)

    page = words(anna.get(act_url(integration, "confirm")))
    integration.refresh_from_db()

    assert integration.confirmed_at is None
    for expected in (
        "Would be created in BILL", "12", "30", "left out by a filter: 3", "17",
        "10.00 EUR, 42,310.55 USD", "1 Jan 2026", "switches the integration on",
    ):  # fmt: skip
        assert expected in page

    answer = anna.post(act_url(integration, "confirm"), follow=True)
    integration.refresh_from_db()
    assert integration.enabled
    assert integration.confirmed_by == "anna"
    assert "is switched on" in messages(answer)


def test_a_baseline_is_queued_with_the_name_of_who_asked(anna: Client) -> None:
    integration = unconfirmed(baseline_at=None)

    answer = anna.post(act_url(integration, "baseline"), follow=True)

    assert OrmQ.objects.count() == 1
    assert "writes nothing" in messages(answer)


def test_without_a_start_date_there_is_no_baseline_button(anna: Client) -> None:
    integration = unconfirmed(baseline_at=None, start_date=None)

    page = words(anna.get(change_url(integration)))

    assert "Set a start date below and save" in page
    assert act_url(integration, "baseline") not in page


def test_nothing_can_be_sent_before_the_baseline_is_confirmed(anna: Client) -> None:
    integration = unconfirmed()

    for name in ("run", "on", "resume"):
        anna.post(act_url(integration, name))

    integration.refresh_from_db()
    assert not integration.enabled
    assert not OrmQ.objects.exists()


def test_an_integration_is_switched_off_and_on(anna: Client) -> None:
    integration = an_integration()

    anna.post(act_url(integration, "off"))
    integration.refresh_from_db()
    assert not integration.enabled

    anna.post(act_url(integration, "on"))
    integration.refresh_from_db()
    assert integration.enabled


def test_a_pause_says_why_and_what_to_do(anna: Client) -> None:
    integration = an_integration(paused_reason="The API key of Our odoo has expired.")

    page = words(anna.get(change_url(integration)))

    assert "The API key of Our odoo has expired." in page
    assert "press Resume" in page

    anna.post(act_url(integration, "resume"))
    integration.refresh_from_db()
    assert integration.paused_reason == ""


def test_the_last_runs_are_shown_in_words(anna: Client) -> None:
    integration = an_integration()
    Run.objects.create(
        integration=integration, flow="vendors", trigger="schedule", outcome="done",
        counts={"read": 1200, "created": 3, "skipped": {"Not confirmed": 2}},
    )  # fmt: skip

    for page in (words(anna.get(change_url(integration))), words(anna.get(list_url(Run)))):
        assert "1,200 read, 3 created, 2 skipped (not confirmed: 2)" in page


def test_a_run_under_way_is_not_said_to_have_nothing_to_do(anna: Client) -> None:
    integration = an_integration()
    Run.objects.create(integration=integration, flow="vendors", outcome="running")

    for page in (words(anna.get(change_url(integration))), words(anna.get(list_url(Run)))):
        assert "under way" in page
        assert "nothing to do" not in page


def test_who_may_only_read_switches_nothing(sign_in: Callable[..., Client]) -> None:
    integration = an_integration()
    reader = sign_in("syncs.view_integration")

    assert reader.post(act_url(integration, "off")).status_code == 403
    assert "Switch off" not in words(reader.get(change_url(integration)))
