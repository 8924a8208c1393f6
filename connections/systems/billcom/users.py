"""Who approves in BILL: the names of its users, where ours may see them.

Reference: docs/systems/billcom.md#approvers
"""

from __future__ import annotations

from collections.abc import Mapping

from connections.errors import Rejected
from connections.records import Approval, Approver
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import NotAllowed
from connections.systems.billcom.lists import USERS, Lister
from connections.systems.billcom.values import Row, moment, words

SOMEBODY = "somebody"
DECISIONS: Mapping[str, Approval] = {
    "APPROVED": Approval.APPROVED,
    "DENIED": Approval.DENIED,
}


class Users:
    """Names by user id, asked for once, and only when a bill has approvers."""

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._names: dict[str, str] | None = None

    def approvers(self, row: Row) -> tuple[Approver, ...]:
        """Return who was asked to approve a bill, in order, and what each decided."""
        asked = [one for one in row.get("approvers") or () if isinstance(one, dict)]
        asked.sort(key=lambda one: int(one.get("approverOrder") or 0))
        return tuple(
            Approver(
                name=self._name(words(one.get("userId"))),
                decided=DECISIONS.get(words(one.get("status")), Approval.NONE),
                at=moment(one.get("statusChangedTime")),
            )
            for one in asked
        )

    def _name(self, user_id: str) -> str:
        if self._names is None:
            self._names = self._ask()
        return self._names.get(user_id) or SOMEBODY

    def _ask(self) -> dict[str, str]:
        try:
            return {words(row["id"]): _name_of(row) for row in Lister(self._client, USERS).rows()}
        except (NotAllowed, Rejected):  # a name is worth no bill
            return {}


def _name_of(row: Row) -> str:
    return " ".join(filter(None, (words(row.get("firstName")), words(row.get("lastName")))))
