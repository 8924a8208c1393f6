"""The surroundings of one request: database, user, companies, context and the moment it began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.odoo import rights, schema
from sandbox.odoo.errors import AccessError
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.installation import Database
    from sandbox.odoo.models.base import Model

ROOT = 1


class Env:
    """One transaction as one user. `now` is its start, which every write_date in it takes.

    Reference: docs/systems/odoo.md §0.2.
    """

    def __init__(
        self,
        db: Database,
        uid: int,
        context: Mapping[str, Any],
        now: datetime,
        *,
        su: bool = False,
    ) -> None:
        self.db = db
        self.store = db.store
        self.version = db.version
        self.uid = uid
        self.context = context
        self.now = now
        self.su = su
        self.user: Row = db.store.get("res.users", uid) or {"id": uid, "name": "OdooBot"}
        self.groups = rights.with_implied(tuple(self.user.get("_groups", ())))
        self.company_ids = self._companies()
        self.company = self.company_ids[0] if self.company_ids else 0
        self._models: dict[str, Model] = {}
        self._sudo: Env | None = None

    def _companies(self) -> list[int]:
        own = self.user.get("company_ids") or []
        asked = self.context.get("allowed_company_ids")
        if not asked:
            main = self.user.get("company_id")
            return [main, *(c for c in own if c != main)] if main else list(own)
        if not self.su and not set(asked) <= set(own):
            raise AccessError("Access to unauthorized or invalid companies.")
        return list(asked)

    def __getitem__(self, name: str) -> Model:
        from sandbox.odoo.models import MODELS
        from sandbox.odoo.models.base import Model

        if name not in self._models:
            described = schema.load(self.version)[name]
            self._models[name] = MODELS.get(name, Model)(self, described)
        return self._models[name]

    def __contains__(self, name: str) -> bool:
        return name in schema.load(self.version)

    def sudo(self) -> Env:
        """Return the same surroundings without access checks."""
        if self.su:
            return self
        if self._sudo is None:
            self._sudo = Env(self.db, self.uid, self.context, self.now, su=True)
        return self._sudo

    def has_group(self, group: str) -> bool:
        return group in self.groups

    @property
    def company_row(self) -> Row:
        return self.store.tables["res.company"].rows[self.company]
