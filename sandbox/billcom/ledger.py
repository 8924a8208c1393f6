"""BILL's side of the ledger page: its tables, and buttons for what a person would do."""

from __future__ import annotations

from typing import Any

from sandbox.billcom.call import records_of
from sandbox.billcom.events.hub import Delivery, hub_of
from sandbox.billcom.person_payments import FAILURES, HOLDS
from sandbox.billcom.statuses import END, STEPS, way_to_the_end
from sandbox.billcom.store import Books
from sandbox.billcom.sums import payable
from sandbox.world import World

Row = dict[str, Any]
ROOT = "/_sandbox/billcom"
SHOWN_NOTIFICATIONS = 15
AMOUNT = {"name": "amount", "placeholder": "all"}


def ledger(world: World) -> Row:
    tables = []
    many = len(records_of(world).books) > 1
    for books in records_of(world).all():
        after = f" of {books.organization['name']}" if many else ""
        for table in (_bills(books), _payments(books), _credits(books), _vendors(books)):
            if table["rows"] or table["name"] != "Vendor credits":
                tables.append({**table, "name": table["name"] + after})
    return {"title": "BILL", "tables": [*tables, _notifications(world)]}


def _table(name: str, columns: list[str], rows: list[list[Any]], **more: Any) -> Row:
    return {"name": name, "columns": columns, "rows": rows, **more}


def _button(label: str, path: str, **more: Any) -> Row:
    return {"label": label, "path": f"{ROOT}/{path}", **more}


def _vendors(books: Books) -> Row:
    vendors = books.rows("vendors")
    rows = [
        [v["name"], v.get("email"), v["billCurrency"], "archived" if v["archived"] else "active"]
        for v in vendors
    ]
    actions = [[_archive("vendors", vendor)] for vendor in vendors]
    return _table("Vendors", ["Name", "E-mail", "Currency", "Status"], rows, actions=actions)


def _archive(kind: str, record: Row) -> Row:
    verb = "restore" if record["archived"] else "archive"
    return _button(verb.capitalize(), f"{kind}/{record['id']}/{verb}")


def _bills(books: Books) -> Row:
    names = {v["id"]: v["name"] for v in books.rows("vendors")}
    bills = _newest_first(books.rows("bills"))
    rows = [
        [
            bill["invoice"]["invoiceNumber"],
            names[bill["vendorId"]],
            bill["dueDate"],
            f"{bill['amount']:,.2f}",
            f"{bill['dueAmount']:,.2f}",
            _words("ARCHIVED" if bill["archived"] else bill["approvalStatus"]),
            _words(bill["paymentStatus"]),
        ]
        for bill in bills
    ]
    together = [
        _button("Schedule chosen", "payments"),
        _button("Pay chosen", "payments", name="clear", value="1"),
    ]
    return _table(
        "Bills",
        ["Number", "Vendor", "Due", "Amount", "Open", "Approval", "Payment"],
        rows,
        amounts=["Amount", "Open"],
        actions=[_bill_actions(bill) for bill in bills],
        chosen=[bill["id"] if _can_be_paid(bill) else None for bill in bills],
        together=together,
        choice="bill",
    )


def _can_be_paid(bill: Row) -> bool:
    return not bill["archived"] and payable(bill) > 0


def _bill_actions(bill: Row) -> list[Row]:
    path = f"bills/{bill['id']}"
    actions = []
    if not bill["archived"] and bill["approvalStatus"] != "APPROVED":
        actions.append(_button("Approve", f"{path}/approve"))
    if _can_be_paid(bill):
        actions.append(_button("Pay", f"{path}/pay", fields=[AMOUNT]))
    return [*actions, _archive("bills", bill)]


def _payments(books: Books) -> Row:
    numbers = {b["id"]: b["invoice"]["invoiceNumber"] for b in books.rows("bills")}
    payments = _newest_first(books.rows("payments"))
    rows = [
        [
            payment["processDate"],
            payment["vendorName"],
            ", ".join(numbers[part["billId"]] for part in payment["billPayments"]),
            f"{payment['amount']:,.2f}",
            _words(payment["singleStatus"] or payment["status"]),
        ]
        for payment in payments
    ]
    columns = ["Date", "Vendor", "Bills", "Amount", "Status"]
    actions = [_payment_actions(payment) for payment in payments]
    return _table("Payments", columns, rows, amounts=["Amount"], actions=actions)


def _payment_actions(payment: Row) -> list[Row]:
    path, at = f"payments/{payment['id']}", payment["singleStatus"]
    if not payment["onlinePayment"]:
        return [_button("Void", f"{path}/void")] if payment["status"] != "VOID" else []
    can = {
        "step": bool(STEPS[at]) and at != END,
        "clear": bool(way_to_the_end(at)),
        "fail": any(to in STEPS[at] for to in FAILURES),
        "hold": any(to in STEPS[at] for to in HOLDS),
        "cancel": at == "SCHEDULED",
        "void": "VOID_PENDING" in STEPS[at],
    }
    labels = {"step": f"Next: {_words(STEPS[at][0])}"} if can["step"] else {}
    verbs = [verb for verb, possible in can.items() if possible]
    return [_button(labels.get(v, v.capitalize()), f"{path}/{v}") for v in verbs]


def _credits(books: Books) -> Row:
    names = {v["id"]: v["name"] for v in books.rows("vendors")}
    rows = [
        [
            credit.get("referenceNumber"),
            names[credit["vendorId"]],
            f"{credit['amount']:,.2f}",
            f"{credit['appliedAmount']:,.2f}",
            _words(credit["status"]),
        ]
        for credit in books.rows("vendor-credits")
    ]
    columns = ["Number", "Vendor", "Amount", "Used", "Status"]
    return _table("Vendor credits", columns, rows, amounts=["Amount", "Used"])


def _notifications(world: World) -> Row:
    hub = hub_of(world)
    last = reversed(hub.deliveries[-SHOWN_NOTIFICATIONS:])
    rows = [
        [f"{d.event.created:%Y-%m-%d %H:%M:%S}", d.event.type, d.event.entity, _outcome(d)]
        for d in last
    ]
    off = sum(not s.enabled for s in hub.subscriptions.values())
    name = f"Last webhooks (subscriptions: {len(hub.subscriptions)}, of these off: {off})"
    return _table(name, ["Time", "Event", "About", "Outcome"], rows)


def _outcome(delivery: Delivery) -> str:
    tries = delivery.attempts
    if not tries:
        return delivery.state
    answer = tries[-1].get("status") or tries[-1].get("problem")
    times = "" if len(tries) == 1 else f", {len(tries)} tries"
    return f"{delivery.state} ({answer}{times})"


def _newest_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["createdTime"], reverse=True)


def _words(status: str) -> str:
    return status.replace("_", " ").lower()
