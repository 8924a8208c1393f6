"""Records the recordings speak of, made when a placeholder is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.odoo.conftest import Client
from tests.sandbox.odoo.money_stage import MONEY_MAKERS


class Stage:
    """Values for the `$name` and `{name}` placeholders in the fixtures."""

    def __init__(self, person: Client) -> None:
        self.person = person
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = MAKERS[name](self)
        return self._made[name]

    def fill(self, value: Any) -> Any:
        """Replace the placeholders anywhere in a request or answer."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str) and value.startswith("$"):
            return self[value[1:]]
        if isinstance(value, str):
            for name in MAKERS:
                if f"{{{name}}}" in value:
                    value = value.replace(f"{{{name}}}", str(self[name]))
        return value


def _product(stage: Stage, kind: str) -> int:
    return stage.person.create(
        "product.product",
        name=kind,
        default_code=kind.upper(),
        type="service" if kind == "service" else "consu",
        purchase_method="purchase",
        supplier_taxes_id=[[5]],
    )


def _order(stage: Stage, *, confirmed: bool = True) -> int:
    line = {"product_id": stage["service"], "product_qty": 3, "price_unit": 100.0}
    shared = {"analytic_distribution": {"1": 60, "2": 40}}
    order = stage.person.create(
        "purchase.order",
        partner_id=stage["vendor"],
        partner_ref="zz",
        order_line=[[0, 0, {**line, **shared}]],
    )
    if confirmed:
        stage.person.call("purchase.order", "button_confirm", ids=[order])
    return order


def _locked_order(stage: Stage) -> int:
    stage.person.call("purchase.order", "button_lock", ids=[stage["order"]])
    return int(stage["order"])


def _gone(stage: Stage) -> int:
    order = _order(stage, confirmed=False)
    stage.person.call("purchase.order", "button_cancel", ids=[order])
    stage.person.call("purchase.order", "unlink", ids=[order])
    return order


def _bill(stage: Stage, **changes: Any) -> int:
    lines = [
        {"name": "Consulting", "quantity": 2, "price_unit": 50.0, "account_id": stage["expenses"]},
        {"name": "Supplies", "price_unit": 25.5, "account_id": stage["equipment"]},
    ]
    values = {
        "move_type": "in_invoice",
        "partner_id": stage["vendor"],
        "ref": "INV-1",
        "payment_reference": "PR-1",
        "invoice_date": "2026-11-15",
        "invoice_line_ids": [[0, 0, line] for line in lines],
    }
    return stage.person.create("account.move", **{**values, **changes})


def _posted_bill(stage: Stage) -> int:
    stage.person.call("account.move", "action_post", ids=[stage["draft_bill"]])
    return int(stage["draft_bill"])


def _retired_bill(stage: Stage) -> int:
    rent = stage.person.account("612000")
    bill = _bill(
        stage, invoice_line_ids=[[0, 0, {"name": "x", "price_unit": 5, "account_id": rent}]]
    )
    stage.person.call("account.account", "action_archive", ids=[rent])
    return bill


def _negative_bill(stage: Stage) -> int:
    line = {"name": "x", "price_unit": -5, "account_id": stage["expenses"]}
    return _bill(stage, invoice_line_ids=[[0, 0, line]])


def _second_company(stage: Stage) -> int:
    person = stage.person
    company = person.create("res.company", name="Second BV", partner_id=1, currency_id=1)
    for user in (2, 5):
        person.write("res.users", user, company_ids=[[6, 0, [1, company]]])
    person.create(
        "account.journal", name="Purchases", code="BILL", type="purchase", company_id=company
    )
    return company


MAKERS: dict[str, Callable[[Stage], Any]] = {
    **MONEY_MAKERS,
    "vendor": lambda stage: stage.person.create("res.partner", name="Vendor Alpha LLC"),
    "service": lambda stage: _product(stage, "service"),
    "widget": lambda stage: _product(stage, "widget"),
    "expenses": lambda stage: stage.person.account("600000"),
    "equipment": lambda stage: stage.person.account("611000"),
    "order": _order,
    "draft_order": lambda stage: _order(stage, confirmed=False),
    "order_line": lambda stage: stage.person.read("purchase.order", stage["order"], "order_line")[
        "order_line"
    ][0],
    "locked_order": _locked_order,
    "locked_name": lambda stage: stage.person.read(
        "purchase.order", stage["order"], "display_name"
    )["display_name"],
    "gone": _gone,
    "draft_bill": _bill,
    "posted_bill": _posted_bill,
    "posted_name": lambda stage: stage.person.read("account.move", stage["posted_bill"], "name")[
        "name"
    ],
    "undated_bill": lambda stage: _bill(stage, invoice_date=False),
    "empty_bill": lambda stage: _bill(stage, invoice_line_ids=[]),
    "vendorless_bill": lambda stage: _bill(stage, partner_id=False),
    "negative_bill": _negative_bill,
    "retired_bill": _retired_bill,
    "second_company_id": _second_company,
    "second_company": lambda stage: stage.person.read(
        "res.company", stage["second_company_id"], "name"
    )["name"],
}
