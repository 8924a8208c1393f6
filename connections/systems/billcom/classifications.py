"""The chart of accounts, departments, locations and accounting classes: read only for us.

Reference: docs/systems/billcom.md#classifications
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from connections.records import Dimension, DimensionKind, GLAccount, Record
from connections.resource import Can, Page, Resource
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import NotAllowed
from connections.systems.billcom.lists import Lister, classification
from connections.systems.billcom.values import Row, moment, words

ACCOUNTS = "chart-of-accounts"
# Kind, the path of its list, and how its ids begin.
DIMENSIONS: Mapping[DimensionKind, tuple[str, str]] = {
    DimensionKind.DEPARTMENT: ("departments", "0de"),
    DimensionKind.LOCATION: ("locations", "loc"),
    DimensionKind.ACCOUNTING_CLASS: ("accounting-classes", "cls"),
}


class GLAccounts(Resource[GLAccount]):
    """BILL's chart of accounts."""

    record: ClassVar[type[Record]] = GLAccount
    can: ClassVar[Can] = Can.READ

    def __init__(self, client: BillcomClient) -> None:
        self._client = client

    def read(self, since: datetime | None) -> Iterator[Page[GLAccount]]:
        for changes in Lister(self._client, classification(ACCOUNTS)).changed(since):
            yield Page(tuple(map(gl_account, changes.rows)), changes.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, GLAccount]:
        # Reference: docs/systems/billcom.md#classifications
        paths = {id: f"/v3/classifications/{ACCOUNTS}/{id}" for id in ids}
        return {id: gl_account(row) for id, row in self._client.get_each(paths).items()}


class Dimensions(Resource[Dimension]):
    """What lines can be analysed by. A kind the organization has not switched on has no records."""

    record: ClassVar[type[Record]] = Dimension
    can: ClassVar[Can] = Can.READ

    def __init__(self, client: BillcomClient) -> None:
        self._client = client

    def read(self, since: datetime | None) -> Iterator[Page[Dimension]]:
        marks: list[datetime] = []
        for kind, (path, _) in DIMENSIONS.items():
            for page in self._read_kind(kind, path, since):
                marks += [page.watermark] if page.watermark else []
                if page.records:
                    yield Page(page.records)
        yield Page((), min(marks, default=self._client.server_time))

    def get(self, ids: Sequence[str]) -> dict[str, Dimension]:
        found: dict[str, Dimension] = {}
        for kind, (path, prefix) in DIMENSIONS.items():
            # Reference: docs/systems/billcom.md#classifications
            paths = {id: f"/v3/classifications/{path}/{id}" for id in ids if id.startswith(prefix)}
            rows = self._client.get_each(paths) if paths else {}
            found |= {id: dimension(kind, row) for id, row in rows.items()}
        return found

    def _read_kind(
        self, kind: DimensionKind, path: str, since: datetime | None
    ) -> Iterator[Page[Dimension]]:
        try:
            for changes in Lister(self._client, classification(path)).changed(since):
                yield Page(tuple(dimension(kind, row) for row in changes.rows), changes.watermark)
        except NotAllowed:  # BILL answers like this when the kind is switched off
            return


def gl_account(row: Row) -> GLAccount:
    """Read an account of a list or a single answer."""
    account = row.get("account") or {}
    return GLAccount(
        id=words(row["id"]),
        archived=bool(row.get("archived")),
        changed_at=moment(row.get("updatedTime")),
        number=words(account.get("number")),
        name=words(row.get("name")),
        kind=words(account.get("type")),
    )


def dimension(kind: DimensionKind, row: Row) -> Dimension:
    """Read a department, location or class."""
    return Dimension(
        id=words(row["id"]),
        archived=bool(row.get("archived")),
        changed_at=moment(row.get("updatedTime")),
        kind=kind,
        name=words(row.get("name")),
        code=words(row.get("shortName")),
    )
