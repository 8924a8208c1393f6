"""The connection pages: built from what a system declares, silent about secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.test import Client

from audit.models import AuditEntry
from connections.models import Connection
from connections.systems.billcom import BILLCOM
from syncs.models import Integration
from tests.admin.conftest import act_url, add_url, change_url, delete_url, list_url, words
from tests.connections.systems.billcom.harbour import SECRETS, settings_for
from tests.factories import an_integration

if TYPE_CHECKING:
    from sandbox.server import SandboxServer

HIDDEN = "a-very-secret-password"


def typed(url: str = "http://127.0.0.1:1", **changes: str) -> dict[str, str]:
    """Return a filled-in form of a connection to BILL."""
    values = {field.name: field.default for field in BILLCOM.fields}
    values |= settings_for(url) | SECRETS | changes
    return {"name": "Harbour in BILL"} | {f"option_{k}": v for k, v in values.items()}


def add(client: Client, values: dict[str, str]) -> Any:
    return client.post(f"{add_url(Connection)}?system=billcom", values, follow=True)


def test_adding_begins_with_the_system(anna: Client) -> None:
    page = words(anna.get(add_url(Connection)))

    assert "?system=odoo" in page
    assert "?system=billcom" in page
    assert "Which system" in page


def test_the_form_has_a_box_for_each_declared_field(anna: Client) -> None:
    page = words(anna.get(f"{add_url(Connection)}?system=odoo"))

    for label in ("Address", "Database", "User name", "API key", "Company"):
        assert label in page
    assert "Advanced" in page


def test_a_connection_is_kept_with_its_secrets_apart(anna: Client) -> None:
    add(anna, typed(password=HIDDEN))

    connection = Connection.objects.get()
    assert connection.system == "billcom"
    assert connection.settings["organization_id"] == "00801HARBOURSUPPLYCO"
    assert "password" not in connection.settings
    assert connection.secrets()["password"] == HIDDEN


def test_a_secret_is_never_shown_again(anna: Client) -> None:
    answer = add(anna, typed(password=HIDDEN))
    connection = Connection.objects.get()

    for page in (
        words(answer),
        words(anna.get(change_url(connection))),
        words(anna.get(list_url(Connection))),
    ):
        assert HIDDEN not in page
    assert "Stored. Leave it blank to keep it" in words(anna.get(change_url(connection)))


def test_a_secret_is_not_echoed_after_a_mistake_elsewhere(anna: Client) -> None:
    answer = add(anna, typed(password=HIDDEN, organization_id=""))

    assert not Connection.objects.exists()
    assert HIDDEN not in words(answer)
    assert SECRETS["dev_key"] not in words(answer)


def test_a_blank_secret_keeps_the_stored_one(anna: Client) -> None:
    add(anna, typed(password=HIDDEN))
    connection = Connection.objects.get()

    anna.post(change_url(connection), typed(password="", dev_key="another-key"))

    assert connection.secrets() == {"password": HIDDEN, "dev_key": "another-key"}


def test_what_is_required_and_what_may_be_chosen_is_checked(anna: Client) -> None:
    for mistake in ({"password": ""}, {"username": " "}, {"environment": "moon"}):
        page = words(add(anna, typed(**mistake)))
        assert "errornote" in page
    assert not Connection.objects.exists()


def test_history_names_the_fields_and_no_values(anna: Client) -> None:
    add(anna, typed(password=HIDDEN))
    connection = Connection.objects.get()

    anna.post(change_url(connection), typed(password="brand-new-password", username="other@x.y"))

    added, changed = AuditEntry.objects.order_by("id")
    assert added.sentence == "anna added the connection Harbour in BILL."
    assert changed.actor == "anna"
    assert "User name or token name, Password or token value" in changed.sentence
    assert "brand-new" not in f"{changed.sentence}{changed.payload}"
    assert "other@x.y" not in f"{changed.sentence}{changed.payload}"


def test_changing_a_credential_forgets_what_an_earlier_ping_found(anna: Client) -> None:
    add(anna, typed())
    connection = Connection.objects.get()
    connection.health, connection.findings = "good", [["good", "Bills can be read."]]
    connection.save()

    anna.post(change_url(connection), typed(dev_key="another-key"))

    connection.refresh_from_db()
    assert connection.health == "untested"
    assert "Not tested since" in words(anna.get(change_url(connection)))


def test_ping_says_who_answered_and_what_was_found(
    anna: Client, sandbox: SandboxServer, settings: Any
) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    add(anna, typed(sandbox.url))
    connection = Connection.objects.get()

    answer = anna.post(act_url(connection, "ping"), follow=True)

    page = words(answer)
    assert "Harbour Supply Co. answered" in page
    assert "Vendors can be read." in page
    assert AuditEntry.objects.filter(action="connection.answered", actor="anna").exists()


def test_a_failed_ping_ends_on_the_page_with_the_reason(
    anna: Client, sandbox: SandboxServer, settings: Any
) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    add(anna, typed(sandbox.url, password="wrong-password"))
    connection = Connection.objects.get()

    answer = anna.post(act_url(connection, "ping"), follow=True)

    connection.refresh_from_db()
    assert connection.health == "problem"
    assert connection.findings[0][1] in words(answer)
    assert "wrong-password" not in words(answer)
    assert "Traceback" not in words(answer)


def test_ping_is_a_post_with_the_right_to_change(sign_in: Callable[..., Client]) -> None:
    connection = an_integration().ap
    reader = sign_in("connections.view_connection")

    assert reader.post(act_url(connection, "ping")).status_code == 403
    assert "Ping: test" not in words(reader.get(change_url(connection)))


def test_ping_by_address_alone_does_nothing(anna: Client) -> None:
    connection = an_integration().ap

    assert anna.get(act_url(connection, "ping")).status_code == 405


def test_a_button_needs_the_token_of_its_page(anna: Client) -> None:
    connection = an_integration().ap
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = anna.cookies

    assert strict.post(act_url(connection, "ping")).status_code == 403


def test_a_reader_sees_settings_and_no_boxes(sign_in: Callable[..., Client]) -> None:
    connection = an_integration().ap
    connection.settings = {"organization_id": "00801HARBOURSUPPLYCO"}
    connection.save()
    connection.keep_secrets({"password": HIDDEN})

    page = words(sign_in("connections.view_connection").get(change_url(connection)))

    assert "Organization ID: 00801HARBOURSUPPLYCO" in page
    assert 'name="option_' not in page
    assert HIDDEN not in page


def test_unreadable_secrets_are_asked_for_again(anna: Client, settings: Any) -> None:
    add(anna, typed(password=HIDDEN))
    connection = Connection.objects.get()
    settings.CONNECTOR_SECRET_KEYS = ["quite-another-key-0123456789-abcdefghijk"]

    page = words(anna.get(change_url(connection)))

    assert "cannot be read any more: enter it again" in page


def test_a_connection_in_use_is_not_deleted(anna: Client) -> None:
    connection = an_integration().ap

    answer = anna.post(delete_url(connection), {"post": "yes"})

    assert answer.status_code == 403
    assert Connection.objects.filter(pk=connection.pk).exists()
    assert Integration.objects.count() == 1
    assert delete_url(connection) not in words(anna.get(change_url(connection)))


def test_connections_are_found_by_name_and_company(anna: Client) -> None:
    connection = an_integration().ap
    Connection.objects.filter(pk=connection.pk).update(company="Harbour Supply Co.")

    assert "Our billcom" in words(anna.get(f"{list_url(Connection)}?q=supply"))
    assert "0 results" in words(anna.get(f"{list_url(Connection)}?q=nobody"))
