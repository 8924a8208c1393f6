"""The pairings under test, typed out. A new one gets every story by adding a line."""

from __future__ import annotations

from tests.scenarios.houses.billcom import BillOffice
from tests.scenarios.houses.house import PairingHouse
from tests.scenarios.houses.odoo import OdooOffice

HOUSES: tuple[PairingHouse, ...] = (
    PairingHouse(pairing="odoo-billcom", erp=OdooOffice, ap=BillOffice),
)
