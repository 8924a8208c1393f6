"""What differs from one Odoo version to the next, in one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from connections.errors import ConnectionProblem

OLDEST = 19


@dataclass(frozen=True)
class Version:
    """A server's version; `major` is 0 where it could not be told."""

    major: int
    name: str
    is_enterprise: bool = False


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The names one version uses for what others name differently.

    Reference: docs/systems/odoo.md#differences-between-versions
    """

    line_taxes: str
    account_active: str
    company_expense_account: str
    may: str
    key_expiry: str


_19 = Dialect(
    line_taxes="tax_ids",
    account_active="active",
    company_expense_account="expense_account_id",
    may="has_access",
    key_expiry="expiration_date",
)
DIALECTS = {19: _19}
LATEST = _19


def dialect_of(version: Version) -> Dialect:
    """Return the names a version uses; newer ones than we know are taken to speak like the last."""
    return DIALECTS.get(version.major, LATEST)


def parse_version(answer: Any) -> Version:
    """Read either form in which Odoo tells its version; `saas~18.2` counts as 18."""
    answer = answer if isinstance(answer, dict) else {}
    parts = answer.get("version_info") or answer.get("server_version_info") or []
    name = str(answer.get("version") or answer.get("server_version") or "")
    first = str(parts[0]) if isinstance(parts, list) and parts else name
    found = re.search(r"\d+", first)
    enterprise = name.endswith("+e") or (bool(parts) and parts[-1] == "e")
    return Version(int(found.group()) if found else 0, name or "unknown", enterprise)


def refuse_older(version: Version) -> None:
    """Raise ConnectionProblem for a version this program cannot talk to."""
    if 0 < version.major < OLDEST:
        raise ConnectionProblem(
            f"This server runs Odoo {version.name}. The connection needs Odoo {OLDEST} or newer, "
            "because older ones do not offer the JSON-2 interface it uses."
        )
