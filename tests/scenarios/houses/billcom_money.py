"""People who pay in BILL, and the banks behind it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from sandbox.server import SandboxServer
from tests.stage import Stage


class BillMoney:
    """What happens with money there."""

    stage: Stage
    server: SandboxServer
    outside_path = "/connect/v3/bills/record-payment"
    way: Sequence[str] = (
        "SCHEDULED", "READY_TO_FUND", "FUNDING_STARTED", "PROCESSED", "SENT", "DELIVERED", "CLEARED"
    )  # fmt: skip

    def pay(self, *bills: str, amounts: Sequence[str] = (), **how: Any) -> str:
        """Approve and pay bills of one vendor in one payment; return its id.

        `word`: how far its money comes, as a rule to the vendor; `credits`: by bill, vendor
        credits used beside the money.
        """
        word, credits = how.pop("word", "CLEARED"), how.pop("credits", {})
        rows = []
        for bill, amount in zip_longest(bills, amounts):
            self.stage.control(f"/billcom/bills/{bill}/approve")
            row = {"id": bill} | ({"amount": amount} if amount else {})
            rows.append(row | ({"vendorCredits": credits[bill]} if bill in credits else {}))
        made = self.stage.control("/billcom/payments", bills=rows, **how)
        payment = str(made["payments"][0]["id"])
        if how.get("type") != "OFFLINE":
            self.bring(payment, word)
        return payment

    def schedule(self, *bills: str, day: str = "", amounts: Sequence[str] = ()) -> str:
        how = {"processDate": day} if day else {}
        return self.pay(*bills, amounts=amounts, word="SCHEDULED", **how)

    def bring(self, payment: str, word: str) -> None:
        """Let a payment go its way as far as a word of it."""
        now = next(row for row in self.payments() if row["id"] == payment)["singleStatus"]
        if word not in self.way or now not in self.way:
            self._step(payment, word)
            return
        for step in self.way[self.way.index(now) + 1 : self.way.index(word) + 1]:
            self._step(payment, step)

    def void(self, payment: str) -> None:
        self.stage.control(f"/billcom/payments/{payment}/void", reason="Wrong vendor")

    def fail(self, payment: str) -> None:
        self.stage.control(f"/billcom/payments/{payment}/fail")

    def arrive(self, payment: str) -> None:
        self.stage.control(f"/billcom/payments/{payment}/clear")

    def give_credit(self, vendor: str, amount: float) -> str:
        """Enter a vendor credit and return its id."""
        wanted = {"vendorId": vendor, "amount": amount}
        return str(self.stage.control("/billcom/vendor-credits", **wanted)["id"])

    def set_rate(self, currency: str, rate: float) -> None:
        self.stage.control("/billcom/rate", currency=currency, rate=rate)

    def payments(self) -> list[dict[str, Any]]:
        return list(self.stage.state()["payments"])

    def change_payment(self, payment: str, **fields: Any) -> None:
        """Change what no person can, such as a status nobody has heard of."""
        world = self.server.world
        with world.locks["billcom"]:
            books = world.records["billcom"].of("00801HARBOURSUPPLYCO")
            row = books.get("payments", payment)
            row |= fields
            books.touch(row, world.clock.now())

    def _step(self, payment: str, word: str) -> None:
        self.stage.control(f"/billcom/payments/{payment}/step", to=word)
