"""The buttons for a bill that the books paid by another way (R6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from connections.serial import to_json
from syncs.models import Transfer
from syncs.states import Reason, State
from tests.admin.conftest import act_url, change_url, messages, words
from tests.admin.test_documents import blocked
from tests.factories import a_bill_head, an_order

pytestmark = pytest.mark.django_db


def paid_elsewhere(paid: str = "100.00") -> Transfer:
    head = a_bill_head(settled=True, paid=Decimal(paid))
    return blocked(
        state=State.HELD, reason=Reason.PAID_ELSEWHERE, target_id="b-1",
        source=to_json(an_order(bills=(head,))),
    )  # fmt: skip


@pytest.mark.parametrize(("name", "choice"), [("record", "record"), ("archive", "archive")])
def test_somebody_decides_what_becomes_of_it_there(anna: Client, name: str, choice: str) -> None:
    transfer = paid_elsewhere()
    address = f"/admin/syncs/transfer/{transfer.pk}/act/{name}/"

    assert anna.get(address).status_code == 200
    anna.post(address)

    transfer.refresh_from_db()
    assert transfer.choice == choice


def test_what_is_settled_in_part_is_not_archived(anna: Client) -> None:
    page = words(anna.get(change_url(paid_elsewhere("40.00"))))

    assert "Record its payment" in page
    assert "Archive the bill" not in page


def test_a_decision_is_told_as_something_to_come(anna: Client) -> None:
    answer = anna.post(act_url(paid_elsewhere(), "record"), follow=True)

    assert "is to be recorded in BILL. That happens" in messages(answer)


def test_other_documents_have_no_such_buttons(anna: Client) -> None:
    page = anna.get(f"/admin/syncs/transfer/{blocked().pk}/change/").content.decode()

    assert "Record its payment" not in page
