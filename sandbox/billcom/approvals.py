"""Approval of bills: what waits for the user, and approving or denying it.

Reference: docs/systems/billcom.md#7-bills
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sandbox.billcom.call import answer, body, call
from sandbox.billcom.errors import not_allowed, wrong_kind
from sandbox.billcom.shapes import ListOf, OneOf, Record, Text
from sandbox.billcom.signin import API
from sandbox.billcom.store import Books
from sandbox.billcom.values import to_ms

Row = dict[str, Any]
ACTIONS = ListOf(
    least=1,
    of=Record(
        fields={
            "billId": Text(required=True),
            "action": OneOf(required=True, words=("APPROVE", "DENY")),
            "comment": Text(),
        }
    ),
)


def add_routes(api: Blueprint) -> None:
    @api.get(f"{API}/bill-approvals/pending-user-approvals")
    def pending() -> ResponseReturnValue:
        call().must_be_allowed("bills")
        waiting = [
            {
                "billId": bill["id"],
                **{name: bill[name] for name in ("vendorId", "amount", "dueDate")},
            }
            for bill in call().books.rows("bills")
            if _waiting(bill, call().session.user.id)
        ]
        shown = [answer(row)[0].get_json() for row in waiting]
        return jsonify(bills=shown)

    @api.post(f"{API}/bill-approvals/actions")
    def act() -> ResponseReturnValue:
        call().must_be_allowed("bills")
        user, books = call().session.user.id, call().books
        actions = body(ACTIONS)
        if call().session.user.sync_token:
            raise wrong_kind("user", user)
        for action in actions:
            if not _waiting(books.get("bills", action["billId"]), user):
                raise not_allowed(f"the approval of bill {action['billId']}")
        for action in actions:
            bill = books.get("bills", action["billId"])
            decide(books, bill, user, call().now, approved=action["action"] == "APPROVE")
        return jsonify(status="SUCCESS")


def _waiting(bill: Row, user: str) -> bool:
    return any(a["userId"] == user and a["status"] == "WAITING" for a in bill["approvers"])


def ask(books: Books, bill: Row, users: Sequence[str], now: datetime) -> None:
    """Send the bill to its approvers, in order."""
    bill["approvers"] = [
        {
            "userId": user,
            "status": "WAITING",
            "approverOrder": position,
            "statusChangedTime": to_ms(now),
        }
        for position, user in enumerate(users, start=1)
    ]
    bill["approvalStatus"] = "ASSIGNED"
    books.touch(bill, now)


def decide(books: Books, bill: Row, user: str, now: datetime, *, approved: bool) -> None:
    """Let one approver answer; the last one to approve approves the bill."""
    word = "APPROVED" if approved else "DENIED"
    for approver in bill["approvers"]:
        if approver["userId"] == user:
            approver |= {"status": word, "statusChangedTime": to_ms(now)}
    everyone = all(approver["status"] == "APPROVED" for approver in bill["approvers"])
    bill["approvalStatus"] = word if everyone or not approved else "APPROVING"
    books.touch(bill, now)
