"""Users, their groups and their API keys.

Reference: docs/systems/odoo.md §1 (keys) and §9 (rights).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.odoo import moments, rights
from sandbox.odoo.errors import AccessError, UserError, ValidationError, value_error
from sandbox.odoo.models.base import Model, on_model, on_records
from sandbox.odoo.store import Row

# base.group_user's api_key_duration: nobody but an administrator may have a key for longer.
LONGEST_KEY_DAYS = 90.0
MOST_KEYS = 10
PROGRAMMATIC_KEYS = "base.enable_programmatic_api_keys"


class Users(Model):
    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A user is a partner too; without groups named it is a plain internal user."""
        partner = values.get("partner_id")
        if not partner:
            partner = self.env["res.partner"].create([{"name": values.get("name")}])[0]
        company = values.get("company_id") or self.env.company
        found = {"active": True, "lang": "en_US", "company_id": company, "partner_id": partner}
        return {**found, "company_ids": [[6, 0, [company]]]}

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        self._groups_follow(ids)

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        self._groups_follow(ids)

    def _groups_follow(self, ids: list[int]) -> None:
        by_name = {name: group for group, (name, _) in rights.GROUPS.items()}
        groups = self.env["res.groups"].rows
        for record in ids:
            held = self.rows[record].get("group_ids") or []
            named = tuple(by_name[groups[i]["name"]] for i in held) or ("base.group_user",)
            self.assign(record, {"_groups": named})

    @on_model
    def context_get(self) -> dict[str, Any]:
        user = self.env.user
        return {"lang": user.get("lang") or False, "tz": user.get("tz") or False, "uid": user["id"]}

    @on_records
    def has_group(self, ids: list[Any], group_ext_id: str) -> bool:
        if len(ids) != 1:
            shown = ", ".join(str(i) for i in ids)
            raise value_error(f"Expected singleton: res.users({shown})")
        row = self.existing(ids)[0]
        return group_ext_id in rights.with_implied(tuple(row.get("_groups", ())))


class ApiKeys(Model):
    """res.users.apikeys: clients see their own keys; the secrets stay in a hidden column."""

    @on_model
    def generate(self, key: str, scope: Any, name: str, expiration_date: Any) -> str:
        """Give the caller a new key; `key` proves that an existing one is known."""
        self._check_may_generate(key)
        until = moments.parse_datetime(expiration_date)
        self._check_duration(until)
        secret = self.env.db.new_secret()
        self.add(secret, self.env.uid, name, until, scope=scope or None)
        return secret

    @on_model
    def revoke(self, key: str) -> bool:
        found = self.find(key)
        if found is None or found["user_id"] != self.env.uid:
            raise AccessError("Access Denied")
        self.env.store.drop(self.name, found["id"])
        return True

    def add(
        self,
        secret: str,
        user: int,
        name: str,
        until: datetime | None,
        scope: str | None = None,
    ) -> None:
        record = self.env.store.next_id(self.name)
        row = {
            "id": record,
            "name": name,
            "user_id": user,
            "scope": scope,
            "expiration_date": until,
            "create_date": self.env.now,
            "write_date": self.env.now,
            "create_uid": user,
            "write_uid": user,
            "_secret": secret,
        }
        self.env.store.put(self.name, record, row)

    def find(self, secret: str) -> Row | None:
        """Return the key if it opens RPC now: known, of scope rpc or none, not expired."""
        for row in self.rows.values():
            until = row["expiration_date"]
            if row["_secret"] == secret and row["scope"] in (None, "rpc"):
                return row if until is None or until > self.env.now else None
        return None

    def _check_may_generate(self, key: str) -> None:
        switch = self.env.db.parameter(PROGRAMMATIC_KEYS)
        if not self.env.has_group("base.group_system") and switch.lower() not in ("true", "1"):
            raise UserError("Programmatic API keys are not enabled")
        found = self.find(key)
        if found is None or found["user_id"] != self.env.uid:
            raise AccessError("Access Denied")
        own = [row for row in self.rows.values() if row["user_id"] == self.env.uid]
        if len(own) >= MOST_KEYS:
            raise UserError("Limit of 10 API keys is reached. Please revoke some of them first.")

    def _check_duration(self, until: datetime | None) -> None:
        if self.env.has_group("base.group_system"):
            return
        if until is None:
            raise ValidationError("The API key must have an expiration date")
        if until > self.env.now + timedelta(days=LONGEST_KEY_DAYS):
            raise ValidationError(f"You cannot exceed {LONGEST_KEY_DAYS} days.")


class Parameters(Model):
    @on_model
    def get_param(self, key: str, default: Any = False) -> Any:
        rights.check(self.env, self.name, "read")
        return self.env.db.parameter(key) or default

    @on_model
    def set_param(self, key: str, value: Any) -> Any:
        """Store the parameter and return what it was."""
        was = self.env.db.parameter(key) or False
        for row in list(self.rows.values()):
            if row["key"] == key:
                self.write([row["id"]], {"value": str(value)})
                return was
        self.create([{"key": key, "value": str(value)}])
        return was


class Groups(Model):
    pass


Groups.computed = {
    **Groups.computed,
    "full_name": lambda model, row: row["name"],
}
