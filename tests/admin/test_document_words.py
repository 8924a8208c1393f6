"""How the pages of documents put things: banners, prices, addresses, and lists with nothing in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from connections.serial import to_json
from syncs.admin.contents import header_of, lines_of
from syncs.models import Transfer
from tests.admin.conftest import act_url, change_url, list_url, words
from tests.factories import a_line, a_transfer, an_integration, an_order


@pytest.mark.parametrize(
    ("state", "reason", "headline"),
    [
        ("blocked", "gl-account", "Blocked: GL account not mapped"),
        ("blocked", "tax", "Blocked: tax not mapped"),
        ("waiting", "vendor", "Waiting for its vendor"),
        ("failed", "given-up", "Failed several times"),
    ],
)
def test_the_banner_says_state_and_reason_once(
    anna: Client, state: str, reason: str, headline: str
) -> None:
    transfer = a_transfer(an_integration(), state=state, reason=reason, sentence="It waits.")

    assert f"<strong>{headline}</strong>" in words(anna.get(change_url(transfer)))


def test_a_button_that_asks_first_leads_to_its_question(anna: Client) -> None:
    transfer = a_transfer(an_integration(), state="blocked", reason="tax")

    page = words(anna.get(change_url(transfer)))

    for name in ("retry", "leave"):
        assert f'href="{act_url(transfer, name)}"' in page
        assert f'action="{act_url(transfer, name)}"' not in page


def test_an_empty_list_says_what_that_means(anna: Client) -> None:
    pages = {
        "?attention=yes": "Nothing needs attention",
        "": "There is nothing here yet.",
        "?q=P00099": "Nothing fits this search",
    }
    for query, sentence in pages.items():
        assert sentence in words(anna.get(f"{list_url(Transfer)}{query}"))


@pytest.mark.parametrize(
    ("price", "currency", "shown"),
    [
        ("95", "USD", "95.00"),
        ("289.9", "USD", "289.90"),
        ("1200.0125", "USD", "1,200.0125"),
        ("100.00", "JPY", "100"),
        ("0", "USD", "0.00"),
    ],
)
def test_a_price_has_the_decimals_of_its_currency_and_all_its_own(
    db: None, price: str, currency: str, shown: str
) -> None:
    order = an_order(currency=currency, lines=(a_line(price=Decimal(price)),))

    assert lines_of(to_json(order), an_integration().erp)[0].price == shown


def test_an_address_is_written_as_on_an_envelope() -> None:
    address = {
        "line1": "77 Mill Lane", "city": "Camas", "state": "WA", "postal_code": "98607",
        "country": "US",
    }  # fmt: skip

    assert ("Address", "77 Mill Lane, Camas, WA 98607, US") in header_of({"address": address})
    assert ("Address", "Camas, US") in header_of({"address": {"city": "Camas", "country": "US"}})
