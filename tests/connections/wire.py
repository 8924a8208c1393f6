"""A server of bare sockets: it can do to a client what a well-behaved server never would."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

Act = Callable[[socket.socket], None]


class Wire:
    """Each connection is given to the next of the acts; the last one serves all that follow."""

    def __init__(self, *acts: Act) -> None:
        self.acts = list(acts)
        self.requests: list[bytes] = []
        self.ended = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.ended.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
            threading.Thread(target=self._one, args=(connection, act), daemon=True).start()

    def _one(self, connection: socket.socket, act: Act) -> None:
        with connection:
            self.requests.append(_request(connection))
            act(connection)


def answer(status: int = 200, body: Any = None, **headers: str) -> Act:
    """Answer as a server should, once."""
    content = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Words", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return lambda wire: wire.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def hang_up(wire: socket.socket) -> None:
    """Take the request and close without a word."""


def reset(wire: socket.socket) -> None:
    """Take the request and cut the connection the hard way."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_an_answer(wire: socket.socket) -> None:
    wire.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half": ')


def half_a_header(wire: socket.socket) -> None:
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def no_http(wire: socket.socket) -> None:
    wire.sendall(b"220 mail.example ESMTP\r\n")


def false_length(wire: socket.socket) -> None:
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}")


def spoilt_gzip(wire: socket.socket) -> None:
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")


def _request(connection: socket.socket) -> bytes:
    """Read a request with its body; b"" if none comes."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        some = connection.recv(65536)
        if not some:
            return seen
        seen += some
    head, _, body = seen.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    length = int(fields.get(b"content-length", 0))
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
