"""The systems under contract, typed out. A new one is a file here and a line below."""

from __future__ import annotations

from tests.contract.house import House
from tests.contract.houses.billcom import BILLCOM
from tests.contract.houses.odoo import ODOO

HOUSES: tuple[House, ...] = (BILLCOM, ODOO)
