"""The buttons for a bill that the books paid by another way (R6)."""

from __future__ import annotations

import pytest
from django.test import Client

from syncs.models import Transfer
from syncs.states import Reason, State
from tests.admin.test_documents import blocked

pytestmark = pytest.mark.django_db


def paid_elsewhere() -> Transfer:
    return blocked(state=State.HELD, reason=Reason.PAID_ELSEWHERE, target_id="b-1")


@pytest.mark.parametrize(("name", "choice"), [("record", "record"), ("archive", "archive")])
def test_somebody_decides_what_becomes_of_it_there(anna: Client, name: str, choice: str) -> None:
    transfer = paid_elsewhere()
    address = f"/admin/syncs/transfer/{transfer.pk}/act/{name}/"

    assert anna.get(address).status_code == 200
    anna.post(address)

    transfer.refresh_from_db()
    assert transfer.choice == choice


def test_other_documents_have_no_such_buttons(anna: Client) -> None:
    page = anna.get(f"/admin/syncs/transfer/{blocked().pk}/change/").content.decode()

    assert "Record its payment" not in page
