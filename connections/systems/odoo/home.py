"""Who answers: the user a key belongs to, and the one company a connection stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connections.errors import ConnectionProblem
from connections.systems.odoo.values import Row, link, text

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient


@dataclass(frozen=True, kw_only=True)
class Home:
    """The user and company behind a connection.

    `lineage` is the company and those it is a branch of, whose vendors it shares. `companies` are
    all the user may enter.
    """

    user_id: int
    login: str
    language: str
    zone: ZoneInfo
    company_id: int
    company: str
    currency_id: int
    lineage: tuple[int, ...]
    companies: tuple[str, ...]

    @property
    def context(self) -> dict[str, Any]:
        """Return what every call carries: one company, one language."""
        return {"allowed_company_ids": [self.company_id], "lang": self.language}


def find_home(client: OdooClient) -> Home:
    """Ask who answers and choose the company. Raises ConnectionProblem."""
    # Reference: docs/systems/odoo.md#who-answers
    user_context = client.ask_bare("res.users", "context_get")
    user_id = int(user_context["uid"])
    user = client.ask_bare(
        "res.users", "read", ids=[user_id], fields=["login", "company_id", "tz"]
    )[0]
    companies: list[Row] = client.ask_bare(
        "res.company", "search_read", domain=[], fields=["name", "currency_id", "parent_id"]
    )
    company = _choose(companies, client.access.get("company").strip(), link(user["company_id"]))
    return Home(
        user_id=user_id,
        login=text(user["login"]),
        language=text(user_context.get("lang")) or "en_US",
        zone=time_zone(client.access.get("time_zone") or text(user["tz"]) or "UTC"),
        company_id=company["id"],
        company=text(company["name"]),
        currency_id=link(company["currency_id"]),
        lineage=_lineage(company, companies),
        companies=tuple(sorted(text(c["name"]) for c in companies)),
    )


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by name. Raises ConnectionProblem."""
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError):
        raise ConnectionProblem(
            f"“{name}” is not the name of a time zone. Enter one like Europe/Berlin or "
            "America/New_York."
        ) from None


def _choose(companies: list[Row], wanted: str, default: int) -> Row:
    if not wanted:
        fitting = [c for c in companies if c["id"] == default]
    else:
        fitting = [c for c in companies if wanted == str(c["id"])] or [
            c for c in companies if text(c["name"]).casefold() == wanted.casefold()
        ]
    names = ", ".join(sorted(text(c["name"]) for c in companies)) or "none"
    if not fitting:
        raise ConnectionProblem(
            f"The integration user may not enter the company “{wanted or default}”. It may enter: "
            f"{names}. Choose one of these, or add the company to the user in Odoo."
        )
    if len(fitting) > 1:
        raise ConnectionProblem(
            f"Several companies are called “{wanted}”. Enter the number of the company instead."
        )
    return fitting[0]


def _lineage(company: Row, companies: list[Row]) -> tuple[int, ...]:
    known = {c["id"]: c for c in companies}
    found = [company["id"]]
    parent = link(company["parent_id"])
    while parent and parent not in found:
        found.append(parent)
        parent = link(known[parent]["parent_id"]) if parent in known else 0
    return tuple(found)
