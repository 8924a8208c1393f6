"""Secrets go, sentences stay."""

from __future__ import annotations

import pytest

from audit.redaction import HIDDEN, redacted, redacted_text


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "password: hunter2",
        '{"password": "hunter2"}',
        "{'devKey':'hunter2'}",
        "token = hunter2&x=1",
        "Authorization: Bearer hunter2",
    ],
)
def test_what_follows_the_name_of_a_secret_is_hidden(text: str) -> None:
    assert "hunter2" not in redacted_text(text)
    assert HIDDEN in redacted_text(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "BILL refused the password of ap-bot@harbour.example.",
        "anna changed User name or token name, Password or token value of the connection Harbour.",
        "The token expired. Sign in again.",
    ],
)
def test_a_sentence_about_secrets_stays_readable(sentence: str) -> None:
    assert redacted_text(sentence) == sentence


def test_secret_fields_are_hidden_at_any_depth() -> None:
    assert redacted({"a": [{"sessionId": "x"}]}) == {"a": [{"sessionId": HIDDEN}]}
