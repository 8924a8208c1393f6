"""The stand-in answers as a real Odoo 19 did: recorded requests are sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.odoo.seed.base import KEYS
from sandbox.server import SandboxServer
from tests.sandbox.odoo.conftest import Client
from tests.sandbox.odoo.stage import Stage

FIXTURES = Path(__file__).parent / "fixtures"
NAMES = sorted(path.stem for path in FIXTURES.glob("*.json"))
# PostgreSQL quotes its own statement after the first line.
FIRST_LINE_ONLY = {"json2-wrong-type"}


def _switch_keys_on(client: Client, control: Callable[..., Any]) -> None:
    control("odoo/switches", programmatic_api_keys=True)


def _revoke(client: Client, control: Callable[..., Any]) -> None:
    client.call("res.users.apikeys", "revoke", key=KEYS["integration"])


def _add_database(client: Client, control: Callable[..., Any]) -> None:
    control("odoo/databases", name="second", seed="empty")


def _archive_user(client: Client, control: Callable[..., Any]) -> None:
    client.call("res.users", "action_archive", ids=[6])


PREPARE: dict[str, tuple[str, Callable[[Client, Callable[..., Any]], None]]] = {
    "apikey-generate-enabled": ("admin", _switch_keys_on),
    "apikey-generate-too-long": ("admin", _switch_keys_on),
    "json2-revoked-key": ("integration", _revoke),
    "deactivated-user": ("admin", _archive_user),
    "ent-json2-no-db-header-multi-db": ("admin", _add_database),
    "ent-json2-db-header-multi-db": ("admin", _add_database),
}


@pytest.mark.parametrize("name", NAMES)
def test_answers_a_recorded_request_as_odoo_19_did(
    name: str, server: SandboxServer, control: Callable[..., Any]
) -> None:
    recorded = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    if name in PREPARE:
        login, prepare = PREPARE[name]
        prepare(Client(server.url, login), control)
    stage = Stage(Client(server.url, "admin"))
    control("clock", set="2026-11-20T12:23:00+00:00")
    asked = stage.fill(recorded["request"])

    answer = _send(server, asked, KEYS[recorded["user"]])

    expected = stage.fill(recorded["response"])
    assert answer.status_code == expected["status"], answer.text
    for header, value in expected["headers"].items():
        assert answer.headers[header].strip() == value.strip()
    if answer.headers["Content-Type"].startswith("text/html"):
        assert answer.text == expected["body"]
    elif expected["status"] == 200:
        _check_result(answer.json(), expected["body"])
    else:
        _check_refusal(name, answer.json(), expected["body"])


def _send(server: SandboxServer, asked: dict[str, Any], key: str) -> requests.Response:
    headers = {name: value.replace("<key>", key) for name, value in asked["headers"].items()}
    body = asked["body"]
    sent = body if isinstance(body, str) else json.dumps(body).replace("<key>", key)
    return requests.request(
        asked["method"],
        f"{server.url}/odoo{asked['path']}",
        headers=headers,
        data="" if body is None else sent,
        timeout=20,
    )


def _check_refusal(name: str, ours: dict[str, Any], recorded: dict[str, Any]) -> None:
    assert ours.pop("debug").startswith("Traceback")
    if name in FIRST_LINE_ONLY:
        for body in (ours, recorded):
            body["message"] = body["message"].splitlines()[0]
            body["arguments"] = [body["arguments"][0].splitlines()[0]]
    assert ours == recorded


def _check_result(ours: Any, recorded: Any) -> None:
    if recorded is None or isinstance(recorded, bool):
        assert ours is recorded
    else:
        _check_shape(ours, recorded, "result")


def _check_shape(ours: Any, recorded: Any, place: str) -> None:
    """Compare types and keys; a value that was or is unset says nothing."""
    if recorded in (False, None) or ours is False:
        return
    if isinstance(recorded, dict) and all(key.replace(",", "").isdigit() for key in recorded):
        assert all(isinstance(share, float) for share in ours.values()), place
    elif isinstance(recorded, dict):
        assert set(ours) == set(recorded), place
        for key in recorded:
            _check_shape(ours[key], recorded[key], f"{place}.{key}")
    elif isinstance(recorded, list) and recorded and isinstance(recorded[0], dict):
        assert ours, place
        for row in ours:
            _check_shape(row, recorded[0], place)
    elif isinstance(recorded, list):
        assert isinstance(ours, list), place
        if ours and recorded:
            assert type(ours[0]) is type(recorded[0]), place
        if len(recorded) == 2 and isinstance(recorded[1], str):
            assert isinstance(ours[1], str), place
    else:
        assert type(ours) is type(recorded), f"{place}: {ours!r} is not like {recorded!r}"
