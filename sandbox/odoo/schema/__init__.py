"""What models and fields a version of Odoo has, read once from the data files beside this one."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Field:
    """One field as fields_get describes it."""

    name: str
    type: str
    string: str
    relation: str = ""
    relation_field: str = ""
    selection: tuple[tuple[str, str], ...] = ()
    required: bool = False
    readonly: bool = False
    company_dependent: bool = False
    store: bool = True
    searchable: bool = True

    @property
    def is_x2many(self) -> bool:
        return self.type in ("one2many", "many2many")

    def described(self) -> dict[str, Any]:
        """Return the attributes in the form fields_get gives them."""
        answer: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "string": self.string,
            "required": self.required,
            "readonly": self.readonly,
            "store": self.store,
            "searchable": self.searchable,
            "sortable": self.store and not self.is_x2many,
            "company_dependent": self.company_dependent,
        }
        if self.relation:
            answer["relation"] = self.relation
        if self.relation_field:
            answer["relation_field"] = self.relation_field
        if self.selection:
            answer["selection"] = [list(choice) for choice in self.selection]
        return answer


@dataclass(frozen=True, slots=True)
class ModelSchema:
    name: str
    description: str
    order: str
    fields: dict[str, Field]


@cache
def load(version: int) -> dict[str, ModelSchema]:
    """Return every model of that version, by its name."""
    models = {}
    for path in sorted((HERE / str(version)).glob("*.json")):
        described = json.loads(path.read_text(encoding="utf-8"))
        models[described["model"]] = _model(described)
    return models


def _model(described: dict[str, Any]) -> ModelSchema:
    fields = {}
    for name, attributes in described["fields"].items():
        choices = tuple((value, label) for value, label in attributes.get("selection") or ())
        fields[name] = Field(name=name, **{**attributes, "selection": choices})
    return ModelSchema(described["model"], described["description"], described["order"], fields)


@cache
def inverse_fields(version: int) -> dict[str, tuple[str, ...]]:
    """Return, by model, the many2one fields through which some one2many reads it."""
    found: dict[str, set[str]] = {}
    models = load(version)
    for model in models.values():
        for field in model.fields.values():
            target = models.get(field.relation)
            if field.type == "one2many" and target and field.relation_field in target.fields:
                found.setdefault(target.name, set()).add(field.relation_field)
    return {name: tuple(sorted(fields)) for name, fields in found.items()}


@cache
def access_rights(version: int) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return which groups may read, write, create and unlink each model.

    Reference: docs/systems/odoo.md §9.
    """
    rights: dict[str, dict[str, tuple[str, ...]]] = {}
    letters = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
    with (HERE / str(version) / "access.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of_model = rights.setdefault(row["model"], dict.fromkeys(letters.values(), ()))
            for letter in row["may"]:
                of_model[letters[letter]] += (row["group"],)
    return rights
