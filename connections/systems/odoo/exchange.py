"""Payments whose money left in another currency than the bill's (R17).

The bank account has to move by what left it. Where Odoo's rate of the day makes the same of it, the
payment is booked like any other. Where not, the bill is paid in the currency of the money, and
Odoo books the difference as exchange gain or loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connections.errors import Rejected, UnknownOutcome
from connections.matching import money
from connections.records import Payment
from connections.systems.odoo.client import Query
from connections.systems.odoo.debts import Debts, residual
from connections.systems.odoo.external import memo_with
from connections.systems.odoo.held import Held, held_where
from connections.systems.odoo.money import code_to_id, currency_of
from connections.systems.odoo.values import Row, ids_of, link, number

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

WIZARD = "account.payment.register"
GAIN, LOSS = "income_currency_exchange_account_id", "expense_currency_exchange_account_id"
LABEL = "Exchange difference"


def is_foreign(payment: Payment) -> bool:
    """Say whether the money left in another currency than the bill's."""
    return payment.funding is not None and payment.funding_currency not in ("", payment.currency)


def refuse_strange_funding(client: OdooClient, payment: Payment) -> None:
    """Raise Rejected where Odoo could not move the bank account by what left it."""
    if not is_foreign(payment):
        if payment.funding not in (None, payment.amount):
            raise Rejected(
                f"{money(payment.funding or payment.amount, payment.currency)} left the bank for "
                f"{money(payment.amount, payment.currency)} of the bill. Book it by hand.",
                code="currency",
            )
        return
    home = currency_of(client, client.home.currency_id).code
    if payment.funding_currency != home:
        raise Rejected(
            f"The bill is in {payment.currency} and was paid in {payment.funding_currency}, but "
            f"the books are kept in {home}. Odoo cannot book that by itself; book it by hand.",
            code="currency",
        )


def books_the_funding(client: OdooClient, held: Held, payment: Payment) -> bool:
    """Say whether the entry of a draft would move the bank account by what left it."""
    home = currency_of(client, client.home.currency_id)
    booked = abs(home.amount(held.row["amount_company_currency_signed"]))
    return not is_foreign(payment) or booked == payment.funding


def pay_at_funding(client: OdooClient, payment: Payment, owed: Debts) -> Held:
    """Pay a bill wholly by what left the bank. Raises SyncError; UnknownOutcome if no answer came.

    There is no key here: the caller has looked for our mark, and holds the lease on this company.
    """
    bill = _whole_bill(client, payment, owed)
    context = {"active_model": "account.move", "active_ids": [bill["id"]]}
    values = _wizard_values(client, payment, bill)
    # Reference: docs/systems/odoo.md#paying-in-another-currency
    [wizard] = client.tell(WIZARD, "create", repeatable=True, vals_list=[values], context=context)
    lost: UnknownOutcome | None = None
    try:
        # Reference: docs/systems/odoo.md#paying-in-another-currency
        client.tell(WIZARD, "action_create_payments", [wizard], repeatable=False, context=context)
    except UnknownOutcome as error:
        lost = error
    found = payment_marked(client, payment.reference)
    if found is None:
        raise lost or UnknownOutcome("Odoo made a payment and does not show it.")
    return found


def payment_marked(client: OdooClient, mark: str) -> Held | None:
    """Return the payment that carries our mark, a living one first."""
    memo = client.payment_words.memo
    found = [held for held in held_where(client, [[memo, "like", mark]]) if held.mark == mark]
    return next((held for held in found if held.is_alive), found[0] if found else None)


def _whole_bill(client: OdooClient, payment: Payment, owed: Debts) -> Row:
    """Return the bill, if this pays exactly what is left of it: the difference closes the rest."""
    paid = (
        f"{money(payment.amount, payment.currency)} were paid with "
        f"{money(payment.funding or payment.amount, payment.funding_currency)}, which is not what "
        f"Odoo's rate of {payment.paid_on.isoformat()} gives"
    )
    advice = "Enter the rate of that day in Odoo and try again, or book the payment by hand."
    bills = owed.owed
    if not bills:
        raise Rejected(
            f"{paid}, and without a vendor bill there is nothing to book the difference against. "
            f"{advice}",
            code="currency",
        )
    if residual(client, bills[0]) != payment.amount:
        raise Rejected(
            f"{paid}, and it is not the whole of the vendor bill, of which "
            f"{money(residual(client, bills[0]), payment.currency)} are open. {advice}",
            code="currency",
        )
    return bills[0]


def _wizard_values(client: OdooClient, payment: Payment, bill: Row) -> dict[str, Any]:
    [method] = ids_of([payment.method_id])
    # Reference: docs/systems/odoo.md#payment-methods
    [line] = client.ask("account.payment.method.line", "read", [method], fields=["journal_id"])
    memo = memo_with(payment.reference, payment.memo, f"{payment.amount} {payment.currency}")
    return {
        "journal_id": link(line["journal_id"]),
        "payment_method_line_id": method,
        "payment_date": payment.paid_on.isoformat(),
        "currency_id": code_to_id(client, payment.funding_currency),
        "amount": float(payment.funding or 0),
        "communication": memo,
        "payment_difference_handling": "reconcile",
        "writeoff_account_id": _exchange_account(client, payment, bill),
        "writeoff_label": LABEL,
    }


def _exchange_account(client: OdooClient, payment: Payment, bill: Row) -> int:
    company = client.home.company_id
    # Reference: docs/systems/odoo.md#paying-in-another-currency
    [[accounts], [carried]] = client.rows_of(
        [
            Query("res.company", [["id", "=", company]], (GAIN, LOSS)),
            Query("account.move", [["id", "=", bill["id"]]], ("amount_residual_signed",)),
        ]
    )
    lost = (payment.funding or 0) > abs(number(carried["amount_residual_signed"]))
    account = link(accounts[LOSS if lost else GAIN])
    if not account:
        raise Rejected(
            f"Odoo has no {'Loss' if lost else 'Gain'} account for exchange differences of this "
            "company. Set it in the settings of Accounting, under Default Accounts.",
            code="currency",
        )
    return account
