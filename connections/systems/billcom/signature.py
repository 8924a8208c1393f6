"""Whether BILL sent a message: base64 of an HMAC-SHA256 over the body, in a header.

Reference: docs/systems/billcom.md#signature
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

log = logging.getLogger(__name__)

HEADER = "x-bill-sha-signature"


def signature(key: str, body: bytes) -> str:
    """Return what BILL writes into the header."""
    digest = hmac.new(key.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def verify(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], variants: Sequence[str]
) -> bool:
    """Compare in constant time, with every key and every form of the body that may be meant."""
    told = {name.lower(): value for name, value in headers.items()}.get(HEADER, "").strip()
    for name, form in _forms(body, variants):
        for position, key in enumerate(keys):
            if key and hmac.compare_digest(signature(key, form).encode(), told.encode()):
                if name != "raw" or position:
                    log.info("A webhook was signed over its %s body with key %d", name, position)
                return True
    return False


def _forms(body: bytes, variants: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for name in variants:
        form = FORMS[name](body) if name in FORMS else None
        if form is not None:
            yield name, form


def _raw(body: bytes) -> bytes | None:
    return body


def _decoded(body: bytes) -> bytes | None:
    """Return the text a JSON string holds: BILL's rules speak of an escaped string."""
    if body[:1] != b'"':
        return None
    try:
        text = json.loads(body)
        return text.encode() if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


FORMS: Mapping[str, Callable[[bytes], bytes | None]] = {"raw": _raw, "decoded": _decoded}
