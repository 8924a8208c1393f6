"""PostgreSQL refuses what is longer than its column, SQLite does not: our own words must fit."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from syncs.engine.linking import SENTENCES
from syncs.models import Attempt, Transfer
from syncs.pairings import PAIRINGS

HOW = [*SENTENCES, Transfer.RECORDED]


def longest(model: type[models.Model], field: str) -> int:
    return model._meta.get_field(field).max_length or 0


@pytest.mark.parametrize("how", HOW)
def test_how_a_link_came_about_fits_its_column(how: str) -> None:
    assert len(how) <= longest(Transfer, "linked_how")


@pytest.mark.parametrize("action", ["create", "update", "cancel", "settle"])
def test_what_an_attempt_does_fits_its_column(action: str) -> None:
    assert len(action) <= longest(Attempt, "action")


def test_the_names_of_flows_and_pairings_fit_every_column() -> None:
    keys = [pairing.key for pairing in PAIRINGS]
    names = [flow.name for pairing in PAIRINGS for flow in pairing.flows]
    widths = [
        field.max_length or 0
        for model in apps.get_app_config("syncs").get_models()
        for field in model._meta.concrete_fields
        if field.name in ("flow", "pairing") and isinstance(field, models.CharField)
    ]

    assert max(map(len, keys + names)) <= min(widths)


def test_a_kind_of_record_fits_its_column() -> None:
    kinds = [flow.writes.__name__ for pairing in PAIRINGS for flow in pairing.flows]
    kinds += [flow.reads.__name__ for pairing in PAIRINGS for flow in pairing.flows]
    kinds += ["PaymentMethod", "RecurringBill", "GLAccount", "Dimension"]

    widths = [
        longest(model, "kind")
        for model in apps.get_app_config("syncs").get_models()
        if model.__name__ in ("RemoteRecord", "CopyState")
    ]
    assert max(map(len, kinds)) <= min(widths)
