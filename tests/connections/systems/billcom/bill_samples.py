"""A bill as the tests send it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from connections.models import Connection
from connections.records import (
    Bill,
    Line,
)
from connections.resource import Created, Resource

Make = Callable[..., Connection]


def a_bill(vendor_id: str, number: str = "INV-7", **changes: Any) -> Bill:
    total = changes.pop("total", Decimal("210.25"))
    fields: dict[str, Any] = {
        "number": number,
        "vendor_id": vendor_id,
        "vendor_name": "Acme Tooling",
        "bill_date": date(2026, 11, 4),
        "due_date": date(2026, 12, 4),
        "currency": "USD",
        "total": total,
        "lines": (Line(amount=total, description="Drill heads"),),
    }
    return Bill(**fields | changes)


def created(bills: Resource[Bill], bill: Bill) -> str:
    [outcome] = bills.create([bill])
    assert isinstance(outcome, Created), outcome
    return outcome.id
