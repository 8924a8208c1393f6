"""ir.attachment: files on records; who may read or write the record may do so with its files."""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
from collections.abc import Mapping
from typing import Any

from sandbox.odoo import rights
from sandbox.odoo.errors import AccessError, ServerError
from sandbox.odoo.models.base import Model
from sandbox.odoo.store import Row


class Attachment(Model):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        guessed = mimetypes.guess_type(str(values.get("name") or ""))[0]
        mimetype = guessed or "application/octet-stream"
        return {"type": "binary", "company_id": self.env.company, "mimetype": mimetype}

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record, values in zip(ids, given, strict=True):
            self._check_owner(self.rows[record], "write")
            self.after_write([record], values)

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        for row in rows:
            self._check_owner(row, "write")

    def before_unlink(self, rows: list[Row]) -> None:
        self.before_write(rows, {})

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        content = values.get("datas", values.get("raw"))
        if not content:
            return
        raw = _decoded(content) if "datas" in values else str(content).encode()
        for record in ids:
            self.assign(
                record,
                {
                    "_content": raw,
                    "file_size": len(raw),
                    "checksum": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
                },
            )

    def _check_owner(self, row: Row, operation: str) -> None:
        """On 19 a file for a record that is not there is refused (§5)."""
        if not self._owner_allows(row, operation):
            raise AccessError(rights.NO_DOCUMENT)

    def _owner_allows(self, row: Row, operation: str) -> bool:
        name, record = row.get("res_model"), row.get("res_id")
        if self.env.su or not name or not record:
            return True
        if name not in self.env or record not in self.env[name].rows:
            return False
        owner = self.env[name]
        return rights.may(self.env, name, operation) and owner.fits(owner.rows[record])

    def fits(self, row: Row) -> bool:
        return self._owner_allows(row, "read")


def _decoded(content: Any) -> bytes:
    try:
        return base64.b64decode(content)
    except (TypeError, ValueError) as error:
        kind = "binascii.Error" if isinstance(error, binascii.Error) else "builtins.TypeError"
        raise ServerError(kind, str(error)) from error


def _datas(model: Model, row: Row) -> Any:
    content = row.get("_content")
    if not content:
        return False
    if model.env.context.get("bin_size"):
        return f"{len(content):.2f} bytes"
    return base64.b64encode(content).decode()


def _owner_name(model: Model, row: Row) -> Any:
    name, record = str(row.get("res_model")), row.get("res_id")
    return model.env[name].display(record) if name in model.env and record else False


Attachment.computed = {**Attachment.computed, "datas": _datas, "res_name": _owner_name}
