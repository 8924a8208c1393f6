"""The mapping pages: the right choices, and what a mapping releases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.test import Client

from audit.models import AuditEntry
from syncs.models import Integration, Mapping
from tests.admin.conftest import add_url, change_url, delete_url, list_url, messages, words
from tests.factories import a_copy, a_tax, a_transfer, an_account, an_integration


def form_url(integration: Integration, kind: str = "gl-account", **more: str) -> str:
    return f"{add_url(Mapping)}?{urlencode({'integration': integration.pk, 'kind': kind, **more})}"


def choices(client: Client, form: Any, name: str) -> list[str]:
    about = {"app_label": "syncs", "model_name": "mapping", "field_name": name}
    address = f"{form.fields[name].widget.get_url()}&{urlencode(about)}"
    return [row["text"] for row in client.get(address).json()["results"]]


def test_adding_begins_with_the_kind(anna: Client) -> None:
    integration = an_integration()

    page = words(anna.get(add_url(Mapping)))

    assert f"?integration={integration.pk}&amp;kind=tax" in page
    assert "GL account · Harbour" in page


def test_adding_without_an_integration_says_what_is_missing(anna: Client) -> None:
    assert "There is no integration yet" in words(anna.get(add_url(Mapping)))


def test_each_side_offers_its_own_kind_of_record(anna: Client) -> None:
    integration = an_integration()
    a_copy(integration.erp, a_tax())
    a_copy(integration.erp, an_account(id="1", number="700"))
    a_copy(integration.ap, an_account())

    form = anna.get(form_url(integration, "tax")).context["adminform"].form

    assert choices(anna, form, "source") == ["VAT 20 %"]
    assert choices(anna, form, "target") == ["6100 Office supplies"]


def test_a_blocked_document_fills_in_the_source(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55", number="612000", name="Rent"))

    form = anna.get(form_url(integration, code="55")).context["adminform"].form

    assert form.initial["source"] == source.pk


def test_saving_says_how_many_documents_are_looked_at_again(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55", number="612000", name="Rent"))
    target = a_copy(integration.ap, an_account())
    waiting = a_transfer(integration, state="blocked", reason="gl-account", missing="55")
    other = a_transfer(
        integration, source_key="12", state="blocked", reason="gl-account", missing="56"
    )

    answer = anna.post(
        form_url(integration), {"source": source.pk, "target": target.pk}, follow=True
    )

    mapping = Mapping.objects.get()
    assert (mapping.integration, mapping.kind, mapping.changed_by) == (
        integration, "gl-account", "anna",
    )  # fmt: skip
    assert "1 document is looked at again" in messages(answer)
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.state, other.state) == ("new", "blocked")
    sentence = AuditEntry.objects.get(action="mapping.changed").sentence
    assert sentence == "anna mapped GL account 612000 Rent → 6100 Office supplies."


def test_a_second_mapping_of_one_source_is_refused(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55"))
    target = a_copy(integration.ap, an_account())
    Mapping.objects.create(integration=integration, kind="gl-account", source=source, target=target)

    page = words(anna.post(form_url(integration), {"source": source.pk, "target": target.pk}))

    assert "already mapped" in page
    assert Mapping.objects.count() == 1


def test_an_archived_target_is_refused(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55"))
    target = a_copy(integration.ap, an_account(archived=True))

    page = words(anna.post(form_url(integration), {"source": source.pk, "target": target.pk}))

    assert "archived there; choose an active one" in page


def test_only_the_target_of_a_mapping_changes(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55"))
    mapping = Mapping.objects.create(integration=integration, kind="gl-account", source=source)
    target = a_copy(integration.ap, an_account())

    anna.post(change_url(mapping), {"target": target.pk, "source": target.pk})

    mapping.refresh_from_db()
    assert (mapping.source, mapping.target) == (source, target)


def test_deleting_a_mapping_is_on_the_record(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55"))
    mapping = Mapping.objects.create(integration=integration, kind="gl-account", source=source)

    anna.post(delete_url(mapping), {"post": "yes"})

    assert not Mapping.objects.exists()
    assert AuditEntry.objects.get(action="mapping.deleted").actor == "anna"


def test_the_list_shows_both_sides(anna: Client) -> None:
    integration = an_integration()
    source = a_copy(integration.erp, an_account(id="55", number="612000", name="Rent"))
    Mapping.objects.create(integration=integration, kind="gl-account", source=source)

    page = words(anna.get(f"{list_url(Mapping)}?mapped=no"))

    assert "612000 Rent" in page
    assert "not mapped yet" in page
