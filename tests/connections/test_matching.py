"""When is it the same vendor (R13), when the same debt (R2, R3)?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.matching import (
    domains,
    match_bill,
    match_vendor,
    near_names,
    normal_name,
    tax_id,
)
from connections.records import Vendor
from connections.resource import Match
from tests.factories import a_bill, a_vendor

OURS = "ODOO-ab12-7"


def wanted(name: str = "Acme Supplies", /, **changes: Any) -> Vendor:
    """Return the vendor as we would send it: with our reference, and with no sign but its name."""
    return a_vendor(name=name, **{"id": "", "email": "", "reference": OURS} | changes)


def there(name: str = "Acme Supplies", /, **changes: Any) -> Vendor:
    return a_vendor(name=name, **{"id": "v-1", "email": ""} | changes)


ACME_MAIL = "billing@acme.example"
# R13: the twenty pairs. Linked without a person, a question for a person, or nothing alike.
LINKED, ASKED, NEW = "linked", "asked", "new"
PAIRS = [
    pytest.param(
        wanted("Acme Inc.", email=ACME_MAIL), there("ACME Inc", website="www.acme.example"),
        LINKED, "", id="1 legal forms and one domain",
    ),
    pytest.param(
        wanted("Bär & Söhne GmbH", tax_id="DE 123 456 789"),
        there("BAR AND SOHNE", tax_id="DE123456789"),
        LINKED, "", id="2 accents, ampersand, spelling of a tax id",
    ),
    pytest.param(
        wanted("Acme Supplies", tax_id="12-3456789"), there("Acme Supplies", tax_id="123456789"),
        LINKED, "", id="3 name and tax id",
    ),
    pytest.param(
        wanted(email="ap@acme.example"), there(email="sales@acme.example"),
        LINKED, "", id="4 two people of one company",
    ),
    pytest.param(
        wanted(), there("Acme Renamed", reference=OURS),
        LINKED, "", id="5 our reference, whatever the name",
    ),
    pytest.param(
        wanted(tax_id="1", email=ACME_MAIL), there(tax_id="1", reference="XERO-77aa-9"),
        LINKED, "", id="6 the reference of another company's ERP does not contradict",
    ),
    pytest.param(
        wanted("Straße Logistik AG", tax_id="1"), there("STRASSE LOGISTIK", tax_id="1"),
        LINKED, "", id="7 sharp s",
    ),
    pytest.param(
        wanted(), there(),
        ASKED, "same name, nothing else to prove it", id="8 only the name",
    ),
    pytest.param(
        wanted(email="acme@gmail.com"), there(email="acme.supplies@gmail.com"),
        ASKED, "same name, nothing else to prove it", id="9 a public mail domain proves nothing",
    ),
    pytest.param(
        wanted(tax_id="1", email=ACME_MAIL), there(tax_id="2", email=ACME_MAIL),
        ASKED, "same name, same web or e-mail domain, different tax id",
        id="10 the tax id contradicts",
    ),
    pytest.param(
        wanted(tax_id="1", email=ACME_MAIL), there(tax_id="1", email="ap@other.example"),
        ASKED, "same name, same tax id, different web or e-mail domain",
        id="11 the domain contradicts",
    ),
    pytest.param(
        wanted(tax_id="1"), there(tax_id="1", archived=True),
        ASKED, "same name, same tax id, archived", id="12 an archived twin",
    ),
    pytest.param(
        wanted(tax_id="1"), there(tax_id="1", reference="ODOO-ab12-8"),
        ASKED, "same name, same tax id, linked to another vendor of ours",
        id="13 linked to another of our vendors",
    ),
    pytest.param(
        wanted("Acme Supplies Ltd", tax_id="1"), there("Acme Suplies", tax_id="1"),
        ASKED, "similar name, same tax id", id="14 a slip of the pen, and a tax id",
    ),
    pytest.param(
        wanted("Northwind Traders", email=ACME_MAIL), there("Contoso", email=ACME_MAIL),
        ASKED, "same web or e-mail domain", id="15 only the domain",
    ),
    pytest.param(
        wanted("Northwind Traders", tax_id="1"), there("Contoso", tax_id="1"),
        ASKED, "same tax id", id="16 only the tax id",
    ),
    pytest.param(
        wanted("Müller Transport"), there("Mueller Transport"),
        ASKED, "similar name, nothing else to prove it", id="17 an umlaut written out",
    ),
    pytest.param(
        wanted("Warehouse 12", email="a@one.example"), there("Warehouse 21"),
        NEW, "", id="18 digits that differ make two vendors",
    ),
    pytest.param(
        wanted("Acme Supplies", email=ACME_MAIL), there("Contoso", email="a@contoso.example"),
        NEW, "", id="19 nothing alike",
    ),
    pytest.param(
        wanted(tax_id="1", currency="EUR"), there(tax_id="1", currency="USD"),
        NEW, "", id="20 another currency is a vendor of its own (R17)",
    ),
]  # fmt: skip


def test_the_table_has_twenty_pairs() -> None:
    assert len(PAIRS) == 20


@pytest.mark.parametrize(("ours", "theirs", "answer", "why"), PAIRS)
def test_vendors_are_linked_on_evidence(
    ours: Vendor, theirs: Vendor, answer: str, why: str
) -> None:
    match = match_vendor(ours, [theirs])

    assert answer_of(match) == answer
    assert [c.why for c in match.candidates] == ([why] if why else [])


def answer_of(match: Match) -> str:
    if match.exact:
        return LINKED
    return ASKED if match.candidates else NEW


def test_two_vendors_that_fit_equally_well_are_a_question() -> None:
    match = match_vendor(wanted(tax_id="1"), [there(tax_id="1"), there(id="v-2", tax_id="1")])

    assert not match.exact
    assert [c.id for c in match.candidates] == ["v-1", "v-2"]
    assert {c.why for c in match.candidates} == {"several vendors fit equally well"}


def test_our_reference_decides_between_two_that_fit() -> None:
    match = match_vendor(wanted(tax_id="1"), [there(tax_id="1"), there(id="v-2", reference=OURS)])

    assert match.exact == "v-2"


def test_our_reference_on_two_vendors_is_a_question() -> None:
    twins = [there(reference=OURS), there(id="v-2", reference=OURS)]

    assert not match_vendor(wanted(), twins).exact


def test_two_vendors_without_a_name_have_no_name_in_common() -> None:
    match = match_vendor(wanted("?", tax_id="1"), [there("!", tax_id="1")])

    assert [c.why for c in match.candidates] == ["same tax id"]


def test_an_archived_vendor_with_our_reference_is_a_question() -> None:
    match = match_vendor(wanted(), [there(reference=OURS, archived=True)])

    assert [c.why for c in match.candidates] == ["it carries our reference, archived"]


def test_the_better_vendor_wins_over_a_merely_similar_one() -> None:
    match = match_vendor(wanted(tax_id="1"), [there("Acme Supply"), there(id="v-2", tax_id="1")])

    assert match.exact == "v-2"


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("ACME, Inc.", "acme"),
        ("Müller GmbH", "muller"),
        ("S.p.A. Rossi", "rossi"),
        ("Société Générale SA", "societe generale"),
        ("Smith & Sons Ltd", "smith and sons"),
        ("Smith and Sons", "smith and sons"),
        ("  Two   Blanks ", "two blanks"),
        ("The Limited", "the"),
        ("Co.", "co"),
        ("東京商事", "東京商事"),
        ("", ""),
    ],
)
def test_a_name_is_compared_without_dress(name: str, normal: str) -> None:
    assert normal_name(name) == normal


@given(name=st.text(max_size=30))
def test_a_name_that_was_made_plain_stays_as_it_is(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_nearness_does_not_depend_on_who_is_asked(one: str, other: str) -> None:
    assert near_names(one, other) == near_names(other, one)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Acme Supplies", "Acme Suplies", True),
        ("Contoso", "Contoso Europe", True),
        ("Store 7", "Store 8", False),
        ("Acme", "Zenith", False),
        ("", "Acme", False),
    ],
)
def test_names_that_a_person_should_compare(one: str, other: str, near: bool) -> None:
    assert near_names(one, other) is near


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"email": "a@ACME.example"}, {"acme.example"}),
        ({"email": "", "website": "https://www.acme.example/contact"}, {"acme.example"}),
        ({"email": "", "website": "HTTP://acme.example:8080"}, {"acme.example"}),
        ({"email": "a@gmail.com", "website": "acme.example"}, {"acme.example"}),
        ({"email": "a@gmail.com"}, set()),
        ({"email": "", "website": ""}, set()),
        ({"email": "no address"}, set()),
        ({"email": "a@acme.example; b@acme.example"}, {"acme.example"}),
        ({"email": "Ann <ann@acme.example>"}, {"acme.example"}),
        ({"email": "", "website": "https://acme.example?lang=en"}, {"acme.example"}),
        ({"email": "", "website": "https://acme.example."}, {"acme.example"}),
    ],
)
def test_a_vendors_own_domains(changes: dict[str, str], found: set[str]) -> None:
    assert domains(a_vendor(**changes)) == found


@pytest.mark.parametrize("text", ["DE 123.456-789", "de123456789", "DE123456789 "])
def test_a_tax_id_is_compared_without_punctuation(text: str) -> None:
    assert tax_id(text) == "de123456789"


THE_BILL = a_bill(id="")
DAY = timedelta(days=1)
BILLS = [
    pytest.param({}, "exact", id="number, currency, total and date"),
    pytest.param({"number": "inv-7 "}, "exact", id="a number in other dress"),
    pytest.param({"total": Decimal("100")}, "exact", id="an amount in other dress"),
    pytest.param(
        {"total": Decimal("120.00")},
        "same number, but 120.00 USD instead of 100.00",
        id="another total",
    ),
    pytest.param(
        {"bill_date": date(2026, 3, 3)}, "same number, but dated 2026-03-03", id="another day"
    ),
    pytest.param({"currency": "EUR"}, "same number, but in EUR", id="another currency"),
    pytest.param({"archived": True}, "same number, but archived there", id="archived"),
    pytest.param({"archived": True, "number": "X"}, "", id="archived, another number"),
    pytest.param(
        {"number": "X", "bill_date": THE_BILL.bill_date + 30 * DAY},
        "same vendor and total within 30 days",
        id="a possible duplicate on the 30th day",
    ),
    pytest.param(
        {"number": "X", "bill_date": THE_BILL.bill_date - 30 * DAY},
        "same vendor and total within 30 days",
        id="a possible duplicate 30 days before",
    ),
    pytest.param(
        {"number": "X", "bill_date": THE_BILL.bill_date + 31 * DAY}, "", id="31 days later"
    ),
    pytest.param({"number": "X", "currency": "EUR"}, "", id="the same figure in another currency"),
    pytest.param({"number": "X", "total": Decimal("100.01")}, "", id="a cent more"),
    pytest.param({"vendor_id": "v-2"}, "", id="the number of another vendor"),
]


@pytest.mark.parametrize(("changes", "why"), BILLS)
def test_finding_a_bill_means_finding_the_same_debt(changes: dict[str, Any], why: str) -> None:
    match = match_bill(THE_BILL, [a_bill(**changes)])

    if why == "exact":
        assert match == Match(exact="b-1")
    else:
        assert [c.why for c in match.candidates] == ([why] if why else [])
        assert not match.exact


def test_two_bills_that_fit_equally_well_are_a_question() -> None:
    match = match_bill(THE_BILL, [a_bill(), a_bill(id="b-2")])

    assert [c.why for c in match.candidates] == ["several bills fit equally well"] * 2


def test_bills_without_a_number_are_never_the_same_for_certain() -> None:
    match = match_bill(a_bill(id="", number=""), [a_bill(number="")])

    assert [c.why for c in match.candidates] == ["same vendor and total within 30 days"]


def test_a_candidate_is_shown_with_number_amount_and_day() -> None:
    (candidate,) = match_bill(THE_BILL, [a_bill(number="X")]).candidates

    assert candidate.label == "X, 100.00 USD, 2026-03-02"
