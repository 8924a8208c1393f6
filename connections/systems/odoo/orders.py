"""Purchase orders, with their lines, their vendor bills and their PDFs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connections.errors import DataError
from connections.records import BillHead, Document, Line, OrderState, PurchaseOrder
from connections.resource import Can, Page, Resource
from connections.systems.odoo.client import OdooClient, Query
from connections.systems.odoo.lines import (
    NO_TEXT,
    LineMaker,
    by_order,
    is_received,
    lines_query,
)
from connections.systems.odoo.money import Currency, linked_currency
from connections.systems.odoo.seek import ChangeList, follow
from connections.systems.odoo.terms import due_date, terms_by_id
from connections.systems.odoo.values import Domain, Row, day, ids_of, link, moment, text, words
from connections.systems.odoo.vendors import CONTACT_FIELDS

# Reference: docs/systems/odoo.md#purchase-orders. `done` is how versions before 19 say locked.
STATES = {
    "draft": OrderState.DRAFT,
    "sent": OrderState.DRAFT,
    "to approve": OrderState.DRAFT,
    "purchase": OrderState.CONFIRMED,
    "done": OrderState.CONFIRMED,
    "cancel": OrderState.CANCELLED,
}
FIELDS = (
    "name",
    "state",
    "partner_id",
    "partner_ref",
    "date_order",
    "date_approve",
    "currency_id",
    "company_id",
    "amount_total",
    "invoice_ids",
    "payment_term_id",
    "write_date",
)
BILL_FIELDS = (
    "name",
    "ref",
    "state",
    "move_type",
    "payment_state",
    "invoice_date",
    "invoice_date_due",
    "amount_total",
    "amount_residual",
    "currency_id",
)
# What is left to pay is no sign: with some set-ups a paid bill keeps its full residual.
NOT_SETTLED = ("not_paid", "blocked", False)
PDF = "application/pdf"
ORDERS, LINES = 0, 1


@dataclass(frozen=True)
class Parts:
    """What a page of orders points to."""

    lines: dict[int, list[Row]]
    maker: LineMaker
    bills: dict[int, Row]
    documents: dict[int, list[Document]]
    terms: dict[int, list[Row]]

    def lines_seen(self) -> dict[int, str]:
        """Return when each of the lines last changed."""
        return {line["id"]: line["write_date"] for rows in self.lines.values() for line in rows}


class PurchaseOrders(Resource[PurchaseOrder]):
    """Reads orders in every state. Their lines are followed too: an edit may touch only a line.

    Reference: docs/systems/odoo.md#purchase-orders
    """

    record = PurchaseOrder
    can = Can.READ | Can.FETCH

    def __init__(self, client: OdooClient) -> None:
        self.client = client

    def read(self, since: datetime | None) -> Iterator[Page[PurchaseOrder]]:
        start = since - self.client.extra_overlap if since else None
        orders = ChangeList(self.client, "purchase.order", FIELDS, self._ours())
        lines = ChangeList(
            self.client, "purchase.order.line", ("order_id",), [*self._ours(), *NO_TEXT]
        )
        for step in follow([orders], [orders, lines], start):
            rows = step.rows
            if step.which == LINES:
                rows = self._orders_of(step.rows)
                orders.fresh(rows)
            yield Page(tuple(self._made(rows, lines.seen)), step.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, PurchaseOrder]:
        orders = self._made(self._rows(ids_of(ids)))
        return {order.id: order for order in orders}

    def fetch(self, document: Document) -> bytes:
        query = Query("ir.attachment", [["id", "in", ids_of([document.id])]], ("datas",))
        for row in self.client.rows(query):
            if content := _decoded(row["datas"]):
                return content
        raise DataError(f"The file {document.name} is no longer attached to the order in Odoo.")

    def _ours(self) -> Domain:
        return [["company_id", "=", self.client.home.company_id]]

    def _orders_of(self, lines: list[Row]) -> list[Row]:
        return self._rows(sorted({link(line["order_id"]) for line in lines}))

    def _rows(self, ids: list[int]) -> list[Row]:
        if not ids:
            return []
        return self.client.rows(Query("purchase.order", [*self._ours(), ["id", "in", ids]], FIELDS))

    def _made(self, rows: list[Row], seen: dict[int, str] | None = None) -> list[PurchaseOrder]:
        """Make orders of any number of rows, a page at a time so that answers stay small.

        Lines that come with their order are noted in `seen`: their change needs no second look.
        """
        size = self.client.page_size
        pages = [rows[start : start + size] for start in range(0, len(rows), size)]
        made: list[PurchaseOrder] = []
        for page in pages:
            parts = self._parts(page)
            made += [self._order(row, parts) for row in page]
            if seen is not None:
                seen.update(parts.lines_seen())
        return made

    def _parts(self, rows: list[Row]) -> Parts:
        ids = [row["id"] for row in rows]
        bills = [bill for row in rows for bill in row["invoice_ids"]]
        lines, heads, files = self.client.rows_of(
            [lines_query(self.client, ids), _bills_query(bills), _documents_query(ids)]
        )
        contacts = self.client.lookup("res.partner", *CONTACT_FIELDS)
        contacts.load(link(row["partner_id"]) for row in rows)
        return Parts(
            lines=by_order(lines),
            maker=LineMaker(self.client, lines),
            bills={bill["id"]: bill for bill in heads},
            documents=_documents(files),
            terms=terms_by_id(self.client, (self._term(row) for row in rows)),
        )

    def _order(self, row: Row, parts: Parts) -> PurchaseOrder:
        currency = linked_currency(self.client, row["currency_id"])
        ordered_on = self._local_day(row["date_order"])
        approved_on = self._local_day(row["date_approve"])
        start = approved_on or ordered_on or date.min
        vendor_id, vendor_name = self._vendor(row)
        lines = parts.lines.get(row["id"], [])
        made, problem = self._lines(lines, parts.maker, currency)
        return PurchaseOrder(
            id=str(row["id"]),
            archived=row["state"] == "cancel",
            changed_at=moment(row["write_date"]),
            problem=problem,
            number=text(row["name"]),
            vendor_id=vendor_id,
            vendor_name=vendor_name,
            currency=currency.code,
            total=currency.amount(row["amount_total"]),
            state=STATES.get(row["state"], OrderState.DRAFT),
            ordered_on=ordered_on or start,
            approved_on=approved_on,
            due_date=due_date(parts.terms.get(self._term(row), ()), start),
            vendor_reference=text(row["partner_ref"]),
            company_id=str(link(row["company_id"])),
            lines=made,
            received=is_received(lines),
            bills=tuple(self._heads(row, parts.bills)),
            documents=tuple(parts.documents.get(row["id"], ())),
        )

    def _lines(
        self, rows: list[Row], maker: LineMaker, currency: Currency
    ) -> tuple[tuple[Line, ...], str]:
        """Return the lines, and what is wrong if one of them cannot be understood."""
        made, problem = [], ""
        for row in rows:
            try:
                made.append(maker.line(row, currency))
            except DataError as error:
                made.append(maker.line_without_shares(row, currency))
                problem = f"on line “{text(row['name'])[:60]}” {error.message}"
        return tuple(made), problem

    def _vendor(self, row: Row) -> tuple[str, str]:
        """Return who is owed: orders to a contact belong to its company."""
        partner = self.client.lookup("res.partner", *CONTACT_FIELDS).get(link(row["partner_id"]))
        owner = partner.get("commercial_partner_id") or row["partner_id"]
        is_itself = link(owner) == partner.get("id")
        return str(link(owner)), text(partner["name"]) if is_itself else words(owner)

    def _term(self, row: Row) -> int:
        partner = self.client.lookup("res.partner", *CONTACT_FIELDS).get(link(row["partner_id"]))
        return link(row["payment_term_id"]) or link(
            partner.get("property_supplier_payment_term_id")
        )

    def _heads(self, row: Row, bills: dict[int, Row]) -> Iterable[BillHead]:
        return (self._head(bills[id]) for id in row["invoice_ids"] if id in bills)

    def _head(self, bill: Row) -> BillHead:
        currency = linked_currency(self.client, bill["currency_id"])
        total = currency.amount(bill["amount_total"])
        return BillHead(
            id=str(bill["id"]),
            number=text(bill["ref"]) or text(bill["name"]),
            bill_date=day(bill["invoice_date"]),
            due_date=day(bill["invoice_date_due"]),
            total=total,
            posted=bill["state"] == "posted",
            settled=bill["payment_state"] not in NOT_SETTLED,
            paid=total - currency.amount(bill["amount_residual"]),
        )

    def _local_day(self, value: Any) -> date | None:
        """Return the day it was for the accountants; Odoo keeps the moment in UTC."""
        when = moment(value)
        return when.astimezone(self.client.home.zone).date() if when else None


def _bills_query(ids: list[int]) -> Query:
    # A cancelled bill is no debt, and a credit note is not this order's bill.
    domain: Domain = [
        ["id", "in", ids],
        ["move_type", "=", "in_invoice"],
        ["state", "!=", "cancel"],
    ]
    return Query("account.move", domain, BILL_FIELDS)


def _documents_query(orders: list[int]) -> Query:
    domain: Domain = [
        ["res_model", "=", "purchase.order"],
        ["res_id", "in", orders],
        ["mimetype", "=", PDF],
    ]
    return Query("ir.attachment", domain, ("res_id", "name", "file_size"))


def _documents(rows: list[Row]) -> dict[int, list[Document]]:
    found: dict[int, list[Document]] = {}
    for row in rows:
        document = Document(id=str(row["id"]), name=text(row["name"]), size=row["file_size"] or 0)
        found.setdefault(row["res_id"], []).append(document)
    return found


def _decoded(content: Any) -> bytes:
    try:
        return base64.b64decode(content or b"", validate=False)
    except (binascii.Error, TypeError):
        return b""
