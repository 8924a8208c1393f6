"""What every model can do: the methods Odoo's ORM lets clients call, and the hooks models fill."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from sandbox.odoo import grouping, reading, rights, searching, writing
from sandbox.odoo.environment import Env
from sandbox.odoo.errors import missing
from sandbox.odoo.schema import Field, ModelSchema
from sandbox.odoo.store import Row

Compute = Callable[[Any, Row], Any]
F = TypeVar("F", bound=Callable[..., Any])
NUMBERS = ("integer", "float", "monetary", "many2one_reference")


@dataclass(frozen=True)
class Public:
    """A method clients may call: on the model, or on the records named by `ids`."""

    call: Callable[..., Any]
    on_records: bool
    signature: inspect.Signature


def on_model(method: F) -> F:
    """Open a method to clients; it takes no ids."""
    _OPENED[method] = False
    return method


def on_records(method: F) -> F:
    """Open a method to clients; its first argument is the ids."""
    _OPENED[method] = True
    return method


_OPENED: dict[Callable[..., Any], bool] = {}


def _opened(cls: type) -> dict[str, Public]:
    found = {}
    for name, method in vars(cls).items():
        if inspect.isfunction(method) and method in _OPENED:
            hidden = 2 if _OPENED[method] else 1
            parameters = list(inspect.signature(method).parameters.values())[hidden:]
            found[name] = Public(method, _OPENED[method], inspect.Signature(parameters))
    return found


class Model:
    """A model of Odoo in one environment. Models with behaviour of their own derive from this."""

    computed: ClassVar[Mapping[str, Compute]] = {}
    public: ClassVar[Mapping[str, Public]] = {}
    # Fields whose records are looked into on writing: an unknown id is "missing", not a broken
    # foreign key.
    looked_into: ClassVar[frozenset[str]] = frozenset()
    # Child rows that go with the record: (model, field).
    cascades: ClassVar[tuple[tuple[str, str], ...]] = ()
    # Rows that keep the record from being deleted: (model, field).
    restricted_by: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init_subclass__(cls) -> None:
        inherited: dict[str, Public] = {}
        for parent in reversed(cls.__mro__[1:]):
            inherited.update(getattr(parent, "public", None) or _opened(parent))
        cls.public = {**inherited, **_opened(cls)}
        cls.computed = {**Model.computed, **cls.computed}

    def __init__(self, env: Env, described: ModelSchema) -> None:
        self.env = env
        self.schema = described
        self.name = described.name
        self.fields = described.fields
        self.table = env.store.tables[described.name]
        self.rows = self.table.rows

    # What a row holds.

    def comodel(self, field: Field) -> Model | None:
        return self.env[field.relation] if field.relation in self.env else None

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

    # Hooks for models with behaviour.

    def defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values for what a create leaves out."""
        return {}

    def property_default(self, name: str) -> Any:
        field = self.fields[name]
        return 0 if field.type in NUMBERS else False

    def check_required(self, row: Row) -> None:
        writing.check_required(self, row)

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

    # What clients may call.

    @on_model
    def search(
        self,
        domain: Any,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
    ) -> list[int]:
        rights.check(self.env, self.name, "read")
        return searching.search(self, domain, offset=offset, limit=limit, order=order)

    @on_model
    def search_count(self, domain: Any, limit: int | None = None) -> int:
        rights.check(self.env, self.name, "read")
        return len(searching.search(self, domain, limit=limit, order="id"))

    @on_model
    def search_read(
        self,
        domain: Any = None,
        fields: Any = None,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        **read_kwargs: Any,
    ) -> list[dict[str, Any]]:
        rights.check(self.env, self.name, "read")
        ids = searching.search(self, domain, offset=offset, limit=limit, order=order)
        return reading.read(self, ids, fields, load=read_kwargs.get("load", "_classic_read"))

    @on_records
    def read(
        self, ids: list[Any], fields: Any = None, load: str | None = "_classic_read"
    ) -> list[dict[str, Any]]:
        rights.check(self.env, self.name, "read")
        return reading.read(self, ids, fields, load=load)

    @on_model
    def web_search_read(
        self,
        domain: Any,
        specification: Any,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        count_limit: int | None = None,
    ) -> dict[str, Any]:
        rights.check(self.env, self.name, "read")
        everything = searching.search(self, domain, order=order)
        page = everything[offset : offset + limit if limit else None]
        length = min(len(everything), count_limit) if count_limit else len(everything)
        return {"length": length, "records": reading.web_read(self, page, specification)}

    @on_records
    def web_read(self, ids: list[Any], specification: Any) -> list[dict[str, Any]]:
        rights.check(self.env, self.name, "read")
        return reading.web_read(self, ids, specification)

    @on_model
    def read_group(
        self,
        domain: Any,
        fields: Any,
        groupby: Any,
        offset: int = 0,
        limit: int | None = None,
        orderby: Any = False,
        lazy: bool = True,
    ) -> list[dict[str, Any]]:
        rights.check(self.env, self.name, "read")
        groups = grouping.read_group(self, domain, fields, groupby, lazy=lazy)
        return groups[offset : offset + limit if limit else None]

    @on_model
    def formatted_read_group(
        self,
        domain: Any,
        groupby: Any = (),
        aggregates: Any = (),
        having: Any = (),
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
    ) -> list[dict[str, Any]]:
        rights.check(self.env, self.name, "read")
        groups = grouping.formatted_read_group(self, domain, groupby, aggregates)
        return groups[offset : offset + limit if limit else None]

    @on_model
    def name_search(
        self, name: str = "", domain: Any = None, operator: str = "ilike", limit: int = 100
    ) -> list[list[Any]]:
        rights.check(self.env, self.name, "read")
        asked = [*(domain or []), ["display_name", operator, name]] if name else domain
        ids = searching.search(self, asked, limit=limit)
        return [[record, self.display(record)] for record in ids]

    @on_model
    def fields_get(self, allfields: Any = None, attributes: Any = None) -> dict[str, Any]:
        found = {}
        for name, field in self.fields.items():
            if not allfields or name in allfields:
                described = field.described()
                found[name] = {
                    key: value
                    for key, value in described.items()
                    if not attributes or key in attributes
                }
        return found

    @on_model
    def default_get(self, fields: list[str]) -> dict[str, Any]:
        defaults = self.defaults({})
        return {name: defaults[name] for name in fields if name in defaults}

    @on_model
    def create(self, vals_list: Any) -> list[int]:
        rights.check(self.env, self.name, "create")
        return writing.create(self, vals_list if isinstance(vals_list, list) else [vals_list])

    @on_records
    def write(self, ids: list[Any], vals: Any) -> bool:
        rights.check(self.env, self.name, "write")
        return writing.write(self, ids, vals)

    @on_records
    def unlink(self, ids: list[Any]) -> bool:
        rights.check(self.env, self.name, "unlink")
        return writing.unlink(self, ids)

    @on_records
    def action_archive(self, ids: list[Any]) -> None:
        self.write(ids, {"active": False})

    @on_records
    def action_unarchive(self, ids: list[Any]) -> None:
        self.write(ids, {"active": True})

    @on_records
    def has_access(self, ids: list[Any], operation: str) -> bool:
        if not rights.may(self.env, self.name, operation):
            return False
        return all(self.fits(self.rows[i]) for i in ids if i in self.rows)

    @on_model
    def check_access_rights(self, operation: str, raise_exception: bool = True) -> bool:
        if raise_exception:
            rights.check(self.env, self.name, operation)
        return rights.may(self.env, self.name, operation)


def _display_name(model: Model, row: Row) -> str:
    return str(row.get("name") or f"{model.name},{row['id']}")


Model.public = _opened(Model)
Model.computed = {"display_name": _display_name}
