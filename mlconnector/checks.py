"""What must be right before ml-connector starts. Django runs these before every command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import SystemCheckError

SHORTEST_KEY = 32
FEWEST_DIFFERENT_CHARACTERS = 12
MAKE_ONE = (
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))' "
    "and keep a copy outside this server."
)


def register_all() -> None:
    register(check_encryption_keys)
    register(check_secret_key)
    register(check_networks)
    register(check_debug)


def refuse_unsafe_start() -> None:
    """Stop a web server on what would stop a command: web servers do not run Django's checks."""
    errors = [
        problem
        for check in (check_encryption_keys, check_secret_key, check_networks, check_debug)
        for problem in check(None)
        if problem.is_serious()
    ]
    if errors:
        raise SystemCheckError("\n".join(str(problem) for problem in errors))


def check_encryption_keys(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    keys = settings.CONNECTOR_SECRET_KEYS
    if not keys:
        kind = Warning if settings.DEBUG else Error
        return [
            kind(
                "CONNECTOR_SECRET_KEYS is empty, so no password or token of a connection "
                "can be stored.",
                hint=MAKE_ONE,
                id="connector.E001",
            )
        ]
    return list(_problems_with(keys))


def _problems_with(keys: Sequence[str]) -> Iterator[CheckMessage]:
    for position, key in enumerate(keys, start=1):
        if is_weak(key):
            yield Error(
                f"Key {position} of CONNECTOR_SECRET_KEYS is too easy to guess: it needs at least "
                f"{SHORTEST_KEY} random characters.",
                hint=MAKE_ONE,
                id="connector.E002",
            )
        if key == _secret_key():
            yield Error(
                f"Key {position} of CONNECTOR_SECRET_KEYS is the same as SECRET_KEY. They must "
                "differ, so that one can be changed without losing what the other protects.",
                hint=MAKE_ONE,
                id="connector.E003",
            )
    if len(set(keys)) != len(keys):
        yield Error("CONNECTOR_SECRET_KEYS lists the same key twice.", id="connector.E004")


def is_weak(key: str) -> bool:
    return len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT_CHARACTERS


def check_secret_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not is_weak(_secret_key()):
        return []
    kind = Warning if settings.DEBUG else Error
    return [
        kind(
            "SECRET_KEY is missing or too easy to guess. It protects logins and background tasks.",
            hint=MAKE_ONE,
            id="connector.E005",
        )
    ]


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's way of saying that it is empty
        return ""


def check_networks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"CONNECTOR_ALLOWED_NETWORKS contains '{network}', which is not a network. "
            "Write networks like 10.20.0.0/16, separated by commas.",
            id="connector.E006",
        )
        for network in settings.CONNECTOR_ALLOWED_NETWORKS
        if not _is_network(network)
    ]


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def check_debug(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Debug pages show settings and source text to whoever causes an error."""
    host = urlsplit(settings.PUBLIC_URL).hostname
    if not settings.DEBUG or host in ("127.0.0.1", "localhost", "::1"):
        return []
    return [
        Error(
            f"DEBUG is on although PUBLIC_URL ({settings.PUBLIC_URL}) can be reached from other "
            "computers.",
            hint="Set DEBUG=false.",
            id="connector.E007",
        )
    ]
