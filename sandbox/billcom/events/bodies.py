"""What a notification says. It differs from the REST answers in more than one place.

Reference: docs/systems/billcom.md#143-notification
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.billcom.access import Switches
from sandbox.billcom.events.hub import VERSION, Event, Subscription
from sandbox.billcom.store import Books
from sandbox.billcom.values import presented

Row = dict[str, Any]
THIN_VENDOR = ("id", "name", "updatedTime")


def event_for(books: Books, subscription: Subscription, type: str, record: Row) -> Row:
    """Return the body without its metadata: the entity under its own name."""
    kind = type.partition(".")[0]
    if type == "payment.failed":
        return {kind: presented(record)}
    if kind == "bill":
        return {kind: _bill(record)}
    if kind == "payment":
        return {kind: presented(_payment(books, record))}
    return {kind: _vendor(record, books.switches, type)}


def write(
    subscription: Subscription, type: str, about: Row, switches: Switches, now: datetime
) -> Event:
    """Give the event an id and its final text, which is what will be signed."""
    metadata = {
        "eventId": str(uuid.uuid4()),
        "subscriptionId": subscription.id,
        "organizationId": subscription.organization,
        "eventType": type,
        "version": VERSION,
    }
    text = minified({"metadata": metadata, **about})
    if switches.webhook_body_as_string:
        text = minified(text)
    entity = next((str(it["id"]) for it in about.values() if _has_id(it)), "")
    return Event(metadata["eventId"], type, subscription.id, entity, text, now)


def _has_id(value: Any) -> bool:
    return isinstance(value, Mapping) and "id" in value


def minified(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _bill(bill: Row) -> Row:
    hidden = ("approvers", "vendorName")
    shown: Row = presented({name: value for name, value in bill.items() if name not in hidden})
    # A date in REST, a moment here.
    shown["invoice"]["invoiceDate"] += "T00:00:00.000Z"
    return {"billLineItems": [], **shown}


def _vendor(vendor: Row, switches: Switches, type: str) -> Row:
    shown: Row = presented(vendor)
    if switches.webhook_thin_vendor_updates and type == "vendor.updated":
        return {name: shown[name] for name in THIN_VENDOR}
    number = shown.get("accountNumber", "")
    if switches.webhook_numeric_account_numbers and number.isdecimal():
        shown["accountNumber"] = int(number)
    return shown


def _payment(books: Books, payment: Row) -> Row:
    return {
        "id": payment["id"],
        "billIds": [part["billId"] for part in payment["billPayments"]],
        "transactionNumber": payment["transactionNumber"],
        # Not the status of REST: the singleStatus, under the other's name.
        "status": payment["singleStatus"] or "UNDEFINED",
        "processDate": payment["processDate"],
        "funding": _funding(books, payment.get("fundingAccount")),
        "disbursement": {
            "type": payment["disbursementType"],
            "amount": payment["amount"],
            "arrivesByDate": _arrival(payment),
        },
        "vendor": {"id": payment["vendorId"], "name": payment["vendorName"]},
        "billingType": "BDC",
        **{name: payment[name] for name in ("createdBy", "createdTime", "updatedTime")},
    }


def _funding(books: Books, account: Row | None) -> Row | None:
    if account is None or account["type"] != "BANK_ACCOUNT":
        return account
    bank = books.get("banks", account["id"])
    return {**account, "name": bank["bankName"], "accountNumber": bank["accountNumber"]}


def _arrival(payment: Row) -> Any:
    for details in payment.get("disbursementInfo", {}).values():
        if isinstance(details, dict):
            return details.get("arrivesByDate")
    return None
