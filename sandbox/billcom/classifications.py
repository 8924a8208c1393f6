"""Accounts, departments and the other dimensions; all kinds share one grammar.

Reference: docs/systems/billcom.md#11-classifications
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from sandbox.billcom import words
from sandbox.billcom.call import answer, answer_list, body, call, one_refusal
from sandbox.billcom.errors import Refusal, invalid, not_allowed, unknown_path
from sandbox.billcom.listing import CLASSIFICATIONS, EMPLOYEES, Listing
from sandbox.billcom.shapes import Flag, ListOf, Number, OneOf, Record, Shape, Text
from sandbox.billcom.signin import API

MOST_IN_BULK = 50
NAMED: Mapping[str, Shape] = {
    "name": Text(required=True),
    "shortName": Text(),
    "description": Text(),
    "parentId": Text(),
}


@dataclass(frozen=True)
class Kind:
    """One dimension: the key of its bulk answers, its fields and its list."""

    bulk_key: str
    fields: Mapping[str, Shape]
    listing: Listing = CLASSIFICATIONS

    @property
    def shape(self) -> Record:
        return Record(fields=self.fields)

    @property
    def patch(self) -> Record:
        return self.shape.as_patch()

    @property
    def bulk_patch(self) -> Record:
        return Record(fields={"id": Text(required=True), **self.patch.fields})


KINDS = {
    "chart-of-accounts": Kind(
        "chartOfAccounts",
        {
            "name": Text(required=True),
            "description": Text(),
            "parentId": Text(),
            "account": Record(
                required=True,
                fields={
                    "type": OneOf(required=True, words=words.GL_ACCOUNT_TYPE),
                    "number": Text(),
                },
            ),
        },
    ),
    "departments": Kind("departments", NAMED),
    "locations": Kind("locations", NAMED),
    "jobs": Kind("jobs", NAMED),
    "accounting-classes": Kind("accountingClasses", NAMED),
    "items": Kind(
        "items",
        {
            **NAMED,
            "type": OneOf(required=True, words=words.ITEM_TYPE),
            "price": Number(),
            "percentage": Number(),
            "purchaseCost": Number(),
            "purchaseDescription": Text(),
            "taxable": Flag(),
            "chartOfAccountId": Text(),
            "expenseChartOfAccountId": Text(),
        },
    ),
    "employees": Kind(
        "employees",
        {
            "firstName": Text(required=True),
            "lastName": Text(required=True),
            "shortName": Text(),
            "parentId": Text(),
        },
        EMPLOYEES,
    ),
}
PATH = f"{API}/classifications/<kind>"


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise unknown_path()
    if not call().switches.dimension_enabled(name):
        raise not_allowed(name)
    call().must_be_allowed(name)
    return KINDS[name]


def add_routes(api: Blueprint) -> None:
    @api.get(PATH)
    def list_kind(kind: str) -> ResponseReturnValue:
        return answer_list(kind, call().books.rows(kind), _kind(kind).listing)

    @api.post(PATH)
    def create_one(kind: str) -> ResponseReturnValue:
        wanted = body(_kind(kind).shape)
        _check(kind, wanted)
        return answer(_create(kind, wanted), 201)

    @api.get(f"{PATH}/<id>")
    def get_one(kind: str, id: str) -> ResponseReturnValue:
        _kind(kind)
        return answer(call().books.get(kind, id))

    @api.patch(f"{PATH}/<id>")
    def change_one(kind: str, id: str) -> ResponseReturnValue:
        wanted = body(_kind(kind).patch)
        call().books.get(kind, id)
        _check(kind, wanted)
        return answer(_change(kind, id, wanted))

    @api.post(f"{PATH}/<id>/<any(archive, restore):verb>")
    def archive_one(kind: str, id: str, verb: str) -> ResponseReturnValue:
        _kind(kind)
        return answer(call().books.archive(kind, id, call().now, archived=verb == "archive"))

    _add_bulk_routes(api)


def _add_bulk_routes(api: Blueprint) -> None:
    @api.post(f"{PATH}/bulk")
    def create_many(kind: str) -> ResponseReturnValue:
        wanted = body(ListOf(of=_kind(kind).shape, least=1, most=MOST_IN_BULK))
        _check_all(kind, wanted)
        return answer({KINDS[kind].bulk_key: [_create(kind, row) for row in wanted]}, 201)

    @api.patch(f"{PATH}/bulk")
    def change_many(kind: str) -> ResponseReturnValue:
        wanted = body(ListOf(of=_kind(kind).bulk_patch, least=1, most=MOST_IN_BULK))
        _check_all(kind, wanted)
        return answer({KINDS[kind].bulk_key: [_change(kind, row["id"], row) for row in wanted]})

    @api.post(f"{PATH}/bulk/<any(archive, restore):verb>")
    def archive_many(kind: str, verb: str) -> ResponseReturnValue:
        _kind(kind)
        ids = [id for id in request.args.get("ids", "").split(",") if id]
        if not 1 <= len(ids) <= MOST_IN_BULK:
            raise invalid(f"ids: size must be between 1 and {MOST_IN_BULK}")
        _check_all(kind, [{"id": id} for id in ids])
        books, now = call().books, call().now
        done = [books.archive(kind, id, now, archived=verb == "archive") for id in ids]
        return answer({KINDS[kind].bulk_key: done})


def _check(kind: str, wanted: dict[str, Any]) -> None:
    for name, table in (
        ("id", kind),
        ("parentId", kind),
        ("chartOfAccountId", "chart-of-accounts"),
        ("expenseChartOfAccountId", "chart-of-accounts"),
    ):
        if wanted.get(name):
            call().books.get(table, wanted[name])


def _check_all(kind: str, rows: list[dict[str, Any]]) -> None:
    found: list[Refusal | None] = []
    for row in rows:
        try:
            _check(kind, row)
            found.append(None)
        except Refusal as refusal:
            found.append(refusal)
    together = one_refusal(found)
    if together:
        raise together


def _create(kind: str, wanted: dict[str, Any]) -> dict[str, Any]:
    record = {"archived": False, **copy.deepcopy(wanted)}
    return call().books.add(kind, record, call().now)


def _change(kind: str, id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    record = call().books.get(kind, id)
    for name, value in copy.deepcopy(wanted).items():
        record[name] = record.get(name, {}) | value if isinstance(value, dict) else value
    call().books.touch(record, call().now)
    return record
