"""A vendor as BILL writes it, and back."""

from __future__ import annotations

import re

from connections.matching import tax_id
from connections.records import Address, Vendor
from connections.systems.billcom.values import Row, moment, without_blanks, words

_EIN = re.compile(r"\d{2}-?\d{7}")
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")


def vendor_from(row: Row, reference_field: str) -> Vendor:
    """Read a vendor; a row of a list may lack what a single answer has."""
    payment = row.get("paymentInformation") or {}
    extra = row.get("additionalInfo") or {}
    currency = words(row.get("billCurrency"))
    return Vendor(
        id=words(row["id"]),
        archived=bool(row.get("archived")),
        changed_at=moment(row.get("updatedTime")),
        name=words(row.get("name")),
        tax_id=words(extra.get("taxId")),
        email=words(row.get("email") or payment.get("email")),
        phone=words(row.get("phone")),
        address=_address_from(row.get("address") or {}),
        currency=currency,
        currencies=(currency,) if currency else (),
        reference="" if reference_field == "off" else words(row.get(reference_field)),
        is_person=row.get("accountType") == "PERSON",
    )


def vendor_body(vendor: Vendor, reference_field: str) -> Row:
    """Return the body that creates a vendor. Bank details and payment e-mail are BILL's (R14)."""
    fields = _owned_fields(vendor) | {
        "accountType": "PERSON" if vendor.is_person else "BUSINESS",
        "billCurrency": vendor.currency,
    }
    if reference_field != "off":
        fields[reference_field] = vendor.reference
    return without_blanks(fields)


def changed_fields(vendor: Vendor, held: Row) -> Row:
    """Return the fields the ERP owns that say something else than what BILL holds.

    Nothing is ever cleared: what an empty field does there is not documented.
    """
    wanted = without_blanks(_owned_fields(vendor))
    changes = {
        name: value
        for name, value in wanted.items()
        if name != "additionalInfo" and not _holds(held.get(name), value)
    }
    held_tax_id = words((held.get("additionalInfo") or {}).get("taxId"))
    if vendor.tax_id and tax_id(vendor.tax_id) != tax_id(held_tax_id):
        changes["additionalInfo"] = wanted["additionalInfo"]
    return changes


def _owned_fields(vendor: Vendor) -> Row:
    return {
        "name": vendor.name,
        "email": vendor.email,
        "phone": vendor.phone,
        "address": _address_body(vendor.address),
        "additionalInfo": _tax_body(vendor),
    }


def _holds(held: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(held, dict) and all(held.get(k) == v for k, v in wanted.items())
    return held == wanted


def _tax_body(vendor: Vendor) -> Row:
    """Name the kind of a tax id only where it is one of the two American forms BILL knows."""
    if not vendor.tax_id:
        return {}
    kind = ""
    if vendor.address.country == "US":
        is_ssn = vendor.is_person and _SSN.fullmatch(vendor.tax_id)
        kind = "SSN" if is_ssn else "EIN" if _EIN.fullmatch(vendor.tax_id) else ""
    return without_blanks({"taxId": vendor.tax_id, "taxIdType": kind})


def _address_from(row: Row) -> Address:
    return Address(
        line1=words(row.get("line1")),
        line2=words(row.get("line2")),
        city=words(row.get("city")),
        state=words(row.get("stateOrProvince")),
        postal_code=words(row.get("zipOrPostalCode")),
        country=words(row.get("country")),
    )


def _address_body(address: Address) -> Row:
    return without_blanks(
        {
            "line1": address.line1,
            "line2": address.line2,
            "city": address.city,
            "stateOrProvince": address.state,
            "zipOrPostalCode": address.postal_code,
            "country": address.country,
        }
    )
