"""account.payment.register: the wizard that pays bills.

Reference: docs/systems/odoo.md §6.1. Bills of one vendor, account and currency make a batch; only
a single batch can be given an amount of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.odoo import rates, rights, writing
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.base import Model, on_model, on_records
from sandbox.odoo.models.entries import ITEM, MOVE
from sandbox.odoo.models.partials import reconcile
from sandbox.odoo.models.payment_entry import WriteOff
from sandbox.odoo.models.residuals import decimal
from sandbox.odoo.store import Row

PAYMENT = "account.payment"
OPEN_TYPES = ("liability_payable", "asset_receivable")
WRONG_PLACE = (
    "The register payment wizard should only be called on account.move or account.move.line "
    "records."
)
NOTHING_LEFT = (
    "There's nothing left to pay for the selected journal items, so no payment registration is "
    "necessary. You've got your finances under control like a boss!"
)
BOTH_WAYS = "You can't register payments for both inbound and outbound moves at the same time."
ACTION = {
    "name": "Payments",
    "type": "ir.actions.act_window",
    "res_model": PAYMENT,
    "context": {"create": False},
}


class PaymentRegister(Model):
    @on_model
    def create(self, vals_list: Any) -> list[int]:
        rights.check(self.env, self.name, "create")
        items = [row["id"] for row in self._open_items()]
        given = vals_list if isinstance(vals_list, list) else [vals_list]
        return writing.create(self, [{**values, "line_ids": [[6, 0, items]]} for values in given])

    def _open_items(self) -> list[Row]:
        """Return what is to be paid of the records the context names."""
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model not in (MOVE, ITEM):
            raise UserError(WRONG_PLACE)
        items = self.env[ITEM]
        if model == MOVE:
            moves = self.env[MOVE].existing(ids)
            ids = [i for m in moves for i in self.env.store.children(ITEM, "move_id", m["id"])]
        rows = [row for row in items.existing(ids) if self._is_open(row)]
        if not rows:
            raise UserError(NOTHING_LEFT)
        if len({items.value(row, "account_type") for row in rows}) > 1:
            raise UserError(BOTH_WAYS)
        return rows

    def _is_open(self, row: Row) -> bool:
        fits = self.env[ITEM].value(row, "account_type") in OPEN_TYPES
        open_amount = row.get("amount_residual") or row.get("amount_residual_currency")
        return bool(fits and open_amount and row.get("parent_state") != "cancel")

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Offer all that is open, today, from the first bank journal."""
        batches = self._batches([self.env[ITEM].rows[i] for i in values["line_ids"][0][2]])
        first = batches[0]
        payments = self.env[PAYMENT]
        company = first[0]["company_id"]
        way = _way(first)
        journal = values.get("journal_id") or payments._first_bank(company)  # type: ignore[attr-defined]
        currency = values.get("currency_id") or first[0]["currency_id"]
        day = values.get("payment_date") or self.env.now.date()
        found: dict[str, Any] = {
            "payment_date": day,
            "company_id": company,
            "journal_id": journal,
            "payment_method_line_id": payments.method_line(journal, way),  # type: ignore[attr-defined]
            "currency_id": currency,
            "payment_type": way,
            "partner_type": self._partner_type(first),
            "can_edit_wizard": len(batches) == 1,
            "group_payment": len(batches) == 1 and len(first) == 1,
            "payment_difference_handling": "open",
            "writeoff_label": "Write-Off",
            "source_currency_id": first[0]["currency_id"],
        }
        if len(batches) == 1:
            found |= {"partner_id": first[0].get("partner_id"), "communication": self._words(first)}
        return found

    def _partner_type(self, batch: list[Row]) -> str:
        kind = self.env[ITEM].value(batch[0], "account_type")
        return "supplier" if kind == "liability_payable" else "customer"

    def _words(self, batch: list[Row]) -> str:
        moves = [self.env[MOVE].rows[row["move_id"]] for row in batch]
        said = [m.get("payment_reference") or m.get("ref") or m.get("name") or "" for m in moves]
        return " ".join(dict.fromkeys(word for word in said if word))

    def _batches(self, rows: list[Row]) -> list[list[Row]]:
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            way = row["amount_residual"] > 0
            key = (row.get("partner_id"), row["account_id"], row["currency_id"], way)
            found.setdefault(key, []).append(row)
        return list(found.values())

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record, values in zip(ids, given, strict=True):
            if "amount" not in values:
                self.assign(record, {"amount": float(self.total(self.rows[record]))})

    def total(self, row: Row) -> Decimal:
        """Return all that is open, in the wizard's currency on the day of the payment."""
        items = [self.env[ITEM].rows[i] for i in row.get("line_ids") or ()]
        amount = abs(sum((decimal(i["amount_residual_currency"]) for i in items), Decimal()))
        source = row.get("source_currency_id") or row["currency_id"]
        return rates.converted(self.env, amount, source, row["currency_id"], row["payment_date"])

    @on_records
    def action_create_payments(self, ids: list[Any]) -> Any:
        rights.check(self.env, self.name, "write")
        made = [payment for row in self.existing(ids) for payment in self._pay(row)]
        if self.env.context.get("dont_redirect_to_payments"):
            return True
        if len(made) == 1:
            return {**ACTION, "view_mode": "form", "res_id": made[0]}
        return {**ACTION, "view_mode": "list,form", "domain": [["id", "in", made]]}

    def _pay(self, row: Row) -> list[int]:
        rows = [self.env[ITEM].row(i) for i in row["line_ids"]]
        batches = self._batches(rows)
        if row["can_edit_wizard"] and (len(batches[0]) == 1 or row["group_payment"]):
            return [self._pay_as_edited(row, rows)]
        parts = batches if row["group_payment"] else [[one] for batch in batches for one in batch]
        return [self._pay_in_full(row, part) for part in parts]

    def _pay_as_edited(self, row: Row, items: list[Row]) -> int:
        offs = []
        left = self.total(row) - decimal(row["amount"])
        if left and row["payment_difference_handling"] == "reconcile":
            account = row.get("writeoff_account_id")
            if not account:
                raise UserError("The operation cannot be completed: Missing required account.")
            offs = [WriteOff(account, left, row.get("writeoff_label") or "Write-Off")]
        values = {"amount": row["amount"], "currency_id": row["currency_id"]}
        return self._make(row, items, {**values, "memo": row.get("communication") or False}, offs)

    def _pay_in_full(self, row: Row, items: list[Row]) -> int:
        amount = abs(sum((decimal(i["amount_residual_currency"]) for i in items), Decimal()))
        values = {"amount": float(amount), "currency_id": items[0]["currency_id"]}
        return self._make(row, items, {**values, "memo": self._words(items)}, [])

    def _make(
        self, row: Row, items: list[Row], values: dict[str, Any], offs: list[WriteOff]
    ) -> int:
        """Create the payment, confirm it and reconcile it with what is still open."""
        payments = self.env[PAYMENT]
        own = {
            "payment_type": _way(items),
            "partner_type": self._partner_type(items),
            "partner_id": items[0].get("partner_id"),
            "date": row["payment_date"],
            "journal_id": row["journal_id"],
            "payment_method_line_id": row["payment_method_line_id"],
            "destination_account_id": items[0]["account_id"],
            "invoice_ids": [[6, 0, list(dict.fromkeys(item["move_id"] for item in items))]],
        }
        payment: int = payments.create([{**own, **values}])[0]
        payments.confirm(payment, offs)  # type: ignore[attr-defined]
        self._close(payments.rows[payment], items)
        return payment

    def _close(self, payment: Row, items: list[Row]) -> None:
        if not payment.get("move_id"):
            return
        held = self.env[ITEM].rows
        ids = self.env.store.children(ITEM, "move_id", payment["move_id"])
        wanted = [*(i["id"] for i in items), *ids]
        account = payment["destination_account_id"]
        still_open = [
            i for i in wanted if held[i]["account_id"] == account and not held[i].get("reconciled")
        ]
        if len(still_open) > 1:
            reconcile(self.env, still_open)


def _way(items: list[Row]) -> str:
    balance = sum(row["amount_residual"] for row in items)
    return "inbound" if balance > 0 else "outbound"


PaymentRegister.computed = {
    **PaymentRegister.computed,
    "payment_difference": lambda model, row: float(model.total(row) - decimal(row["amount"])),
    "company_currency_id": lambda model, row: model.env["res.company"].rows[row["company_id"]][
        "currency_id"
    ],
    "source_amount_currency": lambda model, row: float(model.total(row)),
    "display_name": lambda model, row: f"account.payment.register,{row['id']}",
}
