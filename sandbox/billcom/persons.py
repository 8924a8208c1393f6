"""What a person does in BILL's own screens, and what an administrator sets up there.

Mounted at /_sandbox/billcom, outside the limits and the fault dial.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from sandbox.billcom import approvals, payments
from sandbox.billcom.bill_rules import settle_sums
from sandbox.billcom.call import KEY, access_of, records_of
from sandbox.billcom.errors import Refusal, invalid, respond, unknown_id
from sandbox.billcom.setup import add_organization
from sandbox.billcom.store import Books
from sandbox.billcom.values import presented
from sandbox.world import World

Row = dict[str, Any]
Action = Callable[[Books, Row, dict[str, Any], datetime], None]


def create_blueprint(world: World) -> Blueprint:
    persons = Blueprint("billcom-persons", __name__)

    @persons.before_request
    def take_lock() -> None:
        world.locks[KEY].acquire()
        g.locked = True

    @persons.teardown_request
    def give_lock(_: BaseException | None) -> None:
        if g.pop("locked", False):
            world.remember(KEY)
            world.locks[KEY].release()

    @persons.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> ResponseReturnValue:
        return respond(refusal, world.clock.now())

    @persons.post("/bills/<id>/<verb>")
    def act_on_bill(id: str, verb: str) -> ResponseReturnValue:
        return _act(world, "bills", id, BILL_ACTIONS.get(verb))

    @persons.post("/vendors/<id>/<verb>")
    def act_on_vendor(id: str, verb: str) -> ResponseReturnValue:
        return _act(world, "vendors", id, VENDOR_ACTIONS.get(verb))

    _add_setup_routes(persons, world)
    return persons


def _add_setup_routes(persons: Blueprint, world: World) -> None:
    @persons.post("/organizations")
    def set_up() -> ResponseReturnValue:
        wanted = _given()
        try:
            made = add_organization(world, wanted)
        except (KeyError, ValueError, TypeError) as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(made)

    # Made by people or by schedules; clients here only read them.
    @persons.post("/<any('recurringbills', 'vendor-credits'):kind>")
    def add_record(kind: str) -> ResponseReturnValue:
        books = next(records_of(world).all())
        record = {"archived": False, **_with_amounts(_given())}
        return jsonify(presented(books.add(kind, record, world.clock.now())))

    @persons.post("/sessions/expire")
    def expire() -> ResponseReturnValue:
        access_of(world).sessions.clear()
        return jsonify(sessions=0)


def _act(world: World, kind: str, id: str, action: Action | None) -> ResponseReturnValue:
    if action is None:
        return jsonify(error="no such action"), 404
    for books in records_of(world).all():
        if id in books.table(kind):
            record = books.get(kind, id)
            action(books, record, _given(), world.clock.now())
            # The buttons of the page are plain forms; a test sends JSON or nothing.
            if request.mimetype == "application/x-www-form-urlencoded":
                return redirect("/")
            return jsonify(presented(record))
    raise unknown_id(kind.removesuffix("s"), id)


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _with_amounts(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _with_amounts(value) for name, value in given.items()}
    if isinstance(given, list):
        return [_with_amounts(value) for value in given]
    return Decimal(str(given)) if isinstance(given, float) else given


def _approver(books: Books, wanted: dict[str, Any]) -> str:
    people = [user["id"] for user in books.rows("users") if user["role"]["type"] == "APPROVER"]
    return str(wanted.get("userId") or people[0])


def _start_approval(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    approvals.ask(books, bill, wanted.get("userIds") or [_approver(books, wanted)], now)


def _approve(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    if not bill["approvers"]:
        _start_approval(books, bill, wanted, now)
    waiting = [a["userId"] for a in bill["approvers"] if a["status"] != "APPROVED"]
    for user in [wanted["userId"]] if wanted.get("userId") else waiting:
        approvals.decide(books, bill, user, now, approved=True)


def _deny(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    if not bill["approvers"]:
        _start_approval(books, bill, wanted, now)
    user = wanted.get("userId") or bill["approvers"][0]["userId"]
    approvals.decide(books, bill, user, now, approved=False)


def _schedule(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    open_amount = bill["dueAmount"] - bill["scheduledAmount"]
    amount = Decimal(str(wanted.get("amount", open_amount)))
    if not 0 < amount <= open_amount:
        raise invalid("amount: must be above zero and not more than what is due")
    day = date.fromisoformat(wanted["processDate"]) if "processDate" in wanted else now.date()
    payments.pay(
        books,
        bill["vendorId"],
        [(bill, amount)],
        now,
        day=day,
        created_by=_approver(books, {}),
        online=True,
    )


def _pay(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    if not bill["scheduledAmount"]:
        _schedule(books, bill, wanted, now)
    for payment in books.rows("payments"):
        bills = [part["billId"] for part in payment["billPayments"]]
        if payment.get("singleStatus") == "SCHEDULED" and bill["id"] in bills:
            payments.clear(books, payment, now)


def _edit_bill(books: Books, bill: Row, wanted: dict[str, Any], now: datetime) -> None:
    """Change anything, as a person with all rights could; amounts follow the lines."""
    for name, value in wanted.items():
        if name == "billLineItems":
            value = [
                {**line, "id": line.get("id") or books.new_id("lines"), "amount": _exact(line)}
                for line in value
            ]
        elif name == "dueDate":
            value = date.fromisoformat(value)
        bill[name] = bill[name] | value if isinstance(value, dict) and name in bill else value
    settle_sums(books, bill)
    books.touch(bill, now)


def _exact(line: dict[str, Any]) -> Decimal:
    return Decimal(str(line["amount"]))


def _edit_vendor(books: Books, vendor: Row, wanted: dict[str, Any], now: datetime) -> None:
    for name, value in wanted.items():
        vendor[name] = vendor.get(name, {}) | value if isinstance(value, dict) else value
    books.touch(vendor, now)


def _archived(kind: str, *, archived: bool) -> Action:
    def act(books: Books, record: Row, wanted: dict[str, Any], now: datetime) -> None:
        books.archive(kind, record["id"], now, archived=archived)

    return act


BILL_ACTIONS: dict[str, Action] = {
    "start-approval": _start_approval,
    "approve": _approve,
    "deny": _deny,
    "schedule": _schedule,
    "pay": _pay,
    "archive": _archived("bills", archived=True),
    "restore": _archived("bills", archived=False),
    "edit": _edit_bill,
}
VENDOR_ACTIONS: dict[str, Action] = {
    "archive": _archived("vendors", archived=True),
    "restore": _archived("vendors", archived=False),
    "edit": _edit_vendor,
}
