"""The pairings table says of itself what it lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connections.records import RecurringBill
from syncs.checks import check_pairings, problems_of
from syncs.pairings import PAIRINGS, PURCHASE_ORDERS_AS_BILLS, VENDORS, Pairing


@pytest.mark.parametrize("pairing", PAIRINGS, ids=lambda pairing: pairing.key)
def test_every_pairing_is_possible_on_both_sides(pairing: Pairing) -> None:
    assert list(problems_of(pairing)) == []


def test_the_start_up_check_covers_the_whole_table() -> None:
    assert check_pairings() == []


def test_an_unknown_system_is_named() -> None:
    assert list(problems_of(replace(PAIRINGS[0], ap="nowhere"))) == [
        "there is no system nowhere in SYSTEMS."
    ]


def test_a_system_on_the_wrong_side_is_named() -> None:
    problems = list(problems_of(replace(PAIRINGS[0], erp="billcom", flows=())))

    assert problems == ["billcom cannot be its erp side."]


def test_a_flow_before_the_one_it_needs_is_named() -> None:
    turned = replace(PAIRINGS[0], flows=(PURCHASE_ORDERS_AS_BILLS, VENDORS))

    assert "which it needs" in list(problems_of(turned))[0]


def test_a_record_the_source_cannot_read_is_named() -> None:
    impossible = replace(VENDORS, reads=RecurringBill)

    problems = list(problems_of(replace(PAIRINGS[0], flows=(impossible,))))

    assert problems == ["flow vendors reads RecurringBill, which odoo cannot."]
