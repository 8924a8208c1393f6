"""What a person does in BILL's own screens, and what an administrator sets up there.

Mounted at /_sandbox/billcom, outside the limits and the fault dial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sandbox.billcom import credits, person_bills, person_payments, person_vendors
from sandbox.billcom.call import KEY, access_of, records_of
from sandbox.billcom.errors import Refusal, invalid, respond, unknown_id
from sandbox.billcom.events import controls
from sandbox.billcom.events.courier import Courier
from sandbox.billcom.setup import add_organization
from sandbox.billcom.store import Books
from sandbox.billcom.values import presented
from sandbox.world import World

Row = dict[str, Any]
Action = Callable[[Books, Row, dict[str, Any], datetime], None]
ACTIONS: Mapping[str, Mapping[str, Action]] = {
    "bills": person_bills.ACTIONS,
    "vendors": person_vendors.ACTIONS,
    "payments": person_payments.ACTIONS,
    "vendor-credits": person_bills.CREDIT_ACTIONS,
}


def create_blueprint(world: World, courier: Courier) -> Blueprint:
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
        if _is_form():
            return redirect(url_for("page.ledgers", told=str(refusal)))
        return respond(refusal, world.clock.now())

    @persons.post(f"/<any({', '.join(repr(kind) for kind in ACTIONS)}):kind>/<id>/<verb>")
    def act(kind: str, id: str, verb: str) -> ResponseReturnValue:
        return _act(world, kind, id, ACTIONS[kind].get(verb))

    @persons.post("/payments")
    def pay_several() -> ResponseReturnValue:
        wanted = _given()
        books = _books_with(world, "bills", _first_bill(wanted))
        made = person_payments.pay_several(books, wanted, world.clock.now())
        return _done({"payments": made})

    @persons.after_request
    def publish(response: Response) -> Response:
        courier.publish()
        return response

    _add_setup_routes(persons, world)
    controls.add_routes(persons, world, courier)
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

    # Made by schedules; clients here only read them.
    @persons.post("/recurringbills")
    def add_recurring_bill() -> ResponseReturnValue:
        books = next(records_of(world).all())
        record = {"archived": False, **_with_amounts(_given())}
        return _done(books.add("recurringbills", record, world.clock.now()))

    @persons.post("/vendor-credits")
    def add_credit() -> ResponseReturnValue:
        wanted = _given()
        books = _books_with(world, "vendors", str(wanted.get("vendorId")))
        return _done(credits.create(books, wanted, world.clock.now()))

    @persons.post("/rate")
    def move_rate() -> ResponseReturnValue:
        wanted = _given()
        rate = Decimal(str(wanted.get("rate", 0)))
        if not rate > 0:
            raise invalid("rate: must be greater than zero")
        for books in records_of(world).all():
            books.rates[str(wanted["currency"])] = rate
        return _done(next(records_of(world).all()).rates)

    @persons.post("/sessions/expire")
    def expire() -> ResponseReturnValue:
        access_of(world).sessions.clear()
        return jsonify(sessions=0)

    @persons.post("/devices")
    def trust_device() -> ResponseReturnValue:
        username = str(_given().get("username"))
        if username not in access_of(world).users:
            raise unknown_id("user", username)
        return jsonify(access_of(world).remember(username, world.clock.now()))


def _act(world: World, kind: str, id: str, action: Action | None) -> ResponseReturnValue:
    if action is None:
        return jsonify(error="no such action"), 404
    books = _books_with(world, kind, id)
    record = books.get(kind, id)
    action(books, record, _given(), world.clock.now())
    return _done(record)


def _books_with(world: World, kind: str, id: str) -> Books:
    for books in records_of(world).all():
        if id in books.table(kind):
            return books
    raise unknown_id(kind.removesuffix("s"), id)


def _first_bill(wanted: dict[str, Any]) -> str:
    bills = wanted.get("bills")
    if not isinstance(bills, list) or not bills:
        raise invalid("bills: choose at least one")
    return str(bills[0]["id"])


def _done(record: Any) -> ResponseReturnValue:
    # The buttons of the page are plain forms; a test sends JSON or nothing.
    return redirect("/") if _is_form() else jsonify(presented(record))


def _is_form() -> bool:
    return request.mimetype == "application/x-www-form-urlencoded"


def _given() -> dict[str, Any]:
    """Return what was sent: JSON, or the fields of a form, with ticked bills as a list."""
    if _is_form():
        fields = {name: value for name, value in request.form.items() if value}
        ticked = request.form.getlist("bill")
        return fields | ({"bills": [{"id": id} for id in ticked]} if "bill" in fields else {})
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _with_amounts(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _with_amounts(value) for name, value in given.items()}
    if isinstance(given, list):
        return [_with_amounts(value) for value in given]
    return Decimal(str(given)) if isinstance(given, float) else given
