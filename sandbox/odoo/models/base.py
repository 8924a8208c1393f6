"""What clients may call on every model: the methods of Odoo's ORM."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from sandbox.odoo import grouping, loading, reading, rights, searching, writing
from sandbox.odoo.errors import UserError
from sandbox.odoo.models.records import Records
from sandbox.odoo.store import Row

F = TypeVar("F", bound=Callable[..., Any])


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


class Model(Records):
    """A model of Odoo in one environment. Models with behaviour of their own derive from this."""

    public: ClassVar[Mapping[str, Public]] = {}

    def __init_subclass__(cls) -> None:
        inherited: dict[str, Public] = {}
        for parent in reversed(cls.__mro__[1:]):
            inherited.update(getattr(parent, "public", None) or _opened(parent))
        cls.public = {**inherited, **_opened(cls)}
        cls.computed = {**Model.computed, **cls.computed}

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

    @on_model
    def load(self, fields: list[str], data: list[list[Any]]) -> dict[str, Any]:
        return loading.load(self.env[self.name], fields, data)

    @on_records
    def export_data(self, ids: list[Any], fields_to_export: list[str]) -> dict[str, Any]:
        """Only administrators may export; others load but cannot look back."""
        if not self.env.has_group("base.group_system"):
            raise UserError(
                "You don't have the rights to export data. Please contact an Administrator."
            )
        names = [name for name in fields_to_export if name not in ("id", ".id")]
        rows = reading.read(self, ids, names, load=None)
        return {"datas": [[row.get(name) for name in fields_to_export] for row in rows]}

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
