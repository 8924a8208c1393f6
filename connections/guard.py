"""Where our requests may go: names are resolved once, every address checked, a checked one used.

Link-local, metadata, multicast and unspecified addresses are always refused; private and loopback
ones unless the operator lists their network in CONNECTOR_ALLOWED_NETWORKS.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where clouds hand out credentials to whoever asks from inside: AWS and most others (also as IPv6),
# Azure, Alibaba, Oracle. The first is link-local as well.
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in "169.254.169.254 fd00:ec2::254 168.63.129.16 100.100.100.200 192.0.0.192".split()
)
# An IPv6 address that ends in an IPv4 one, which a router on the way would call instead.
TRANSLATED = tuple(
    ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)


class NotConnected(HTTPError):
    """No connection came about, so nothing of the request ever left this machine."""


class Forbidden(NotConnected):
    """The name leads to an address this installation may not talk to."""


def is_allowed(address: Address) -> bool:
    """Say whether an address may be called from here."""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address in METADATA or any(address in n for n in TRANSLATED if n.version == address.version):
        return False
    site_local = getattr(address, "is_site_local", False)
    if address.is_global and not address.is_reserved and not site_local:
        return True
    networks = (ipaddress.ip_network(n) for n in settings.CONNECTOR_ALLOWED_NETWORKS)
    return any(address in n for n in networks if n.version == address.version)


def checked_addresses(host: str, port: int) -> list[str]:
    """Resolve `host` once and return its addresses. Raises Forbidden if any may not be called."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(info[4][0]).split("%")[0]) for info in found]
    for address in addresses:
        if not is_allowed(address):
            raise Forbidden(
                f"{_named(host, address)} in a network this installation may not call. "
                "An administrator can allow it with CONNECTOR_ALLOWED_NETWORKS."
            )
    return [str(address) for address in addresses]


def _named(host: str, address: Address) -> str:
    name = host.strip("[]")
    return f"{host} is" if name == str(address) else f"{host} leads to {address}, which is"


class _Pinned:
    """Connects to a checked address; TLS and Host keep the name.

    Whatever goes wrong before the connection stands is NotConnected: later errors of the same type
    (of TLS, of the socket) do not say whether the request arrived.
    """

    def connect(self: Any) -> None:
        try:
            super().connect()  # type: ignore[misc]
        except NotConnected:
            raise
        except (OSError, HTTPError, UnicodeError) as error:
            raise NotConnected(f"{type(error).__name__}: {error}") from error

    def _new_conn(self: Any) -> socket.socket:
        name = self._dns_host
        try:
            *firsts, last = checked_addresses(name, self.port)
            for self._dns_host in firsts:
                with suppress(NewConnectionError):
                    return super()._new_conn()  # type: ignore[misc, no-any-return]
            self._dns_host = last
            return super()._new_conn()  # type: ignore[misc, no-any-return]
        finally:
            self._dns_host = name


class PinnedHTTP(_Pinned, HTTPConnection):
    """Plain HTTP to a checked address."""


class PinnedHTTPS(_Pinned, HTTPSConnection):
    """HTTPS to a checked address."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = PinnedHTTP


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = PinnedHTTPS


class GuardedAdapter(HTTPAdapter):
    """An adapter whose every new connection is checked first."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}


def guarded_session() -> requests.Session:
    """Return a session that goes only where it may, and takes nothing from the environment."""
    session = requests.Session()
    session.trust_env = False  # REQUESTS_CA_BUNDLE and proxies would override our own choice
    session.mount("http://", GuardedAdapter())
    session.mount("https://", GuardedAdapter())
    return session
