"""The sandbox's Odoo database, used directly: what a person or another program does there."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import requests

from tests.stage import Stage

DATABASE = "demo"
COMPANY = "Harbour Supply Co."
KEYS = {"admin": "e5" * 20, "integration": "a1" * 20, "nothing": "b2" * 20}
SECRETS = {"api_key": KEYS["integration"]}

_numbers = count(1)


def settings_for(url: str) -> dict[str, str]:
    """Return the settings of a connection to the sandbox at `url`."""
    return {"url": f"{url}/odoo", "database": DATABASE, "username": "integration"}


class Desk:
    """A second program that uses the same database, as its administrator."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._base = f"{stage.url}/odoo/json/2"
        self._headers = {
            "Authorization": f"bearer {KEYS['admin']}",
            "X-Odoo-Database": DATABASE,
        }

    def call(self, model: str, method: str, **named: Any) -> Any:
        url = f"{self._base}/{model}/{method}"
        answer = requests.post(url, json=named, headers=self._headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def make(self, model: str, *rows: dict[str, Any]) -> list[int]:
        """Create records in one transaction."""
        made: list[int] = self.call(model, "create", vals_list=list(rows))
        return made

    def write(self, model: str, id: int | str, **values: Any) -> None:
        self.call(model, "write", ids=[int(id)], vals=values)

    def vendor(self, name: str = "", **values: Any) -> int:
        name = name or f"Sown Vendor {next(_numbers)}"
        [made] = self.make(
            "res.partner", {"name": name, "supplier_rank": 1, "is_company": True, **values}
        )
        return made

    def account(self, code: str) -> int:
        return int(self.call("account.account", "search", domain=[["code", "=", code]])[0])

    def category(self, **values: Any) -> int:
        return self.make("product.category", {"name": f"Category {next(_numbers)}", **values})[0]

    def product(self, **values: Any) -> int:
        [made] = self.make("product.product", {"name": f"Product {next(_numbers)}", **values})
        return made

    def order(self, vendor: int, *lines: dict[str, Any], confirm: bool = True, **more: Any) -> int:
        """Order something; without lines, two ropes at 50."""
        rows = [[0, 0, self._line(line)] for line in lines or ({},)]
        [made] = self.make("purchase.order", {"partner_id": vendor, "order_line": rows, **more})
        if confirm:
            self.call("purchase.order", "button_confirm", ids=[made])
        return made

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        if "display_type" in line:
            return line
        product = line.get("product_id") or self._rope()
        usual = {"name": "Rope", "product_qty": 2.0, "price_unit": 50.0, "tax_ids": [[5]]}
        return {**usual, **line, "product_id": product}

    def _rope(self) -> int:
        found = self.call("product.product", "search", domain=[["default_code", "=", "ROPE"]])
        return int(found[0]) if found else self.product(**ROPE)

    def now(self) -> datetime:
        told = requests.get(f"{self.stage.url}/_sandbox/clock", timeout=10).json()["now"]
        return datetime.fromisoformat(told)

    def line_of(self, order: int) -> int:
        found = self.call("purchase.order.line", "search", domain=[["order_id", "=", order]])
        return int(found[0])


ROPE = {"name": "Rope", "default_code": "ROPE", "purchase_method": "purchase"}
