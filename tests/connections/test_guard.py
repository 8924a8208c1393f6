"""Where requests may go: no name and no spelling leads into the company or the cloud."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

from connections.errors import ConnectionProblem
from connections.guard import Forbidden, checked_addresses, guarded_session, is_allowed
from tests.connections.test_http import READ, Plain
from tests.connections.wire import Wire, answer

ALWAYS_REFUSED = """
    169.254.169.254 169.254.170.2 169.254.0.1 fe80::1 ::ffff:169.254.169.254 fd00:ec2::254
    168.63.129.16 100.100.100.200 192.0.0.192 ::ffff:168.63.129.16
    0.0.0.0 :: ::ffff:0.0.0.0 224.0.0.1 239.255.255.255 ff02::1
    64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a9fe:a9fe::
""".split()
REFUSED_UNLESS_LISTED = """
    127.0.0.1 127.8.8.8 ::1 ::ffff:127.0.0.1 10.0.0.5 172.16.0.1 172.31.255.255 192.168.1.1
    100.64.0.1 fd12:3456::1 fc00::1 198.18.0.1 192.0.2.1 203.0.113.5 2001:db8::1 240.0.0.1
    255.255.255.255 0.1.2.3 ::127.0.0.1 ::ffff:10.0.0.1 fec0::1
""".split()
PUBLIC = "8.8.8.8 93.184.216.34 172.32.0.1 2606:4700::1111 ::ffff:8.8.8.8".split()
EVERYTHING = ["0.0.0.0/0", "::/0"]


@pytest.fixture(autouse=True)
def nothing_is_listed(settings: Settings) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = []


@pytest.mark.parametrize("text", ALWAYS_REFUSED)
def test_some_addresses_are_refused_whatever_is_listed(text: str, settings: Settings) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = EVERYTHING

    assert not is_allowed(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", REFUSED_UNLESS_LISTED)
def test_private_addresses_are_refused_unless_they_are_listed(
    text: str, settings: Settings
) -> None:
    address = ipaddress.ip_address(text)
    assert not is_allowed(address)

    settings.CONNECTOR_ALLOWED_NETWORKS = EVERYTHING
    assert is_allowed(address)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_may_be_called(text: str) -> None:
    assert is_allowed(ipaddress.ip_address(text))


def test_only_the_listed_network_opens(settings: Settings) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["10.1.0.0/16"]

    assert is_allowed(ipaddress.ip_address("10.1.2.3"))
    assert is_allowed(ipaddress.ip_address("::ffff:10.1.2.3"))
    assert not is_allowed(ipaddress.ip_address("10.2.2.3"))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]", "::1"],
)
def test_no_spelling_of_this_computer_gets_through(host: str) -> None:
    with pytest.raises(Forbidden, match="network this installation may not call"):
        checked_addresses(host, 80)


@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "0xA9FEA9FE"])
def test_no_spelling_of_the_metadata_service_gets_through(host: str, settings: Settings) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = EVERYTHING

    with pytest.raises(Forbidden):
        checked_addresses(host, 80)


class Names:
    """The resolver of a name whose owner wishes us ill."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host.replace(".", "").isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        self.asked += 1
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Names:
    names = Names(*answers)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def test_a_public_name_with_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["10.0.0.5"])

    with pytest.raises(Forbidden, match=r"erp.example leads to 10.0.0.5, which is in"):
        checked_addresses("erp.example", 443)


def test_an_address_is_not_said_to_lead_to_itself() -> None:
    with pytest.raises(Forbidden, match=r"^10.0.0.5 is in a network"):
        checked_addresses("10.0.0.5", 443)


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["93.184.216.34", "192.168.0.1"])

    with pytest.raises(Forbidden):
        checked_addresses("erp.example", 443)


@pytest.fixture
def server() -> Any:
    wire = Wire(answer(200, "ok"))
    yield wire
    wire.close()


def test_a_name_is_asked_for_once_and_the_checked_address_is_called(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, server: Wire
) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    names = resolve(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    client = Plain(f"http://erp.example:{server.port}")

    assert client.call(READ) == "ok"
    assert names.asked == 1
    assert b"Host: erp.example" in server.requests[0]
    client.close()


def test_the_second_address_is_tried_where_the_first_refuses(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, server: Wire
) -> None:
    settings.CONNECTOR_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    resolve(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    client = Plain(f"http://erp.example:{server.port}")

    assert client.call(READ) == "ok"
    client.close()


def test_an_administrator_is_told_which_address_was_refused() -> None:
    client = Plain("http://127.0.0.1:8069")

    with pytest.raises(ConnectionProblem, match="CONNECTOR_ALLOWED_NETWORKS"):
        client.call(READ)
    client.close()


def test_a_session_takes_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/mine.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    session = guarded_session()

    settings = session.merge_environment_settings("https://bill.example", {}, None, None, None)

    assert settings["verify"] is True
    assert not settings["proxies"]
    assert isinstance(session, requests.Session)
