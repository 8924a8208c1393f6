"""The chart of accounts, currencies, taxes' arithmetic aside, and payment terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sandbox.odoo import locks, rates
from sandbox.odoo.errors import ValidationError
from sandbox.odoo.models.base import Model
from sandbox.odoo.store import Row


class Account(Model):
    """account.account: the code belongs to the company, the display name has none (§3)."""

    restricted_by = (("account.move.line", "account_id"),)

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        reconcile = values.get("account_type") in ("liability_payable", "asset_receivable")
        companies = [[6, 0, [self.env.company]]]
        return {"active": True, "company_ids": companies, "reconcile": reconcile}

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record, values in zip(ids, given, strict=True):
            self.after_write([record], values)

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        if "code" in values:
            for record in ids:
                self._set_code(record, values["code"])

    def _set_code(self, record: int, code: str) -> None:
        company = self.env.company
        for row in self.rows.values():
            if row["id"] != record and (row.get("code_store") or {}).get(company) == code:
                raise ValidationError(
                    "Account codes must be unique. You can't create accounts with these "
                    f"duplicate codes: {code}"
                )
        codes = {**(self.rows[record].get("code_store") or {}), company: code}
        self.assign(record, {"code_store": codes})


def _code(model: Model, row: Row) -> Any:
    return (row.get("code_store") or {}).get(model.env.company, False)


def _placeholder_code(model: Model, row: Row) -> Any:
    codes = row.get("code_store") or {}
    return codes.get(model.env.company) or next(iter(codes.values()), False)


def _internal_group(model: Model, row: Row) -> str:
    kind = str(row["account_type"])
    return "off" if kind == "off_balance" else kind.partition("_")[0]


Account.computed = {
    **Account.computed,
    "code": _code,
    "placeholder_code": _placeholder_code,
    "internal_group": _internal_group,
    "include_initial_balance": lambda model, row: (
        _internal_group(model, row) not in ("income", "expense")
    ),
}


class Currency(Model):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"active": True, "rounding": 0.01, "decimal_places": 2}


def _rate(model: Model, row: Row) -> float:
    """Units of the currency for one unit of the company's."""
    own = model.rows.get(model.env.company_row["currency_id"], row)
    today = model.env.now.date()
    return float(rates.on(row, today) / rates.on(own, today))


Currency.computed = {
    **Currency.computed,
    "rate": _rate,
    "inverse_rate": lambda model, row: 1 / _rate(model, row),
}


class PaymentTerm(Model):
    cascades = (("account.payment.term.line", "payment_id"),)

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"active": True, "sequence": 10, "display_on_invoice": True}

    def due_date(self, record: int, start: date) -> date:
        """Return when the last part falls due."""
        lines = self.env["account.payment.term.line"].rows
        ids = self.env.store.children("account.payment.term.line", "payment_id", record)
        return max((_due(lines[i], start) for i in ids), default=start)


class PaymentTermLine(Model):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"value": "percent", "value_amount": 100.0, "delay_type": "days_after"}


def _due(line: Row, start: date) -> date:
    days = timedelta(days=line.get("nb_days") or 0)
    if line["delay_type"] == "days_after_end_of_month":
        return _end_of_month(start) + days
    if line["delay_type"] == "days_after_end_of_next_month":
        return _end_of_month(_end_of_month(start) + timedelta(days=1)) + days
    return start + days


def _end_of_month(day: date) -> date:
    first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first_of_next - timedelta(days=1)


class Archivable(Model):
    """A model of which nothing is special but that new records are active."""

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"active": True} if "active" in self.fields else {}
        if "company_id" in self.fields and self.fields["company_id"].required:
            found["company_id"] = self.env.company
        return found


class Tax(Archivable):
    pass


Tax.computed = {
    **Tax.computed,
    "price_include": lambda model, row: row.get("price_include_override") == "tax_included",
}


class Company(Archivable):
    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        """Who adds a company belongs to it from then on."""
        user = self.env.user
        kept = {**user, "company_ids": [*user["company_ids"], *ids]}
        self.env.store.put("res.users", user["id"], kept)
        self.env.company_ids.extend(ids)

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        for row in rows:
            locks.check_new(row, values)


def _lock_date(name: str) -> Any:
    return lambda model, row: row.get(name)


Company.computed = {
    **Company.computed,
    **{f"user_{name}": _lock_date(name) for name in locks.FIELDS},
}


class Journal(Archivable):
    restricted_by = (("account.move", "journal_id"), ("account.payment", "journal_id"))

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        """A journal of money comes with a manual method for each direction."""
        methods = self.env["account.payment.method"].rows
        lines = self.env.sudo()["account.payment.method.line"]
        for record in ids:
            if self.rows[record]["type"] in ("bank", "cash", "credit"):
                for method in methods.values():
                    values = {name: method[name] for name in ("name", "code", "payment_type")}
                    lines.insert(
                        {**values, "payment_method_id": method["id"], "journal_id": record}
                    )


class MethodLine(Model):
    """account.payment.method.line: its account decides whether a payment is booked (§6.2)."""

    restricted_by = (("account.payment", "payment_method_line_id"),)

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        methods = self.env["account.payment.method"].rows
        for record in ids:
            row = self.rows[record]
            method = methods[row["payment_method_id"]]
            name = row.get("name") or method["name"]
            values = {"code": method["code"], "payment_type": method["payment_type"]}
            self.assign(record, {**values, "name": name})


def _method_line_name(model: Model, row: Row) -> str:
    journal = model.env["account.journal"].rows.get(row.get("journal_id") or 0)
    return f"{row['name']} ({journal['name']})" if journal else str(row["name"])


MethodLine.computed = {**MethodLine.computed, "display_name": _method_line_name}


def _method_lines(way: str) -> Any:
    def value(model: Model, row: Row) -> list[int]:
        lines = model.env["account.payment.method.line"].rows.values()
        held = [line for line in lines if line.get("journal_id") == row["id"]]
        return [line["id"] for line in held if line["payment_type"] == way]

    return value


Journal.computed = {
    **Journal.computed,
    "inbound_payment_method_line_ids": _method_lines("inbound"),
    "outbound_payment_method_line_ids": _method_lines("outbound"),
}


class AnalyticAccount(Archivable):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().defaults(values), "company_id": self.env.company}


def _analytic_name(model: Model, row: Row) -> str:
    code = row.get("code")
    return f"[{code}] {row['name']}" if code else str(row["name"])


AnalyticAccount.computed = {
    **AnalyticAccount.computed,
    "display_name": _analytic_name,
    "root_plan_id": lambda model, row: row.get("plan_id"),
}
