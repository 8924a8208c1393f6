"""Is it already there? Our refreshed copy of the target answers, as far as it may (R2, R3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from connections.matching import (
    domains,
    match_bill,
    match_vendor,
    normal_name,
    normal_number,
    tax_id,
)
from connections.records import Bill, Record, Vendor
from connections.resource import Match
from connections.serial import from_json
from syncs.engine.context import Context
from syncs.engine.copies import KEPT, keep_records
from syncs.models import RemoteRecord, Transfer

Item = tuple[Transfer, Any]

# A word that half the vendors share ("supply") says nothing; comparing all of them costs a lot.
MOST_PER_WORD = 40


class Finder:
    """What the target holds, as of the refresh at the start of this run and our writes since.

    After an unknown outcome nobody may use it: then the system itself is asked (R4).
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._vendors: VendorIndex | None = None

    def find(self, records: Sequence[Record]) -> list[Match]:
        """Return a match for each record, in order."""
        if self._ctx.flow.writes not in KEPT:
            return self._ctx.target.find(records)
        vendors = [r for r in records if isinstance(r, Vendor)]
        if vendors:
            index = self._vendor_index()
            return [match_vendor(vendor, index.like(vendor)) for vendor in vendors]
        return self._find_bills([r for r in records if isinstance(r, Bill)])

    def learn(self, records: Sequence[Record]) -> None:
        """Add what the target answered to a write."""
        if self._ctx.flow.writes not in KEPT:
            return
        keep_records(self._ctx.target_side, records, timezone.now())
        if self._vendors is not None:
            self._vendors.add(r for r in records if isinstance(r, Vendor))

    def _find_bills(self, bills: Sequence[Bill]) -> list[Match]:
        by_vendor: dict[str, list[Bill]] = defaultdict(list)
        for row in self._copies("Bill").filter(parent__in={bill.vendor_id for bill in bills}):
            by_vendor[row.parent].append(from_json(Bill, row.values))
        return [match_bill(bill, by_vendor[bill.vendor_id]) for bill in bills]

    def _vendor_index(self) -> VendorIndex:
        if self._vendors is None:
            rows = self._copies("Vendor").iterator()
            self._vendors = VendorIndex(from_json(Vendor, row.values) for row in rows)
        return self._vendors

    def _copies(self, kind: str) -> models.QuerySet[RemoteRecord]:
        connection = self._ctx.target_side.connection
        return RemoteRecord.objects.filter(connection=connection, kind=kind, gone=False)


class VendorIndex:
    """Finds the few vendors worth comparing among thousands: they share a sign or a rare word."""

    def __init__(self, vendors: Iterable[Vendor]) -> None:
        self._by_sign: dict[str, list[Vendor]] = defaultdict(list)
        self._by_word: dict[str, list[Vendor]] = defaultdict(list)
        self.add(vendors)

    def add(self, vendors: Iterable[Vendor]) -> None:
        """Make more vendors findable."""
        for vendor in vendors:
            for sign in _signs(vendor):
                self._by_sign[sign].append(vendor)
            for word in _words(vendor):
                self._by_word[word].append(vendor)

    def like(self, vendor: Vendor) -> list[Vendor]:
        """Return the vendors that share something telling with `vendor`, each once."""
        groups = [self._by_sign.get(sign, []) for sign in _signs(vendor)]
        words = (self._by_word.get(word, []) for word in _words(vendor))
        groups += [group for group in words if len(group) <= MOST_PER_WORD]
        return list({v.id: v for group in groups for v in group}.values())


def apart(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Divide a batch: those of which no earlier one could be the same, and the others.

    The others wait until it is known what became of their look-alikes.
    """
    seen: set[object] = set()
    first: list[Item] = []
    later: list[Item] = []
    for item in items:
        signs = likeness(item[1])
        (later if signs & seen else first).append(item)
        seen |= signs
    return first, later


def holders(ctx: Context, match: Match) -> dict[str, Transfer]:
    """Return, by target id, the transfers that already hold what a match names."""
    ids = [c.id for c in match.candidates] + ([match.exact] if match.exact else [])
    held = Transfer.objects.filter(target_scope=ctx.scope, target_id__in=ids) if ids else ()
    return {transfer.target_id: transfer for transfer in held}


def _signs(vendor: Vendor) -> set[str]:
    signs = {f"domain {domain}" for domain in domains(vendor)}
    signs |= {f"tax {tax_id(vendor.tax_id)}", f"ref {vendor.reference}"}
    signs.add(f"name {normal_name(vendor.name)}")
    return signs - {"tax ", "ref ", "name "}


def _words(vendor: Vendor) -> set[str]:
    return {word[:5] for word in normal_name(vendor.name).split() if len(word) > 2}


def likeness(record: Any) -> set[object]:
    """Return what another record must share with this one to be possibly the same."""
    if isinstance(record, Vendor):
        return {(sign, record.currency) for sign in _signs(record)}
    if isinstance(record, Bill):
        return {
            (record.vendor_id, normal_number(record.number)),
            (record.vendor_id, record.total, record.bill_date),
        }
    return set()
