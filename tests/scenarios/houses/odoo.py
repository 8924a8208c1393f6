"""People at work in Odoo."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import requests

from connections.models import Connection
from sandbox.server import SandboxServer
from tests.scenarios.houses.house import Ordered
from tests.scenarios.houses.odoo_money import OdooMoney
from tests.stage import Stage, connect

KEYS = {
    "admin": "e5" * 20,
    "integration": "a1" * 20,
    "nothing": "b2" * 20,
    "readonly": "c3" * 20,
}
EUR, UNITED_STATES, OREGON = 126, 233, 46
ADDRESS = {
    "street": "1 Quay Street",
    "city": "Portland",
    "state_id": OREGON,
    "zip": "97201",
    "country_id": UNITED_STATES,
}


class OdooOffice(OdooMoney):
    """A person with an administrator's key, in one database."""

    def __init__(self, server: SandboxServer, database: str = "") -> None:
        self.server = server
        self.stage = Stage(server, "odoo")
        self.plan = 0
        self.database = database or "demo"
        self._products: dict[str, int] = {}

    def connect(self, name: str = "", *, user: str = "integration", **changes: str) -> Connection:
        settings = {"url": f"{self.stage.url}/odoo", "database": self.database, "username": user}
        key = changes.pop("api_key", KEYS[user])
        return connect(
            "odoo", {**settings, **changes}, {"api_key": key}, name=name or f"Odoo {self.database}"
        )

    # Vendors --------------------------------------------------------------------------------

    def vendor(self, name: str, *, address: bool = True, currency: str = "", **values: Any) -> str:
        values = {"name": name, "supplier_rank": 1, "is_company": True, **values}
        values |= ADDRESS if address else {}
        if currency == "EUR":
            values["property_purchase_currency_id"] = EUR
        return str(self._make("res.partner", values))

    def change_vendor(self, id: str, **values: Any) -> None:
        self.call("res.partner", "write", ids=[int(id)], vals=values)

    def delete_vendor(self, id: str) -> None:
        self.call("res.partner", "unlink", ids=[int(id)])

    def give_address(self, id: str) -> None:
        self.change_vendor(id, **ADDRESS)

    def expire_key(self) -> None:
        """Let the integration user's key end."""
        world = self.server.world
        store = world.records["odoo"].databases[self.database].store
        with world.locks["odoo"]:
            for row in list(store.rows("res.users.apikeys")):
                if row["user_id"] == 5:
                    moment = datetime(2026, 1, 1)
                    store.put("res.users.apikeys", row["id"], {**row, "expiration_date": moment})
            store.commit()

    def tag(self, vendor: str, name: str) -> None:
        tag = self._make("res.partner.category", {"name": name})
        self.change_vendor(vendor, category_id=[[4, tag]])

    # Orders ---------------------------------------------------------------------------------

    def order(
        self,
        vendor: str,
        *lines: dict[str, Any],
        number: str = "",
        currency: str = "",
        confirm: bool = True,
        on: str = "",
        **values: Any,
    ) -> Ordered:
        """Order something; without lines, one thing for 100.00 on account 600000."""
        rows = [[0, 0, self.line(**line)] for line in (lines or ({},))]
        values = {"partner_id": int(vendor), "order_line": rows, **values}
        values |= {"name": number} if number else {}
        values |= {"currency_id": EUR} if currency == "EUR" else {}
        return self._ordered(self._make("purchase.order", values), confirm=confirm, on=on)

    def many_orders(self, vendor: str, prices: Sequence[float]) -> list[Ordered]:
        rows = [
            {"partner_id": int(vendor), "order_line": [[0, 0, self.line(price=price)]]}
            for price in prices
        ]
        ids = self.call("purchase.order", "create", vals_list=rows)
        self.call("purchase.order", "button_confirm", ids=ids)
        read = self.call("purchase.order", "read", ids=ids, fields=["name"])
        return [Ordered(str(row["id"]), row["name"]) for row in read]

    def line(
        self,
        *,
        price: float = 100.0,
        quantity: float = 1.0,
        account: str = "600000",
        name: str = "Rope",
        taxed: bool = False,
        shares: dict[str, float] | None = None,
    ) -> dict[str, Any]:
        taxes = [[6, 0, [self._tax()]]] if taxed else [[5]]
        values = {"product_id": self._product(account), "name": name, "tax_ids": taxes}
        values |= {"product_qty": quantity, "price_unit": price}
        return values | ({"analytic_distribution": shares} if shares else {})

    def analytic(self, name: str) -> str:
        self.plan = self.plan or self._make("account.analytic.plan", {"name": "Departments"})
        return str(self._make("account.analytic.account", {"name": name, "plan_id": self.plan}))

    def reprice(self, order: Ordered, price: float) -> None:
        found = self.call(
            "purchase.order.line", "search", domain=[["order_id", "=", int(order.id)]]
        )
        self.call("purchase.order.line", "write", ids=found[:1], vals={"price_unit": price})

    def change_order(self, order: Ordered, **values: Any) -> None:
        self.call("purchase.order", "write", ids=[int(order.id)], vals=values)

    def vendor_of(self, order: Ordered) -> str:
        model = "purchase.order"
        [row] = self.call(model, "read", ids=[int(order.id)], fields=["partner_id"])
        return str(row["partner_id"][0])

    def miscount(self, order: Ordered, total: float) -> None:
        """Let the total differ from the lines, as rounding by line or by document may."""
        world = self.server.world
        store = world.records["odoo"].databases[self.database].store
        with world.locks["odoo"]:
            row = store.get("purchase.order", int(order.id))
            store.put("purchase.order", row["id"], {**row, "amount_total": total})
            store.commit()

    def cancel(self, order: Ordered) -> None:
        self.call("purchase.order", "button_cancel", ids=[int(order.id)])

    def reset(self, order: Ordered) -> None:
        self.call("purchase.order", "button_draft", ids=[int(order.id)])

    def confirm(self, order: Ordered) -> None:
        self.call("purchase.order", "button_confirm", ids=[int(order.id)])

    def delete(self, order: Ordered) -> None:
        self.cancel(order)
        self.call("purchase.order", "unlink", ids=[int(order.id)])

    def receive(self, order: Ordered) -> None:
        domain = [["order_id", "=", int(order.id)]]
        model = "purchase.order.line"
        for line in self.call(model, "search_read", domain=domain, fields=["product_qty"]):
            vals = {"qty_received": line["product_qty"]}
            self.call(model, "write", ids=[line["id"]], vals=vals)

    # Vendor bills ---------------------------------------------------------------------------

    def bill(self, order: Ordered, *, number: str = "", day: str = "") -> str:
        """Make and post the vendor bill of an order."""
        made = self.call("purchase.order", "action_create_invoice", ids=[int(order.id)])["res_id"]
        day = day or self._today()
        self.call("account.move", "write", ids=[made], vals={"ref": number, "invoice_date": day})
        self.call("account.move", "action_post", ids=[made])
        return str(made)

    def unpost(self, bill: str) -> None:
        self.call("account.move", "button_draft", ids=[int(bill)])

    def attach(self, order: Ordered, name: str, content: bytes) -> None:
        self._make("ir.attachment", {
            "name": name, "datas": base64.b64encode(content).decode(), "res_id": int(order.id),
            "res_model": "purchase.order", "mimetype": "application/pdf",
        })  # fmt: skip

    # How ------------------------------------------------------------------------------------

    def call(self, model: str, method: str, **named: Any) -> Any:
        headers = {"Authorization": f"bearer {KEYS['admin']}", "X-Odoo-Database": self.database}
        url = f"{self.stage.url}/odoo/json/2/{model}/{method}"
        answer = requests.post(url, json=named, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def _make(self, model: str, values: dict[str, Any]) -> int:
        return int(self.call(model, "create", vals_list=[values])[0])

    def _ordered(self, id: int, *, confirm: bool, on: str) -> Ordered:
        if confirm:
            self.call("purchase.order", "button_confirm", ids=[id])
        if on:
            moment = f"{on} 12:00:00"
            vals = {"date_order": moment} | ({"date_approve": moment} if confirm else {})
            self.call("purchase.order", "write", ids=[id], vals=vals)
        [row] = self.call("purchase.order", "read", ids=[id], fields=["name"])
        return Ordered(str(id), row["name"])

    def _product(self, account: str) -> int:
        if account not in self._products:
            values: dict[str, Any] = {"name": f"On {account}", "purchase_method": "purchase"}
            if account:
                domain = [["code", "=", account]]
                [found] = self.call("account.account", "search", domain=domain)
                values["property_account_expense_id"] = found
            self._products[account] = self._make("product.product", values)
        return self._products[account]

    def _tax(self) -> int:
        domain = [["type_tax_use", "=", "purchase"], ["amount", "=", 15.0]]
        return int(self.call("account.tax", "search", domain=domain)[0])

    def _today(self) -> str:
        now: str = requests.get(f"{self.stage.url}/_sandbox/clock", timeout=10).json()["now"]
        return now[:10]
