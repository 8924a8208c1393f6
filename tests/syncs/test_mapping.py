"""From the ids of one company to those of the other: nothing is guessed, all of it is alive."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from connections.errors import MappingMissing
from connections.records import DimensionKind, DimensionRef
from syncs.mapping import Mapper
from syncs.models import Integration, Mapping, RemoteRecord
from syncs.states import Reason, State
from syncs.verdicts import Stop
from tests.factories import (
    a_copy,
    a_dimension,
    a_tax,
    a_transfer,
    a_vendor,
    an_account,
    an_integration,
)

pytestmark = pytest.mark.django_db
Kind = Mapping.Kind
DEPARTMENT = DimensionKind.DEPARTMENT


@pytest.fixture
def integration() -> Integration:
    return an_integration()


def here(integration: Integration, record: Any, **changes: Any) -> RemoteRecord:
    return a_copy(integration.erp, record, **changes)


def there(integration: Integration, record: Any, **changes: Any) -> RemoteRecord:
    return a_copy(integration.ap, record, **changes)


def mapped(
    integration: Integration, kind: Mapping.Kind, one: RemoteRecord, other: RemoteRecord | None
) -> None:
    Mapping.objects.create(integration=integration, kind=kind, source=one, target=other)


# GL accounts -------------------------------------------------------------------------------------


def test_equal_numbers_are_the_same_account(integration: Integration) -> None:
    here(integration, an_account(id="600", number=" 6100a "))
    there(integration, an_account(id="ga-1", number="6100A"))

    assert Mapper(integration).gl_account("600", "Paper") == "ga-1"


def test_a_mapping_goes_before_equal_numbers(integration: Integration) -> None:
    source = here(integration, an_account(id="600"))
    there(integration, an_account(id="ga-1"))
    chosen = there(integration, an_account(id="ga-2", number="7000"))
    mapped(integration, Kind.GL_ACCOUNT, source, chosen)

    assert Mapper(integration).gl_account("600", "Paper") == "ga-2"


def test_two_accounts_of_one_number_are_not_guessed_between(integration: Integration) -> None:
    here(integration, an_account(id="600"))
    there(integration, an_account(id="ga-1"))
    there(integration, an_account(id="ga-2"))

    with pytest.raises(MappingMissing):
        Mapper(integration).gl_account("600", "Paper")


def test_accounts_without_a_number_have_no_number_in_common(integration: Integration) -> None:
    here(integration, an_account(id="600", number=""))
    there(integration, an_account(id="ga-1", number=""))

    with pytest.raises(MappingMissing):
        Mapper(integration).gl_account("600", "Paper")


def test_an_archived_account_does_not_count_as_one_of_that_number(
    integration: Integration,
) -> None:
    here(integration, an_account(id="600"))
    there(integration, an_account(id="ga-1", archived=True))
    there(integration, an_account(id="ga-2"))

    assert Mapper(integration).gl_account("600", "Paper") == "ga-2"


def test_what_is_missing_leads_to_its_mapping(integration: Integration) -> None:
    here(integration, an_account(id="600"))

    with pytest.raises(MappingMissing) as caught:
        Mapper(integration).gl_account("600", "Paper")

    assert (caught.value.kind, caught.value.code) == ("gl-account", "600")
    assert caught.value.message == (
        "GL account 6100 Office supplies has no counterpart in BILL. Map it under Mappings."
    )


@pytest.mark.parametrize("end", [{"archived": True}, {"gone": True}])
def test_an_account_that_is_mapped_to_one_no_longer_in_use_waits(
    end: dict[str, bool], integration: Integration
) -> None:
    source = here(integration, an_account(id="600"))
    target = there(integration, an_account(id="ga-1", name="Paper"), **end)
    mapped(integration, Kind.GL_ACCOUNT, source, target)

    with pytest.raises(Stop, match="mapped to Paper, which is archived in BILL") as caught:
        Mapper(integration).gl_account("600", "Paper")

    assert caught.value.reason == Reason.GL_ACCOUNT


def test_an_account_no_longer_in_use_at_the_source_waits(integration: Integration) -> None:
    here(integration, an_account(id="600"), archived=True)
    there(integration, an_account(id="ga-1"))

    with pytest.raises(Stop, match="no longer in use in Odoo"):
        Mapper(integration).gl_account("600", "Paper")


def test_a_row_that_is_mapped_to_nothing_is_as_good_as_none(integration: Integration) -> None:
    source = here(integration, an_account(id="600", number="1"))
    mapped(integration, Kind.GL_ACCOUNT, source, None)

    with pytest.raises(MappingMissing):
        Mapper(integration).gl_account("600", "Paper")


def test_a_line_without_account_goes_to_the_default(integration: Integration) -> None:
    with pytest.raises(MappingMissing, match="Line “Paper” has no GL account"):
        Mapper(integration).gl_account("", "Paper")

    integration.default_account = there(integration, an_account(id="ga-9"))
    assert Mapper(integration).gl_account("", "Paper") == "ga-9"


def test_a_cent_of_rounding_needs_an_account(integration: Integration) -> None:
    with pytest.raises(MappingMissing, match="miss the total by 0.01 USD"):
        Mapper(integration).rounding_account(Decimal("0.01"), "USD")

    integration.rounding_account = there(integration, an_account(id="ga-9"))
    assert Mapper(integration).rounding_account(Decimal("0.01"), "USD") == "ga-9"


# Taxes and dimensions ----------------------------------------------------------------------------


def test_a_tax_is_mapped_by_a_person_only(integration: Integration) -> None:
    source = here(integration, a_tax(percent=Decimal("-20")), code="6100")
    target = there(integration, an_account(id="ga-1"))
    with pytest.raises(MappingMissing):
        Mapper(integration).tax("t-1", "Paper")

    mapped(integration, Kind.TAX, source, target)
    code = Mapper(integration).tax("t-1", "Paper")
    assert (code.account_id, code.weight) == ("ga-1", Decimal(20))


def test_a_dimension_becomes_what_it_is_there(integration: Integration) -> None:
    here(integration, a_dimension(id="4", code="S"))
    there(integration, a_dimension(id="dep-1", code="s", kind=DEPARTMENT, name="Sales"))
    refs = [DimensionRef(kind=DimensionKind.ANALYTIC, id="4")]

    assert Mapper(integration).dimensions(refs, "Paper") == (
        DimensionRef(kind=DEPARTMENT, id="dep-1"),
    )


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda m: m.gl_account("404", "Paper"), "gl-account"),
        (lambda m: m.tax("404", "Paper"), "tax"),
        (lambda m: m.dimensions([DimensionRef(kind=DEPARTMENT, id="404")], "Paper"), "dimension"),
    ],
)
def test_what_our_copy_does_not_know_names_the_line(
    ask: Callable[[Mapper], Any], kind: str, integration: Integration
) -> None:
    with pytest.raises(MappingMissing, match="of line “Paper” has no counterpart") as caught:
        ask(Mapper(integration))

    assert caught.value.kind == kind


# Vendors -----------------------------------------------------------------------------------------


def a_link(integration: Integration, currency: str = "USD", **changes: Any) -> None:
    values = {"flow": "vendors", "source_key": f"7:{currency}", "source_id": "7", "group": "7",
              "currency": currency, "target_id": "v-1", "target_scope": "s",
              "state": State.DONE}  # fmt: skip
    a_transfer(integration, **values | changes)


def test_a_linked_vendor_is_known(integration: Integration) -> None:
    a_link(integration)
    there(integration, a_vendor(id="v-1"))

    assert Mapper(integration).vendor("7", "USD", "Acme") == "v-1"


def test_a_bill_in_another_currency_needs_another_vendor(integration: Integration) -> None:
    a_link(integration)

    with pytest.raises(Stop, match="not known in BILL for EUR yet") as caught:
        Mapper(integration).vendor("7", "EUR", "Acme")

    assert caught.value.state == State.WAITING


def test_a_vendor_without_a_currency_serves_all(integration: Integration) -> None:
    a_link(integration, currency="")

    assert Mapper(integration).vendor("7", "EUR", "Acme") == "v-1"


def test_a_vendor_that_appears_during_the_run_is_met(integration: Integration) -> None:
    mapper = Mapper(integration)
    with pytest.raises(Stop):
        mapper.vendor("7", "USD", "Acme")

    a_link(integration)
    assert mapper.vendor("7", "USD", "Acme") == "v-1"


@pytest.mark.parametrize(
    ("link", "state", "words"),
    [
        ({"state": State.SKIPPED, "sentence": "No tag."}, State.SKIPPED, "stays out: No tag."),
        ({"state": State.DISMISSED, "sentence": "Left."}, State.SKIPPED, "stays out: Left."),
        ({"state": State.BLOCKED, "sentence": "No city."}, State.WAITING,
         "needs attention: No city."),
        ({"state": State.READY}, State.WAITING, "goes on by itself"),
    ],
)  # fmt: skip
def test_a_bill_waits_for_its_vendor_or_stays_out_with_it(
    link: dict[str, Any], state: State, words: str, integration: Integration
) -> None:
    a_link(integration, **{"target_id": ""} | link)

    with pytest.raises(Stop, match=words) as caught:
        Mapper(integration).vendor("7", "USD", "Acme")

    assert (caught.value.state, caught.value.reason) == (state, Reason.VENDOR)


@pytest.mark.parametrize(
    ("link", "copy", "where"),
    [({"source": {"archived": True}}, {}, "Odoo"), ({}, {"archived": True}, "BILL"),
     ({}, {"gone": True}, "BILL")],
)  # fmt: skip
def test_no_new_bill_for_a_vendor_that_is_archived(
    link: dict[str, Any], copy: dict[str, Any], where: str, integration: Integration
) -> None:
    a_link(integration, **link)
    there(integration, a_vendor(id="v-1"), **copy)

    with pytest.raises(Stop, match=f"is archived in {where}") as caught:
        Mapper(integration).vendor("7", "USD", "Acme")

    assert caught.value.reason == Reason.VENDOR_ARCHIVED
