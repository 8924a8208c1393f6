"""Which ways of paying there are, and which of them would never reach the ledger."""

from __future__ import annotations

import pytest

from connections.records import Payment, PaymentMethod
from connections.services import Opened
from connections.system import Level
from tests.connections.systems.odoo.books import METHOD, Books, payment, refused
from tests.connections.systems.odoo.test_ping import told
from tests.stage import Stage


@pytest.fixture
def books(stage: Stage) -> Books:
    return Books(stage)


def read(odoo: Opened) -> dict[str, PaymentMethod]:
    return {m.id: m for page in odoo.resource(PaymentMethod).read(None) for m in page.records}


def test_outgoing_lines_of_bank_journals_are_the_methods(odoo: Opened, books: Books) -> None:
    found = read(odoo)

    assert {m.name.partition(" · ")[0] for m in found.values()} == {
        "Bank",
        "Bank Outstanding",
        "Bank Direct",
        "BILL Clearing",
    }
    assert (found[METHOD].name, found[METHOD].currency) == ("Bank · Manual Payment", "USD")
    assert (found[METHOD].problem, found[METHOD].archived) == ("", False)
    assert odoo.resource(PaymentMethod).get([METHOD, "999"]) == {METHOD: found[METHOD]}


def test_a_method_of_an_archived_journal_is_archived(odoo: Opened, books: Books) -> None:
    books.write("account.journal", 3, active=False)

    assert read(odoo)[METHOD].archived


def test_with_the_accounting_app_a_line_needs_an_outstanding_account(
    odoo: Opened, books: Books
) -> None:
    books.use_enterprise()

    assert "enter one in the column Outstanding Payments" in read(odoo)[METHOD].problem
    assert "get no journal entry" in told(odoo, Level.WARNING)
    refused(odoo.resource(Payment).create([payment(books.vendor())]), "method")

    account = books.account("101404")
    books.write("account.payment.method.line", METHOD, payment_account_id=account)
    assert read(odoo)[METHOD].problem == ""


def test_a_ping_names_the_methods(odoo: Opened) -> None:
    assert "Payments can be booked by Bank · Manual Payment, " in told(odoo, Level.GOOD)
