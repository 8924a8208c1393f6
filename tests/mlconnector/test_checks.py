"""What must be right before ml-connector starts."""

from __future__ import annotations

import pytest
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings

from mlconnector import checks

GOOD = "a-good-key-0123456789-abcdefghijklmnop"


@pytest.fixture(autouse=True)
def in_production(settings: Settings) -> None:
    settings.DEBUG = False
    settings.SECRET_KEY = "another-good-key-0123456789-abcdefghij"
    settings.CONNECTOR_SECRET_KEYS = [GOOD]
    settings.CONNECTOR_ALLOWED_NETWORKS = ["10.20.0.0/16"]


def test_good_settings_start() -> None:
    checks.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CONNECTOR_SECRET_KEYS", [], "CONNECTOR_SECRET_KEYS is empty"),
        ("CONNECTOR_SECRET_KEYS", ["short"], "too easy to guess"),
        ("CONNECTOR_SECRET_KEYS", [GOOD, "a" * 64], "Key 2 of CONNECTOR_SECRET_KEYS is too easy"),
        ("CONNECTOR_SECRET_KEYS", [GOOD, GOOD], "lists the same key twice"),
        ("SECRET_KEY", GOOD, "is the same as SECRET_KEY"),
        ("SECRET_KEY", "", "SECRET_KEY is missing"),
        ("CONNECTOR_ALLOWED_NETWORKS", ["10.0.0.5/8"], "not a network"),
        ("CONNECTOR_ALLOWED_NETWORKS", ["erp.example.com"], "not a network"),
    ],
)
def test_bad_settings_do_not(settings: Settings, name: str, value: object, sentence: str) -> None:
    setattr(settings, name, value)

    with pytest.raises(SystemCheckError, match=sentence):
        checks.refuse_unsafe_start()


def test_debug_pages_are_for_this_computer_only(settings: Settings) -> None:
    settings.DEBUG = True
    settings.PUBLIC_URL = "https://connector.example.com"

    with pytest.raises(SystemCheckError, match="DEBUG is on"):
        checks.refuse_unsafe_start()


def test_trying_it_out_needs_no_keys(settings: Settings) -> None:
    settings.DEBUG = True
    settings.CONNECTOR_SECRET_KEYS = []

    checks.refuse_unsafe_start()
