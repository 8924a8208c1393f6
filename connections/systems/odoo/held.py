"""Payments as Odoo holds them: rows with their journal entries, and records made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from connections.errors import Rejected
from connections.records import Allocation, Payment, PaymentStage
from connections.systems.odoo.client import Query
from connections.systems.odoo.external import amount_in, mark_in
from connections.systems.odoo.money import currency_of, linked_currency
from connections.systems.odoo.values import Domain, Row, day, link, moment, text
from connections.systems.odoo.vendors import CONTACT_FIELDS

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

MODEL = "account.payment"
FIELDS = (
    "name",
    "state",
    "partner_id",
    "amount",
    "currency_id",
    "date",
    "journal_id",
    "payment_method_line_id",
    "outstanding_account_id",
    "move_id",
    "is_reconciled",
    "is_matched",
    "reconciled_bill_ids",
    "payment_reference",
    "amount_company_currency_signed",
    "write_date",
)
DRAFT = "draft"


@dataclass(frozen=True)
class Held:
    """A payment of Odoo. `entry` is its journal entry, {} while it has none.

    `reversed_on` is the day of a dated entry that takes it back, None without one.
    """

    row: Row
    memo: str
    entry: Row
    reversed_on: date | None
    is_posted: bool
    is_cancelled: bool

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def move_id(self) -> int:
        return link(self.row["move_id"])

    @property
    def is_draft(self) -> bool:
        return bool(self.row["state"] == DRAFT)

    @property
    def is_alive(self) -> bool:
        """Say whether it counts: posted, and not taken back."""
        return self.is_posted and self.reversed_on is None

    @property
    def mark(self) -> str:
        """Return our key on it, "" if somebody else made it."""
        return mark_in(text(self.row["payment_reference"]), self.memo)

    @property
    def booked_on(self) -> date:
        """Return the day in the books: Odoo dates the entry anew inside a closed period."""
        return day(self.entry.get("date")) or day(self.row["date"]) or date.min

    @property
    def bill_ids(self) -> list[int]:
        return sorted(self.row["reconciled_bill_ids"])

    @property
    def is_used_up(self) -> bool:
        """Say whether nothing of it is left to match with bills."""
        return bool(self.row["is_reconciled"])


def held_by_id(client: OdooClient, ids: Iterable[int]) -> dict[int, Held]:
    """Return these payments, as far as they exist."""
    wanted = sorted({id for id in ids if id})
    found = held_where(client, [["id", "in", wanted]]) if wanted else []
    return {held.id: held for held in found}


def seen(held: Held | None, id: int) -> Held | None:
    """Return what was found under our key. Raises Rejected if it is there and cannot be seen."""
    if id and held is None:
        raise Rejected(
            "Odoo has a payment with our key that is not one of this company to a vendor. Look "
            "there what became of it.",
            code="hidden",
        )
    return held


def held_where(client: OdooClient, domain: Domain) -> list[Held]:
    """Return the company's payments to vendors that fit, with their entries."""
    memo = client.payment_words.memo
    # Reference: docs/systems/odoo.md#payments
    rows = client.rows(Query(MODEL, [*_outgoing(client), *domain], (*FIELDS, memo)))
    moves = [link(row["move_id"]) for row in rows if link(row["move_id"])]
    entries, reversals = _entries(client, moves) if moves else ([], [])
    by_id = {entry["id"]: entry for entry in entries}
    reversed_on = {link(entry["reversed_entry_id"]): day(entry["date"]) for entry in reversals}
    words = client.payment_words
    return [
        Held(
            row=row,
            memo=text(row[memo]),
            entry=by_id.get(link(row["move_id"]), {}),
            reversed_on=reversed_on.get(link(row["move_id"])),
            is_posted=row["state"] in words.posted,
            is_cancelled=row["state"] in words.cancelled,
        )
        for row in rows
    ]


def payment_of(client: OdooClient, held: Held) -> Payment:
    """Return the record. Its bill is "" while a part is left that a later bill may take (R19)."""
    row = held.row
    vendor_id, vendor_name = _vendor(client, row)
    amount, currency = _amount(client, held)
    bill = str(held.bill_ids[0]) if held.bill_ids and held.is_used_up else ""
    home = currency_of(client, client.home.currency_id)
    return Payment(
        id=str(row["id"]),
        archived=held.is_cancelled or held.reversed_on is not None,
        changed_at=moment(row["write_date"]),
        number=text(row["name"]),
        vendor_id=vendor_id,
        vendor_name=vendor_name,
        currency=currency,
        amount=amount,
        funding=abs(home.amount(row["amount_company_currency_signed"])),
        funding_currency=home.code,
        stage=_stage(held),
        word=text(row["state"]),
        paid_on=held.booked_on,
        reversed_on=held.reversed_on,
        allocations=(Allocation(bill_id=bill, amount=amount),),
        reference=held.mark,
        method_id=str(link(row["payment_method_line_id"]) or ""),
        memo=held.memo,
    )


def _outgoing(client: OdooClient) -> Domain:
    return [
        ["company_id", "=", client.home.company_id],
        ["payment_type", "=", "outbound"],
        ["partner_type", "=", "supplier"],
    ]


def _entries(client: OdooClient, moves: list[int]) -> list[list[Row]]:
    # Reference: docs/systems/odoo.md#reversing-a-payment
    reversing: Domain = [["reversed_entry_id", "in", moves], ["state", "=", "posted"]]
    return client.rows_of(
        [
            Query("account.move", [["id", "in", moves]], ("date", "state")),
            Query("account.move", reversing, ("date", "reversed_entry_id")),
        ]
    )


def _vendor(client: OdooClient, row: Row) -> tuple[str, str]:
    """Return who was paid: a payment to a contact is one to its company."""
    contacts = client.lookup("res.partner", *CONTACT_FIELDS)
    partner = contacts.get(link(row["partner_id"]))
    owner = contacts.get(link(partner.get("commercial_partner_id"))) or partner
    return str(owner.get("id") or ""), text(owner.get("name"))


def _amount(client: OdooClient, held: Held) -> tuple[Decimal, str]:
    """Return what was paid in the bill's currency; the memo says it where Odoo booked another."""
    amount, code = amount_in(held.memo)
    if amount:
        return Decimal(amount), code
    currency = linked_currency(client, held.row["currency_id"])
    return currency.amount(held.row["amount"]), currency.code


def _stage(held: Held) -> PaymentStage:
    if held.is_cancelled or held.reversed_on is not None:
        return PaymentStage.VOIDED
    if not held.is_posted:
        return PaymentStage.PLANNED
    return PaymentStage.SETTLED if held.row["is_matched"] else PaymentStage.IN_FLIGHT
