"""What every database has: company, chart of accounts, users (docs/systems/odoo.md §9)."""

from __future__ import annotations

from datetime import timedelta

from sandbox.odoo.rights import GROUPS
from sandbox.odoo.seed.builder import ADMIN, Builder

__all__ = ["ADMIN", "KEYS", "USD", "lay_foundations"]

USD, EUR, JPY, UNITED_STATES, GERMANY, OREGON, WASHINGTON = 1, 126, 25, 233, 57, 46, 56
KEY_DAYS = 90

# Login -> (user id, API key, groups). The keys are obviously invented, but of the real form.
USERS: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "admin": (ADMIN, "e5" * 20, tuple(group for group in GROUPS if group != "base.group_portal")),
    "integration": (
        5,
        "a1" * 20,
        (
            "base.group_user",
            "account.group_account_invoice",
            "purchase.group_purchase_user",
            "analytic.group_analytic_accounting",
            "base.group_multi_currency",
        ),
    ),
    "nothing": (6, "b2" * 20, ("base.group_user",)),
    "manager": (
        9,
        "f6" * 20,
        ("base.group_user", "account.group_account_manager", "purchase.group_purchase_manager"),
    ),
    "accountant": (10, "a7" * 20, ("base.group_user", "account.group_account_user")),
    "readonly": (7, "c3" * 20, ("base.group_user", "account.group_account_readonly")),
    "purchase": (8, "d4" * 20, ("base.group_user", "purchase.group_purchase_user")),
}
KEYS = {login: key for login, (_, key, _) in USERS.items()}

CHART = (
    ("101000", "Current Assets", "asset_current"),
    ("101401", "Bank", "asset_cash"),
    ("101402", "Bank Suspense Account", "asset_current"),
    ("101404", "Outstanding Payments", "asset_current"),
    ("121000", "Account Receivable", "asset_receivable"),
    ("131000", "Tax Paid", "asset_current"),
    ("141000", "Prepayments", "asset_prepayments"),
    ("151000", "Fixed Asset", "asset_fixed"),
    ("211000", "Account Payable", "liability_payable"),
    ("251000", "Tax Received", "liability_current"),
    ("252000", "Tax Payable", "liability_payable"),
    ("301000", "Capital", "equity"),
    ("400000", "Product Sales", "income"),
    ("600000", "Expenses", "expense"),
    ("611000", "Purchase of Equipments", "expense"),
    ("612000", "Rent", "expense"),
    ("620000", "Bank Fees", "expense"),
    ("630000", "Salary Expenses", "expense"),
    ("641000", "Freight in", "expense_direct_cost"),
    ("650000", "Rounding differences", "expense"),
    ("660000", "Depreciation", "expense_depreciation"),
    ("690000", "Typewriter repairs", "expense"),
    ("101403", "Outstanding Receipts", "asset_current"),
    ("101405", "Bank Outstanding", "asset_cash"),
    ("101406", "Outstanding AP payments", "asset_current"),
    ("101407", "Bank Direct", "asset_cash"),
    ("101410", "BILL Clearing", "asset_current"),
    ("101411", "BILL Clearing Bank", "asset_cash"),
    ("441000", "Foreign Exchange Gain", "income_other"),
    ("443000", "Cash Discount Loss", "expense"),
    ("643000", "Cash Discount Gain", "income_other"),
    ("644000", "Foreign Exchange Loss", "expense"),
)
# Accounts on which items stay open although their type does not say so.
RECONCILED = ("101403", "101404", "101406", "101410")
ARCHIVED = "690000"
MODULES = (
    ("base", "19.0.1.3"),
    ("web", "19.0.1.0"),
    ("mail", "19.0.1.19"),
    ("product", "19.0.1.2"),
    ("analytic", "19.0.1.2"),
    ("account", "19.0.1.4"),
    ("purchase", "19.0.1.2"),
)


def lay_foundations(builder: Builder, *, keys_expire: bool) -> None:
    _world(builder)
    _company(builder)
    _users(builder, keys_expire=keys_expire)
    builder.at(builder.moment - timedelta(days=400))
    _accounts(builder)
    _taxes(builder)
    _journals(builder)
    _terms(builder)
    for name, factor in (("Units", 1.0), ("Dozens", 12.0), ("Hours", 1.0)):
        builder.add("uom.uom", name=name, factor=factor, relative_factor=factor)
    builder.add("product.category", name="All")
    for name, version in MODULES:
        builder.add("ir.module.module", name=name, state="installed", latest_version=version)


def _world(builder: Builder) -> None:
    for record, name, symbol, rate, places in (
        (USD, "USD", "$", 1.0, 2),
        (JPY, "JPY", "\u00a5", 150.0, 0),
        (EUR, "EUR", "\u20ac", 0.8, 2),
    ):
        builder.raw(
            "res.currency",
            record,
            name=name,
            symbol=symbol,
            _rate=rate,
            decimal_places=places,
            rounding=10.0**-places,
            active=name != "JPY",
        )
    builder.raw("res.country", GERMANY, name="Germany", code="DE", currency_id=EUR)
    builder.raw("res.country", UNITED_STATES, name="United States", code="US", currency_id=USD)
    for record, name, code in ((OREGON, "Oregon", "OR"), (WASHINGTON, "Washington", "WA")):
        builder.raw("res.country.state", record, name=name, code=code, country_id=UNITED_STATES)


