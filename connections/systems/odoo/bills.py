"""Vendor bills, as they stand in the books: what is owed, and how far it is settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from connections.matching import match_bill
from connections.records import Bill, Settlement
from connections.resource import Can, Match, Page, Resource
from connections.systems.odoo.client import OdooClient, Query
from connections.systems.odoo.json2 import Question
from connections.systems.odoo.money import linked_currency
from connections.systems.odoo.seek import ChangeList, follow
from connections.systems.odoo.values import Domain, Row, day, ids_of, link, moment, text, words

MODEL = "account.move"
FIELDS = (
    "name",
    "ref",
    "state",
    "payment_state",
    "commercial_partner_id",
    "invoice_date",
    "date",
    "invoice_date_due",
    "currency_id",
    "amount_total",
    "amount_residual",
    "invoice_origin",
    "write_date",
)
POSTED = "posted"
# Reference: docs/systems/odoo.md#vendor-bills. What is left to pay is no sign: a payment without
# a journal entry settles a bill and leaves all of it.
SETTLEMENTS = {
    "not_paid": Settlement.OPEN,
    "blocked": Settlement.OPEN,
    "partial": Settlement.PARTLY_PAID,
    "in_payment": Settlement.IN_FLIGHT,
    "paid": Settlement.PAID,
    "reversed": Settlement.PAID,
    "invoicing_legacy": Settlement.UNKNOWN,
}
SETTLED = ("in_payment", "paid", "reversed")
_LIKELY_ENOUGH = 50


class Bills(Resource[Bill]):
    """Reads vendor bills in every state; one that is not posted is no debt and counts as archived.

    Reference: docs/systems/odoo.md#vendor-bills
    """

    record = Bill
    can = Can.READ | Can.FIND

    def __init__(self, client: OdooClient) -> None:
        self.client = client

    def read(self, since: datetime | None) -> Iterator[Page[Bill]]:
        start = since - self.client.extra_overlap if since else None
        bills = ChangeList(self.client, MODEL, FIELDS, bills_of(self.client))
        for step in follow([bills], [bills], start):
            yield Page(tuple(self._bill(row) for row in step.rows), step.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, Bill]:
        rows = rows_by_id(self.client, ids_of(ids))
        return {str(row["id"]): self._bill(row) for row in rows}

    def find(self, records: Sequence[Bill]) -> list[Match]:
        """Judge what stands there now of the same vendor, by number or by total."""
        answers = self.client.ask_all([self._alike(bill) for bill in records])
        return [
            match_bill(bill, [self._bill(row) for row in rows])
            for bill, rows in zip(records, answers, strict=True)
        ]

    def _alike(self, bill: Bill) -> Question:
        number = bill.number.strip().replace("\\", "\\\\")
        wanted: Domain = [
            *bills_of(self.client),
            ["commercial_partner_id", "in", ids_of([bill.vendor_id])],
            *("|", "|", ["ref", "=ilike", number], ["name", "=ilike", number]),
            ["amount_total", "=", float(bill.total)],
        ]
        named = {
            "domain": wanted,
            "fields": list(FIELDS),
            "order": "invoice_date desc, id desc",
            "limit": _LIKELY_ENOUGH,
        }
        # Reference: docs/systems/odoo.md#vendor-bills
        return Question(MODEL, "search_read", named=named)

    def _bill(self, row: Row) -> Bill:
        currency = linked_currency(self.client, row["currency_id"])
        total = currency.amount(row["amount_total"])
        dated = day(row["invoice_date"]) or day(row["date"]) or date.min
        return Bill(
            id=str(row["id"]),
            archived=row["state"] != POSTED,
            changed_at=moment(row["write_date"]),
            number=number_of(row),
            vendor_id=str(link(row["commercial_partner_id"])),
            vendor_name=words(row["commercial_partner_id"]),
            bill_date=dated,
            due_date=day(row["invoice_date_due"]) or dated,
            currency=currency.code,
            total=total,
            purchase_order_number=text(row["invoice_origin"]),
            settlement=SETTLEMENTS.get(text(row["payment_state"]), Settlement.UNKNOWN),
            paid=total - currency.amount(row["amount_residual"]),
        )


def bills_of(client: OdooClient) -> Domain:
    """Say which entries are vendor bills of the company."""
    return [["company_id", "=", client.home.company_id], ["move_type", "=", "in_invoice"]]


def rows_by_id(client: OdooClient, ids: Iterable[int]) -> list[Row]:
    """Return the rows of these bills, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    return client.rows(Query(MODEL, [*bills_of(client), ["id", "in", wanted]], FIELDS))


def number_of(row: Row) -> str:
    """Return the vendor's number, else Odoo's own; a draft has none, or a slash."""
    own = text(row["name"])
    return text(row["ref"]) or ("" if own == "/" else own)
