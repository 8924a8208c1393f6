"""What a payment may be matched with: a vendor bill, or the vendor bills of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connections.errors import Rejected
from connections.matching import money
from connections.records import Payment
from connections.systems.odoo.bills import POSTED, SETTLED, number_of, rows_by_id
from connections.systems.odoo.client import Query
from connections.systems.odoo.held import Held, held_where
from connections.systems.odoo.money import linked_currency
from connections.systems.odoo.values import Domain, Row, day, ids_of, link, number, words

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

LINE_FIELDS = ("move_id", "account_id", "amount_residual_currency")
# An order's bills are complete once everything ordered is on them.
FULLY_BILLED = "invoiced"
# How long before its bill a payment ahead of it is still looked for.
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Debts:
    """Posted vendor bills in the payment's currency, the oldest due first.

    `more_to_come`: the order may get further bills (R19).
    """

    bills: tuple[Row, ...] = ()
    more_to_come: bool = False

    @property
    def owed(self) -> list[Row]:
        return [bill for bill in self.bills if is_owed(bill)]


def is_owed(bill: Row) -> bool:
    """Say whether something is left to pay."""
    return bill["payment_state"] not in SETTLED and bool(number(bill["amount_residual"]))


def debts_of(client: OdooClient, payment: Payment) -> Debts:
    """Return what a payment pays. Raises Rejected for a bill that is no debt."""
    [bill_id] = ids_of([payment.allocations[0].bill_id]) or [0]
    if bill_id:
        rows = rows_by_id(client, [bill_id])
        if not rows or rows[0]["state"] != POSTED:
            raise _no_debt(rows)
        _check_currency(client, rows[0], payment)
        return Debts(tuple(rows))
    orders = ids_of([payment.order_id])
    if not orders:
        return Debts()
    return _of_order(client, orders[0], payment)


def refuse_if_settled(client: OdooClient, debts: Debts, payment: Payment) -> None:
    """Raise Rejected where all that could be paid has been paid by something else (R6)."""
    if not debts.bills or debts.owed or debts.more_to_come:
        return
    bill = debts.bills[0]
    vendor = words(bill["commercial_partner_id"])
    raise Rejected(
        f"Vendor bill {number_of(bill)} of {vendor} is settled in Odoo already, "
        f"{_settled_by(client, bill)}, so nothing was posted. Find out which of the two payments "
        "is right, and ask the vendor for the other.",
        code="already-paid",
    )


def open_lines(client: OdooClient, moves: list[int]) -> list[Row]:
    """Return the payable lines of these entries that are not wholly matched."""
    domain: Domain = [
        ["move_id", "in", moves],
        ["account_id.account_type", "=", "liability_payable"],
        ["reconciled", "=", False],
        ["parent_state", "=", POSTED],
    ]
    # Reference: docs/systems/odoo.md#matching-with-bills
    return client.rows(Query("account.move.line", domain, LINE_FIELDS))


def payable_account(client: OdooClient, debts: Debts) -> int:
    """Return the account the first bill is owed on, 0 where there is none.

    A bill may stand on another account than the vendor has now; only like accounts match.
    """
    owed = debts.owed
    lines = open_lines(client, [owed[0]["id"]]) if owed else []
    return link(lines[0]["account_id"]) if lines else 0


def match(client: OdooClient, held: Held, debts: Debts) -> None:
    """Match a posted payment with what is owed, as far as it goes. Safe to repeat.

    Raises SyncError; what was matched before stays matched.
    """
    for bill in debts.owed:
        lines = open_lines(client, [held.move_id, bill["id"]])
        ours = [line for line in lines if link(line["move_id"]) == held.move_id]
        accounts = {link(line["account_id"]) for line in ours}
        theirs = [
            line
            for line in lines
            if link(line["move_id"]) == bill["id"] and link(line["account_id"]) in accounts
        ]
        if not ours:
            return
        if theirs:
            ids = [line["id"] for line in ours + theirs]
            # Reference: docs/systems/odoo.md#matching-with-bills
            client.tell("account.move.line", "reconcile", ids, repeatable=True)


def residual(client: OdooClient, bill: Row) -> Decimal:
    """Return what is left to pay of a bill, in its currency."""
    return linked_currency(client, bill["currency_id"]).amount(bill["amount_residual"])


def _of_order(client: OdooClient, order_id: int, payment: Payment) -> Debts:
    # Reference: docs/systems/odoo.md#matching-with-bills
    query = Query(
        "purchase.order", [["id", "=", order_id]], ("invoice_ids", "invoice_status", "state")
    )
    [order] = client.rows(query) or [{"invoice_ids": [], "invoice_status": "", "state": "cancel"}]
    rows = [row for row in rows_by_id(client, order["invoice_ids"]) if row["state"] == POSTED]
    found = sorted(
        _in_currency(client, rows, payment),
        key=lambda row: (row["invoice_date_due"] or row["date"] or "", row["id"]),
    )
    is_open = order["state"] != "cancel" and order["invoice_status"] != FULLY_BILLED
    return Debts(tuple(found), more_to_come=is_open)


def _in_currency(client: OdooClient, rows: list[Row], payment: Payment) -> list[Row]:
    return [
        row for row in rows if linked_currency(client, row["currency_id"]).code == payment.currency
    ]


def _check_currency(client: OdooClient, bill: Row, payment: Payment) -> None:
    code = linked_currency(client, bill["currency_id"]).code
    if code != payment.currency:
        raise Rejected(
            f"Vendor bill {number_of(bill)} is in {code} and its payment in {payment.currency}. "
            "Book the payment by hand.",
            code="currency",
        )


def _no_debt(rows: list[Row]) -> Rejected:
    if not rows:
        return Rejected("The vendor bill it pays is no longer in Odoo.", code="bill-gone")
    how = "cancelled" if rows[0]["state"] == "cancel" else "a draft"
    return Rejected(
        f"Vendor bill {number_of(rows[0])}, which it pays, is {how} in Odoo. Post the bill there "
        "and try again.",
        code="bill-not-posted",
    )


def _settled_by(client: OdooClient, bill: Row) -> str:
    """Say what settled a bill, in words for a person who has to decide."""
    if bill["payment_state"] == "reversed":
        return "by a credit note"
    to_vendor: Domain = [
        ["partner_id.commercial_partner_id", "=", link(bill["commercial_partner_id"])],
        ["state", "in", list(client.payment_words.posted)],
        ["date", ">=", ((day(bill["date"]) or date.max) - YEAR).isoformat()],
    ]
    found = [held for held in held_where(client, to_vendor) if bill["id"] in held.bill_ids]
    if not found:
        return "though no payment is shown there"
    return "by " + " and ".join(_named(client, held) for held in found)


def _named(client: OdooClient, held: Held) -> str:
    currency = linked_currency(client, held.row["currency_id"])
    amount = money(currency.amount(held.row["amount"]), currency.code)
    return f"payment {held.row['name']} of {amount} on {held.booked_on.isoformat()}"
