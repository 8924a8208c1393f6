"""Records to JSON and back, and digests that say whether something changed."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections import records
from connections.records import Line, Record, Vendor
from connections.serial import digest, from_json, plain, to_json
from tests.factories import a_bill, a_line, a_vendor, an_order

KINDS = [
    kind
    for kind in vars(records).values()
    if isinstance(kind, type) and issubclass(kind, Record) and kind is not Record
]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
decimals = st.decimals(-(10**12), 10**12, places=4)
moments = st.datetimes(timezones=st.just(UTC))
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: st.integers(),
    Decimal: decimals,
    date: st.dates(),
    datetime: moments,
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Make values of any type a record's field may have."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return st.one_of([values_of(arm) for arm in typing.get_args(kind)])
    if origin is tuple:
        return st.lists(values_of(typing.get_args(kind)[0]), max_size=2).map(tuple)
    if kind is type(None):
        return st.none()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{f.name: values_of(hints[f.name]) for f in fields(kind)})
    return LEAVES[kind]


@given(record=st.one_of([values_of(kind) for kind in KINDS]))
def test_a_record_comes_back_from_json_as_it_was(record: Record) -> None:
    stored = json.loads(json.dumps(to_json(record)))

    assert from_json(type(record), stored) == record


@given(record=st.one_of([values_of(kind) for kind in KINDS]))
def test_a_record_that_was_stored_has_the_digest_it_had(record: Record) -> None:
    assert digest(from_json(type(record), to_json(record))) == digest(record)


@given(amount=decimals, zeros=st.integers(0, 6))
def test_the_digest_does_not_depend_on_how_many_zeros_an_amount_has(
    amount: Decimal, zeros: int
) -> None:
    longer = amount.quantize(Decimal(1).scaleb(-4 - zeros))

    assert digest(a_line(amount=longer)) == digest(a_line(amount=amount))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("10", "10"),
        ("10.0", "10"),
        ("10.00", "10"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("-0", "0"),
        ("-12.50", "-12.5"),
        ("0.0005", "0.0005"),
        ("1E-7", "0.0000001"),
    ],
)
def test_one_amount_has_one_spelling(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


OTHER: dict[Any, Any] = {
    str: "something else",
    bool: True,
    Decimal: Decimal("99.99"),
    date: date(2030, 1, 1),
    datetime: datetime(2030, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (record, field.name)
        for record in (a_vendor(), an_order(), a_bill(), a_line())
        for field in fields(record)
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_digest_depends_on_every_field(record: Any, name: str) -> None:
    kind = typing.get_type_hints(type(record))[name]

    assert digest(replace(record, **{name: another(kind, record, name)})) != digest(record)


def another(kind: Any, record: Any, name: str) -> Any:
    """Return a value of a field that is not the one it has."""
    if typing.get_origin(kind) is types.UnionType:
        kind = next(arm for arm in typing.get_args(kind) if arm is not type(None))
    if typing.get_origin(kind) is tuple:
        return (*getattr(record, name), "one more")
    if kind in OTHER:
        return OTHER[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(member for member in kind if member != getattr(record, name))
    return replace(getattr(record, name), line1="12 Mole")


def test_lines_in_another_order_are_another_document() -> None:
    one, two = a_line("1.00"), a_line("2.00")

    assert digest(a_bill(lines=(one, two))) != digest(a_bill(lines=(two, one)))


def test_a_field_that_a_later_version_dropped_does_not_hinder_reading() -> None:
    stored = to_json(a_vendor()) | {"fax": "0123"}

    assert from_json(Vendor, stored) == a_vendor()


def test_a_field_that_a_later_version_added_gets_its_default() -> None:
    stored = to_json(a_line())
    del stored["tax_amount"]

    assert from_json(Line, stored) == a_line()


def test_a_nul_in_a_name_is_left_out_as_no_database_would_keep_it() -> None:
    assert to_json(Vendor(name="Acme\0 Ltd"))["name"] == "Acme Ltd"
