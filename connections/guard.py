"""Where our requests may go: names are resolved once, every address checked, the checked one used.

Link-local, metadata, multicast and unspecified addresses are always refused; private and loopback
ones unless the operator lists their network in CONNECTOR_ALLOWED_NETWORKS.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(HTTPError):
    """The name leads to an address this installation may not talk to."""


def is_allowed(address: Address) -> bool:
    """Say whether an address may be called from here."""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address.is_global:
        return True
    networks = (ipaddress.ip_network(n) for n in settings.CONNECTOR_ALLOWED_NETWORKS)
    return any(address in n for n in networks if n.version == address.version)


def checked_address(host: str, port: int) -> str:
    """Resolve `host` once; return its first address. Raises Forbidden if any may not be called."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(info[4][0]).split("%")[0]) for info in found]
    for address in addresses:
        if not is_allowed(address):
            raise Forbidden(
                f"{host} leads to {address}, a network this installation may not call. "
                "An administrator can allow it with CONNECTOR_ALLOWED_NETWORKS."
            )
    return str(addresses[0])


class _Pinned:
    """Connects to the checked address; TLS and Host keep the name."""

    def _new_conn(self: Any) -> socket.socket:
        name = self._dns_host
        self._dns_host = checked_address(name, self.port)
        try:
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
