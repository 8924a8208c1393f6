"""What is kept may be read by an auditor: no secret may be in it, however it is wrapped."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.redaction import HIDDEN, LONGEST_TEXT, redacted, redacted_text

SECRET = "hunter2x9"
SECRET_NAMES = """
    password Password passwd PASSWORD userPassword db_password passphrase secret client_secret
    clientSecret token access_token accessToken refresh_token id_token api_key apiKey api-key
    X-Api-Key devKey dev_key devkey securityKey private_key sessionId session_id B1SESSION
    sessionid session Authorization Proxy-Authorization Cookie Set-Cookie cookies signature
    x-bill-sha-signature rememberMeId credentials client_assertion jwt iban IBAN routingNumber
    routing_number bankAccountNumber bankAccount bank_accounts acc_number bankInfo sortCode
    passwords tokens
""".split()
PLAIN_NAMES = """
    name email number accountNumber account_number tax_id reference vendor_id invoiceNumber
    description sessions_open token_count secretary key keys externalCode password_hint_shown
    bank_fee amount gl_account_id purchase_order_number status
""".split()


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert redacted({name: SECRET}) == {name: HIDDEN}


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_what_an_accountant_needs_stays_readable(name: str) -> None:
    assert redacted({name: "INV-7"}) == {name: "INV-7"}


@pytest.mark.parametrize("empty", ["", None, False])
def test_a_secret_that_is_not_there_is_shown_as_such(empty: Any) -> None:
    assert redacted({"password": empty}) == {"password": empty}


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET}",
        f"password: {SECRET}, user: ap",
        f'{{"password": "{SECRET}"}}',
        f'{{"devKey":"{SECRET}","x":1}}',
        f"{{'client_secret': '{SECRET}'}}",
        f"accessToken={SECRET}&next=1",
        f"Authorization: Bearer {SECRET}",
        f"Authorization: Basic {SECRET}",
        f"refused: bearer {SECRET}",
        f"X-Api-Key: {SECRET}",
        f"sessionId: '{SECRET}'",
        f"GET https://ap:{SECRET}@erp.example/web failed",
        f"https://erp.example/?api_key={SECRET}&page=2",
        f"Set-Cookie: B1SESSION={SECRET}; path=/",
        f'"body": "{{\\"password\\": \\"{SECRET}\\"}}"',
        f'"password": "{SECRET} with blanks {SECRET}"',
    ],
)
def test_a_secret_in_a_text_is_replaced(text: str) -> None:
    assert SECRET not in redacted_text(text)
    assert HIDDEN in redacted_text(text)


def test_a_token_is_known_by_its_looks() -> None:
    assert redacted_text("got eyJhbGciOi.eyJzdWIiOi.c2lnbmF0 back") == f"got {HIDDEN} back"


@pytest.mark.parametrize(
    "text",
    [
        "The password is wrong. Enter it again.",
        "The session token was refused.",
        "Bill INV-7 from Acme was created in BILL.",
        "https://erp.example/odoo/purchase/7",
        "billing@acme.example",
        "Secretary: Ann",
    ],
)
def test_sentences_stay_as_they_are(text: str) -> None:
    assert redacted_text(text) == text


@pytest.mark.parametrize(
    "wrapped",
    [
        {"request": {"headers": {"Authorization": SECRET}}},
        [{"a": [{"token": SECRET}]}],
        ({"password": SECRET},),
        {"headers": [["Authorization", SECRET], ["Accept", "json"]]},
        {"headers": [("Cookie", SECRET)]},
        {"headers": [{"name": "Authorization", "value": SECRET}]},
        {"vendor": {"bankAccount": {"number": SECRET, "owner": "Acme"}}},
        {"body": json.dumps({"login": {"password": SECRET}})},
        {"body": f"password={SECRET}".encode()},
        {"password": [SECRET]},
        {"token": {"value": SECRET}},
        {"error": RuntimeError(f"token={SECRET}")},
    ],
)
def test_a_secret_is_found_however_deep(wrapped: Any) -> None:
    assert SECRET not in json.dumps(redacted(wrapped))


def test_values_become_json() -> None:
    assert redacted(
        {
            "amount": Decimal("12.50"),
            "day": date(2026, 3, 2),
            "at": datetime(2026, 3, 2, 12, tzinfo=UTC),
            "count": 3,
            "share": 0.5,
            "odd": float("nan"),
            "ok": True,
            "none": None,
            7: "seven",
        }
    ) == {
        "amount": "12.50",
        "day": "2026-03-02",
        "at": "2026-03-02 12:00:00+00:00",
        "count": 3,
        "share": 0.5,
        "odd": "nan",
        "ok": True,
        "none": None,
        "7": "seven",
    }


def test_what_is_given_is_not_changed() -> None:
    payload = {"password": SECRET, "list": [{"token": SECRET}]}
    redacted(payload)

    assert payload == {"password": SECRET, "list": [{"token": SECRET}]}


def test_a_long_text_is_cut_after_its_secrets_were_taken_out() -> None:
    text = "x" * (LONGEST_TEXT - 5) + f' "password": "{SECRET}"'

    assert len(redacted_text(text)) <= LONGEST_TEXT
    assert SECRET[:3] not in redacted_text(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=json_values)
def test_whatever_comes_can_be_stored(value: Any) -> None:
    text = json.dumps(redacted(value), allow_nan=False, ensure_ascii=False)

    assert "\\u0000" not in text
    text.encode()


@given(value=json_values)
def test_nothing_more_is_hidden_the_second_time(value: Any) -> None:
    once = redacted(value)

    assert redacted(once) == once


@given(
    deep=st.lists(st.sampled_from(["list", "dict"]), max_size=8), name=st.sampled_from(SECRET_NAMES)
)
def test_no_depth_hides_a_secret(deep: list[str], name: str) -> None:
    value: Any = {name: SECRET}
    for kind in deep:
        value = [value] if kind == "list" else {"inner": value}

    assert SECRET not in json.dumps(redacted(value))
