"""Setting up organisations, users, developer keys and switches while the sandbox runs."""

from __future__ import annotations

from typing import Any

from sandbox.billcom.access import Access, Switches, User
from sandbox.billcom.call import access_of, records_of
from sandbox.billcom.store import Books, Records
from sandbox.billcom.values import new_id, random_from
from sandbox.world import World

FIELDS = ("id", "name", "switches", "users", "devKeys", "copyChart")


def open_books(records: Records, access: Access, *, id: str, name: str) -> Books:
    """Add an empty organisation; its ids follow from its own, so every reset gives the same."""
    switches = access.switches[id] = Switches()
    books = Books({"id": id, "archived": False, "name": name}, random_from(id), switches)
    records.books[id] = books
    return books


def add_organization(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Add or change an organisation. Users: {"username", "password", "denied"}.

    Without an id a new one is made. `denied` are rights such as "bills:read".
    """
    unknown = set(wanted) - set(FIELDS)
    if unknown:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    records, access = records_of(world), access_of(world)
    id = wanted.get("id") or new_id("008", random_from(str(len(records.books))))
    if id not in records.books:
        books = open_books(records, access, id=id, name=wanted.get("name", "New company"))
        if wanted.get("copyChart", True):
            _copy_chart(next(records.all()), books)
    access.switches[id].change(**wanted.get("switches", {}))
    for user in wanted.get("users", []):
        _add_user(access, records.books[id], id, user)
    access.dev_keys += [key for key in wanted.get("devKeys", []) if key not in access.dev_keys]
    return {"id": id, "switches": vars(access.switches[id]), "devKeys": access.dev_keys}


def _add_user(access: Access, books: Books, organization: str, wanted: dict[str, Any]) -> None:
    known = access.users.get(wanted["username"])
    if known is None:
        token = bool(wanted.get("syncToken"))
        id = new_id("syu", books.random) if token else books.new_id("users")
        known = User(id, wanted["username"], wanted["password"], [], sync_token=token)
        access.users[known.username] = known
    if organization not in known.organizations:
        known.organizations.append(organization)
    known.password = wanted.get("password", known.password)
    known.denied = wanted.get("denied", known.denied)


def _copy_chart(source: Books, target: Books) -> None:
    """Give the new organisation the same accounts, under ids of its own."""
    for account in source.rows("chart-of-accounts"):
        fields = {name: account[name] for name in ("archived", "name", "account")}
        target.add("chart-of-accounts", fields, account["createdTime"])
