"""The pages of documents: where it is, why, and the buttons that help."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from audit.models import AuditEntry
from audit.services import record_audit
from connections.serial import to_json
from syncs.models import Attempt, Transfer
from tests.admin.conftest import act_url, add_url, change_url, delete_url, list_url, messages, words
from tests.factories import (
    a_bill,
    a_copy,
    a_line,
    a_tax,
    a_transfer,
    an_account,
    an_integration,
    an_order,
)

CANDIDATES = [["b-9", "Bill INV-7, 100.00 USD", "same number, other date"]]


def blocked(**changes: Any) -> Transfer:
    values: dict[str, Any] = {
        "state": "blocked",
        "reason": "gl-account",
        "sentence": "GL account 6100 has no counterpart in BILL. Map it under Mappings.",
        "missing": "ga-1",
    }
    integration = changes.pop("integration", None) or an_integration()
    return a_transfer(integration, **values | changes)


def test_the_list_says_where_each_document_is_and_why(anna: Client) -> None:
    blocked(amount=Decimal("42310.55"))

    page = words(anna.get(list_url(Transfer)))

    for expected in ("P00011", "Acme Supplies", "42,310.55 USD", "Blocked", "GL account 6100"):
        assert expected in page


def test_the_list_is_filtered_by_what_needs_attention(anna: Client) -> None:
    first = blocked()
    a_transfer(
        first.integration, source_key="12", document="P00012", state="waiting", reason="answer"
    )

    page = words(anna.get(f"{list_url(Transfer)}?attention=yes"))

    assert "P00011" in page
    assert "P00012" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("P00011", True),
        ("p00011", False),
        ("P0001", False),
        ("Acme Supp", True),
        ("upplies", False),
    ],
)
def test_documents_are_found_by_exact_number_or_start_of_vendor(
    anna: Client, query: str, found: bool
) -> None:
    blocked()

    page = words(anna.get(list_url(Transfer), {"q": query}))

    assert ("1 result" in page and "0 result" not in page) == found


@pytest.mark.parametrize(
    "query", ["state__exact=blocked", "reason__exact=gl-account", "flow=vendors"]
)
def test_every_filter_opens(anna: Client, query: str) -> None:
    blocked()

    words(anna.get(f"{list_url(Transfer)}?{query}"))


def test_the_menu_counts_what_needs_attention(anna: Client) -> None:
    first = blocked()
    a_transfer(first.integration, source_key="12", state="held", reason="after-approval")

    response = anna.get(list_url(Transfer))

    menu = {item["title"]: item for item in response.context["sidebar_navigation"][0]["items"]}
    assert menu["Needs attention"]["badge"] == "2"
    assert menu["Needs attention"]["link"].endswith("?attention=yes")


def test_the_page_shows_both_sides_and_the_lines(anna: Client) -> None:
    integration = an_integration()
    integration.erp.settings = {"url": "https://acme.odoo.example"}
    integration.erp.save()
    a_copy(integration.ap, an_account())
    transfer = a_transfer(
        integration,
        state="done",
        source=to_json(an_order()),
        body=to_json(a_bill()),
        target_id="b-1",
        target_scope="x",
    )

    page = words(anna.get(change_url(transfer)))

    assert "https://acme.odoo.example/odoo/purchase.order/11" in page
    assert "open in Odoo" in page
    assert "6100 Office supplies" in page
    assert "INV-7" in page


def test_the_history_is_in_order_and_its_payload_folded(anna: Client) -> None:
    transfer = blocked()
    record_audit("transfer.blocked", "It was blocked.", subject=transfer, payload={"a": "b"})
    Attempt.objects.create(
        transfer=transfer, number=1, action="create", key="k", digest="d", outcome="refused",
        sentence="Too long.",
    )  # fmt: skip

    page = words(anna.get(change_url(transfer)))

    assert page.index("It was blocked.") < page.index("Attempt 1: Sent — refused. Too long.")
    assert "<details><summary>" in page
    assert "&quot;a&quot;: &quot;b&quot;" in page


def test_secrets_in_an_answer_are_not_shown(anna: Client) -> None:
    transfer = blocked()
    Attempt.objects.create(
        transfer=transfer, number=1, action="create", key="k", digest="d",
        answer={"sessionId": "abc-secret-session"},
    )  # fmt: skip

    assert "abc-secret-session" not in words(anna.get(change_url(transfer)))


def test_the_missing_mapping_is_one_click_away(anna: Client) -> None:
    transfer = blocked()

    page = words(anna.get(change_url(transfer)))

    assert "Fill in the missing mapping" in page
    assert f"integration={transfer.integration_id}&amp;kind=gl-account&amp;code=ga-1" in page


def test_a_document_cannot_be_edited_added_or_deleted(anna: Client) -> None:
    transfer = blocked()

    anna.post(change_url(transfer), {"state": "done"})

    transfer.refresh_from_db()
    assert transfer.state == "blocked"
    assert anna.get(add_url(Transfer)).status_code == 403
    assert anna.post(delete_url(transfer), {"post": "yes"}).status_code == 403


# Buttons -----------------------------------------------------------------------------------------


def test_trying_again_asks_first_and_names_the_document(anna: Client) -> None:
    transfer = blocked()

    page = words(anna.get(act_url(transfer, "retry")))

    assert "Try this document again?" in page
    assert "100.00 USD" in page
    transfer.refresh_from_db()
    assert transfer.state == "blocked"


def test_trying_again_reads_it_anew_in_the_next_run(anna: Client) -> None:
    transfer = blocked()

    answer = anna.post(act_url(transfer, "retry"), follow=True)

    transfer.refresh_from_db()
    assert transfer.state == "new"
    assert transfer.release
    assert "is read and judged anew" in messages(answer)
    assert AuditEntry.objects.get(action="transfer.retry").actor == "anna"


def test_leaving_needs_a_reason(anna: Client) -> None:
    transfer = blocked()

    page = words(anna.post(act_url(transfer, "leave"), {"why": "  "}))
    transfer.refresh_from_db()

    assert "This field is required" in page
    assert transfer.state == "blocked"

    anna.post(act_url(transfer, "leave"), {"why": "Paid by card."})
    transfer.refresh_from_db()
    assert transfer.state == "dismissed"
    assert "Paid by card." in transfer.sentence


def test_a_person_chooses_among_what_was_found(anna: Client) -> None:
    transfer = blocked(reason="duplicate", candidates=CANDIDATES)

    page = words(anna.get(act_url(transfer, "choose"), {"target": "b-9"}))
    answer = anna.post(act_url(transfer, "choose"), {"target": "b-9"}, follow=True)

    assert "Bill INV-7, 100.00 USD — same number, other date" in page
    transfer.refresh_from_db()
    assert transfer.choice == "b-9"
    assert "What P00011 from Acme Supplies is in BILL is noted." in messages(answer)


def test_a_person_may_say_that_it_is_new(anna: Client) -> None:
    transfer = blocked(reason="duplicate", candidates=CANDIDATES)

    anna.post(act_url(transfer, "choose"), {"target": "create"})

    transfer.refresh_from_db()
    assert transfer.choice == Transfer.CREATE_NEW


def test_what_was_not_found_cannot_be_chosen(anna: Client) -> None:
    transfer = blocked(reason="duplicate", candidates=CANDIDATES)

    page = words(anna.post(act_url(transfer, "choose"), {"target": "b-666"}))

    transfer.refresh_from_db()
    assert transfer.choice == ""
    assert "Which one is it?" in page


def test_another_number_is_used(anna: Client) -> None:
    transfer = blocked(reason="number")

    anna.post(act_url(transfer, "renumber"), {"number": "INV-7-B"})

    transfer.refresh_from_db()
    assert transfer.number == "INV-7-B"
    assert transfer.state == "new"


def test_a_held_change_is_sent_when_somebody_agrees(anna: Client) -> None:
    transfer = blocked(state="held", reason="after-approval")

    assert "Send the change after all?" in words(anna.get(act_url(transfer, "agree")))
    anna.post(act_url(transfer, "agree"))

    transfer.refresh_from_db()
    assert transfer.agreed


def test_a_button_that_makes_no_sense_any_more_says_so(anna: Client) -> None:
    transfer = blocked(state="done", reason="", sentence="")

    answer = anna.post(act_url(transfer, "leave"), {"why": "x"}, follow=True)

    assert "not possible any more" in messages(answer)
    transfer.refresh_from_db()
    assert transfer.state == "done"


@pytest.mark.parametrize("name", ["retry", "leave", "renumber"])
def test_who_may_only_read_has_no_buttons(sign_in: Callable[..., Client], name: str) -> None:
    transfer = blocked(reason="number")
    reader = sign_in("syncs.view_transfer")

    assert "Try again" not in words(reader.get(change_url(transfer)))
    assert reader.post(act_url(transfer, name), {"why": "x", "number": "1"}).status_code == 403


# Many at once ------------------------------------------------------------------------------------


def retry_many(client: Client, transfers: list[Transfer], **more: str) -> Any:
    form = {"action": "retry_many", ACTION_CHECKBOX_NAME: [t.pk for t in transfers], **more}
    return client.post(list_url(Transfer), form, follow=True)


def test_trying_many_again_asks_with_names_and_amounts(anna: Client) -> None:
    first = blocked()
    second = blocked(
        integration=first.integration, source_key="12", document="P00012", amount=Decimal("0.55")
    )

    page = words(retry_many(anna, [first, second]))

    assert "Try 2 documents again?" in page
    assert "Together: 100.55 USD." in page
    assert "P00012" in page
    first.refresh_from_db()
    assert first.state == "blocked"


def test_many_are_tried_again_and_what_cannot_be_is_left_out(anna: Client) -> None:
    first = blocked()
    sent = a_transfer(first.integration, source_key="12", state="done")

    answer = retry_many(anna, [first, sent], confirmed="yes")

    first.refresh_from_db()
    sent.refresh_from_db()
    assert (first.state, sent.state) == ("new", "done")
    assert "1 document will be looked at again" in messages(answer)


def test_who_may_only_read_cannot_try_many_again(sign_in: Callable[..., Client]) -> None:
    first = blocked()

    retry_many(sign_in("syncs.view_transfer"), [first], confirmed="yes")

    first.refresh_from_db()
    assert first.state == "blocked"


def test_a_line_shows_its_tax(anna: Client) -> None:
    integration = an_integration()
    a_copy(integration.erp, a_tax())
    line = a_line(tax_ids=("t-1",), tax_amount=Decimal("20.00"))
    transfer = a_transfer(integration, source=to_json(an_order(lines=(line,))))

    assert "VAT 20 % 20.00 USD" in words(anna.get(change_url(transfer)))


def test_another_number_is_offered_only_where_it_helps(anna: Client) -> None:
    assert "Use another number" not in words(anna.get(change_url(blocked())))


def test_history_leads_back_to_the_document(anna: Client) -> None:
    transfer = blocked()
    entry = record_audit("transfer.blocked", "It was blocked.", subject=transfer)

    assert change_url(transfer) in words(anna.get(change_url(entry)))
