"""Who may do what: groups, model access and the rules on single records.

Reference: docs/systems/odoo.md §9; the refusals' texts are those of a 19.0 server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.odoo import schema
from sandbox.odoo.errors import CONTACT_ADMINISTRATOR, AccessError
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.environment import Env

# Group -> its full name and the groups it brings along.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "base.group_user": ("Role / User", ()),
    "base.group_portal": ("Role / Portal", ()),
    "base.group_erp_manager": ("Access Rights", ("base.group_user",)),
    "base.group_system": ("Role / Administrator", ("base.group_erp_manager",)),
    "base.group_partner_manager": ("Contact/Creation", ()),
    "base.group_multi_currency": ("Multi Currencies", ()),
    "base.group_multi_company": ("Multi Companies", ()),
    "product.group_product_manager": ("Products/Creation", ()),
    "analytic.group_analytic_accounting": ("Analytic Accounting", ()),
    "account.group_account_readonly": ("Show Accounting Features - Readonly", ()),
    "account.group_account_invoice": ("Accounting/Invoicing", ()),
    "account.group_account_user": (
        "Show Full Accounting Features",
        (
            "account.group_account_invoice",
            "account.group_account_readonly",
            "analytic.group_analytic_accounting",
        ),
    ),
    "account.group_account_manager": (
        "Accounting/Administrator",
        ("account.group_account_invoice",),
    ),
    "purchase.group_purchase_user": ("Purchase/User", ()),
    "purchase.group_purchase_manager": (
        "Purchase/Administrator",
        ("purchase.group_purchase_user",),
    ),
}
NO_DOCUMENT = "Sorry, you are not allowed to access this document."
VERBS = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


def with_implied(groups: tuple[str, ...]) -> frozenset[str]:
    """Return these groups and all they bring along."""
    found: set[str] = set()
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting.extend(GROUPS[group][1])
    return frozenset(found)


def may(env: Env, model: str, operation: str) -> bool:
    """Say whether the user's groups give this right on the model at all."""
    rights = schema.access_rights(env.version).get(model)
    if env.su or rights is None:
        return True
    return any(group in env.groups for group in rights[operation])


def check(env: Env, model: str, operation: str) -> None:
    if not may(env, model, operation):
        raise AccessError(refusal(env, model, operation))


def refusal(env: Env, model: str, operation: str) -> str:
    groups = schema.access_rights(env.version)[model][operation]
    names = "".join(f"\n\t- {name}" for name in sorted(GROUPS[group][0] for group in groups))
    allowed = (
        f"This operation is allowed for the following groups:{names}"
        if names
        else "No group currently allows this operation."
    )
    description = env[model].schema.description
    return (
        f"You are not allowed to {VERBS[operation]} '{description}' ({model}) records.\n\n"
        f"{allowed}\n\n{CONTACT_ADMINISTRATOR}"
    )


def _of_the_companies(env: Env, row: Row) -> bool:
    return row.get("company_id") in env.company_ids


def _shared_or_of_the_companies(env: Env, row: Row) -> bool:
    return row.get("company_id") is None or row["company_id"] in env.company_ids


def _account(env: Env, row: Row) -> bool:
    return any(company in env.company_ids for company in row.get("company_ids") or ())


def _company(env: Env, row: Row) -> bool:
    return row["id"] in env.company_ids


def _own_key(env: Env, row: Row) -> bool:
    return row.get("user_id") == env.uid or "base.group_system" in env.groups


RULES: dict[str, Callable[[Env, Row], bool]] = {
    "account.account": _account,
    "account.analytic.account": _shared_or_of_the_companies,
    "account.fiscal.position": _of_the_companies,
    "account.journal": _of_the_companies,
    "account.move": _of_the_companies,
    "account.move.line": _of_the_companies,
    "account.payment.term": _shared_or_of_the_companies,
    "account.tax": _of_the_companies,
    "product.product": _shared_or_of_the_companies,
    "product.template": _shared_or_of_the_companies,
    "purchase.order": _of_the_companies,
    "purchase.order.line": _of_the_companies,
    "res.company": _company,
    "res.partner": _shared_or_of_the_companies,
    "res.users.apikeys": _own_key,
}


def sees(env: Env, model: str, row: Row) -> bool:
    """Say whether the record rules let the user at this row."""
    rule = RULES.get(model)
    return env.su or rule is None or rule(env, row)


def check_rows(env: Env, model: str, rows: list[Row], operation: str) -> None:
    hidden = [row for row in rows if not env[model].fits(row)]
    if not hidden:
        return
    if model == "ir.attachment":
        raise AccessError(NO_DOCUMENT)
    described = env[model].schema.description
    shown = "".join(
        f"- {described}, {env[model].display(row['id'])} ({model}: {row['id']})\n" for row in hidden
    )
    raise AccessError(
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
        f"Sorry, {env.user['name']} (id={env.uid}) doesn't have '{operation}' access to:\n{shown}\n"
        "If you really, really need access, perhaps you can win over your friendly "
        "administrator with a batch of freshly baked cookies."
    )
