"""A bill of BILL has no currency of its own: it is in its vendor's.

Reference: docs/systems/billcom.md#currency
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.lists import VENDORS, Clause, Lister
from connections.systems.billcom.values import words

ASKED_AT_ONCE = 50


class Currencies:
    """Currencies by vendor. They are fixed once a vendor has bills, so each is asked for once."""

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._known: dict[str, str] = {}

    def known(self, vendor_id: str) -> str:
        """Return the currency of a vendor asked for before, "" if BILL did not know it."""
        return self._known.get(vendor_id, "")

    def of(self, vendor_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the currencies of at least these vendors, those BILL does not know left out."""
        missing = sorted(set(vendor_ids) - self._known.keys() - {""})
        home = self._client.options.home_currency
        for start in range(0, len(missing), ASKED_AT_ONCE):
            wanted = Clause("id", "in", missing[start : start + ASKED_AT_ONCE])
            for row in Lister(self._client, VENDORS).rows(wanted):
                self._known[words(row["id"])] = words(row.get("billCurrency")) or home
        return self._known
