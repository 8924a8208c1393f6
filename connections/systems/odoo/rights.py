"""What the integration user may do, in words, and the group to give where something is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connections.errors import ConnectionProblem, SyncError, Unsupported
from connections.system import Finding, Level
from connections.systems.odoo.json2 import Question

if TYPE_CHECKING:
    from connections.systems.odoo.client import OdooClient

# Groups as the user form of Odoo 19 shows them: the app, then the choice.
USER = "Role: User"
INVOICING = "Accounting: Invoicing"
PURCHASE = "Purchase: User"
INVOICING_GROUP = "account.group_account_invoice"


@dataclass(frozen=True)
class Need:
    """Something the integration user must be able to do."""

    words: str
    model: str
    operation: str
    group: str


# Reference: docs/systems/odoo.md#rights
NEEDS = (
    Need("read vendors", "res.partner", "read", USER),
    Need("read purchase orders", "purchase.order", "read", PURCHASE),
    Need("read GL accounts", "account.account", "read", USER),
    Need("read taxes", "account.tax", "read", USER),
    Need("read analytic accounts", "account.analytic.account", "read", USER),
    Need("read journals", "account.journal", "read", INVOICING),
    Need("read vendor bills", "account.move", "read", INVOICING),
    Need("create vendor bills", "account.move", "create", INVOICING),
    Need("create payments", "account.payment", "create", INVOICING),
)
MAY_POST = "post vendor bills and payments"
# Technical name -> the name under Apps.
APPS = {"account": "Invoicing", "purchase": "Purchase"}


def findings_on_rights(client: OdooClient) -> list[Finding]:
    """Ask for each need, all side by side. Raises SyncError only if Odoo cannot be asked."""
    questions = [_installed(), _in_group(client), *(_may(client, need) for need in NEEDS)]
    installed, in_group, *answers = client.attempt(questions)
    verdicts = [(need, _judged(answer)) for need, answer in zip(NEEDS, answers, strict=True)]
    missing = [(need.words, need.group) for need, verdict in verdicts if verdict is False]
    if in_group is False:
        missing.append((MAY_POST, INVOICING))
    allowed = [need.words for need, verdict in verdicts if verdict]
    return [
        *_apps_missing(installed),
        *_group_findings(missing),
        *([Finding(Level.GOOD, f"The user may {_listed(allowed)}.")] if allowed else []),
    ]


def _installed() -> Question:
    # Reference: docs/systems/odoo.md#rights
    domain = [["state", "=", "installed"], ["name", "in", list(APPS)]]
    return Question("ir.module.module", "search_read", (), {"domain": domain, "fields": ["name"]})


def _may(client: OdooClient, need: Need) -> Question:
    # Reference: docs/systems/odoo.md#rights
    return Question(need.model, client.dialect.may, named={"operation": need.operation})


def _in_group(client: OdooClient) -> Question:
    # Reference: docs/systems/odoo.md#rights
    return Question(
        "res.users", "has_group", [client.home.user_id], {"group_ext_id": INVOICING_GROUP}
    )


def _judged(answer: object) -> bool | None:
    """Say whether a need is met; None if its app is not there. Raises SyncError."""
    if isinstance(answer, ConnectionProblem | Unsupported):
        return None
    if isinstance(answer, SyncError):
        raise answer
    return bool(answer)


def _apps_missing(installed: object) -> list[Finding]:
    if isinstance(installed, SyncError):
        return []
    found = {row["name"] for row in installed} if isinstance(installed, list) else set()
    return [
        Finding(
            Level.PROBLEM,
            f"The app {label} is not installed in this Odoo database. Install it under Apps.",
        )
        for name, label in APPS.items()
        if name not in found
    ]


def _group_findings(missing: Sequence[tuple[str, str]]) -> list[Finding]:
    """Say per missing group what it is needed for: one thing to do, one sentence."""
    groups: dict[str, list[str]] = {}
    for words, group in missing:
        groups.setdefault(group, []).append(words)
    return [
        Finding(
            Level.PROBLEM,
            f"The integration user may not {_listed(words, 'or')}. In Odoo, open Settings → Users "
            f"and give it “{group}”.",
        )
        for group, words in groups.items()
    ]


def _listed(words: Sequence[str], joiner: str = "and") -> str:
    return f" {joiner} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
