"""Bills: create one or up to a hundred, read, replace, change, archive, restore. Never delete.

Reference: docs/systems/billcom.md#7-bills
"""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from sandbox.billcom import credits
from sandbox.billcom.access import Switches
from sandbox.billcom.bill_rules import (
    BILL,
    MOST_IN_BULK,
    OPTIONAL,
    PATCH,
    REPLACEMENT,
    check_changeable,
    check_credits,
    check_number,
    check_references,
    check_total,
    line_amount,
    number_key,
    numbers_taken,
)
from sandbox.billcom.call import answer, answer_list, body, call, one_refusal
from sandbox.billcom.errors import Refusal, unknown_id
from sandbox.billcom.listing import BILLS
from sandbox.billcom.shapes import ListOf
from sandbox.billcom.signin import API
from sandbox.billcom.store import Books
from sandbox.billcom.sums import settle_sums

Row = dict[str, Any]


def add_routes(api: Blueprint) -> None:
    @api.get(f"{API}/bills")
    def list_bills() -> ResponseReturnValue:
        call().must_be_allowed("bills")
        books = call().books
        return answer_list("bills", books.rows("bills"), BILLS, lambda bill: shown(books, bill))

    @api.post(f"{API}/bills")
    def create_bill() -> ResponseReturnValue:
        call().must_be_allowed("bills")
        wanted = body(BILL)
        check_new(call().books, wanted, call().switches, numbers_taken(call().books))
        return answer(_without_approvers(_create(wanted)), 201)

    @api.post(f"{API}/bills/bulk")
    def create_bills() -> ResponseReturnValue:
        call().must_be_allowed("bills")
        wanted = body(ListOf(of=BILL, least=1, most=MOST_IN_BULK))
        refusal = one_refusal(_refusals(wanted))
        if refusal:
            raise refusal
        return answer([_without_approvers(_create(bill)) for bill in wanted], 201)

    _add_single_routes(api)


def _add_single_routes(api: Blueprint) -> None:
    @api.get(f"{API}/bills/<id>")
    def get_bill(id: str) -> ResponseReturnValue:
        call().must_be_allowed("bills")
        bill = call().books.get("bills", id)
        with_approvers = request.args.get("billApprovals") == "true"
        return answer(shown(call().books, bill, approvers=with_approvers))

    @api.put(f"{API}/bills/<id>")
    def replace_bill(id: str) -> ResponseReturnValue:
        call().must_be_allowed("bills")
        bill = call().books.get("bills", id)
        # What a replacement leaves out is gone, vendor credits among it.
        wanted = dict.fromkeys(OPTIONAL) | body(REPLACEMENT)
        return answer(_without_approvers(change(bill, wanted, _replaced_lines(bill, wanted))))

    @api.patch(f"{API}/bills/<id>")
    def change_bill(id: str) -> ResponseReturnValue:
        call().must_be_allowed("bills")
        bill = call().books.get("bills", id)
        wanted = body(PATCH)
        return answer(_without_approvers(change(bill, wanted, _patched_lines(bill, wanted))))

    @api.post(f"{API}/bills/<id>/<any(archive, restore):verb>")
    def archive_bill(id: str, verb: str) -> ResponseReturnValue:
        call().must_be_allowed("bills")
        bill = call().books.archive("bills", id, call().now, archived=verb == "archive")
        return answer(_without_approvers(bill))


def shown(books: Books, bill: Row, *, approvers: bool = False) -> Row:
    """Return the bill as GET shows it: with the vendor's name, with approvers only on request."""
    named = {**bill, "vendorName": books.get("vendors", bill["vendorId"])["name"]}
    return named if approvers else _without_approvers(named)


def _without_approvers(bill: Row) -> Row:
    return {name: value for name, value in bill.items() if name != "approvers"}


def check_new(books: Books, wanted: Row, switches: Switches, taken: set[tuple[str, str]]) -> None:
    """Refuse a bill that breaks a rule, before anything is stored."""
    total = check_total(_lines(books, wanted, named=False))
    check_references(books, wanted, switches)
    check_credits(books, wanted, {}, total)
    check_number(wanted, taken, switches)


