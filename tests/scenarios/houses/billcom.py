"""People at work in BILL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connections.models import Connection
from connections.records import Approval
from sandbox.server import SandboxServer
from tests.connections.systems.billcom.harbour import ADDRESS, SECRETS, Harbour, settings_for
from tests.scenarios.houses.billcom_money import BillMoney
from tests.scenarios.houses.house import Billed
from tests.stage import Stage, connect

ROBOT, DANA = "00601APBOTHARBOUR001", "00601DANAOSEIHARBOUR"


class BillOffice(BillMoney):
    """A person in the organization's own screens, and a second program that uses it."""

    bill_path = "/connect/v3/bills*"
    vendor_path = "/connect/v3/vendors*"
    document_path = "/connect/v3/documents*"
    hour_used_up: dict[str, Any] = {
        "kind": "status",
        "status": 422,
        "body": [{"timestamp": "", "code": "BDC_1144", "severity": "ERROR", "category": "SERVER",
                  "message": "Max number of allowed API requests per hour reached."}],
    }  # fmt: skip

    approvals: Mapping[Approval, Sequence[tuple[str, dict[str, Any]]]] = {
        Approval.NONE: [],
        # Of two approvers, one has said yes.
        Approval.STARTED: [
            ("start-approval", {"userIds": [ROBOT, DANA]}),
            ("approve", {"userId": DANA}),
        ],
        Approval.APPROVED: [("approve", {})],
        Approval.DENIED: [("deny", {})],
    }

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.stage = Stage(server, "billcom")

    def connect(self, name: str = "", *, password: str = "", **changes: str) -> Connection:
        secrets = {**SECRETS, **({"password": password} if password else {})}
        settings = {**settings_for(self.stage.url), **changes}
        return connect("billcom", settings, secrets, name=name or "BILL")

    def bills(self) -> list[Billed]:
        accounts = {row["id"]: row["account"]["number"] for row in self._rows("accounts")}
        return [_billed(row, accounts) for row in self._rows("bills")]

    def vendors(self) -> list[dict[str, Any]]:
        return self._rows("vendors")

    def make_vendor(self, name: str, **fields: Any) -> str:
        return Harbour(self.stage).make("/vendors", **{"name": name, "address": ADDRESS, **fields})

    def make_bill(self, vendor: str, number: str, total: float, **fields: Any) -> str:
        day = fields.pop("day", "2026-11-20")
        return Harbour(self.stage).make(
            "/bills",
            vendorId=vendor,
            dueDate=fields.pop("due", day),
            invoice={"invoiceNumber": number, "invoiceDate": day},
            billLineItems=[{"amount": total}],
            **fields,
        )

    def act(self, bill: str, verb: str, **wanted: Any) -> None:
        self.stage.control(f"/billcom/bills/{bill}/{verb}", **wanted)

    def act_on_vendor(self, vendor: str, verb: str, **wanted: Any) -> None:
        self.stage.control(f"/billcom/vendors/{vendor}/{verb}", **wanted)

    def account(self, number: str) -> str:
        rows = self._rows("accounts")
        return next(str(row["id"]) for row in rows if row["account"]["number"] == number)

    def add_account(self, number: str, name: str) -> str:
        account = {"type": "EXPENSE", "number": number}
        return Harbour(self.stage).make(
            "/classifications/chart-of-accounts", name=name, account=account
        )

    def archive_account(self, number: str) -> None:
        path = f"/classifications/chart-of-accounts/{self.account(number)}/archive"
        Harbour(self.stage).post(path)

    def documents(self, bill: str) -> list[str]:
        return [row["name"] for row in self._rows("documents") if row.get("billId") == bill]

    def hide_bills_from_lists(self) -> None:
        """Let every list of bills be empty, so that only a refusal tells what is there."""
        empty: dict[str, Any] = {"results": [], "nextPage": None, "prevPage": None}
        path = "/connect/v3/bills"
        self.stage.fault("status", method="GET", path=path, status=200, body=empty, times=0)

    def another_company(self) -> dict[str, str]:
        """Give our user a second organization; return the settings that lead there."""
        user = {"username": "ap-bot@harbour.example", "password": SECRETS["password"]}
        made = self.stage.control("/billcom/organizations", name="Other Co.", users=[user])
        return {"organization_id": made["id"]}

    def writes(self) -> list[Any]:
        """Return the calls that changed something, signing in and documents left out."""
        return [
            r
            for r in self.stage.requests()
            if r["method"] != "GET" and not r["path"].endswith("/login")
        ]

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        return list(self.stage.state()[kind])


def _billed(row: dict[str, Any], accounts: dict[str, str]) -> Billed:
    lines = row["billLineItems"]
    coded = [(line.get("classifications") or {}).get("chartOfAccountId") for line in lines]
    return Billed(
        id=row["id"],
        number=row["invoice"]["invoiceNumber"],
        vendor_id=row["vendorId"],
        total=Decimal(str(row["amount"])),
        due=row["dueDate"],
        description=row.get("description") or "",
        order_number=row.get("purchaseOrderNumber") or "",
        archived=row["archived"],
        lines=tuple((ln.get("description") or "", Decimal(str(ln["amount"]))) for ln in lines),
        accounts=tuple(accounts.get(id or "", "") for id in coded),
    )
