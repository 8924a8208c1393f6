"""account.move: vendor bills and credit notes from draft to posted.

Reference: docs/systems/odoo.md §5 (bills), §8 (lock dates move the date, they do not refuse).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sandbox.odoo import locks, rights
from sandbox.odoo.errors import AccessError, UserError
from sandbox.odoo.models.base import on_records
from sandbox.odoo.models.bill_items import bill_line_ids, rebuild
from sandbox.odoo.models.entries import ITEM
from sandbox.odoo.models.entry_items import check_balanced
from sandbox.odoo.models.move_fields import LABELS, display_name, purchase_orders, same_reference
from sandbox.odoo.models.settling import assign_outstanding, close_reversed, payment_fields
from sandbox.odoo.models.thread import Thread
from sandbox.odoo.models.unmatching import remove_partials, unreconcile
from sandbox.odoo.store import Row

PURCHASES = ("in_invoice", "in_refund", "in_receipt")
SALES = ("out_invoice", "out_refund", "out_receipt")
FROZEN_WHEN_POSTED = (
    "invoice_line_ids",
    "line_ids",
    "invoice_date",
    "date",
    "partner_id",
    "invoice_payment_term_id",
    "currency_id",
    "fiscal_position_id",
)


class AccountMove(Thread):
    looked_into = frozenset({"partner_id"})
    cascades = ((ITEM, "move_id"),)

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        kind = values.get("move_type") or "entry"
        company = values.get("company_id") or self.env.company
        partners = self.env["res.partner"]
        partner = partners.rows.get(values.get("partner_id") or 0)
        found: dict[str, Any] = {
            "move_type": kind,
            "state": "draft",
            "auto_post": "no",
            "payment_state": "not_paid",
            "company_id": company,
            "date": self.env.now.date(),
            "journal_id": self._journal(kind, company),
            "currency_id": self._currency(partner, company),
        }
        if kind in PURCHASES:
            term = partner and partners.value(partner, "property_supplier_payment_term_id")
            found["invoice_payment_term_id"] = term or self.env.db.immediate_term
            found["fiscal_position_id"] = self._fiscal_position(partner)
        return found

    def _journal(self, kind: str, company: int) -> int | None:
        wanted = "purchase" if kind in PURCHASES else "sale" if kind in SALES else "general"
        for row in self.env["account.journal"].rows.values():
            if row["type"] == wanted and row["company_id"] == company and row.get("active"):
                return int(row["id"])
        return None

    def _currency(self, partner: Row | None, company: int) -> int:
        partners = self.env["res.partner"]
        own = partner and partners.value(partner, "property_purchase_currency_id")
        return int(own or self.env["res.company"].rows[company]["currency_id"])

    def _fiscal_position(self, partner: Row | None) -> int | None:
        """At home the position is the domestic one."""
        country = self.env.company_row.get("account_fiscal_country_id")
        if partner and partner.get("country_id") in (None, country):
            return next(iter(self.env["account.fiscal.position"].rows), None)
        return None

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record in ids:
            row = self.rows[record]
            partner = self.env["res.partner"].rows.get(row.get("partner_id") or 0)
            commercial = partner["commercial_partner_id"] if partner else None
            self.assign(record, {"commercial_partner_id": commercial})
            if row.get("invoice_date") and not row.get("invoice_date_due"):
                self.assign(record, {"invoice_date_due": self.due_date(row)})
            rebuild(self, record)
            check_balanced(self.env, record)

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        for row in rows:
            changed = [
                n for n in FROZEN_WHEN_POSTED if n in values and self._differs(row, n, values)
            ]
            if row["state"] == "posted" and changed:
                if set(changed) == {"date"}:
                    locks.check(self.env, row)
                raise UserError(
                    "You cannot modify the following readonly fields on a posted move: "
                    + ", ".join(changed)
                )

    def _differs(self, row: Row, name: str, values: Mapping[str, Any]) -> bool:
        field = self.fields[name]
        if field.is_x2many:
            return bool(values[name])
        from sandbox.odoo.writing import convert

        return bool(row.get(name) != convert(self, field, values[name]))

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        for record in ids:
            if "partner_id" in values:
                partner = self.env["res.partner"].rows.get(self.rows[record]["partner_id"] or 0)
                commercial = partner["commercial_partner_id"] if partner else None
                self.assign(record, {"commercial_partner_id": commercial})
            rebuild(self, record)
            check_balanced(self.env, record)

    def before_unlink(self, rows: list[Row]) -> None:
        if any(row["state"] == "posted" for row in rows):
            raise UserError(
                "You can't delete a posted journal item. Don\u2019t play games with your "
                "accounting records; reset the journal entry to draft before deleting it."
            )

    def after_unlink(self, rows: list[Row]) -> None:
        self._orders_follow(*self._orders_of([row["id"] for row in rows]))

    def _orders_of(self, ids: list[int]) -> list[int]:
        """Return the order lines billed by these moves."""
        items = self.env[ITEM].rows
        found = []
        for record in ids:
            for item in self.env.store.children(ITEM, "move_id", record):
                if items[item].get("purchase_line_id"):
                    found.append(items[item]["purchase_line_id"])
        return found

    def _orders_follow(self, *lines: int) -> None:
        orders = self.env.sudo()["purchase.order"]
        order_lines = self.env.sudo()["purchase.order.line"]
        for line in lines:
            order_lines.recompute(line)  # type: ignore[attr-defined]
        for order in {order_lines.rows[line]["order_id"] for line in lines}:
            orders.recompute(order)  # type: ignore[attr-defined]

    def due_date(self, row: Row) -> date | None:
        start = row.get("invoice_date") or row.get("date")
        term = row.get("invoice_payment_term_id")
        if not term or start is None:
            return row.get("invoice_date_due") or start
        terms = self.env["account.payment.term"]
        due: date = terms.due_date(term, start)  # type: ignore[attr-defined]
        return due

    # What people and clients do with bills.

    @on_records
    def action_post(self, ids: list[Any]) -> bool:
        """Post; answers false, as a server does when it has nothing to show."""
        rights.check(self.env, self.name, "write")
        if not (self.env.su or self.env.has_group("account.group_account_invoice")):
            raise AccessError("You don't have the access rights to post an invoice.")
        rows = self.existing(ids)
        for row in rows:
            check_balanced(self.env, row["id"])
        reasons = dict.fromkeys(reason for row in rows for reason in self._obstacles(row))
        if reasons:
            raise UserError("\n".join(reasons))
        for row in rows:
            self._post(row["id"])
        return False

    def _obstacles(self, row: Row) -> list[str]:
        found = []
        items = self.env[ITEM].rows
        lines = [items[i] for i in bill_line_ids(self, row)]
        if row["move_type"] in PURCHASES + SALES:
            if row["amount_total"] < 0:
                found.append(
                    "You cannot validate an invoice with a negative total amount. You should "
                    "create a credit note instead. Use the action menu to transform it into a "
                    "credit note or refund."
                )
            if not row.get("partner_id"):
                label = LABELS.get(row["move_type"], "Invoice")
                found.append(
                    f"The field 'Vendor' is required, please complete it to validate the {label}."
                )
            if not row.get("invoice_date") and row["move_type"] in PURCHASES:
                found.append("The Bill/Refund date is required to validate this document.")
        if row["state"] != "draft":
            found.append(f"The entry {row['name']} (id {row['id']}) must be in draft.")
        if not any(not line["display_type"].startswith("line_") for line in lines):
            return ["Even magicians can't post nothing!"]
        currency = self.env["res.currency"].rows[row["currency_id"]]
        if not currency["active"]:
            name = currency["name"]
            found.append(f"You cannot validate a document with an inactive currency: {name}")
        accounts = self.env["account.account"]
        for account in {line["account_id"] for line in lines if line.get("account_id")}:
            if not accounts.rows[account]["active"]:
                held = accounts.rows[account]
                code = accounts.value(held, "code")
                found.append(f"The account {held['name']} ({code}) is archived.")
        return found

    def _post(self, record: int) -> None:
        row = self.rows[record]
        accounted = locks.open_day(self.env, row, row["date"])
        values: dict[str, Any] = {"state": "posted", "posted_before": True, "date": accounted}
        if not row.get("name"):
            values["name"] = self._next_name(row, accounted)
        if row.get("invoice_date"):
            values["invoice_date_due"] = self.due_date(row)
        self.assign(record, values)
        rebuild(self, record)
        self._orders_follow(*self._orders_of([record]))
        if row["move_type"] in PURCHASES and row.get("partner_id"):
            partners = self.env.sudo()["res.partner"]
            partners.raise_supplier_rank(row["partner_id"])  # type: ignore[attr-defined]
        if row.get("reversed_entry_id"):
            close_reversed(self.env, record)

    def _next_name(self, row: Row, day: date) -> str:
        code = self.env["account.journal"].rows[row["journal_id"]]["code"]
        prefix = f"R{code}" if row["move_type"] == "in_refund" else code
        pattern = f"{prefix}/{day.year}/{day.month:02d}/"
        return self.env.db.next_entry(pattern, 4)

    @on_records
    def button_draft(self, ids: list[Any]) -> None:
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            if row["state"] not in ("posted", "cancel"):
                raise UserError("Only posted/cancelled journal entries can be reset to draft.")
            locks.check(self.env, row)
            self._change_state(row["id"], "draft")

    @on_records
    def button_cancel(self, ids: list[Any]) -> None:
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            if row["state"] == "posted":
                locks.check(self.env, row)
            self._change_state(row["id"], "cancel")

    def _change_state(self, record: int, state: str) -> None:
        """Leaving the books takes reconciliation off."""
        unreconcile(self.env, self.env.store.children(ITEM, "move_id", record))
        self.assign(record, {"state": state})
        rebuild(self, record)
        self._orders_follow(*self._orders_of([record]))

    @on_records
    def js_assign_outstanding_line(self, ids: list[Any], line_id: int) -> None:
        """Use an open item, of a payment or credit note, for this bill (§6.3)."""
        rights.check(self.env, self.name, "write")
        assign_outstanding(self.env, [row["id"] for row in self.existing(ids)], line_id)

    @on_records
    def js_remove_outstanding_partial(self, ids: list[Any], partial_id: int) -> None:
        rights.check(self.env, self.name, "write")
        env = self.env.sudo()
        remove_partials(env, [env["account.partial.reconcile"].row(partial_id)])


AccountMove.computed = {
    **AccountMove.computed,
    "display_name": display_name,
    "invoice_line_ids": bill_line_ids,
    "purchase_order_count": purchase_orders,
    "duplicated_ref_ids": same_reference,
    **payment_fields(),
}
