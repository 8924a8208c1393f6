"""Payments of BILL, read only for us: money is moved in BILL itself.

Reference: docs/systems/billcom.md#payments
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from connections.records import Payment, Record
from connections.resource import Can, Page, Resource
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.currencies import Currencies
from connections.systems.billcom.lists import PAYMENTS, Lister
from connections.systems.billcom.payment_shape import payment_from
from connections.systems.billcom.values import Row, words


class Payments(Resource[Payment]):
    """Payments to vendors, made in BILL or recorded there."""

    record: ClassVar[type[Record]] = Payment
    can: ClassVar[Can] = Can.READ

    def __init__(self, client: BillcomClient) -> None:
        self._client = client
        self._currencies = client.kept(Currencies)

    def read(self, since: datetime | None) -> Iterator[Page[Payment]]:
        for changes in Lister(self._client, PAYMENTS).changed(since):
            yield Page(tuple(self._read(changes.rows)), changes.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, Payment]:
        # Reference: docs/systems/billcom.md#payments
        rows = self._client.get_each({id: f"{PAYMENTS.path}/{id}" for id in ids})
        return dict(zip(rows, self._read(rows.values()), strict=True))

    def _read(self, rows: Iterable[Row]) -> list[Payment]:
        listed = list(rows)
        home = self._client.options.home_currency
        known = self._currencies.of(words(row.get("vendorId")) for row in listed)
        return [payment_from(row, known.get(words(row.get("vendorId")), ""), home)
                for row in listed]  # fmt: skip
