"""A model's rows in one environment: their values, and the hooks models fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.odoo import rights, writing
from sandbox.odoo.environment import Env
from sandbox.odoo.errors import missing
from sandbox.odoo.schema import Field, ModelSchema
from sandbox.odoo.store import Row

if TYPE_CHECKING:
    from sandbox.odoo.models.base import Model

Compute = Callable[[Any, Row], Any]
NUMBERS = ("integer", "float", "monetary", "many2one_reference")


class Records:
    """The rows of a model, without what clients may call."""

    computed: ClassVar[Mapping[str, Compute]] = {}
    # Fields whose records are looked into on writing: an unknown id is "missing", not a broken
    # foreign key.
    looked_into: ClassVar[frozenset[str]] = frozenset()
    # Child rows that go with the record: (model, field).
    cascades: ClassVar[tuple[tuple[str, str], ...]] = ()
    # Rows that keep the record from being deleted: (model, field).
    restricted_by: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init__(self, env: Env, described: ModelSchema) -> None:
        self.env = env
        self.schema = described
        self.name = described.name
        self.fields = described.fields
        self.table = env.store.tables[described.name]
        self.rows = self.table.rows

    # What a row holds.

    def comodel(self, field: Field) -> Model | None:
        if field.relation not in self.env:
            return None
        return self.env[field.relation]

    def row(self, record: int) -> Row:
        found = self.rows.get(record)
        if found is None:
            raise missing(self.name, record, self.env.uid)
        return found

    def existing(self, ids: list[Any]) -> list[Row]:
        return [self.row(record) for record in ids]

    def value(self, row: Row, name: str) -> Any:
        """Return a field's value: computed, of the company, by relation or stored."""
        compute = self.computed.get(name)
        if compute is not None:
            return compute(self, row)
        field = self.fields[name]
        if field.company_dependent:
            by_company = row.get(name) or {}
            fallback = self.property_default(name)
            return by_company.get(self.env.company, fallback)
        if field.type == "one2many":
            return self.child_ids(row, field)
        return self.stored(row, field)

    def stored(self, row: Row, field: Field) -> Any:
        value = row.get(field.name)
        if value is not None:
            return value
        if field.type == "many2many":
            return []
        if field.type in NUMBERS:
            return 0 if field.type in ("integer", "many2one_reference") else 0.0
        return False

    def child_ids(self, row: Row, field: Field) -> list[int]:
        comodel = self.comodel(field)
        if comodel is None or field.relation_field not in comodel.table.children:
            return []
        ids = self.env.store.children(comodel.name, field.relation_field, row["id"])
        # Attachments and messages say with a model name and an id what they belong to.
        owner = {"ir.attachment": "res_model", "mail.message": "model"}.get(comodel.name)
        return [i for i in ids if comodel.rows[i].get(owner) == self.name] if owner else ids

    def related_ids(self, row: Row, name: str) -> list[int]:
        """Return the ids a relation holds, whatever its kind."""
        value = self.value(row, name)
        if isinstance(value, list):
            return value
        return [value] if value else []

    def display(self, record: int) -> str:
        row = self.rows.get(record)
        return str(self.value(row, "display_name")) if row else ""

    def assign(self, record: int, values: Mapping[str, Any]) -> bool:
        """Store recomputed values; only a real change touches write_date (odoo.md §4)."""
        row = self.rows[record]
        changes = {name: v for name, v in values.items() if row.get(name) != v}
        if changes:
            stamp = {"write_date": self.env.now, "write_uid": self.env.uid}
            self.env.store.put(self.name, record, {**row, **changes, **stamp})
        return bool(changes)

    def insert(self, values: Mapping[str, Any]) -> int:
        """Add a row Odoo makes itself: no checks, no defaults."""
        env = self.env
        record = env.store.next_id(self.name)
        stamps = {"create_date": env.now, "write_date": env.now}
        who = {"create_uid": env.uid, "write_uid": env.uid}
        env.store.put(self.name, record, {"id": record, **stamps, **who, **values})
        return record

    # Hooks for models with behaviour.

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values for what a create leaves out."""
        return {}

    def property_default(self, name: str) -> Any:
        field = self.fields[name]
        return 0 if field.type in NUMBERS else False

    def check_required(self, row: Row) -> None:
        writing.check_required(self.env[self.name], row)

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        """Compute what a new record's stored fields need."""

    def before_write(self, rows: list[Row], values: Mapping[str, Any]) -> None:
        """Refuse what may not be changed."""

    def after_write(self, ids: list[int], values: Mapping[str, Any]) -> None:
        """Recompute what depends on the fields written."""

    def before_unlink(self, rows: list[Row]) -> None:
        """Refuse to delete what must stay."""

    def after_unlink(self, rows: list[Row]) -> None:
        """Recompute what depended on the deleted rows."""

    def fits(self, row: Row) -> bool:
        """Say whether the user's record rules let this row be seen."""
        return rights.sees(self.env, self.name, row)
