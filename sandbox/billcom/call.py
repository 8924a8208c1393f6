"""What a route needs to know about the call it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response, g, jsonify, request

from sandbox.billcom.access import Access, Session, Switches
from sandbox.billcom.errors import Refusal, invalid, not_allowed, not_json, rolled_back
from sandbox.billcom.listing import Listing
from sandbox.billcom.paging import Row, page_of
from sandbox.billcom.shapes import Shape
from sandbox.billcom.store import Books, Records
from sandbox.billcom.values import presented
from sandbox.world import World

KEY = "billcom"
THIN = {
    "vendors": ("paymentInformation", "additionalInfo", "balance", "autoPay"),
    "bills": ("billLineItems", "classifications"),
}


def access_of(world: World) -> Access:
    access: Access = world.besides[KEY]
    return access


def records_of(world: World) -> Records:
    records: Records = world.records[KEY]
    return records


class Call:
    """The running request of a logged-in user, set up before each route."""

    def __init__(self, world: World, session: Session, now: datetime) -> None:
        seen: Records = world.view(KEY) if request.method == "GET" else world.records[KEY]
        self.books: Books = seen.of(session.organization)
        self.session = session
        self.switches: Switches = access_of(world).switches_of(session.organization)
        self.now = now

    def must_be_allowed(self, resource: str) -> None:
        """Refuse what the user's role may not do (BDC_1145)."""
        verb = "read" if request.method == "GET" else "write"
        if f"{resource}:{verb}" in self.session.user.denied:
            raise not_allowed(f"{verb} {resource}")


def call() -> Call:
    current: Call = g.call
    return current


def body(shape: Shape) -> Any:
    """Return the request body, numbers exact; refuse what does not fit the shape."""
    try:
        given = json.loads(request.get_data(), parse_float=Decimal)
    except ValueError:
        raise not_json() from None
    complaints = shape.complaints(given, "")
    if complaints:
        raise invalid(*complaints)
    return given


def answer(record: Any, status: int = 200) -> tuple[Response, int]:
    return jsonify(presented(record)), status


def answer_list(
    kind: str, rows: Sequence[Row], listing: Listing, show: Callable[[Row], Row] = dict
) -> tuple[Response, int]:
    """Answer one page of the rows; `show` finishes those that are on it."""
    switches = call().switches
    page = page_of(
        list(rows),
        name=kind,
        listing=listing,
        query=request.args,
        keep_query=switches.page_token_carries_query,
    )
    left_out = THIN.get(kind, ()) if switches.thin_list_rows else ()
    results = [
        {name: value for name, value in show(row).items() if name not in left_out}
        for row in page["results"]
    ]
    # An empty list is still a list: only fields of records are left out when empty.
    return jsonify({**page, "results": [presented(row) for row in results]}), 200


def one_refusal(found: Sequence[Refusal | None]) -> Refusal | None:
    """Make one answer of what the rows of a bulk call met; one element per row, in order.

    Reference: docs/systems/billcom.md#32-codes (BDC_1246)
    """
    refused = [refusal for refusal in found if refusal is not None]
    if not refused:
        return None
    faults = [refusal.faults[0] if refusal else rolled_back() for refusal in found]
    # An unknown id is 404 for a single call; in a bulk call it is a broken rule like any other.
    status = 422 if refused[0].status == 404 else refused[0].status
    return Refusal(status, faults)
