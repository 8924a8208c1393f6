"""Models that carry a discussion: message_post and the attachments it brings."""

from __future__ import annotations

from typing import Any

from sandbox.odoo import rights
from sandbox.odoo.models.base import Model, on_records


class Thread(Model):
    @on_records
    def message_post(
        self,
        ids: list[Any],
        body: str = "",
        subject: str | None = None,
        message_type: str = "notification",
        email_from: str | None = None,
        author_id: int | None = None,
        parent_id: Any = False,
        subtype_xmlid: str | None = None,
        subtype_id: Any = False,
        partner_ids: Any = None,
        attachments: Any = None,
        attachment_ids: Any = None,
        **kwargs: Any,
    ) -> list[int]:
        """Post on one record and return `[id of the message]`; its write_date stays (§4)."""
        rights.check(self.env, self.name, "read")
        row = self.existing(ids[:1])[0]
        files = list(attachment_ids or ())
        message = {
            "model": self.name,
            "res_id": row["id"],
            "body": body,
            "subject": subject,
            "message_type": message_type,
            "date": self.env.now,
            "author_id": author_id or self.env.user.get("partner_id"),
            "attachment_ids": [[6, 0, files]],
        }
        if files:
            self._keep_main_attachment(row["id"], files[0])
        return self.env.sudo()["mail.message"].create([message])

    def _keep_main_attachment(self, record: int, attachment: int) -> None:
        """Only a posted message makes a file the main one; creating it does not (§5)."""
        row = self.rows[record]
        if "message_main_attachment_id" in self.fields and not row.get(
            "message_main_attachment_id"
        ):
            changed = {**row, "message_main_attachment_id": attachment}
            self.env.store.put(self.name, record, changed)
