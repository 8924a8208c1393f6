"""The lines of purchase orders: amounts, accounts by way of the product, analytic shares."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from connections.records import Line
from connections.systems.odoo.analytic import accounts_in, shares_of
from connections.systems.odoo.client import OdooClient, Query
from connections.systems.odoo.money import Currency
from connections.systems.odoo.values import Domain, Row, link, number, text

MODEL = "purchase.order.line"
# Sections and notes are text between the lines.
NO_TEXT: Domain = [["display_type", "=", False]]
PRODUCT_FIELDS = ("property_account_expense_id", "categ_id")
CATEGORY_FIELD = "property_account_expense_categ_id"


def lines_query(client: OdooClient, orders: list[int]) -> Query:
    """Return the lines of these orders."""
    fields = (
        "order_id",
        "sequence",
        "name",
        "product_id",
        "product_qty",
        "qty_received",
        "price_unit",
        "price_subtotal",
        "price_tax",
        "analytic_distribution",
        "write_date",
        client.dialect.line_taxes,
    )
    return Query(MODEL, [["order_id", "in", orders], *NO_TEXT], fields)


def by_order(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Return lines by order, in the order a person sees them."""
    found: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["sequence"], row["id"])):
        found.setdefault(link(row["order_id"]), []).append(row)
    return found


def is_received(rows: list[Row]) -> bool:
    """Say whether all that was ordered has come; what is no product is never received."""
    products = [row for row in rows if row["product_id"]]
    return bool(products) and all(
        number(row["qty_received"]) >= number(row["product_qty"]) for row in products
    )


class LineMaker:
    """Makes lines of rows, having learned what they point to in a few calls."""

    def __init__(self, client: OdooClient, rows: list[Row]) -> None:
        self._client = client
        self._products = client.lookup("product.product", *PRODUCT_FIELDS)
        self._categories = client.lookup("product.category", CATEGORY_FIELD)
        self._products.load(link(row["product_id"]) for row in rows)
        self._categories.load(self._category(row) for row in rows)
        self._plans = self._plans_of(rows)

    def line(self, row: Row, currency: Currency) -> Line:
        """Return a line. Raises DataError if its analytic distribution makes no sense."""
        return Line(
            id=str(row["id"]),
            description=text(row["name"]),
            amount=currency.amount(row["price_subtotal"]),
            quantity=_plain(number(row["product_qty"])),
            price=_plain(number(row["price_unit"])),
            gl_account_id=self._account(row),
            tax_ids=tuple(str(tax) for tax in row[self._client.dialect.line_taxes]),
            tax_amount=currency.amount(row["price_tax"]),
            shares=shares_of(row["analytic_distribution"], self._plans),
        )

    def line_without_shares(self, row: Row, currency: Currency) -> Line:
        """Return a line whose analytic distribution makes no sense."""
        return self.line({**row, "analytic_distribution": False}, currency)

    def _account(self, row: Row) -> str:
        """Return the expense account Odoo would bill this product on, "" if it names none.

        Reference: docs/systems/odoo.md#expense-accounts
        """
        if not row["product_id"]:
            return ""
        product = self._products.get(link(row["product_id"]))
        category = self._categories.get(self._category(row))
        account = link(product.get(PRODUCT_FIELDS[0])) or link(category.get(CATEGORY_FIELD))
        account = account or self._company_account()
        return str(account) if account else ""

    def _category(self, row: Row) -> int:
        return link(self._products.get(link(row["product_id"])).get("categ_id"))

    def _company_account(self) -> int:
        field = self._client.dialect.company_expense_account
        company = self._client.lookup("res.company", field).get(self._client.home.company_id)
        return link(company.get(field))

    def _plans_of(self, rows: list[Row]) -> dict[int, int]:
        """Return the plan of each analytic account named; one Odoo does not know has none."""
        named = {a for row in rows for a in accounts_in(row["analytic_distribution"])}
        accounts = self._client.lookup("account.analytic.account", "root_plan_id")
        accounts.load(named)
        known = {account: link(accounts.get(account).get("root_plan_id")) for account in named}
        return {account: plan for account, plan in known.items() if plan}


def _plain(value: Decimal) -> Decimal:
    """Return a number without the zeros a float brings along: 3 for 3.0."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
