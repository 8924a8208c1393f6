"""The `twins` seed: 50 vendors and 200 confirmed orders, all of one kind, for counting."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.odoo.seed.base import OREGON, UNITED_STATES
from sandbox.odoo.seed.builder import Builder

VENDORS, ORDERS = 50, 200
FIRST_DAY = datetime(2026, 10, 1, 12)
TERM = "30 Days"


def fill(builder: Builder) -> None:
    builder.at(min(FIRST_DAY, builder.moment))
    product = builder.add(
        "product.product",
        name="Twin goods",
        default_code="TWIN",
        purchase_method="purchase",
        property_account_expense_id=builder.account("600000"),
        supplier_taxes_id=[[5]],
    )
    vendors = [_vendor(builder, number) for number in range(1, VENDORS + 1)]
    term = builder.named("account.payment.term", TERM)
    for number in range(1, ORDERS + 1):
        vendor = vendors[(number - 1) % VENDORS]
        _order(builder, number, vendor=vendor, product=product, term=term)


def _vendor(builder: Builder, number: int) -> int:
    return builder.add(
        "res.partner",
        name=f"Twin Vendor {number:02d} LLC",
        email=f"ar@twin{number:02d}.example",
        vat=f"20-{1000000 + number}",
        street=f"{number} Quay Street",
        city="Portland",
        state_id=OREGON,
        zip="97201",
        country_id=UNITED_STATES,
        is_company=True,
        supplier_rank=1,
    )


def _order(builder: Builder, number: int, *, vendor: int, product: int, term: int) -> None:
    day = FIRST_DAY + timedelta(days=number % 28)
    env = builder.at(min(day, builder.moment))
    line = {
        "product_id": product,
        "name": f"Twin order {number}",
        "product_qty": 1.0,
        "price_unit": 100.0 + number,
        "tax_ids": [[5]],
    }
    order = builder.add(
        "purchase.order",
        name=f"PO{number:05d}",
        partner_id=vendor,
        date_order=day,
        payment_term_id=term,
        order_line=[[0, 0, line]],
    )
    env["purchase.order"].button_confirm([order])  # type: ignore[attr-defined]
    env["purchase.order"].write([order], {"date_approve": day})
