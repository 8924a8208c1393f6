"""The systems we speak to, typed out. A new one is a folder here and a line below."""

from __future__ import annotations

from connections.system import System
from connections.systems.billcom import BILLCOM
from connections.systems.odoo import ODOO

SYSTEMS: dict[str, System] = {
    "odoo": ODOO,
    "billcom": BILLCOM,
}
