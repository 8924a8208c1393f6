"""Payments of vendor bills: found by our key, booked, matched when the bill comes, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from connections.errors import Rejected, SyncError, UnknownOutcome
from connections.matching import money
from connections.records import Payment
from connections.resource import Can, Candidate, Match, Outcome, Resource, RolledBack
from connections.systems.odoo import debts
from connections.systems.odoo.exchange import is_foreign, payment_marked
from connections.systems.odoo.external import OUR_MARK, look_up
from connections.systems.odoo.held import Held, held_by_id, held_where, payment_of, seen
from connections.systems.odoo.posting import Posting, leave_no_draft
from connections.systems.odoo.reversing import closed_until, take_back
from connections.systems.odoo.values import Domain, ids_of

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

BY_HAND_WITHIN = timedelta(days=30)


class Payments(Resource[Payment]):
    """Books what the AP system paid, one payment of Odoo for each bill.

    Reference: docs/systems/odoo.md#payments
    """

    record = Payment
    can = Can.FIND | Can.CREATE | Can.UPDATE | Can.CANCEL
    batch_size = 20

    def __init__(self, client: OdooClient) -> None:
        self.client = client

    def get(self, ids: Sequence[str]) -> dict[str, Payment]:
        found = held_by_id(self.client, ids_of(ids))
        return {str(id): payment_of(self.client, held) for id, held in found.items()}

    def find(self, records: Sequence[Payment]) -> list[Match]:
        ours = look_up(self.client, [payment.reference for payment in records])
        held = held_by_id(self.client, ours)
        return [
            self._match(payment, seen(held.get(id), id))
            for payment, id in zip(records, ours, strict=True)
        ]

    def create(self, records: Sequence[Payment]) -> list[Outcome[Payment]]:
        posting = Posting(self.client)
        outcomes: list[Outcome[Payment]] = []
        for payment in records:
            try:
                outcomes.append(posting.post(payment))
            except UnknownOutcome:
                # All of them are looked for: each has its key, and this one may still arrive.
                raise
            except SyncError:
                if not outcomes:
                    raise
                # What is booked must be told; the others are asked for again at once.
                break
        return outcomes + [RolledBack() for _ in records[len(outcomes) :]]

    def update(self, id: str, record: Payment) -> Payment:
        """Match what is still open with the bills there are now (R19)."""
        held = held_by_id(self.client, ids_of([id])).get(int(id))
        if held is None or not held.is_alive:
            raise Rejected(
                f"Payment {record.number} to {record.vendor_name} is no longer posted in Odoo.",
                code="cancelled-there",
            )
        return Posting(self.client).finish(held, record, debts.debts_of(self.client, record))

    def cancel(self, id: str, reason: str, *, on: date | None = None) -> None:
        for number in ids_of([id]):
            take_back(self.client, number, reason, on)

    def closed_until(self) -> date | None:
        return closed_until(self.client)

    def forget(self, record: Payment) -> None:
        leave_no_draft(self.client, record)

    def ours(self) -> Iterator[Payment]:
        memo = self.client.payment_words.memo
        # The underscore stands for any character in such a pattern; the mark itself decides.
        domain: Domain = [
            "|",
            ["payment_reference", "=like", f"{OUR_MARK}%"],
            [memo, "like", f"({OUR_MARK}"],
        ]
        for held in held_where(self.client, domain):
            if held.mark:
                yield payment_of(self.client, held)

    # How ------------------------------------------------------------------------------------

    def _match(self, payment: Payment, held: Held | None) -> Match:
        if held is None and is_foreign(payment):
            held = payment_marked(self.client, payment.reference)
        if held is not None and held.is_alive:
            return Match(exact=str(held.id))
        if held is not None and not held.is_draft:
            return Match(candidates=(self._candidate(held, CANCELLED),))
        return Match(
            candidates=tuple(self._candidate(one, BY_HAND) for one in self._alike(payment))
        )

    def _alike(self, payment: Payment) -> list[Held]:
        """Return posted payments that may be this one, entered by somebody there (R6)."""
        amounts: Domain = _amount(payment.amount, payment.currency)
        if is_foreign(payment) and payment.funding is not None:
            other = _amount(payment.funding, payment.funding_currency)
            amounts = ["|", "&", *amounts, "&", *other]
        found = held_where(
            self.client,
            [
                ["partner_id.commercial_partner_id", "in", ids_of([payment.vendor_id])],
                ["state", "in", list(self.client.payment_words.posted)],
                ["date", ">=", (payment.paid_on - BY_HAND_WITHIN).isoformat()],
                ["date", "<=", (payment.paid_on + BY_HAND_WITHIN).isoformat()],
                *amounts,
            ],
        )
        return [held for held in found if held.is_alive and not held.mark]

    def _candidate(self, held: Held, why: str) -> Candidate:
        there = payment_of(self.client, held)
        shown = money(there.amount, there.currency)
        label = f"{there.number}, {shown}, {there.paid_on.isoformat()}"
        return Candidate(id=there.id, why=why, label=label)


CANCELLED = "cancelled there by somebody"
BY_HAND = "same vendor and amount within 30 days, entered by hand"


def _amount(amount: object, currency: str) -> Domain:
    return [["amount", "=", float(str(amount))], ["currency_id.name", "=", currency]]
