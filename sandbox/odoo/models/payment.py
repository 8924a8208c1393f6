"""account.payment: money out or in, with or without a journal entry.

Reference: docs/systems/odoo.md §6.1 to §6.5, §3 (names and states by version).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.odoo import locks, rates, rights
from sandbox.odoo.errors import ConstraintError, UserError, ValidationError
from sandbox.odoo.models import payment_entry
from sandbox.odoo.models.base import on_records
from sandbox.odoo.models.entries import ITEM, MOVE, state_becomes
from sandbox.odoo.models.payment_entry import WriteOff
from sandbox.odoo.models.residuals import PROMISING, follow, reconciled_moves
from sandbox.odoo.models.thread import Thread
from sandbox.odoo.models.unmatching import unreconcile
from sandbox.odoo.store import Row

BANKS = ("bank", "cash", "credit")
NO_METHOD = "Please define a payment method line on your payment."
OTHER_JOURNAL = (
    "The selected payment method is not available for this payment, please select the payment "
    "method again."
)
NO_ENTRY = (
    "A payment with an outstanding account cannot be confirmed without having a journal entry."
)
# What of a payment its journal entry repeats.
BOOKED = frozenset(
    {"amount", "currency_id", "partner_id", "partner_type", "payment_type", "journal_id", "memo"}
    | {"date", "destination_account_id", "payment_method_line_id", "outstanding_account_id"}
)


class Payment(Thread):
    restricted_by = ()

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        company = values.get("company_id") or self.env.company
        journal = values.get("journal_id") or self._first_bank(company)
        way = values.get("payment_type") or "inbound"
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "state": "draft",
            "date": self.env.now.date(),
            "company_id": company,
            "journal_id": journal,
            "payment_method_line_id": self.method_line(journal, way),
            "amount": 0.0,
            "is_sent": False,
        }

    def _first_bank(self, company: int) -> int | None:
        rows = self.env["account.journal"].rows.values()
        fit = [r for r in rows if r["type"] in BANKS and r["company_id"] == company]
        ordered = sorted((r.get("sequence") or 0, r["id"]) for r in fit if r.get("active"))
        return ordered[0][1] if ordered else None

    def method_line(self, journal: Any, way: str) -> int | None:
        """Return the journal's first method for this direction."""
        rows = self.env["account.payment.method.line"].rows.values()
        fit = [r for r in rows if r["journal_id"] == journal and r["payment_type"] == way]
        ordered = sorted((r.get("sequence") or 0, r["id"]) for r in fit)
        return ordered[0][1] if ordered else None

    def check_required(self, row: Row) -> None:
        super().check_required(row)
        if row["amount"] < 0:
            raise ConstraintError("The payment amount cannot be negative.", "amount")

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record, values in zip(ids, given, strict=True):
            self._complete(record, bool(values.get("destination_account_id")))
            self._check(self.rows[record])
            self._bills_follow(record)

    def _complete(self, record: int, keep_destination: bool) -> None:
        """Fill what follows from other fields."""
        row = self.rows[record]
        company = self.env["res.company"].rows[row["company_id"]]
        journal = self.env["account.journal"].rows.get(row.get("journal_id") or 0, {})
        currency = row.get("currency_id") or journal.get("currency_id") or company["currency_id"]
        line = self.env["account.payment.method.line"].rows.get(
            row.get("payment_method_line_id") or 0, {}
        )
        values = {
            "currency_id": currency,
            "amount": float(rates.rounded(self.env, row["amount"], currency)),
            "payment_method_id": line.get("payment_method_id"),
        }
        if not row.get("move_id"):
            values["outstanding_account_id"] = self._outstanding(row, line)
        if not (keep_destination and row.get("destination_account_id")):
            values["destination_account_id"] = self._destination(row)
        self.assign(record, values)

    def _outstanding(self, row: Row, line: Row) -> int | None:
        """The method's account; without one only Community falls back to the chart's (§6.2)."""
        own = line.get("payment_account_id")
        forced = self.env.context.get("force_payment_move")
        if own or not line or (self.env.db.enterprise and not forced):
            return own or None
        return self.env.db.outstanding.get(row["payment_type"])

    def _destination(self, row: Row) -> int | None:
        partners = self.env["res.partner"]
        partner = partners.rows.get(row.get("partner_id") or 0, {"id": 0})
        side = "payable" if row["partner_type"] == "supplier" else "receivable"
        return partners.value(partner, f"property_account_{side}_id") or None

    def _check(self, row: Row) -> None:
        line = self.env["account.payment.method.line"].rows.get(
            row.get("payment_method_line_id") or 0
        )
        if line is None:
            raise ValidationError(NO_METHOD)
        if line.get("journal_id") != row["journal_id"]:
            raise ValidationError(OTHER_JOURNAL)
        confirmed = row["state"] not in ("draft", "canceled")
        if confirmed and row.get("outstanding_account_id") and not row.get("move_id"):
            raise ValidationError(NO_ENTRY)

    def _bills_follow(self, record: int) -> None:
        follow(self.env, self.rows[record].get("invoice_ids") or [])

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        for row in rows:
            wanted = values.get("state")
            if wanted in PROMISING and row["state"] == "draft":
                self.confirm(row["id"])

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        for record in ids:
            self.check_required(self.rows[record])
            if "payment_type" in values or "journal_id" in values:
                self._method_follows(record, values)
            if BOOKED & set(values):
                self._complete(record, "partner_id" not in values)
            self._check(self.rows[record])
            if self.rows[record].get("move_id") and BOOKED & set(values):
                payment_entry.rewrite(self.env, self.rows[record])
            self._bills_follow(record)

    def _method_follows(self, record: int, values: Mapping[str, Any]) -> None:
        row = self.rows[record]
        lines = self.env["account.payment.method.line"].rows
        line = lines.get(row.get("payment_method_line_id") or 0, {})
        fits = line.get("journal_id") == row["journal_id"]
        if "payment_method_line_id" in values or (
            fits and line.get("payment_type") == row["payment_type"]
        ):
            return
        first = self.method_line(row["journal_id"], row["payment_type"])
        self.assign(record, {"payment_method_line_id": first})

    def before_unlink(self, rows: list[Row]) -> None:
        """Only drafts and cancelled payments go (confirmed ones: the stricter guess)."""
        if any(row["state"] in PROMISING for row in rows):
            raise UserError(
                "You can't delete a posted journal item. Don\u2019t play games with your "
                "accounting records; reset the journal entry to draft before deleting it."
            )
        for row in rows:
            move = row.get("move_id")
            if move:
                for item in self.env.store.children(ITEM, "move_id", move):
                    self.env.store.drop(ITEM, item)
                self.env.store.drop(MOVE, move)

    def after_unlink(self, rows: list[Row]) -> None:
        for row in rows:
            follow(self.env, row.get("invoice_ids") or [])

    # What people and clients do with payments. All of it answers null.

    @on_records
    def action_post(self, ids: list[Any]) -> None:
        """Confirm drafts; a payment that is confirmed already is left alone (§6.5)."""
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            if row["state"] == "draft":
                self.confirm(row["id"])

    def confirm(self, record: int, write_offs: Sequence[WriteOff] = ()) -> None:
        """Make a draft a payment: with an entry if there is an account to book it on."""
        row = self.rows[record]
        values: dict[str, Any] = {"state": PROMISING[0]}
        if row.get("outstanding_account_id"):
            move = payment_entry.post(self.env, row, write_offs)
            name = row.get("name") or self.env[MOVE].rows[move]["name"]
            values |= {"move_id": move, "name": name}
        elif not row.get("name"):
            values["name"] = self.env.db.next_number("account.payment", "PAY{:05d}")
        self.assign(record, values)
        moves = [values["move_id"]] if "move_id" in values else []
        follow(self.env, [*moves, *(row.get("invoice_ids") or ())])

    @on_records
    def action_validate(self, ids: list[Any]) -> None:
        """Say that the bank has carried it out; this writes no entry (§6.2)."""
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            self.assign(row["id"], {"state": "paid"})
            self.assign(row["id"], {"is_matched": row.get("move_id") is None or row["is_matched"]})
            self._bills_follow(row["id"])

    @on_records
    def action_reject(self, ids: list[Any]) -> None:
        self._undo(ids, "rejected")

    @on_records
    def action_cancel(self, ids: list[Any]) -> None:
        """Take it back: reconciliation goes, its bills are open again (§6.1)."""
        self._undo(ids, "canceled")

    @on_records
    def action_draft(self, ids: list[Any]) -> None:
        self._undo(ids, "draft")

    def _undo(self, ids: list[Any], state: str) -> None:
        rights.check(self.env, self.name, "write")
        for row in self.existing(ids):
            self._refuse_if_matched(row)
            move = row.get("move_id")
            if move:
                self._take_back(move, "draft" if state == "draft" else "cancel")
            self.assign(row["id"], {"state": state, "_bank_matched": False})
            follow(self.env, [*([move] if move else []), *(row.get("invoice_ids") or ())])

    def _take_back(self, move: int, state: str) -> None:
        row = self.env[MOVE].rows[move]
        if row["state"] == "posted":
            locks.check(self.env, row)
            unreconcile(self.env, self.env.store.children(ITEM, "move_id", move))
        state_becomes(self.env, move, state)

    def _refuse_if_matched(self, row: Row) -> None:
        """What the bank has confirmed stays, unless a switch says otherwise (not measured)."""
        if row.get("_bank_matched") and self.env.db.refuse_cancel_matched:
            raise UserError(
                "You cannot change a payment that is matched with a bank statement line. "
                "Unreconcile the statement line first."
            )

    @on_records
    def mark_as_sent(self, ids: list[Any]) -> None:
        self.write(ids, {"is_sent": True})

    @on_records
    def unmark_as_sent(self, ids: list[Any]) -> None:
        self.write(ids, {"is_sent": False})


