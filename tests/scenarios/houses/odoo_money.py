"""People at work in Odoo's books: vendor bills, payments, the bank, the closing of months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.scenarios.houses.house import Ordered, Posted
from tests.stage import Stage

EUR = 126
READ = (
    "name", "amount", "currency_id", "date", "state", "memo", "payment_reference", "move_id",
    "reconciled_bill_ids",
)  # fmt: skip
Row = dict[str, Any]


class OdooMoney:
    """What happens with money there, besides the connector."""

    stage: Stage
    journal = "BILL Clearing"
    bad_journal = "Bank"
    # Every write of a posting, in order, as a pattern of its address.
    posting_steps: Sequence[str] = (
        "*/account.payment/load",
        "*/account.payment/action_post",
        "*/account.move.line/reconcile",
    )
    abroad_step = "*/account.payment.register/action_create_payments"
    undoing_step = "*/account.payment/action_cancel"

    def call(self, model: str, method: str, **named: Any) -> Any: ...

    # Vendor bills ---------------------------------------------------------------------------

    def part_bill(self, order: Ordered, quantity: float, *, number: str, due: str) -> str:
        """Make and post the vendor bill of a delivery, at the price of the order's only line."""
        domain = [["order_id", "=", int(order.id)]]
        fields = ["price_unit", "product_id", "partner_id", "name"]
        [line] = self.call("purchase.order.line", "search_read", domain=domain, fields=fields)
        values = {
            "name": line["name"],
            "purchase_line_id": line["id"],
            "product_id": line["product_id"][0],
            "quantity": quantity,
            "price_unit": line["price_unit"],
            "tax_ids": [[5]],
        }
        return self._vendor_bill(line["partner_id"][0], values, number, "2026-11-20", due)

    def loose_bill(self, vendor: str, number: str, total: float, *, day: str = "2026-11-20") -> str:
        """Post a vendor bill that came without an order."""
        line = {"name": "Freight", "price_unit": total, "tax_ids": [[5]]}
        line["account_id"] = self.ledger_account("641000")
        return self._vendor_bill(int(vendor), line, number, day, day)

    def open_amount(self, bill: str) -> Decimal:
        fields = ["amount_residual"]
        [row] = self.call("account.move", "read", ids=[int(bill)], fields=fields)
        return Decimal(str(row["amount_residual"]))

    def credit(self, bill: str) -> None:
        """Take a posted vendor bill back by a credit note."""
        context = {"active_model": "account.move", "active_ids": [int(bill)]}
        [move] = self.call("account.move", "read", ids=[int(bill)], fields=["journal_id"])
        values = {"journal_id": move["journal_id"][0], "date": "2026-11-20"}
        made = self.call("account.move.reversal", "create", vals_list=[values], context=context)
        note = self.call("account.move.reversal", "refund_moves", ids=made, context=context)
        self.call("account.move", "action_post", ids=[note["res_id"]])

    # Payments -------------------------------------------------------------------------------

    def posted(self) -> list[Posted]:
        """Return all payments, whatever became of them, the oldest first."""
        rows = self.call("account.payment", "search_read", domain=[], fields=list(READ))
        entries = {row["id"]: row for row in self._entries()}
        return [_posted(row, entries) for row in sorted(rows, key=lambda row: row["id"])]

    def pay_by_hand(self, bill: str, amount: float | None = None, *, day: str = "") -> str:
        wanted: Row = {"bill": int(bill), "journal": "BNK1"}
        wanted |= {"amount": amount} if amount is not None else {}
        wanted |= {"date": day} if day else {}
        return str(self.stage.control("/odoo/pay-by-hand", **wanted)["payment"])

    def enter_payment(self, vendor: str, amount: float, *, day: str = "") -> str:
        """Enter a payment without a bill, and confirm it."""
        values: Row = {"payment_type": "outbound", "partner_type": "supplier"}
        values |= {"partner_id": int(vendor), "amount": amount}
        values |= {"journal_id": self._journal("BNK1"), "date": day or "2026-11-20"}
        [made] = self.call("account.payment", "create", vals_list=[values])
        self.call("account.payment", "action_post", ids=[made])
        return str(made)

    def cancel_payment(self, payment: str) -> None:
        self.call("account.payment", "action_cancel", ids=[int(payment)])

    def delete_payment(self, payment: str) -> None:
        self.cancel_payment(payment)
        self.call("account.payment", "unlink", ids=[int(payment)])

    def bank_match(self, payment: str) -> None:
        self.stage.control("/odoo/bank-match", payment=int(payment))

    # The books ------------------------------------------------------------------------------

    def close_until(self, day: date | None) -> None:
        date_or_open = day.isoformat() if day else ""
        self.stage.control("/odoo/lock", field="fiscalyear_lock_date", date=date_or_open)

    def set_rate(self, currency: str, rate: float) -> None:
        self.stage.control("/odoo/rate", currency=currency, rate=rate)

    def use_paid_edition(self) -> None:
        """Let the accounting app be installed, with which some journals never reach the ledger."""
        self.stage.control("/odoo/switches", enterprise=True)

    def ledger_account(self, code: str) -> int:
        return int(self.call("account.account", "search", domain=[["code", "=", code]])[0])

    def clearing(self) -> Decimal:
        """Return what stands on the clearing account."""
        wanted = [["account_id", "=", self.ledger_account("101410")]]
        return sum((Decimal(str(row["balance"])) for row in self._items(wanted)), Decimal(0))

    def fund(self, amount: Decimal) -> None:
        """Book what the bank says has left for the clearing account."""
        rows = (("101410", float(amount), 0.0), ("101401", 0.0, float(amount)))
        lines = [
            [0, 0, {"account_id": self.ledger_account(code), "debit": debit, "credit": credit}]
            for code, debit, credit in rows
        ]
        values = {"move_type": "entry", "journal_id": self._journal("BNK1"), "line_ids": lines}
        made = self.call("account.move", "create", vals_list=[values])
        self.call("account.move", "action_post", ids=made)

    def unbalanced(self) -> list[int]:
        """Return the posted entries whose items do not come to nothing."""
        sums: dict[int, Decimal] = {}
        for row in self._items([]):
            entry = row["move_id"][0]
            sums[entry] = sums.get(entry, Decimal(0)) + Decimal(str(row["balance"]))
        return [entry for entry, rest in sums.items() if rest]

    def closed_entries(self, day: date) -> list[tuple[Any, ...]]:
        """Return what stands in the books up to a day, to see that it never changes."""
        wanted = [["date", "<=", day.isoformat()]]
        rows = self._items(wanted)
        return sorted((r["id"], r["move_id"][0], r["balance"], r["date"]) for r in rows)

    # How ------------------------------------------------------------------------------------

    def _vendor_bill(self, vendor: int, line: Row, number: str, day: str, due: str) -> str:
        values = {
            "move_type": "in_invoice",
            "partner_id": vendor,
            "ref": number,
            "invoice_date": day,
            "date": day,
            "invoice_payment_term_id": False,
            "invoice_date_due": due,
            "invoice_line_ids": [[0, 0, line]],
        }
        [made] = self.call("account.move", "create", vals_list=[values])
        self.call("account.move", "action_post", ids=[made])
        return str(made)

    def _entries(self) -> list[Row]:
        fields = ["date", "state", "reversed_entry_id"]
        return list(self.call("account.move", "search_read", domain=[], fields=fields))

    def _items(self, domain: list[Any]) -> list[Row]:
        domain = [["parent_state", "=", "posted"], *domain]
        fields = ["balance", "move_id", "date"]
        rows = self.call("account.move.line", "search_read", domain=domain, fields=fields)
        return list(rows)

    def _journal(self, code: str) -> int:
        return int(self.call("account.journal", "search", domain=[["code", "=", code]])[0])


def _posted(row: Row, entries: dict[int, Row]) -> Posted:
    move = row["move_id"][0] if row["move_id"] else 0
    reversing = [e for e in entries.values() if (e["reversed_entry_id"] or [0])[0] == move]
    taken_back = [e["date"] for e in reversing if move and e["state"] == "posted"]
    return Posted(
        id=str(row["id"]),
        amount=Decimal(str(row["amount"])),
        currency=row["currency_id"][1],
        day=str(entries[move]["date"] if move else row["date"]),
        memo=row["memo"] or "",
        key=row["payment_reference"] or "",
        bills=tuple(str(bill) for bill in row["reconciled_bill_ids"]),
        is_alive=row["state"] in ("in_process", "paid") and not taken_back,
        reversed_on=taken_back[0] if taken_back else "",
    )
