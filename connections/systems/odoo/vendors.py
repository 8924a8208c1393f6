"""Vendors: partners we buy from. Odoo marks only those with a posted bill, so orders count too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from connections.errors import DataError, Unsupported
from connections.records import Address, Vendor
from connections.resource import Can, Page, Resource
from connections.systems.odoo.client import OdooClient, Query
from connections.systems.odoo.money import currency_of, linked_currency
from connections.systems.odoo.seek import ChangeList, Step, follow
from connections.systems.odoo.values import Domain, Row, ids_of, link, moment, stamp, text

CONFIRMED = ["purchase", "done"]
FIELDS = (
    "name",
    "email",
    "vat",
    "website",
    "phone",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "is_company",
    "active",
    "supplier_rank",
    "category_id",
    "property_purchase_currency_id",
    "write_date",
)
PARTNERS, ORDERS = 0, 1


class Vendors(Resource[Vendor]):
    """Reads vendors. Two lists are followed, because a first order does not touch the partner.

    Reference: docs/systems/odoo.md#vendors
    """

    record = Vendor
    can = Can.READ

    def __init__(self, client: OdooClient) -> None:
        self.client = client

    def read(self, since: datetime | None) -> Iterator[Page[Vendor]]:
        start = since - self.client.extra_overlap if since else None
        orders = ChangeList(
            self.client, "purchase.order", ("partner_id", "currency_id"), self._confirmed()
        )
        changed = ChangeList(self.client, "res.partner", FIELDS, self._ours())
        # Everything once: only marked partners, the others come with their orders. Afterwards any
        # partner that changed, because an unmarked one may have orders.
        marked = replace(changed, domain=[*self._ours(), ["supplier_rank", ">", 0]])
        delivered: dict[int, tuple[str, ...]] = {}
        for step in follow([marked, orders], [changed, orders], start):
            vendors = tuple(self._vendors_of(step, delivered))
            delivered.update({int(v.id): v.currencies for v in vendors})
            changed.seen.update({int(v.id): stamp(v.changed_at) for v in vendors if v.changed_at})
            yield Page(vendors, step.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, Vendor]:
        found = self._by_id(ids_of(ids))
        return {vendor.id: vendor for vendor in found}

    def _ours(self) -> Domain:
        """Say which partners stand for themselves and belong to our company or to all.

        A contact of a company is that company to the books, unless it is a company itself.
        """
        lineage = list(self.client.home.lineage)
        return [
            *("|", ["parent_id", "=", False], ["is_company", "=", True]),
            *("|", ["company_id", "=", False], ["company_id", "in", lineage]),
        ]

    def _confirmed(self) -> Domain:
        return [["company_id", "=", self.client.home.company_id], ["state", "in", CONFIRMED]]

    def _vendors_of(self, step: Step, delivered: dict[int, tuple[str, ...]]) -> Iterable[Vendor]:
        if step.which == PARTNERS:
            return self._with_trade(step.rows, traders_only=True)
        return self._by_id(self._not_delivered(step.rows, delivered))

    def _not_delivered(self, orders: list[Row], delivered: dict[int, tuple[str, ...]]) -> list[int]:
        """Return the vendors of these orders that this read has not shown in that currency."""
        owners = self._owners(link(order["partner_id"]) for order in orders)
        wanted = set()
        for order in orders:
            owner = owners[link(order["partner_id"])]
            code = currency_of(self.client, link(order["currency_id"])).code
            if code not in delivered.get(owner, ()):
                wanted.add(owner)
        return sorted(wanted)

    def _by_id(self, ids: list[int]) -> list[Vendor]:
        if not ids:
            return []
        query = Query("res.partner", [*self._ours(), ["id", "in", ids]], FIELDS)
        return self._with_trade(self.client.rows(query))

    def _with_trade(self, rows: list[Row], *, traders_only: bool = False) -> list[Vendor]:
        """Make vendors of partner rows, adding the currencies of their orders."""
        if not rows:
            return []
        traded = self._traded([row["id"] for row in rows])
        if traders_only:
            rows = [row for row in rows if row["supplier_rank"] > 0 or row["id"] in traded]
        self.client.lookup("res.partner.category", "name").load(
            category for row in rows for category in row["category_id"]
        )
        return [self._vendor(row, traded.get(row["id"], set())) for row in rows]

    def _traded(self, ids: list[int]) -> dict[int, set[str]]:
        """Return the currencies of confirmed orders, by vendor."""
        groups = self._grouped_orders(ids)
        owners = self._owners(link(group["partner_id"]) for group in groups)
        traded: dict[int, set[str]] = {}
        for group in groups:
            currency = linked_currency(self.client, group["currency_id"])
            traded.setdefault(owners[link(group["partner_id"])], set()).add(currency.code)
        return traded

    def _grouped_orders(self, ids: list[int]) -> list[Row]:
        """Return who ordered in which currency; each pair once where Odoo can group."""
        orders = [*self._confirmed(), ["partner_id.commercial_partner_id", "in", ids]]
        by = ["partner_id", "currency_id"]
        try:
            # Reference: docs/systems/odoo.md#vendors
            groups: list[Row] = self.client.ask(
                "purchase.order", "read_group", domain=orders, fields=by, groupby=by, lazy=False
            )
        except (DataError, Unsupported):  # on its way out since 19
            groups = self.client.rows(Query("purchase.order", orders, tuple(by)))
        return groups

    def _owners(self, partners: Iterable[int]) -> dict[int, int]:
        """Return, for each partner, the one that owes and is owed in its place."""
        wanted = set(partners)
        contacts = self.client.lookup("res.partner", *CONTACT_FIELDS)
        contacts.load(wanted)
        return {
            partner: link(contacts.get(partner).get("commercial_partner_id")) or partner
            for partner in wanted
        }

    def _vendor(self, row: Row, traded: set[str]) -> Vendor:
        own = linked_currency(self.client, row["property_purchase_currency_id"]).code
        categories = self.client.lookup("res.partner.category", "name")
        return Vendor(
            id=str(row["id"]),
            archived=not row["active"],
            changed_at=moment(row["write_date"]),
            name=text(row["name"]),
            tax_id=text(row["vat"]),
            email=text(row["email"]),
            phone=text(row["phone"]),
            website=text(row["website"]),
            address=address_of(self.client, row),
            currency=own,
            currencies=(own, *sorted(traded - {own})),
            is_person=not row["is_company"],
            tags=tuple(text(categories.get(c).get("name")) for c in row["category_id"]),
        )


# What orders, too, want to know of the partner they are addressed to.
CONTACT_FIELDS = ("name", "commercial_partner_id", "property_supplier_payment_term_id")


def address_of(client: OdooClient, row: Row) -> Address:
    """Return a partner's address, state and country as codes."""
    return Address(
        line1=text(row["street"]),
        line2=text(row["street2"]),
        city=text(row["city"]),
        state=_code(client, "res.country.state", row["state_id"]),
        postal_code=text(row["zip"]),
        country=_code(client, "res.country", row["country_id"]),
    )


def _code(client: OdooClient, model: str, value: Any) -> str:
    return text(client.lookup(model, "code").get(link(value)).get("code"))
