"""External ids: ir.model.data.

Reference: docs/systems/odoo.md §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.odoo.errors import ConstraintError, value_error
from sandbox.odoo.models.base import Model, on_model
from sandbox.odoo.store import Row


class ExternalIds(Model):
    """ir.model.data. Clients without access rights may look one up (docs/systems/odoo.md §7)."""

    @on_model
    def check_object_reference(
        self, module: str, xml_id: str, raise_on_access_error: bool = False
    ) -> list[Any]:
        found = self.find(module, xml_id)
        if found is None:
            raise value_error(f"External ID not found in the system: {module}.{xml_id}")
        return [found["model"], found["res_id"]]

    def after_create(self, ids: list[int], given: list[Mapping[str, Any]]) -> None:
        for record in ids:
            row = self.rows[record]
            if self.find(row["module"], row["name"]) is not row:
                raise ConstraintError(
                    "duplicate key value violates unique constraint "
                    '"ir_model_data_module_name_uniq_index"\nDETAIL:  Key (module, name)='
                    f"({row['module']}, {row['name']}) already exists.\n"
                )
            self.env.db.fresh_ids.append((row["module"], row["name"]))

    def find(self, module: str, name: str) -> Row | None:
        for row in self.rows.values():
            if row["module"] == module and row["name"] == name:
                return row
        return None


ExternalIds.computed = {
    **ExternalIds.computed,
    "complete_name": lambda model, row: f"{row['module']}.{row['name']}",
}
