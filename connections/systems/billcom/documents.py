"""Documents of bills.

Reference: docs/systems/billcom.md#documents
"""

from __future__ import annotations

from connections.errors import UnknownOutcome
from connections.http import Call
from connections.records import Document
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import Refusal, named
from connections.systems.billcom.lists import Lister, Listing
from connections.systems.billcom.values import words

MOST_BYTES = 6_000_000


class Documents:
    """What is attached to a bill."""

    def __init__(self, client: BillcomClient) -> None:
        self._client = client

    def attach(self, bill_id: str, document: Document, content: bytes) -> str:
        """Upload a document unless the bill has one of that name; return BILL's id for it."""
        path = f"/v3/documents/bills/{bill_id}"
        for row in Lister(self._client, Listing(path, {}, frozenset())).rows():
            if row.get("name") == document.name:
                return words(row["id"])
        # Reference: docs/systems/billcom.md#documents. Raw bytes, the only call that is not JSON.
        upload = Call(
            method="POST",
            path=path,
            params={"name": document.name},
            data=content,
            headers={"Content-Type": document.media_type or "application/octet-stream"},
            writes=True,
        )
        try:
            answer = self._client.call(upload)
        except Refusal as refusal:
            raise named(refusal, f"document {document.name}", links_duplicates=False) from None
        if not isinstance(answer, dict) or not answer.get("id"):
            raise UnknownOutcome(f"BILL took the document {document.name} but gave it no id.")
        return words(answer["id"])
