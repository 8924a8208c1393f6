"""The lists that mappings are made of: GL accounts, analytic accounts, purchase taxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

from connections.records import Dimension, DimensionKind, GLAccount, Record, Tax
from connections.resource import Can, Page, Resource
from connections.systems.odoo.client import OdooClient, Query
from connections.systems.odoo.seek import ChangeList, in_step
from connections.systems.odoo.values import Domain, Row, ids_of, moment, number, text

L = TypeVar("L", bound=Record)


class OdooList(Resource[L]):
    """Reads one list in the order of its changes; a subclass makes records of rows."""

    can = Can.READ
    model: ClassVar[str]

    def __init__(self, client: OdooClient) -> None:
        self.client = client

    def fields(self) -> tuple[str, ...]:
        """Return the fields a record is made of."""
        raise NotImplementedError

    def domain(self) -> Domain:
        """Return which rows belong to the list; record rules already keep to the company."""
        return []

    def to_record(self, row: Row) -> L:
        """Make a record of a row."""
        raise NotImplementedError

    def read(self, since: datetime | None) -> Iterator[Page[L]]:
        start = since - self.client.extra_overlap if since else None
        changes = ChangeList(self.client, self.model, self.fields(), self.domain())
        for step in in_step([changes], start):
            yield Page(tuple(self.to_record(row) for row in step.rows), step.watermark)

    def get(self, ids: Sequence[str]) -> dict[str, L]:
        domain = [*self.domain(), ["id", "in", ids_of(ids)]]
        rows = self.client.rows(Query(self.model, domain, (*self.fields(), "write_date")))
        return {str(row["id"]): self.to_record(row) for row in rows}


class GLAccounts(OdooList[GLAccount]):
    """The chart of accounts. Reference: docs/systems/odoo.md#gl-accounts"""

    record = GLAccount
    model = "account.account"

    def fields(self) -> tuple[str, ...]:
        return ("code", "name", "account_type", self.client.dialect.account_active)

    def to_record(self, row: Row) -> GLAccount:
        return GLAccount(
            id=str(row["id"]),
            archived=not row[self.client.dialect.account_active],
            changed_at=moment(row["write_date"]),
            number=text(row["code"]),
            name=text(row["name"]),
            kind=text(row["account_type"]),
        )


class AnalyticAccounts(OdooList[Dimension]):
    """What lines are split by. Reference: docs/systems/odoo.md#analytic-accounts"""

    record = Dimension
    model = "account.analytic.account"

    def fields(self) -> tuple[str, ...]:
        return ("name", "code", "active")

    def to_record(self, row: Row) -> Dimension:
        return Dimension(
            id=str(row["id"]),
            archived=not row["active"],
            changed_at=moment(row["write_date"]),
            kind=DimensionKind.ANALYTIC,
            name=text(row["name"]),
            code=text(row["code"]),
        )


class Taxes(OdooList[Tax]):
    """Purchase taxes. Reference: docs/systems/odoo.md#taxes"""

    record = Tax
    model = "account.tax"

    def fields(self) -> tuple[str, ...]:
        return ("name", "amount", "amount_type", "active")

    def domain(self) -> Domain:
        return [["type_tax_use", "=", "purchase"]]

    def to_record(self, row: Row) -> Tax:
        is_percent = row["amount_type"] == "percent"
        return Tax(
            id=str(row["id"]),
            archived=not row["active"],
            changed_at=moment(row["write_date"]),
            name=text(row["name"]),
            percent=number(row["amount"]) if is_percent else None,
        )
