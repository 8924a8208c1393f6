"""The books of the sandbox's Odoo, worked on directly: vendor bills and payments of a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from connections.records import Allocation, Payment, PaymentStage
from connections.resource import Created, Outcome, Refused
from tests.connections.systems.odoo.desk import Desk

USD, EUR = 1, 126
METHOD = "2"  # Bank · Manual Payment, of every database
BILLED, PAID = date(2026, 11, 2), date(2026, 11, 18)
_numbers = count(1)


class Books(Desk):
    """What accountants do in Odoo besides us."""

    def bill(self, vendor: int, amount: str = "100", *, post: bool = True, **more: Any) -> int:
        line = {"name": "Freight", "price_unit": float(amount), "tax_ids": [[5]]}
        values = {
            "move_type": "in_invoice",
            "partner_id": vendor,
            "ref": f"INV-{next(_numbers)}",
            "invoice_date": BILLED.isoformat(),
            "date": BILLED.isoformat(),
            "invoice_payment_term_id": False,
            "invoice_date_due": "2026-12-02",
            "invoice_line_ids": [[0, 0, {"account_id": self.account("641000"), **line}]],
        }
        [made] = self.make("account.move", {**values, **more})
        if post:
            self.call("account.move", "action_post", ids=[made])
        return made

    def bill_of_order(self, order: int, *, quantity: float = 2.0, due: str = "2026-12-02") -> int:
        """Bill so much of an order's only line."""
        vendor = self.read("purchase.order", order)["partner_id"][0]
        line = {
            "purchase_line_id": self.line_of(order),
            "quantity": quantity,
            "price_unit": 50.0,
            "name": "Rope",
            "account_id": self.account("600000"),
            "tax_ids": [[5]],
        }
        lines = {"invoice_line_ids": [[0, 0, line]], "invoice_date_due": due}
        return self.bill(vendor, **lines)

    def pay(self, bill: int, amount: float | None = None, **more: Any) -> int:
        """Register a payment as a person does, and return it."""
        context = {"active_model": "account.move", "active_ids": [bill]}
        values = {"journal_id": 3, "payment_date": PAID.isoformat(), **more}
        values |= {"amount": amount} if amount is not None else {}
        [wizard] = self.call(
            "account.payment.register", "create", vals_list=[values], context=context
        )
        made = self.call(
            "account.payment.register", "action_create_payments", ids=[wizard], context=context
        )
        return int(made["res_id"])

    def enter(self, vendor: int, amount: float = 100.0, **more: Any) -> int:
        """Enter a payment without a bill, and confirm it."""
        values = {
            "payment_type": "outbound",
            "partner_type": "supplier",
            "partner_id": vendor,
            "amount": amount,
            "journal_id": 3,
            "date": PAID.isoformat(),
        }
        [made] = self.make("account.payment", {**values, **more})
        self.call("account.payment", "action_post", ids=[made])
        return made

    def read(self, model: str, id: int | str) -> dict[str, Any]:
        fields = READ[model]
        [row] = self.call(model, "read", ids=[int(id)], fields=fields)
        return dict(row)

    def state_of(self, bill: int) -> tuple[str, Decimal]:
        row = self.read("account.move", bill)
        return row["payment_state"], Decimal(str(row["amount_residual"]))

    def payments(self) -> list[int]:
        found: list[int] = self.call("account.payment", "search", domain=[])
        return found

    def lines_of(self, payment: int | str) -> list[dict[str, Any]]:
        """Return the items of a payment's journal entry."""
        move = self.read("account.payment", payment)["move_id"][0]
        fields = ["account_id", "balance", "amount_currency", "reconciled"]
        domain = [["move_id", "=", move]]
        return list(self.call("account.move.line", "search_read", domain=domain, fields=fields))

    def moved(self, code: str) -> Decimal:
        """Return what all posted entries together moved on an account."""
        rows = self.call(
            "account.move.line",
            "search_read",
            domain=[["account_id", "=", self.account(code)], ["parent_state", "=", "posted"]],
            fields=["balance"],
        )
        return sum((Decimal(str(row["balance"])) for row in rows), Decimal(0))

    def close_until(self, day: date) -> None:
        self.write("res.company", 1, fiscalyear_lock_date=day.isoformat())

    def use_enterprise(self) -> None:
        """Let the accounting app of Enterprise be installed."""
        self.stage.control("/odoo/switches", enterprise=True)

    def match_with_bank(self, payment: int | str) -> None:
        """Let a bank statement confirm a payment."""
        self.stage.control("/odoo/bank-match", payment=int(payment))


READ = {
    "account.move": ["payment_state", "amount_residual", "state", "ref", "name"],
    "account.payment": [
        "name", "state", "date", "memo", "move_id", "amount", "currency_id",
        "payment_reference", "reconciled_bill_ids", "partner_id", "payment_method_line_id",
    ],
    "purchase.order": ["partner_id", "invoice_ids", "invoice_status", "name"],
}  # fmt: skip


def payment(vendor: int, amount: str = "100", **more: Any) -> Payment:
    """Return what the engine asks to be posted; `bill` and `order` say what it pays."""
    number = next(_numbers)
    bill = str(more.pop("bill", ""))
    values: dict[str, Any] = {
        "number": f"P26-{number}",
        "vendor_id": str(vendor),
        "vendor_name": "Rope & Co.",
        "currency": "USD",
        "amount": Decimal(amount),
        "stage": PaymentStage.IN_FLIGHT,
        "paid_on": PAID,
        "reference": f"pay_billcom_p{number}_b{number}_1",
        "method_id": METHOD,
        "memo": f"INV-{number}, P26-{number}",
        "order_id": str(more.pop("order", "")),
    }
    values = {**values, **more}
    return Payment(allocations=(Allocation(bill_id=bill, amount=values["amount"]),), **values)


def created(outcomes: list[Outcome[Payment]]) -> Payment:
    """Return the one payment that was created."""
    [outcome] = outcomes
    assert isinstance(outcome, Created), outcome
    return outcome.record


def refused(outcomes: list[Outcome[Payment]], code: str) -> str:
    """Return the words of the one refusal, which must be of that code."""
    [outcome] = outcomes
    assert isinstance(outcome, Refused), outcome
    assert getattr(outcome.error, "code", "") == code, outcome.error
    return outcome.error.message
