"""Vendors of the ERP become vendors of the AP system, one for each currency they trade in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connections.records import Vendor
from syncs.flows.piece import MOVES, Piece, Verdict
from syncs.states import Reason

if TYPE_CHECKING:
    from syncs.mapping import Mapper
    from syncs.models import Integration, Transfer


def pieces(vendor: Vendor, integration: Integration) -> list[Piece]:
    """Split a vendor by currency: an AP vendor has one, and fixes that of its bills (R17)."""
    currencies = vendor.currencies or (vendor.currency,)
    return [_piece(replace(vendor, currency=c), integration) for c in currencies]


def vendor_for_ap(vendor: Vendor, transfer: Transfer, mapper: Mapper) -> Vendor:
    """Return the vendor as the AP system should hold it, with our reference (R14)."""
    mark = transfer.integration.reference_mark
    return replace(
        vendor,
        id="",
        changed_at=None,
        currencies=(),
        tags=(),
        reference=f"{mark}-{transfer.source_id}",
    )


def _piece(vendor: Vendor, integration: Integration) -> Piece:
    return Piece(
        key=f"{vendor.id}:{vendor.currency}",
        group=vendor.id,
        record=vendor,
        document=vendor.name,
        vendor=vendor.name,
        vendor_id=vendor.id,
        amount=None,
        currency=vendor.currency,
        dated=None,
        seen=replace(vendor, changed_at=None, archived=False, currencies=(), tags=(), reference=""),
        money=vendor.currency,
        verdict=_verdict(vendor, integration),
    )


def _verdict(vendor: Vendor, integration: Integration) -> Verdict:
    erp = integration.erp.declared.label
    if vendor.archived:
        return Verdict.skip(Reason.ARCHIVED, f"{vendor.name} is archived in {erp}.")
    wanted = {tag.strip().casefold() for tag in integration.vendor_tags.split(",")} - {""}
    if wanted and not wanted & {tag.casefold() for tag in vendor.tags}:
        return Verdict.skip(Reason.FILTERED, f"{vendor.name} has none of the chosen tags.")
    if not currency_wanted(vendor.currency, integration):
        return Verdict.skip(Reason.FILTERED, f"{vendor.currency} is not one of the currencies.")
    return MOVES


def currency_wanted(currency: str, integration: Integration) -> bool:
    """Say whether the integration's currency filter lets this one through."""
    wanted = {c.strip().upper() for c in integration.currencies.split(",")} - {""}
    return not wanted or currency.upper() in wanted