def _refusals(wanted: list[Row]) -> list[Refusal | None]:
    """Judge each row of a bulk call as if those before it were stored already."""
    books, switches = call().books, call().switches
    taken = numbers_taken(books)
    found: list[Refusal | None] = []
    for bill in wanted:
        try:
            check_new(books, bill, switches, taken)
            found.append(None)
        except Refusal as refusal:
            found.append(refusal)
        taken.add(number_key(bill))
    return found


def _create(wanted: Row) -> Row:
    return create(call().books, wanted, call().now, created_by=call().session.user.id)


def create(books: Books, wanted: Row, now: datetime, *, created_by: str, **fixed: Any) -> Row:
    """Store a bill that was checked."""
    header = copy.deepcopy(wanted)
    header.pop("allowDuplicateInvoiceNumber", None)
    bill = {
        "archived": False,
        **header,
        "billLineItems": _lines(books, wanted),
        "vendorCredits": credits.read(wanted.get("vendorCredits")),
        "approvalStatus": "UNASSIGNED",
        "approvers": [],
        "createdBy": created_by,
    }
    _take_days(bill)
    settle_sums(books, bill)
    made = books.add("bills", bill, now, **fixed)
    credits.settle(books, now)
    return made


def change(bill: Row, wanted: Row, lines: list[Row]) -> Row:
    """Apply a PUT or PATCH whose new lines are known; nothing happens if a rule is broken."""
    books = call().books
    check_changeable(bill)
    check_references(books, wanted, call().switches)
    total = check_total(lines)
    fields = copy.deepcopy(wanted)
    used = wanted.get("vendorCredits", bill["vendorCredits"])
    check_credits(books, {**wanted, "vendorCredits": used}, bill, total)
    fields["vendorCredits"] = credits.read(used)
    if fields.get("vendorId", bill["vendorId"]) != bill["vendorId"]:
        del bill["exchangeRate"]
    invoice = bill["invoice"] | (fields.get("invoice") or {})
    bill.update(fields | {"invoice": invoice, "billLineItems": lines})
    _take_days(bill)
    credits.settle(books, call().now)
    settle_sums(books, bill)
    books.touch(bill, call().now)
    return bill


def _replaced_lines(bill: Row, wanted: Row) -> list[Row]:
    """A PUT is the whole set: no id is a new line, an id left out is a line removed."""
    _must_be_lines_of(bill, wanted)
    return _lines(call().books, wanted)


def _patched_lines(bill: Row, wanted: Row) -> list[Row]:
    """A PATCH names lines by id. One sent without classifications loses them."""
    _must_be_lines_of(bill, wanted)
    sent = {line["id"]: line for line in wanted.get("billLineItems") or []}
    lines = copy.deepcopy(bill["billLineItems"])
    for position, line in enumerate(lines):
        changes = sent.get(line["id"])
        if changes is None:
            continue
        if "amount" in changes and not {"quantity", "price"} & set(changes):
            line.pop("quantity", None)
            line.pop("price", None)
        elif {"quantity", "price"} & set(changes) and "amount" not in changes:
            line.pop("amount", None)
        line.pop("classifications", None)
        line.update(copy.deepcopy(changes))
        line["amount"] = line_amount(line, position)
    return list(lines)


def _must_be_lines_of(bill: Row, wanted: Row) -> None:
    known = {line["id"] for line in bill["billLineItems"]}
    for line in wanted.get("billLineItems") or []:
        if line.get("id") and line["id"] not in known:
            raise unknown_id("bill line", line["id"])


def _lines(books: Books, wanted: Row, *, named: bool = True) -> list[Row]:
    lines = []
    for position, line in enumerate(copy.deepcopy(wanted["billLineItems"])):
        amount = line_amount(line, position)
        id = line.get("id") or (books.new_id("lines") if named else None)
        lines.append({**line, "id": id, "amount": amount})
    return lines


def _take_days(bill: Row) -> None:
    if isinstance(bill["dueDate"], str):
        bill["dueDate"] = date.fromisoformat(bill["dueDate"])
    bill["invoice"]["invoiceDate"] = str(bill["invoice"]["invoiceDate"])
