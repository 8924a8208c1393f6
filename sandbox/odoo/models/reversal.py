"""account.move.reversal: the wizard that makes credit notes of bills.

Reference: docs/systems/odoo.md §5 (credit notes), §6.2; what it answers is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo import rights
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.base import Model, on_records
from sandbox.odoo.models.bill_items import bill_line_ids
from sandbox.odoo.models.entries import ITEM, MOVE
from sandbox.odoo.models.entry_reversal import reverse_entry
from sandbox.odoo.store import Row

KINDS = {"in_invoice": "in_refund", "out_invoice": "out_refund"}
COPIED = ("name", "quantity", "price_unit", "discount", "account_id", "product_id", "display_type")


class Reversal(Model):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        moves: list[int] = []
        if self.env.context.get("active_model") == MOVE:
            moves = list(self.env.context.get("active_ids") or ())
        chosen = values["move_ids"][0][2] if values.get("move_ids") else moves
        rows = self.env[MOVE].existing(chosen)
        if any(row["state"] != "posted" for row in rows):
            raise UserError("You can only reverse posted moves.")
        first = rows[0] if rows else {}
        return {
            "move_ids": [[6, 0, moves]],
            "date": self.env.now.date(),
            "company_id": first.get("company_id") or self.env.company,
            "journal_id": first.get("journal_id"),
        }

    @on_records
    def refund_moves(self, ids: list[Any]) -> dict[str, Any]:
        return self.reverse_moves(ids, is_modify=False)

    @on_records
    def modify_moves(self, ids: list[Any]) -> dict[str, Any]:
        return self.reverse_moves(ids, is_modify=True)

    @on_records
    def reverse_moves(self, ids: list[Any], is_modify: bool = False) -> dict[str, Any]:
        """Draft a credit note per bill; to modify, post it and draft the bill anew."""
        rights.check(self.env, self.name, "write")
        made = []
        for wizard in self.existing(ids):
            for move in wizard["move_ids"]:
                made.append(self._reversed(wizard, self.env[MOVE].rows[move], is_modify))
            self.assign(wizard["id"], {"new_move_ids": made})
        action = {"name": "Reverse Moves", "type": "ir.actions.act_window", "res_model": MOVE}
        if len(made) == 1:
            context = {"default_move_type": self.env[MOVE].rows[made[0]]["move_type"]}
            return {**action, "view_mode": "form", "res_id": made[0], "context": context}
        return {**action, "view_mode": "list,form", "domain": [["id", "in", made]]}

    def _reversed(self, wizard: Row, move: Row, is_modify: bool) -> int:
        reason = wizard.get("reason")
        about = f"Reversal of: {move['name']}" + (f", {reason}" if reason else "")
        if move["move_type"] == "entry":
            day = wizard.get("date") or self.env.now.date()
            journal = wizard["journal_id"]
            return reverse_entry(self.env, move, day=day, about=about, journal=journal)
        if move["move_type"] not in KINDS:
            raise UserError("The sandbox reverses bills, invoices and entries only.")
        note = self._copy(wizard, move, KINDS[move["move_type"]], about)
        self.env[MOVE].write([note], {"reversed_entry_id": move["id"]})
        if not is_modify:
            return note
        self.env[MOVE].action_post([note])  # type: ignore[attr-defined]
        return self._copy(wizard, move, move["move_type"], move.get("ref") or "")

    def _copy(self, wizard: Row, move: Row, kind: str, ref: str) -> int:
        items = self.env[ITEM].rows
        lines = []
        for item in bill_line_ids(self.env[MOVE], move):
            row = items[item]
            values = {name: row[name] for name in COPIED if row.get(name) is not None}
            values["tax_ids"] = [[6, 0, row.get("tax_ids") or []]]
            values["purchase_line_id"] = row.get("purchase_line_id") or False
            values["analytic_distribution"] = row.get("analytic_distribution") or False
            lines.append([0, 0, values])
        day = wizard.get("date") or self.env.now.date()
        values = {
            "move_type": kind,
            "ref": ref,
            "date": day,
            "invoice_date": day,
            "partner_id": move.get("partner_id"),
            "currency_id": move["currency_id"],
            "journal_id": wizard["journal_id"],
            "invoice_line_ids": lines,
        }
        made: int = self.env[MOVE].create([values])[0]
        return made
