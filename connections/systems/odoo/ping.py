"""Greeting an Odoo server: who answers, what it may do, what will run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from connections.errors import SyncError
from connections.http import Client
from connections.system import Finding, Greeting, Identity, Level
from connections.systems.odoo.client import OdooClient
from connections.systems.odoo.errors import ONLINE
from connections.systems.odoo.json2 import Question
from connections.systems.odoo.methods import findings_on_methods
from connections.systems.odoo.money import currency_of
from connections.systems.odoo.rights import findings_on_rights
from connections.systems.odoo.values import Row, moment, text

WARN_BEFORE = timedelta(days=14)
OUR_NAME = "connector"


def ping(client: Client) -> Greeting:
    """Ask who answers and what it may do. Raises SyncError with words for the administrator."""
    odoo = _odoo(client)
    home = odoo.home
    currency = currency_of(odoo, home.currency_id).code
    findings = [
        *_who_answers(odoo),
        *_on_the_address(odoo),
        *findings_on_rights(odoo),
        *findings_on_methods(odoo),
        *_on_the_key(odoo),
    ]
    return Greeting(
        identity=identify(odoo),
        findings=tuple(findings),
        facts={
            "version": odoo.version.name,
            "edition": "Enterprise" if odoo.version.is_enterprise else "Community",
            "user": home.login,
            "company": home.company,
            "currency": currency,
            "time_zone": home.zone.key,
        },
    )


def identify(client: Client) -> Identity:
    """Say which company of which database answers (R21). Raises SyncError."""
    odoo = _odoo(client)
    database = odoo.access.get("database").strip()
    key = f"{odoo.base}|{database}|{odoo.home.company_id}"
    return Identity(key=key, company=odoo.home.company, time_zone=odoo.home.zone.key)


def _odoo(client: Client) -> OdooClient:
    assert isinstance(client, OdooClient)  # noqa: S101 - the System declaration pairs them
    return client


def _who_answers(client: OdooClient) -> list[Finding]:
    home = client.home
    findings = [
        Finding(
            Level.GOOD,
            f"Odoo {client.version.name} answered for the company {home.company}: as user "
            f"{home.login}, with dates in the time zone {home.zone.key}.",
        )
    ]
    expected = client.access.get("username").strip()
    if expected and expected.casefold() != home.login.casefold():
        findings.append(
            Finding(
                Level.PROBLEM,
                f"The API key belongs to {home.login}, not to {expected}. Enter the key of "
                f"{expected}, or correct the user name.",
            )
        )
    if len(home.companies) > 1 and not client.access.get("company").strip():
        findings.append(
            Finding(
                Level.WARNING,
                f"The user may enter several companies ({', '.join(home.companies)}) and none is "
                f"chosen here, so its default, {home.company}, is used. Enter the company, so that "
                "a change of the user's default changes nothing.",
            )
        )
    return findings


def _on_the_address(client: OdooClient) -> list[Finding]:
    parts = urlsplit(client.base)
    host = parts.hostname or ""
    findings = []
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        findings.append(
            Finding(
                Level.WARNING,
                "The address starts with http://, so the API key travels unencrypted. Use https://.",
            )
        )
    if host.endswith(".odoo.com"):
        findings.append(Finding(Level.GOOD, ONLINE.strip()))
    return findings


def _on_the_key(client: OdooClient) -> list[Finding]:
    """Warn before the key runs out. Odoo does not tell which of a user's keys is in use."""
    expiry = client.dialect.key_expiry
    if not expiry:
        return []
    # Reference: docs/systems/odoo.md#keys
    question = Question(
        "res.users.apikeys",
        "search_read",
        named={
            "domain": [["user_id", "=", client.home.user_id]],
            "fields": ["name", "scope", expiry],
        },
    )
    keys = client.attempt([question])[0]
    if isinstance(keys, SyncError):
        return []
    usable = [key for key in keys if text(key["scope"]) in ("", "rpc")]
    ours = [key for key in usable if OUR_NAME in text(key["name"]).casefold()]
    return _expiry(ours or usable, expiry)


def _expiry(keys: Sequence[Row], field: str) -> list[Finding]:
    """Judge the key that ends first. One that has ended is not the one that just answered."""
    dated = sorted((until, text(key["name"])) for key in keys if (until := moment(key[field])))
    now = timezone.now()
    still_good = [one for one in dated if one[0] > now]
    if not still_good:
        if not dated or len(dated) < len(keys):
            return []
        _, name = dated[-1]
        return [Finding(Level.PROBLEM, f"The API key “{name}” has expired. Make a new one.")]
    until, name = still_good[0]
    day = f"{until.day} {until:%B %Y}"
    if until - now > WARN_BEFORE:
        return [Finding(Level.GOOD, f"The API key “{name}” is valid until {day}.")]
    return [
        Finding(
            Level.WARNING,
            f"The API key “{name}” expires on {day}. Make a new one in Odoo (My Preferences → "
            "Account Security) and enter it here before that day.",
        )
    ]
