"""Files that belong to a bill: raw bytes in, processed a moment later.

Reference: docs/systems/billcom.md#12-currency-and-documents
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.billcom.call import answer, answer_list, call
from sandbox.billcom.errors import invalid
from sandbox.billcom.listing import DOCUMENTS
from sandbox.billcom.signin import API
from sandbox.billcom.store import Books

LARGEST = 6 * 1024 * 1024
DOWNLOADS = "/connect/downloads"


def add_routes(api: Blueprint) -> None:
    @api.post(f"{API}/documents/bills/<bill_id>")
    def upload(bill_id: str) -> ResponseReturnValue:
        call().must_be_allowed("documents")
        books, content, name = call().books, request.get_data(), request.args.get("name", "")
        books.get("bills", bill_id)
        if not name.strip():
            raise invalid("name: must not be blank")
        if not content:
            raise invalid("The document is empty.")
        if len(content) > LARGEST:
            raise invalid("The document is larger than 6 MB.")
        fields = {"name": name, "billId": bill_id, "content": content}
        made = books.add("uploads", {"archived": False, **fields}, call().now)
        made["downloadLink"] = _link(made["id"])
        # Chosen now, so that a read that lags behind names the same document.
        made["documentId"] = books.new_id("documents")
        made["readyTime"] = call().now + timedelta(seconds=call().switches.upload_seconds)
        return answer(_shown(made))

    @api.get(f"{API}/documents/upload-status")
    def upload_status() -> ResponseReturnValue:
        call().must_be_allowed("documents")
        ids = [id for id in request.args.get("ids", "").split(",") if id]
        if not ids:
            raise invalid("ids: must not be empty")
        finish_uploads(call().books, call().now)
        return jsonify([_status(call().books, id) for id in ids])

    _add_reading_routes(api)


def _add_reading_routes(api: Blueprint) -> None:
    @api.get(f"{API}/documents/bills/<bill_id>")
    def list_documents(bill_id: str) -> ResponseReturnValue:
        call().must_be_allowed("documents")
        books = call().books
        books.get("bills", bill_id)
        finish_uploads(books, call().now)
        rows = [_shown(row) for row in books.rows("documents") if row["billId"] == bill_id]
        return answer_list("documents", rows, DOCUMENTS)

    @api.get(f"{API}/documents/<id>")
    def get_document(id: str) -> ResponseReturnValue:
        call().must_be_allowed("documents")
        finish_uploads(call().books, call().now)
        return answer(_shown(call().books.get("documents", id)))

    # The link in an answer; like every other call it needs the session headers.
    @api.get(f"{DOWNLOADS}/<id>")
    def download(id: str) -> ResponseReturnValue:
        finish_uploads(call().books, call().now)
        kind = "documents" if id in call().books.table("documents") else "uploads"
        content: bytes = call().books.get(kind, id)["content"]
        return Response(content, mimetype="application/octet-stream")


def finish_uploads(books: Books, now: datetime) -> None:
    """Turn uploads whose processing time is over into documents with an id of their own."""
    for upload in books.rows("uploads"):
        id = upload["documentId"]
        if upload["readyTime"] <= now and id not in books.table("documents"):
            kept = {name: upload[name] for name in ("archived", "name", "billId", "content")}
            kept["downloadLink"] = upload["downloadLink"].replace(upload["id"], id)
            books.add("documents", kept, upload["readyTime"], id=id)


def _status(books: Books, upload_id: str) -> dict[str, str]:
    upload = books.get("uploads", upload_id)
    if upload["documentId"] not in books.table("documents"):
        return {"uploadId": upload["id"], "status": "IN_PROGRESS"}
    return {
        "uploadId": upload["id"],
        "documentId": upload["documentId"],
        "status": "UPLOADED",
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "name", "createdTime", "downloadLink")}


def _link(id: str) -> str:
    return f"{request.host_url}billcom{DOWNLOADS}/{id}"
