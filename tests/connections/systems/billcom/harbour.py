"""The sandbox's BILL organization, used directly: what a person or another program does there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import requests

from tests.stage import Stage

ORGANIZATION = "00801HARBOURSUPPLYCO"
USERNAME = "ap-bot@harbour.example"
SECRETS = {
    "password": "harbour-demo-password",
    "dev_key": "01HARBOURSANDBOXDEVELOPERKEY01",
}
ADDRESS = {"line1": "1 Quay", "city": "Hull", "zipOrPostalCode": "HU1 1AA", "country": "GB"}


def settings_for(url: str) -> dict[str, str]:
    """Return the settings of a connection to the sandbox at `url`."""
    return {
        "environment": "own",
        "base_url": f"{url}/billcom/connect",
        "organization_id": ORGANIZATION,
        "username": USERNAME,
        "login_kind": "user",
        "vendor_reference": "accountNumber",
    }


class Harbour:
    """A second program that uses the same organization, with a session of its own."""

    organization = ORGANIZATION

    def __init__(self, stage: Stage) -> None:
        self._base = f"{stage.url}/billcom/connect/v3"
        body = {"username": USERNAME, "organizationId": ORGANIZATION}
        body |= {"password": SECRETS["password"], "devKey": SECRETS["dev_key"]}
        answer = requests.post(f"{self._base}/login", json=body, timeout=10)
        assert answer.ok, answer.text
        self.headers = {"sessionId": answer.json()["sessionId"], "devKey": SECRETS["dev_key"]}

    def post(self, path: str, body: Any = None) -> Any:
        url = f"{self._base}{path}"
        answer = requests.post(url, json=body, headers=self.headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def get(self, path: str, **query: str) -> Any:
        url = f"{self._base}{path}"
        answer = requests.get(url, params=query, headers=self.headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def make(self, path: str, **fields: Any) -> str:
        return str(self.post(path, fields)["id"])

    def make_vendor(self, name: str, **fields: Any) -> str:
        return self.make("/vendors", name=name, address=ADDRESS, **fields)

    def make_bill(self, number: str, amount: Decimal, **fields: Any) -> str:
        fields.setdefault("vendorId", self.vendor("Contract Quay LLC"))
        fields.setdefault("dueDate", "2026-12-01")
        invoice = {"invoiceNumber": number, "invoiceDate": "2026-11-01"}
        lines = [{"amount": float(amount)}]
        return self.make("/bills", **{"invoice": invoice, "billLineItems": lines, **fields})

    def vendor(self, name: str) -> str:
        """Return the id of the vendor of that name, made if it is not there."""
        rows = self.get("/vendors", filters=f'name:sw:"{name}"')["results"]
        return str(rows[0]["id"]) if rows else self.make_vendor(name)

    def account(self, number: str) -> str:
        rows = self.get("/classifications/chart-of-accounts", max="100")["results"]
        return next(str(row["id"]) for row in rows if row["account"]["number"] == number)
