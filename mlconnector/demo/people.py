"""People at work in the stand-ins: what they do there, the connector only learns of by reading."""

from __future__ import annotations

from typing import Any

import requests

from mlconnector.demo.company import BOOKS

TIMEOUT = 30


class Buyer:
    """Somebody in Odoo who may do everything; the connector itself may not change orders."""

    KEY = "e5" * 20

    def __init__(self, sandbox_url: str) -> None:
        self._url = f"{sandbox_url}/odoo/json/2"
        self._headers = {
            "Authorization": f"bearer {self.KEY}",
            "X-Odoo-Database": BOOKS["odoo"].settings["database"],
        }

    def do(self, model: str, method: str, **named: Any) -> Any:
        """Call a method as a person's click would."""
        url = f"{self._url}/{model}/{method}"
        answer = requests.post(url, json=named, headers=self._headers, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def post_vendor_bill(self, order: int, number: str, day: str) -> None:
        """Make the vendor bill of an order and post it."""
        self.do("purchase.order", "action_create_invoice", ids=[order])
        (row,) = self.do("purchase.order", "read", ids=[order], fields=["invoice_ids"])
        values = {"ref": number, "invoice_date": day, "date": day}
        self.do("account.move", "write", ids=row["invoice_ids"], vals=values)
        self.do("account.move", "action_post", ids=row["invoice_ids"])


class Clerk:
    """Somebody in BILL who approves and pays, and the banks behind it."""

    def __init__(self, sandbox_url: str) -> None:
        self._url = f"{sandbox_url}/_sandbox/billcom"

    def do(self, path: str, **wanted: Any) -> Any:
        """Do what a person, or a bank, does there."""
        answer = requests.post(f"{self._url}/{path}", json=wanted, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def pay(self, *bills: str, amount: str = "", clear: bool = True) -> str:
        """Approve and pay bills of one vendor in one payment; return its id."""
        for bill in bills:
            self.do(f"bills/{bill}/approve")
        rows = [{"id": bill} | ({"amount": amount} if amount else {}) for bill in bills]
        made = self.do("payments", bills=rows, clear=clear)
        return str(made["payments"][0]["id"])
