"""How the pages of documents put things: banners, prices, addresses, and lists with nothing in."""

from __future__ import annotations

from django.test import Client

from tests.admin.conftest import act_url, change_url, words
from tests.factories import a_transfer, an_integration


def test_a_button_that_asks_first_leads_to_its_question(anna: Client) -> None:
    transfer = a_transfer(an_integration(), state="blocked", reason="tax")

    page = words(anna.get(change_url(transfer)))

    for name in ("retry", "leave"):
        assert f'href="{act_url(transfer, name)}"' in page
        assert f'action="{act_url(transfer, name)}"' not in page