def _company(builder: Builder) -> None:
    _person(builder, 1, "Harbour Supply Co.", is_company=True)
    builder.raw(
        "res.company",
        1,
        name="Harbour Supply Co.",
        partner_id=1,
        currency_id=USD,
        country_id=UNITED_STATES,
        account_fiscal_country_id=UNITED_STATES,
        active=True,
        sequence=10,
        account_price_include="tax_excluded",
        fiscalyear_last_day=31,
        fiscalyear_last_month="12",
        layout_background="Blank",
        po_lock="edit",
        po_double_validation="one_step",
        po_double_validation_amount=5000.0,
    )


def _person(builder: Builder, record: int, name: str, *, is_company: bool = False) -> None:
    builder.raw(
        "res.partner",
        record,
        name=name,
        complete_name=name,
        commercial_partner_id=record,
        is_company=is_company,
        active=True,
        type="contact",
        lang="en_US",
        autopost_bills="ask",
    )


def _users(builder: Builder, *, keys_expire: bool) -> None:
    _person(builder, 2, "OdooBot")
    builder.raw("res.users", 1, name="OdooBot", login="__system__", active=False, partner_id=2)
    ids = {}
    for number, (group, (name, _)) in enumerate(GROUPS.items(), start=1):
        ids[group] = builder.raw("res.groups", number, name=name, api_key_duration=90.0)
    for login, (record, key, groups) in USERS.items():
        _person(builder, record + 1, login.capitalize())
        builder.raw(
            "res.users",
            record,
            name=login,
            login=login,
            active=True,
            partner_id=record + 1,
            company_id=1,
            company_ids=[1],
            lang="en_US",
            group_ids=[ids[group] for group in groups],
            _groups=groups,
        )
        expires = keys_expire and login != "admin"
        until = builder.moment + timedelta(days=KEY_DAYS) if expires else None
        keys = builder.at(builder.moment)["res.users.apikeys"]
        keys.add(key, record, login, until)  # type: ignore[attr-defined]


def _accounts(builder: Builder) -> None:
    for code, name, kind in CHART:
        values: dict[str, object] = {"code": code, "name": name, "account_type": kind}
        values |= {"reconcile": True} if code in RECONCILED else {}
        account = builder.add("account.account", **values)
        if code == ARCHIVED:
            builder.env["account.account"].write([account], {"active": False})


def _taxes(builder: Builder) -> None:
    for number, rate in enumerate((15, 5), start=1):
        builder.add("account.tax.group", name=f"Tax {rate}%", sequence=10)
        for use in ("sale", "purchase"):
            builder.add(
                "account.tax",
                name=f"{rate}%",
                amount=float(rate),
                amount_type="percent",
                type_tax_use=use,
                sequence=number,
                tax_group_id=number,
                country_id=UNITED_STATES,
                price_include_override="tax_excluded",
            )
    builder.db.tax_account = builder.account("131000")
    builder.add("account.fiscal.position", name="Domestic", auto_apply=True)


def _journals(builder: Builder) -> None:
    for number, way in enumerate(("inbound", "outbound"), start=1):
        values = {"name": "Manual Payment", "code": "manual", "payment_type": way}
        builder.raw("account.payment.method", number, **values)
    for name, code, kind, account, sequence in (
        ("Sales", "INV", "sale", "400000", 5),
        ("Purchases", "BILL", "purchase", "600000", 6),
        ("Bank", "BNK1", "bank", "101401", 7),
        ("Miscellaneous Operations", "MISC", "general", None, 8),
        ("Bank Outstanding", "BNKO", "bank", "101405", 10),
        ("Bank Direct", "BNKD", "bank", "101407", 10),
        ("BILL Clearing", "BLCL", "bank", "101411", 10),
        ("Exchange Difference", "EXCH", "general", None, 9),
    ):
        builder.add(
            "account.journal",
            name=name,
            code=code,
            type=kind,
            sequence=sequence,
            default_account_id=builder.account(account) if account else False,
        )
    # Bank (A) books on no account of its own, the others on theirs (§6.2).
    for name, code in (
        ("Bank Outstanding", "101406"),
        ("Bank Direct", "101407"),
        ("BILL Clearing", "101410"),
    ):
        journal = builder.named("account.journal", name)
        lines = builder.env["account.payment.method.line"]
        of_journal = [i for i, row in lines.rows.items() if row["journal_id"] == journal]
        lines.write(of_journal, {"payment_account_id": builder.account(code)})
    _fallbacks(builder)


def _fallbacks(builder: Builder) -> None:
    """Name the accounts Odoo takes when nothing else is said."""
    builder.db.outstanding = {
        "inbound": builder.account("101403"),
        "outbound": builder.account("101404"),
    }
    builder.env["res.company"].assign(
        1,
        {
            "currency_exchange_journal_id": builder.named("account.journal", "Exchange Difference"),
            "income_currency_exchange_account_id": builder.account("441000"),
            "expense_currency_exchange_account_id": builder.account("644000"),
        },
    )


def _terms(builder: Builder) -> None:
    for name, delay, days in (
        ("Immediate Payment", "days_after", 0),
        ("30 Days", "days_after", 30),
        ("End of Following Month", "days_after_end_of_next_month", 0),
    ):
        line = {"delay_type": delay, "nb_days": days}
        builder.add("account.payment.term", name=name, line_ids=[[0, 0, line]])
    builder.db.immediate_term = 1
