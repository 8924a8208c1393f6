"""Secrets at rest: encrypted, authenticated, bound to their row, and open to a change of keys."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection as database
from pytest_django.fixtures import Settings

from connections.models import Session
from connections.secrets import SecretError, Unreadable, key_ring

pytestmark = pytest.mark.django_db

OLD = "old-key-0123456789-abcdefghijklmnopqrstuvwxyz"
NEW = "new-key-0123456789-abcdefghijklmnopqrstuvwxyz"
TOKEN = {"token": "s3cret-token", "expires": 1800}


@pytest.fixture(autouse=True)
def one_old_key(settings: Settings) -> None:
    settings.CONNECTOR_SECRET_KEYS = [OLD]


def a_session(key: str = "billcom:1", **values: Any) -> Session:
    session = Session(key=key, values=values or dict(TOKEN))
    session.save()
    return session


def stored_bytes(key: str = "billcom:1") -> bytes:
    with database.cursor() as cursor:
        cursor.execute('SELECT "values" FROM connections_session WHERE "key" = %s', [key])
        return bytes(cursor.fetchone()[0])


def store_bytes(content: bytes, key: str = "billcom:1") -> None:
    with database.cursor() as cursor:
        cursor.execute(
            'UPDATE connections_session SET "values" = %s WHERE "key" = %s', [content, key]
        )


def test_it_comes_back_as_it_went_in() -> None:
    a_session()

    assert Session.objects.get().values == TOKEN


def test_the_database_holds_no_plain_text_and_no_pickle() -> None:
    a_session()

    assert b"s3cret" not in stored_bytes()
    plain = key_ring()[0].fernet.decrypt(stored_bytes()[5:])
    assert json.loads(plain)["values"] == TOKEN


def test_two_equal_secrets_do_not_look_equal() -> None:
    a_session("one")
    a_session("two")

    assert stored_bytes("one")[5:] != stored_bytes("two")[5:]


def test_changing_a_value_in_place_and_saving_keeps_it() -> None:
    session = a_session()
    session.values["token"] = "renewed"
    session.save(update_fields=["values"])

    assert Session.objects.get().values["token"] == "renewed"


def test_a_deferred_secret_is_read_when_it_is_needed() -> None:
    a_session()

    assert Session.objects.defer("values").get().values == TOKEN


def test_many_saved_at_once_open_each_in_its_row() -> None:
    Session.objects.bulk_create([Session(key=k, values={"token": k}) for k in ("one", "two")])

    assert {s.key: s.values["token"] for s in Session.objects.all()} == {"one": "one", "two": "two"}


def test_a_secret_moved_to_another_row_does_not_open() -> None:
    a_session("mine", token="mine")
    a_session("theirs", token="theirs")
    store_bytes(stored_bytes("theirs"), "mine")

    values = Session.objects.get(key="mine").values

    assert isinstance(values, Unreadable)
    assert "another row" in values.reason


@pytest.mark.parametrize("position", [0, 2, 8, 20, 40, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    a_session()
    content = bytearray(stored_bytes())
    content[position] ^= 1
    store_bytes(bytes(content))

    assert isinstance(Session.objects.get().values, Unreadable)


@pytest.mark.parametrize("content", [b"", b"\x01", b"\x01abcd", b"nonsense", b"\x01" * 300])
def test_nonsense_in_the_database_is_unreadable_and_not_an_error(content: bytes) -> None:
    a_session()
    store_bytes(content)

    assert isinstance(Session.objects.get().values, Unreadable)


def test_nonsense_after_a_known_key_is_unreadable_too() -> None:
    a_session()
    store_bytes(stored_bytes()[:5] + b"short")

    assert isinstance(Session.objects.get().values, Unreadable)


def test_a_list_opens_although_one_row_does_not() -> None:
    a_session("good")
    a_session("bad")
    store_bytes(b"nonsense", "bad")

    readable = {s.key: bool(s.values) for s in Session.objects.all()}

    assert readable == {"good": True, "bad": False}


def test_saving_an_unreadable_secret_loses_nothing(settings: Settings) -> None:
    a_session()
    settings.CONNECTOR_SECRET_KEYS = [NEW]
    session = Session.objects.get()
    assert isinstance(session.values, Unreadable)
    session.save()

    settings.CONNECTOR_SECRET_KEYS = [NEW, OLD]

    assert Session.objects.get().values == TOKEN


def test_a_new_django_secret_key_changes_nothing(settings: Settings) -> None:
    a_session()
    settings.SECRET_KEY = "another"

    assert Session.objects.get().values == TOKEN


def test_the_same_setting_never_both_signs_and_encrypts() -> None:
    fernet = key_ring()[0].fernet

    assert fernet.key != fernet.signer.key
    assert OLD.encode() not in (fernet.key, fernet.signer.key)


def test_without_a_key_nothing_is_stored(settings: Settings) -> None:
    settings.CONNECTOR_SECRET_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="CONNECTOR_SECRET_KEYS is empty"):
        a_session()


def test_secrets_are_never_exported() -> None:
    a_session()

    with pytest.raises(CommandError, match="never exported"):
        call_command("dumpdata", "connections.session")


def test_secrets_cannot_be_searched_or_changed_without_their_row() -> None:
    a_session()

    with pytest.raises(FieldError):
        Session.objects.filter(values={"token": "s3cret-token"}).exists()
    with pytest.raises(SecretError, match="bound to their row"):
        Session.objects.update(values={"token": "x"})


def test_a_query_shows_no_secret() -> None:
    a_session()

    assert "s3cret" not in repr(Session.objects.values_list("values", flat=True)[0])


def test_only_dicts_are_stored() -> None:
    with pytest.raises(SecretError, match="must be a dict"):
        Session(key="k", values="s3cret").save()


def rotate() -> str:
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_an_old_key_opens_and_the_first_key_encrypts(settings: Settings) -> None:
    a_session("old")
    settings.CONNECTOR_SECRET_KEYS = [NEW, OLD]
    a_session("new")

    assert Session.objects.get(key="old").values == TOKEN
    assert stored_bytes("old")[1:5] != stored_bytes("new")[1:5]


def test_rotation_moves_every_row_to_the_first_key(settings: Settings) -> None:
    a_session("one")
    a_session("two")
    settings.CONNECTOR_SECRET_KEYS = [NEW, OLD]

    said = rotate()

    assert "Moved to the first key: 2." in said
    assert "(number 2) is no longer used here and may be removed" in said
    settings.CONNECTOR_SECRET_KEYS = [NEW]
    assert [s.values for s in Session.objects.all()] == [TOKEN, TOKEN]


def test_rotation_again_moves_nothing() -> None:
    a_session()

    assert "Moved to the first key: 0." in rotate()
    assert "(number 1) is used by 1." in rotate()


def test_rotation_leaves_alone_and_names_what_it_cannot_read(settings: Settings) -> None:
    a_session("billcom:7")
    before = stored_bytes("billcom:7")
    settings.CONNECTOR_SECRET_KEYS = [NEW]

    with pytest.raises(CommandError, match="billcom:7"):
        rotate()

    assert stored_bytes("billcom:7") == before
