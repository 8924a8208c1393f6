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


@dataclass(frozen=True, kw_only=True)
class PaymentWords:
    """How one version names what belongs to payments.

    `posted` and `cancelled` are states. `lock_dates` are the fields of a company that close a
    period. `may_skip_the_ledger`: without an outstanding account a payment gets no entry where
    the accounting app is installed.

    Reference: docs/systems/odoo.md#differences-between-versions
    """

    memo: str
    posted: tuple[str, ...]
    cancelled: tuple[str, ...]
    lock_dates: tuple[str, ...]
    may_skip_the_ledger: bool


_19 = Dialect(
    line_taxes="tax_ids",
    account_active="active",
    company_expense_account="expense_account_id",
    may="has_access",
    key_expiry="expiration_date",
)
DIALECTS = {19: _19}
LATEST = _19

_PAYMENTS_17 = PaymentWords(
    memo="ref",
    posted=("posted",),
    cancelled=("cancel",),
    lock_dates=("fiscalyear_lock_date", "period_lock_date"),
    may_skip_the_ledger=False,
)
_PAYMENTS_18 = PaymentWords(
    memo="memo",
    posted=("in_process", "paid"),
    cancelled=("canceled", "rejected"),
    lock_dates=("fiscalyear_lock_date", "hard_lock_date"),
    may_skip_the_ledger=True,
)
PAYMENT_WORDS = {17: _PAYMENTS_17, 18: _PAYMENTS_18, 19: _PAYMENTS_18}


def dialect_of(version: Version) -> Dialect:
    """Return the names a version uses; newer ones than we know are taken to speak like the last."""
    return DIALECTS.get(version.major, LATEST)


def payment_words_of(version: Version) -> PaymentWords:
    """Return how a version speaks of payments; newer ones are taken to speak like the last."""
    return PAYMENT_WORDS.get(version.major, PAYMENT_WORDS[19])


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
