"""Taking a posted payment back (R11): cancelled where the books are open, else by a dated entry."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from connections.errors import Rejected, SyncError, UnknownOutcome, Unsupported
from connections.systems.odoo.client import Query
from connections.systems.odoo.held import MODEL, Held, held_by_id
from connections.systems.odoo.json2 import Question
from connections.systems.odoo.values import Domain, day, link

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

WIZARD = "account.move.reversal"


def closed_until(client: OdooClient) -> date | None:
    """Return the last day that is closed for the company, or for one it is a branch of (R12)."""
    fields = client.payment_words.lock_dates
    lineage = list(client.home.lineage)
    # Reference: docs/systems/odoo.md#closed-periods
    companies = client.rows(Query("res.company", [["id", "in", lineage]], fields))
    dates = [day(company[field]) for company in companies for field in fields]
    return max((one for one in dates if one), default=None)


def take_back(client: OdooClient, id: int, reason: str, on: date | None) -> None:
    """Take a payment back once, whatever was tried before. Raises SyncError."""
    held = held_by_id(client, [id]).get(id)
    if held is None or held.is_cancelled or held.reversed_on is not None:
        return
    closed = closed_until(client)
    if not _may_be_cancelled(client, held, closed) or not _cancelled(client, held):
        _reverse(client, held, reason, _open_day(client, held, on, closed))


def _may_be_cancelled(client: OdooClient, held: Held, closed: date | None) -> bool:
    if held.is_draft or not held.move_id:
        return True
    in_open_period = closed is None or held.booked_on > closed
    return in_open_period and not _is_bank_matched(client, held)


def _is_bank_matched(client: OdooClient, held: Held) -> bool:
    """Say whether a bank statement has it. One booked on the bank account itself only looks so."""
    journals: Domain = [["id", "=", link(held.row["journal_id"])]]
    # Reference: docs/systems/odoo.md#reversing-a-payment
    [journal] = client.rows(Query("account.journal", journals, ("default_account_id",)))
    on_bank = link(journal["default_account_id"]) == link(held.row["outstanding_account_id"])
    if held.row["is_matched"] and not on_bank:
        return True
    named = {"fields": ["reconciled_statement_line_ids"]}
    # Reference: docs/systems/odoo.md#reversing-a-payment. Statements may be closed to the user.
    [answer] = client.attempt([Question(MODEL, "read", [held.id], named)])
    return isinstance(answer, list) and bool(answer[0]["reconciled_statement_line_ids"])


def _cancelled(client: OdooClient, held: Held) -> bool:
    """Cancel it and say whether that took: Odoo refuses for secured or locked entries."""
    refusal: Rejected | None = None
    try:
        # Reference: docs/systems/odoo.md#reversing-a-payment
        client.tell(MODEL, "action_cancel", [held.id], repeatable=True)
    except Rejected as error:
        refusal = error
    now = held_by_id(client, [held.id]).get(held.id)
    if now is None or now.is_cancelled:
        return True
    if refusal is not None and not held.move_id:
        raise refusal
    return False


def _reverse(client: OdooClient, held: Held, reason: str, on: date) -> None:
    context = {"active_model": "account.move", "active_ids": [held.move_id]}
    values = {
        "date": on.isoformat(),
        "reason": reason,
        "journal_id": link(held.row["journal_id"]),
    }
    try:
        # Reference: docs/systems/odoo.md#reversing-a-payment
        [wizard] = client.tell(
            WIZARD, "create", repeatable=True, vals_list=[values], context=context
        )
        # Reference: docs/systems/odoo.md#reversing-a-payment
        client.tell(WIZARD, "refund_moves", [wizard], repeatable=False, context=context)
    except (Rejected, Unsupported) as error:
        raise _needs_a_person(held, error.message) from None
    except UnknownOutcome:
        if not _is_taken_back(client, held):
            raise
    if not _is_taken_back(client, held):
        raise _needs_a_person(held, "Odoo made no reversing entry.")


def _is_taken_back(client: OdooClient, held: Held) -> bool:
    try:
        now = held_by_id(client, [held.id]).get(held.id)
    except SyncError:
        return False
    return now is None or now.is_cancelled or now.reversed_on is not None


def _open_day(client: OdooClient, held: Held, on: date | None, closed: date | None) -> date:
    """Return the day of the void, moved out of closed periods; never to come, or Odoo waits."""
    today = timezone.now().astimezone(client.home.zone).date()
    wanted = min(on or today, today)
    return wanted if closed is None or wanted > closed else closed + timedelta(days=1)


def _needs_a_person(held: Held, said: str) -> Rejected:
    return Rejected(
        f"Payment {held.row['name']} could not be taken back in Odoo: {said} Reverse its journal "
        "entry there by hand, dated the day of the void.",
        code="needs-person",
    )
