"""Calls over TLS: what fails before the request left, and what fails after it."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connections.errors import TransientError, UnknownOutcome
from tests.connections.test_http import WRITE, Plain, opened, outcome, quick
from tests.connections.wire import Act, Wire, answer

__all__ = ["opened", "quick"]  # fixtures


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path / "server.pem")


def self_signed(path: Path) -> Path:
    """Write a certificate for 127.0.0.1 that nobody trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Secured(Wire):
    """A wire with TLS. What is read of the request is kept, as ever."""

    def __init__(self, certificate: Path, act: Act) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        super().__init__(act)

    @property
    def url(self) -> str:
        return super().url.replace("http:", "https:")

    def _one(self, connection: socket.socket, act: Act) -> None:
        with suppress(OSError):
            super()._one(self.context.wrap_socket(connection, server_side=True), act)


def test_a_certificate_nobody_trusts_stops_a_write_before_it_left(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Any]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(certificate))
    server = Secured(certificate, answer(200, "ok"))
    client = Plain(server.url)
    opened += [client, server]

    assert type(outcome(client, WRITE)) is TransientError
    assert server.requests == []


def test_an_error_of_tls_after_the_request_leaves_the_outcome_unknown(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Any]
) -> None:
    def spoil(wire: socket.socket) -> None:
        """Write into the TLS connection what is no TLS."""
        with socket.socket(fileno=wire.detach()) as bare:
            bare.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
            time.sleep(0.1)

    server = Secured(certificate, spoil)
    client = Plain(server.url)
    opened += [client, server]
    client._http().verify = str(certificate)

    assert type(outcome(client, WRITE)) is UnknownOutcome
    assert len(server.requests) == 1
