"""Which vendors move, and as what (R1, R14, R17)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connections.serial import digest
from syncs.flows.piece import Ruling
from syncs.flows.vendors import pieces, vendor_for_ap
from syncs.mapping import Mapper
from syncs.models import Transfer
from syncs.states import Reason
from tests.factories import a_vendor, an_integration

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("vendor", "rules", "ruling"),
    [
        ({}, {}, (Ruling.MOVES, Reason.NONE)),
        ({"archived": True}, {}, (Ruling.SKIPPED, Reason.ARCHIVED)),
        ({}, {"vendor_tags": "AP"}, (Ruling.SKIPPED, Reason.FILTERED)),
        ({"tags": ("ap", "other")}, {"vendor_tags": " AP , x"}, (Ruling.MOVES, Reason.NONE)),
        ({"tags": ("ap2",)}, {"vendor_tags": "AP"}, (Ruling.SKIPPED, Reason.FILTERED)),
        ({"tags": ("ap",)}, {"vendor_tags": " , "}, (Ruling.MOVES, Reason.NONE)),
        ({"currency": "EUR"}, {"currencies": "USD"}, (Ruling.SKIPPED, Reason.FILTERED)),
        ({"currency": "usd"}, {"currencies": "USD"}, (Ruling.MOVES, Reason.NONE)),
    ],
)
def test_which_vendors_move(
    vendor: dict[str, Any], rules: dict[str, Any], ruling: tuple[Ruling, Reason]
) -> None:
    (piece,) = pieces(a_vendor(**vendor), an_integration(**rules))

    assert (piece.verdict.ruling, piece.verdict.reason) == ruling


def test_a_vendor_that_trades_in_two_currencies_is_two() -> None:
    dollars, euros = pieces(a_vendor(currencies=("USD", "EUR")), an_integration())

    assert (dollars.key, euros.key) == ("7:USD", "7:EUR")
    assert dollars.group == euros.group == "7"
    assert (dollars.record.currency, euros.record.currency) == ("USD", "EUR")  # type: ignore[attr-defined]


def test_a_currency_that_is_left_out_leaves_the_other() -> None:
    _, euros = pieces(a_vendor(currencies=("USD", "EUR")), an_integration(currencies="USD"))

    assert euros.verdict.reason == Reason.FILTERED


@pytest.mark.parametrize(
    ("changes", "is_news"),
    [
        ({"name": "Acme New"}, True),
        ({"tax_id": "1"}, True),
        ({"email": "new@acme.example"}, True),
        ({"changed_at": datetime(2026, 3, 2, tzinfo=UTC)}, False),
        ({"tags": ("ap",)}, False),
        ({"archived": True}, False),
        ({"reference": "x"}, False),
    ],
)
def test_only_what_is_sent_makes_a_vendor_changed(changes: dict[str, Any], is_news: bool) -> None:
    integration = an_integration()
    (before,), (after,) = (pieces(v, integration) for v in (a_vendor(), a_vendor(**changes)))

    assert (digest(before.seen) != digest(after.seen)) == is_news


def test_a_vendor_goes_with_our_reference_and_without_what_is_the_erps() -> None:
    integration = an_integration()
    transfer = Transfer(integration=integration, source_id="7")

    vendor = vendor_for_ap(
        a_vendor(tags=("ap",), currencies=("USD",)), transfer, Mapper(integration)
    )

    assert vendor.reference == f"{integration.reference_mark}-7"
    assert (vendor.id, vendor.tags, vendor.currencies) == ("", (), ())
    assert vendor.name == "Acme Supplies"


def test_the_reference_tells_companies_apart() -> None:
    first = an_integration()
    mark = first.reference_mark
    first.erp.identity = "another company"

    assert mark.startswith("ODOO-")
    assert first.reference_mark != mark
