"""Records and rows with valid defaults: a test states only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connections.models import Connection
from connections.records import (
    Bill,
    BillHead,
    Dimension,
    DimensionKind,
    GLAccount,
    Line,
    OrderState,
    PurchaseOrder,
    Record,
    Tax,
    Vendor,
)
from connections.serial import to_json
from syncs.models import Integration, RemoteRecord, Transfer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_vendor(**changes: Any) -> Vendor:
    """Return a vendor that has everything a system could ask for."""
    values: dict[str, Any] = {
        "id": "7",
        "name": "Acme Supplies",
        "email": "billing@acme.example",
        "currency": "USD",
    }
    return Vendor(**values | changes)


def a_line(amount: str = "100.00", **changes: Any) -> Line:
    values: dict[str, Any] = {"description": "Paper", "amount": Decimal(amount)}
    return Line(**values | changes)


def an_order(**changes: Any) -> PurchaseOrder:
    """Return a confirmed order with one line, whose total is that of its lines."""
    lines = changes.get("lines", (a_line(),))
    values: dict[str, Any] = {
        "id": "11",
        "number": "P00011",
        "vendor_id": "7",
        "vendor_name": "Acme Supplies",
        "currency": "USD",
        "total": sum((line.amount + line.tax_amount for line in lines), Decimal(0)),
        "state": OrderState.CONFIRMED,
        "ordered_on": date(2026, 3, 1),
        "approved_on": date(2026, 3, 2),
        "lines": lines,
    }
    return PurchaseOrder(**values | changes)


def a_bill_head(**changes: Any) -> BillHead:
    """Return what an order knows of a posted vendor bill over its whole total."""
    values: dict[str, Any] = {
        "id": "31",
        "number": "INV-7",
        "bill_date": date(2026, 3, 4),
        "due_date": date(2026, 4, 3),
        "total": Decimal("100.00"),
        "posted": True,
        "settled": False,
    }
    return BillHead(**values | changes)


def a_bill(**changes: Any) -> Bill:
    lines = changes.get("lines", (a_line(gl_account_id="ga-1"),))
    values: dict[str, Any] = {
        "id": "b-1",
        "number": "INV-7",
        "vendor_id": "v-1",
        "vendor_name": "Acme Supplies",
        "bill_date": date(2026, 3, 2),
        "due_date": date(2026, 4, 1),
        "currency": "USD",
        "total": sum((line.amount for line in lines), Decimal(0)),
        "lines": lines,
    }
    return Bill(**values | changes)


def a_connection(system: str, **changes: Any) -> Connection:
    values: dict[str, Any] = {"name": f"Our {system}", "identity": f"{system} company"}
    return Connection.objects.create(system=system, **values | changes)


def an_integration(**changes: Any) -> Integration:
    """Return an integration that is switched on, between two companies nobody calls."""
    values: dict[str, Any] = {
        "name": "Harbour",
        "pairing": "odoo-billcom",
        "start_date": date(2026, 1, 1),
        "confirmed_at": NOON,
        "baseline_at": NOON,
        "enabled": True,
    }
    values |= changes
    if "erp" not in values:
        values["erp"] = a_connection("odoo")
    if "ap" not in values:
        values["ap"] = a_connection("billcom")
    return Integration.objects.create(**values)


def a_transfer(integration: Integration, **changes: Any) -> Transfer:
    """Return a transfer of an order that was never sent."""
    values: dict[str, Any] = {
        "flow": "purchase-orders-as-bills",
        "source_key": "11",
        "source_id": "11",
        "group": "11",
        "document": "P00011",
        "vendor": "Acme Supplies",
        "amount": Decimal("100.00"),
        "currency": "USD",
    }
    return Transfer.objects.create(integration=integration, **values | changes)


def a_copy(connection: Connection, record: Record, **changes: Any) -> RemoteRecord:
    """Return our copy of a record that a system holds."""
    values: dict[str, Any] = {
        "kind": type(record).__name__,
        "remote_id": record.id,
        "code": getattr(record, "number", "") or getattr(record, "code", ""),
        "name": getattr(record, "name", ""),
        "archived": record.archived,
        "values": to_json(record),
        "seen_at": NOON,
    }
    return RemoteRecord.objects.create(connection=connection, **values | changes)


def an_account(**changes: Any) -> GLAccount:
    values: dict[str, Any] = {"id": "ga-1", "number": "6100", "name": "Office supplies"}
    return GLAccount(**values | changes)


def a_dimension(**changes: Any) -> Dimension:
    values: dict[str, Any] = {
        "id": "d-1",
        "kind": DimensionKind.ANALYTIC,
        "name": "Sales",
        "code": "S",
    }
    return Dimension(**values | changes)


def a_tax(**changes: Any) -> Tax:
    values: dict[str, Any] = {"id": "t-1", "name": "VAT 20 %", "percent": Decimal(20)}
    return Tax(**values | changes)