def _bills(*kinds: str) -> Any:
    def value(model: Payment, row: Row) -> list[int]:
        found = reconciled_moves(model.env, row)
        return [move["id"] for move in found if move["move_type"].startswith(kinds)]

    return value


def _signed(model: Payment, row: Row) -> float:
    own = model.env["res.company"].rows[row["company_id"]]["currency_id"]
    amount = rates.rounded(model.env, row["amount"], row["currency_id"])
    in_company = rates.converted(model.env, amount, row["currency_id"], own, row["date"])
    return float(-in_company if row["payment_type"] == "outbound" else in_company)


def _method_code(model: Payment, row: Row) -> Any:
    lines = model.env["account.payment.method.line"].rows
    return lines.get(row.get("payment_method_line_id") or 0, {}).get("code") or False


Payment.computed = {
    **Payment.computed,
    "display_name": lambda model, row: row.get("name") or "Draft Payment",
    "payment_method_code": _method_code,
    "amount_company_currency_signed": _signed,
    "amount_signed": lambda model, row: (
        -row["amount"] if row["payment_type"] == "outbound" else row["amount"]
    ),
    "company_currency_id": lambda model, row: model.env["res.company"].rows[row["company_id"]][
        "currency_id"
    ],
    "reconciled_bill_ids": _bills("in_"),
    "reconciled_bills_count": lambda model, row: len(_bills("in_")(model, row)),
    "reconciled_invoice_ids": _bills("out_"),
    "reconciled_invoices_count": lambda model, row: len(_bills("out_")(model, row)),
}
