"""What tests about money share: bills, payments, and whether the books balance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.sandbox.odoo.conftest import Client
from tests.sandbox.odoo.money_stage import payable_item

LOAD = ["id", "payment_type", "partner_type", "partner_id/.id", "amount", "journal_id/.id"]
LOAD = [*LOAD, "date", "memo"]
BILL_FIELDS = ("payment_state", "amount_residual", "state", "matched_payment_ids")
PAYMENT_FIELDS = ("name", "state", "move_id", "is_reconciled", "is_matched", "reconciled_bill_ids")


class Books:
    """The accountant's view of the database; `check` proves that debits equal credits."""

    def __init__(self, person: Client) -> None:
        self.person = person
        self.vendor = person.named("res.partner", "Keystone Pallet Works")

    def journal(self, code: str) -> int:
        return self.person.search("account.journal", [["code", "=", code]])[0]

    def bill(self, amount: float = 100.0, *, currency: str = "USD", **changes: Any) -> int:
        account = self.person.account("600000")
        line = {"name": "x", "price_unit": amount, "account_id": account, "tax_ids": [[5]]}
        values = {
            "move_type": "in_invoice",
            "partner_id": self.vendor,
            "ref": "B-1",
            "currency_id": self.person.named("res.currency", currency),
            "invoice_date": "2026-11-10",
            "date": "2026-11-10",
            "invoice_line_ids": [[0, 0, line]],
        }
        made = self.person.create("account.move", **{**values, **changes})
        self.person.call("account.move", "action_post", ids=[made])
        return made

    def payment(self, amount: float = 100.0, *, journal: str = "BNKO", **changes: Any) -> int:
        values = {
            "payment_type": "outbound",
            "partner_type": "supplier",
            "partner_id": self.vendor,
            "amount": amount,
            "journal_id": self.journal(journal),
            "date": "2026-11-18",
            "memo": "P-1",
        }
        made = self.person.create("account.payment", **{**values, **changes})
        self.person.call("account.payment", "action_post", ids=[made])
        return made

    def register(self, *bills: int, journal: str = "BNKO", **values: Any) -> dict[str, Any]:
        context = {"active_model": "account.move", "active_ids": list(bills)}
        context |= values.pop("context", {})
        wizard = "account.payment.register"
        given = {"journal_id": self.journal(journal), "payment_date": "2026-11-18", **values}
        [made] = self.person.call(wizard, "create", vals_list=given, context=context)
        action: dict[str, Any] = self.person.call(
            wizard, "action_create_payments", ids=[made], context=context
        )
        return action

    def item_of_bill(self, bill: int) -> int:
        return payable_item(self.person, bill)

    def item_of_payment(self, payment: int) -> int:
        return payable_item(self.person, self.read_payment(payment)["move_id"][0])

    def reconcile(self, bill: int, payment: int) -> Any:
        ids = [self.item_of_bill(bill), self.item_of_payment(payment)]
        return self.person.call("account.move.line", "reconcile", ids=ids)

    def read_bill(self, bill: int) -> dict[str, Any]:
        return self.person.read("account.move", bill, *BILL_FIELDS)

    def read_payment(self, payment: int) -> dict[str, Any]:
        return self.person.read("account.payment", payment, *PAYMENT_FIELDS)

    def state(self, bill: int) -> tuple[str, float]:
        row = self.read_bill(bill)
        return row["payment_state"], row["amount_residual"]

    def check(self) -> None:
        """Every entry balances, and nothing is open below zero or above its amount."""
        fields = ["move_id", "debit", "credit", "balance", "amount_residual", "reconciled"]
        items = self.person.call("account.move.line", "search_read", domain=[], fields=fields)
        totals: dict[int, Decimal] = {}
        for item in items:
            move = item["move_id"][0]
            sides = Decimal(str(item["debit"])) - Decimal(str(item["credit"]))
            assert sides == Decimal(str(item["balance"])), item
            totals[move] = totals.get(move, Decimal()) + sides
            assert item["amount_residual"] * item["balance"] >= 0, item
            assert abs(item["amount_residual"]) <= abs(item["balance"]), item
            assert not (item["reconciled"] and item["amount_residual"]), item
        assert {move: total for move, total in totals.items() if total} == {}
