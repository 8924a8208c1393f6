"""Payment methods: the lines of bank, cash and credit card journals that money leaves by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from connections.errors import SyncError
from connections.records import PaymentMethod
from connections.resource import Can, Page, Resource
from connections.system import Finding, Level
from connections.systems.odoo.client import OdooClient, Query
from connections.systems.odoo.money import linked_currency
from connections.systems.odoo.values import Domain, Row, link, moment, text

if TYPE_CHECKING:
    from collections.abc import Iterable

JOURNAL_TYPES = ["bank", "cash", "credit"]
JOURNAL_FIELDS = (
    "name",
    "active",
    "currency_id",
    "outbound_payment_method_line_ids",
    "write_date",
)
LINE_FIELDS = ("name", "journal_id", "payment_account_id", "write_date")
# The app that takes over from the simple books of Community; only Enterprise has it.
ACCOUNTING_APP = "account_accountant"


class PaymentMethods(Resource[PaymentMethod]):
    """Reads the outgoing payment method lines of the company, always all: there are few.

    A journal's new name or an app installed since touches no line, so no change could tell.

    Reference: docs/systems/odoo.md#payment-methods
    """

    record = PaymentMethod
    can = Can.READ

    def __init__(self, client: OdooClient) -> None:
        self.client = client

    def read(self, since: datetime | None) -> Iterator[Page[PaymentMethod]]:
        methods = self.all()
        known = [method.changed_at for method in methods if method.changed_at]
        yield Page(tuple(methods), max(known, default=since))

    def get(self, ids: Sequence[str]) -> dict[str, PaymentMethod]:
        return {method.id: method for method in self.all() if method.id in set(ids)}

    def all(self) -> list[PaymentMethod]:
        """Return every method, those of archived journals too."""
        journals = self.client.rows(Query("account.journal", self._domain(), JOURNAL_FIELDS))
        if not journals:
            return []
        by_line = {line: journal for journal in journals for line in _outgoing(journal)}
        lines = lines_by_id(self.client, by_line)
        skips = skips_the_ledger(self.client)
        return [self._method(line, by_line[line["id"]], skips=skips) for line in lines]

    def _domain(self) -> Domain:
        """A branch pays by the journals of its company, too."""
        lineage = list(self.client.home.lineage)
        return [["type", "in", JOURNAL_TYPES], ["company_id", "in", lineage]]

    def _method(self, line: Row, journal: Row, *, skips: bool) -> PaymentMethod:
        name = f"{text(journal['name'])} · {text(line['name'])}"
        changes = [moment(line["write_date"]), moment(journal["write_date"])]
        return PaymentMethod(
            id=str(line["id"]),
            archived=not journal["active"],
            changed_at=max((change for change in changes if change), default=None),
            problem=problem_of(name, line) if skips else "",
            name=name,
            currency=linked_currency(self.client, journal["currency_id"]).code,
        )


def lines_by_id(client: OdooClient, ids: Iterable[int]) -> list[Row]:
    """Return these payment method lines, by id."""
    wanted: Domain = [["id", "in", sorted(ids)]]
    return client.rows(Query("account.payment.method.line", wanted, LINE_FIELDS))


def problem_of(name: str, line: Row) -> str:
    """Say what to set where a payment would never reach the ledger, "" where it will."""
    if link(line["payment_account_id"]):
        return ""
    return (
        f"Payments by “{name}” get no journal entry, because no outstanding account is set. In "
        "Odoo, open the journal, tab Outgoing Payments, and enter one in the column Outstanding "
        "Payments accounts."
    )


def skips_the_ledger(client: OdooClient) -> bool:
    """Say whether payments without an outstanding account get no entry in this database."""
    if not client.payment_words.may_skip_the_ledger:
        return False
    # Reference: docs/systems/odoo.md#payment-methods
    installed = client.ask(
        "ir.module.module",
        "search_read",
        domain=[["state", "=", "installed"], ["name", "=", ACCOUNTING_APP]],
        fields=["name"],
    )
    return bool(installed)


def findings_on_methods(client: OdooClient) -> list[Finding]:
    """Say whether payments can be booked. Missing rights are told elsewhere."""
    try:
        methods = [m for m in PaymentMethods(client).all() if not m.archived]
    except SyncError:
        return []
    if not methods:
        return [Finding(Level.PROBLEM, NO_METHOD)]
    usable = [method.name for method in methods if not method.problem]
    level = Level.WARNING if usable else Level.PROBLEM
    said = [Finding(level, method.problem) for method in methods if method.problem]
    if usable:
        said.append(Finding(Level.GOOD, f"Payments can be booked by {', '.join(usable)}."))
    return said


NO_METHOD = (
    "No bank, cash or credit card journal of this company has an outgoing payment method, so no "
    "payment can be booked. In Odoo, open the journal, tab Outgoing Payments, and add one."
)


def _outgoing(journal: Row) -> list[int]:
    return list(journal["outbound_payment_method_line_ids"])
