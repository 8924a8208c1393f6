"""A short way to put records into a database through the models themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.odoo.environment import Env
from sandbox.odoo.installation import Database

ADMIN = 2


class Builder:
    """Adds records as the administrator, at any moment."""

    def __init__(self, db: Database, moment: datetime) -> None:
        self.db = db
        self.moment = moment
        self.at(moment)

    def at(self, moment: datetime) -> Env:
        """Let what follows happen at this moment, and return its environment."""
        self.env = Env(self.db, ADMIN, {}, moment, su=True)
        return self.env

    def ago(self, days: float, hours: float = 0) -> Env:
        return self.at(self.moment - timedelta(days=days, hours=hours))

    def raw(self, model: str, record: int, **values: Any) -> int:
        """Store a row as it is, for what must exist before anything else can."""
        moment = self.moment - timedelta(days=400)
        stamps = {"create_date": moment, "write_date": moment, "create_uid": 1, "write_uid": 1}
        self.db.store.put(model, record, {"id": record, **stamps, **values})
        table = self.db.store.tables[model]
        table.last_id = max(table.last_id, record)
        return record

    def add(self, model: str, **values: Any) -> int:
        created: list[int] = self.env[model].create([values])
        return created[0]

    def account(self, code: str) -> int:
        accounts = self.env["account.account"]
        return next(i for i, row in accounts.rows.items() if accounts.value(row, "code") == code)

    def named(self, model: str, name: str) -> int:
        rows = self.db.store.rows(model)
        return next(int(row["id"]) for row in rows if row.get("name") == name)
