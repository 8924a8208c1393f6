"""What a client may only read here: recurring bills, vendor credits, users, banks, the company.

Reference: docs/systems/billcom.md#8-recurring-bills
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sandbox.billcom.call import answer, answer_list, call
from sandbox.billcom.errors import unknown_id
from sandbox.billcom.listing import PLAIN, RECURRING_BILLS, VENDOR_CREDITS, Listing
from sandbox.billcom.signin import API

LISTS = {
    "recurringbills": ("recurringbills", RECURRING_BILLS),
    "vendor-credits": ("vendor-credits", VENDOR_CREDITS),
    "users": ("users", PLAIN),
    "funding-accounts/banks": ("banks", PLAIN),
}


def add_routes(api: Blueprint) -> None:
    for path, (kind, listing) in LISTS.items():
        _add(api, path, kind, listing)

    @api.get(f"{API}/organizations/<id>")
    def get_organization(id: str) -> ResponseReturnValue:
        organization = call().books.organization
        if id != organization["id"]:
            raise unknown_id("organization", id)
        return answer(organization)


def _add(api: Blueprint, path: str, kind: str, listing: Listing) -> None:
    def list_all() -> ResponseReturnValue:
        call().must_be_allowed(kind)
        return answer_list(kind, call().books.rows(kind), listing)

    def get_one(id: str) -> ResponseReturnValue:
        call().must_be_allowed(kind)
        return answer(call().books.get(kind, id))

    api.add_url_rule(f"{API}/{path}", f"list-{kind}", list_all, methods=["GET"])
    api.add_url_rule(f"{API}/{path}/<id>", f"get-{kind}", get_one, methods=["GET"])
