"""What a record says, as rows for a page. Records come here as the JSON they are kept in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from audit.moments import shown_day
from connections.models import Connection
from syncs.models import RemoteRecord
from syncs.money import shown, unit

_WORDS = {
    "number": "Number",
    "name": "Name",
    "code": "Code",
    "kind": "Kind",
    "percent": "Percent",
    "vendor_name": "Vendor",
    "vendor_reference": "Vendor's own number",
    "purchase_order_number": "Purchase order",
    "bill_date": "Bill date",
    "ordered_on": "Ordered on",
    "approved_on": "Approved on",
    "due_date": "Due date",
    "state": "State",
    "approval": "Approval",
    "settlement": "Payment",
    "paid_on": "Paid on",
    "reversed_on": "Taken back on",
    "word": "Status there",
    "memo": "Memo",
    "description": "Text",
    "tax_id": "Tax id",
    "email": "E-mail",
    "phone": "Telephone",
    "website": "Website",
    "currency": "Currency",
    "reference": "Our reference",
    "tags": "Tags",
}
_MONEY = {"total": "Total", "paid": "Paid", "amount": "Amount"}
_THEIRS = frozenset({"approval", "settlement", "word"})
_DATES = frozenset({"bill_date", "ordered_on", "approved_on", "due_date", "paid_on", "reversed_on"})


@dataclass(frozen=True)
class LineRow:
    """One line of a document in words."""

    text: str
    quantity: str
    price: str
    amount: str
    account: str
    dimensions: str
    tax: str = ""


def header_of(record: Mapping[str, Any], *, sent: bool = False) -> list[tuple[str, str]]:
    """Return (word, value) of what a record's header says; empty ones are left out.

    What was sent says nothing of approval and payment: those are the receiver's to say.
    """
    currency = str(record.get("currency") or "")
    words = {name: word for name, word in _WORDS.items() if not (sent and name in _THEIRS)}
    rows = [(word, _plain(name, record.get(name))) for name, word in words.items()]
    rows += [
        (word, shown(Decimal(str(record[name])), currency))
        for name, word in _MONEY.items()
        if record.get(name) not in (None, "", "0")
    ]
    if record.get("funding") and record.get("funding_currency") != currency:
        funding = Decimal(str(record["funding"]))
        rows.append(("From the bank", shown(funding, str(record["funding_currency"]))))
    rows.append(("Address", _address(record.get("address") or {})))
    return [(word, value) for word, value in rows if value]


def lines_of(record: Mapping[str, Any], connection: Connection) -> list[LineRow]:
    """Return a document's lines with the names its company gives to accounts and dimensions."""
    lines: Sequence[Mapping[str, Any]] = record.get("lines") or ()
    names = _names(connection, lines)
    currency = str(record.get("currency") or "")
    return [_line(line, names, currency) for line in lines]


def _line(line: Mapping[str, Any], names: Mapping[tuple[str, str], str], code: str) -> LineRow:
    account = str(line.get("gl_account_id") or "")
    return LineRow(
        text=str(line.get("description") or ""),
        quantity=str(line.get("quantity") or ""),
        price=_price(line.get("price"), code),
        amount=shown(Decimal(str(line["amount"])), code) if line.get("amount") else "",
        account=names.get(("GLAccount", account), "") if account else "—",
        dimensions=", ".join(
            names.get(("Dimension", ref["id"]), f"unknown {ref.get('kind', '')}")
            for ref in _refs(line)
        ),
        tax=_tax(line, names, code),
    )


def _price(price: Any, code: str) -> str:
    """Return a price with at least the currency's decimals: 95.00, and 0.0125 as it is."""
    if not price:
        return ""
    exact = Decimal(str(price))
    places = max(-unit(code).as_tuple().exponent, -exact.normalize().as_tuple().exponent)  # type: ignore[operator]
    return f"{exact:,.{places}f}"


def _tax(line: Mapping[str, Any], names: Mapping[tuple[str, str], str], code: str) -> str:
    taxes = ", ".join(names.get(("Tax", tax), "unknown tax") for tax in line.get("tax_ids") or ())
    amount = Decimal(str(line.get("tax_amount") or 0))
    return f"{taxes} {shown(amount, code)}".strip() if amount or taxes else ""


def _refs(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    refs = list(line.get("dimensions") or ())
    for share in line.get("shares") or ():
        refs += share.get("dimensions") or ()
    return list({ref["id"]: ref for ref in refs}.values())


def _names(
    connection: Connection, lines: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], str]:
    ids = {str(line.get("gl_account_id") or "") for line in lines}
    ids |= {ref["id"] for line in lines for ref in _refs(line)}
    ids |= {tax for line in lines for tax in line.get("tax_ids") or ()}
    rows = RemoteRecord.objects.filter(
        connection=connection, kind__in=("GLAccount", "Dimension", "Tax"), remote_id__in=ids - {""}
    )
    return {(row.kind, row.remote_id): str(row) for row in rows}


def _plain(name: str, value: Any) -> str:
    if value in (None, "", [], ()):
        return ""
    if name in _DATES:
        return shown_day(date.fromisoformat(str(value)[:10]))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _address(address: Mapping[str, Any]) -> str:
    lines = (
        ("line1",), ("line2",), ("city",), ("state", "postal_code"), ("country",),
    )  # fmt: skip
    parts = (" ".join(str(address[n]) for n in names if address.get(n)) for names in lines)
    return ", ".join(part for part in parts if part)
