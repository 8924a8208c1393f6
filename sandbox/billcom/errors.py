"""BILL's refusals: an array of error objects and the HTTP status that goes with it.

Reference: docs/systems/billcom.md#3-errors
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from werkzeug.wrappers import Response

from sandbox.billcom.values import stamp


@dataclass(frozen=True)
class Fault:
    """One element of an error body."""

    code: str
    message: str
    category: str = "APPLICATION"


class Refusal(Exception):
    """BILL says no; `faults` become the array in the answer."""

    def __init__(self, status: int, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.status = status
        self.faults = list(faults)


def respond(refusal: Refusal, now: datetime) -> Response:
    rows = [
        {
            "timestamp": stamp(now),
            "code": fault.code,
            "severity": "ERROR",
            "category": fault.category,
            "message": fault.message,
        }
        for fault in refusal.faults
    ]
    return Response(json.dumps(rows), refusal.status, mimetype="application/json")


def invalid(*messages: str) -> Refusal:
    """Wrong shape or value: 400, one element per complaint."""
    return Refusal(400, [Fault("BDC_1143", message, "REQUEST") for message in messages])


def not_json() -> Refusal:
    return Refusal(400, [Fault("BDC_1001", "The request body is not readable JSON.", "REQUEST")])


def unknown_id(kind: str, given: str) -> Refusal:
    return Refusal(404, [Fault("BDC_1205", f"No {kind} with id {given}.")])


def wrong_kind(kind: str, given: str) -> Refusal:
    return Refusal(422, [Fault("BDC_1302", f"The id {given} does not belong to a {kind}.")])


def unknown_path() -> Refusal:
    return Refusal(404, [Fault("BDC_1121", "This API is not supported.", "REQUEST")])


def business(code: str, message: str) -> Refusal:
    """A rule of the business is broken: 422."""
    return Refusal(422, [Fault(code, message)])


def session_lost() -> Refusal:
    message = "Session is invalid.  Please log in."
    return Refusal(401, [Fault("BDC_1109", message, "DOWNSTREAM")])


def not_allowed(what: str) -> Refusal:
    return Refusal(403, [Fault("BDC_1145", f"The user has no permission for {what}.")])


def untrusted() -> Refusal:
    return Refusal(403, [Fault("BDC_1361", "Untrusted session.", "DOWNSTREAM")])


def too_many_at_once(status: int) -> Refusal:
    message = "Max number of concurrent requests per organization reached."
    return Refusal(status, [Fault("BDC_1322", message, "DOWNSTREAM")])


def too_many_per_hour(status: int, cap: int) -> Refusal:
    message = f"Max number of allowed requests per hour reached: {cap}."
    return Refusal(status, [Fault("BDC_1144", message, "DOWNSTREAM")])


def server_error() -> Refusal:
    return Refusal(500, [Fault("BDC_1001", "An internal error occurred.", "SERVER")])


def rolled_back() -> Fault:
    """What the other rows of a refused bulk call are told."""
    return Fault("BDC_1246", "Rolled back because another row of this request failed.")
