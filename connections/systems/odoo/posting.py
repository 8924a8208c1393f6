"""Booking one payment, exactly once, in steps that may each be repeated.

Look for our key; load the payment under it; post; match with what is owed; read again. A run that
dies after any step goes on from there: the key is unique in the database.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connections.errors import DataError, Rejected, SyncError
from connections.matching import money
from connections.records import Payment
from connections.resource import Created, Outcome, Refused
from connections.systems.odoo import debts
from connections.systems.odoo.debts import Debts
from connections.systems.odoo.errors import first_words
from connections.systems.odoo.exchange import (
    books_the_funding,
    is_foreign,
    pay_at_funding,
    payment_marked,
    refuse_strange_funding,
)
from connections.systems.odoo.external import external_id, look_up
from connections.systems.odoo.held import MODEL, Held, held_by_id, payment_of, seen
from connections.systems.odoo.methods import lines_by_id, problem_of, skips_the_ledger
from connections.systems.odoo.money import code_to_id
from connections.systems.odoo.values import Row, day, ids_of, link, number, text

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

MOST_LOADS = 5
# What a load says when another transaction was at the same key: look again.
COLLIDED = ("could not serialize", "duplicate key")


class Posting:
    """Books payments for one client; what is asked of the database as a whole is asked once."""

    def __init__(self, client: OdooClient) -> None:
        self.client = client
        self._skips_the_ledger = skips_the_ledger(client)
        self._lines: dict[str, list[Row]] = {}
        self._currencies: dict[str, int] = {}

    def post(self, payment: Payment) -> Outcome[Payment]:
        """Book a payment, or go on where an earlier attempt ended. Raises SyncError."""
        try:
            owed = debts.debts_of(self.client, payment)
            held = self._posted(payment, owed)
        except DataError as error:
            leave_no_draft(self.client, payment)
            return Refused(_named(error, payment))
        record = self.finish(held, payment, owed)
        return Created(record.id, record)

    def finish(self, held: Held, payment: Payment, owed: Debts) -> Payment:
        """Match a posted payment and return how it stands. It is booked, whatever comes of this."""
        said = ""
        try:
            if not held.is_used_up:
                debts.match(self.client, held, owed)
        except SyncError as error:
            said = f"It could not be matched with a vendor bill: {error.message}"
        held = held_by_id(self.client, [held.id]).get(held.id, held)
        said = said or self._left_open(held, payment, owed) or _moved(held)
        return _as_sent(payment_of(self.client, held), held, payment, owed, said)

    # How ------------------------------------------------------------------------------------

    def _posted(self, payment: Payment, owed: Debts) -> Held:
        held = self._ours(payment)
        if held is not None and not held.is_alive and not held.is_draft:
            raise _taken_back(held)
        if held is not None and not held.is_draft:
            return held
        debts.refuse_if_settled(self.client, owed, payment)
        refuse_strange_funding(self.client, payment)
        if held is not None and not self._is_same(held, payment):
            delete(self.client, held.id)
            held = None
        if held is None:
            held = self._loaded(payment, owed)
        if not books_the_funding(self.client, held, payment):
            delete(self.client, held.id)
            return pay_at_funding(self.client, payment, owed)
        return self._confirmed(held)

    def _ours(self, payment: Payment) -> Held | None:
        [found] = look_up(self.client, [payment.reference])
        if not found and is_foreign(payment):
            return payment_marked(self.client, payment.reference)
        return seen(held_by_id(self.client, [found]).get(found), found)

    def _loaded(self, payment: Payment, owed: Debts) -> Held:
        columns = self._columns(payment, owed)
        for _ in range(MOST_LOADS):
            # Reference: docs/systems/odoo.md#our-keys
            answer = self.client.tell(
                MODEL,
                "load",
                repeatable=True,
                fields=list(columns),
                data=[list(columns.values())],
            )
            found = int(answer["ids"][0]) if answer["ids"] else self._looked_up(payment, answer)
            held = held_by_id(self.client, [found]).get(found)
            if held is not None:
                return self._as_asked(held, payment)
        raise Rejected("Odoo is busy with this payment; try again later.", code="load")

    def _looked_up(self, payment: Payment, answer: Row) -> int:
        """Return what another attempt made meanwhile, 0 to try again. Raises Rejected."""
        [found] = look_up(self.client, [payment.reference])
        said = " ".join(text(message.get("message")) for message in answer["messages"])
        if found or any(words in said for words in COLLIDED):
            return found
        raise Rejected(f"Odoo refused: {first_words(said)}", code="load", detail=said[:1000])

    def _columns(self, payment: Payment, owed: Debts) -> dict[str, Any]:
        line = self._method(payment)
        columns = {
            "id": external_id(payment.reference),
            "payment_type": "outbound",
            "partner_type": "supplier",
            "partner_id/.id": payment.vendor_id,
            "amount": str(payment.amount),
            "currency_id/.id": str(self._currency(payment.currency)),
            "date": payment.paid_on.isoformat(),
            "journal_id/.id": str(link(line["journal_id"])),
            "payment_method_line_id/.id": str(line["id"]),
            "payment_reference": payment.reference,
            self.client.payment_words.memo: payment.memo,
        }
        if account := debts.payable_account(self.client, owed):
            columns["destination_account_id/.id"] = str(account)
        return columns

    def _method(self, payment: Payment) -> Row:
        if payment.method_id not in self._lines:
            found = lines_by_id(self.client, ids_of([payment.method_id]))
            self._lines[payment.method_id] = found
        lines = self._lines[payment.method_id]
        if not lines:
            raise Rejected(
                "The payment method chosen for it is no longer in Odoo. Choose another on the "
                "integration.",
                code="method",
            )
        name = f"{_journal_name(lines[0])} · {text(lines[0]['name'])}"
        if self._skips_the_ledger and (problem := problem_of(name, lines[0])):
            raise Rejected(problem, code="method")
        return lines[0]

    def _currency(self, code: str) -> int:
        if code not in self._currencies:
            self._currencies[code] = code_to_id(self.client, code)
        return self._currencies[code]

    def _as_asked(self, held: Held, payment: Payment) -> Held:
        """Set anew what Odoo changed: a vendor's own default method replaces journal and currency.

        Raises Rejected where it will not be as asked.
        """
        if self._is_as_asked(held, payment):
            return held
        line = self._method(payment)
        values = {
            "journal_id": link(line["journal_id"]),
            "payment_method_line_id": line["id"],
            "currency_id": self._currency(payment.currency),
        }
        # Reference: docs/systems/odoo.md#payments
        self.client.tell(MODEL, "write", [held.id], repeatable=True, vals=values)
        held = held_by_id(self.client, [held.id])[held.id]
        if not self._is_as_asked(held, payment):
            raise Rejected("Odoo changed its amount or its payment method.", code="changed")
        return held

    def _is_as_asked(self, held: Held, payment: Payment) -> bool:
        there = payment_of(self.client, held)
        wanted = (payment.amount, payment.currency, payment.method_id)
        return (there.amount, there.currency, there.method_id) == wanted

    def _confirmed(self, held: Held) -> Held:
        try:
            # Reference: docs/systems/odoo.md#payments
            self.client.tell(MODEL, "action_post", [held.id], repeatable=True)
        except Rejected:
            # Before 19 a second confirmation is refused; then it is confirmed.
            if not held_by_id(self.client, [held.id])[held.id].is_alive:
                raise
        now = held_by_id(self.client, [held.id])[held.id]
        if not now.is_alive:
            raise Rejected("Odoo left the payment a draft without saying why.", code="draft")
        return now

    def _left_open(self, held: Held, payment: Payment, owed: Debts) -> str:
        """Say what of it no bill took, "" where that is nothing or a bill is still to come."""
        if held.is_used_up or not owed.bills or owed.more_to_come:
            return ""
        lines = debts.open_lines(self.client, [held.move_id])
        rest = abs(sum((number(line["amount_residual_currency"]) for line in lines), Decimal(0)))
        taken = money(payment.amount - rest, payment.currency)
        return (
            f"{money(rest, payment.currency)} of it stay open on the vendor in Odoo, because only "
            f"{taken} were left to pay there. Find out what else was paid."
        )

    def _is_same(self, held: Held, payment: Payment) -> bool:
        """Say whether a draft of an earlier attempt still says what is to be booked."""
        there = payment_of(self.client, held)
        return self._is_as_asked(held, payment) and (
            (there.vendor_id, held.row["date"], there.memo)
            == (payment.vendor_id, payment.paid_on.isoformat(), payment.memo.strip())
        )


def leave_no_draft(client: OdooClient, payment: Payment) -> None:
    """Refused means that nothing was made of it; should this fail, the next attempt goes on."""
    try:
        [found] = look_up(client, [payment.reference])
        held = held_by_id(client, [found]).get(found)
        if held is not None and held.is_draft:
            delete(client, held.id)
    except SyncError:
        return


def delete(client: OdooClient, id: int) -> None:
    """Delete a draft."""
    # Reference: docs/systems/odoo.md#our-keys
    client.tell(MODEL, "unlink", [id], repeatable=True)


def _as_sent(there: Payment, held: Held, sent: Payment, owed: Debts, said: str) -> Payment:
    """Return what Odoo holds, with the bill it paid; "" while the order may bring another (R19)."""
    matched = [str(bill["id"]) for bill in owed.bills if bill["id"] in held.bill_ids]
    waits = owed.more_to_come and not held.is_used_up
    allocation = replace(there.allocations[0], bill_id="" if waits or not matched else matched[0])
    if not held.move_id:
        said = "Odoo made no journal entry of it, so it cannot be matched with a vendor bill."
    return replace(there, allocations=(allocation,), order_id=sent.order_id, problem=said)


def _moved(held: Held) -> str:
    """Say that Odoo booked on another day than asked: it does so silently (R12)."""
    asked = day(held.row["date"])
    if asked is None or asked == held.booked_on:
        return ""
    return (
        f"It is booked on {held.booked_on.isoformat()} instead of {asked.isoformat()}, because "
        "that period was closed."
    )


def _taken_back(held: Held) -> Rejected:
    return Rejected(
        f"Payment {held.row['name']} with our key was cancelled in Odoo by somebody. Delete it "
        "there if it is to be posted again.",
        code="cancelled-there",
    )


def _named(error: DataError, payment: Payment) -> DataError:
    """Say which payment is meant; the refusal is read on a list of many."""
    error.message = f"Payment {payment.number} to {payment.vendor_name}: {error.message}"
    error.args = (error.message,)
    return error


def _journal_name(line: Row) -> str:
    return text(line["journal_id"][1]) if line["journal_id"] else ""
