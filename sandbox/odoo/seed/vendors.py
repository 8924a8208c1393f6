"""The vendors of the `demo` seed."""

from __future__ import annotations

from typing import Any

from sandbox.odoo.seed.base import EUR, GERMANY, OREGON, UNITED_STATES, WASHINGTON
from sandbox.odoo.seed.builder import Builder

# (name, tax id, e-mail, street, city, state, zip)
AMERICANS = (
    ("Cedar Point Logistics LLC", "84-2201733", "ar@cedarpoint.example", "410 Cedar Point Road",
     "Astoria", OREGON, "97103"),
    ("Brightwater Paper Co.", None, "brightwater.paper@gmail.com", "77 Mill Lane",
     "Camas", WASHINGTON, "98607"),
    ("Anchor & Chain Hardware Inc.", "93-1184420", "billing@anchorchain.example",
     "12 Foundry Street", "Portland", OREGON, "97209"),
    ("Columbia Packaging LLC", "93-5520117", "ar@columbiapackaging.example",
     "2300 Marine Drive", "Portland", OREGON, "97217"),
    ("Dockside Properties LP", "91-7730025", "rent@dockside.example", "1 Harbour Way",
     "Seattle", WASHINGTON, "98101"),
    ("Evergreen Office Supply", "91-2044871", "invoices@evergreenoffice.example",
     "880 Pine Street", "Tacoma", WASHINGTON, "98402"),
    ("Ferris Marine Consulting", "93-8812903", "hello@ferrismarine.example",
     "45 Lookout Terrace", "Newport", OREGON, "97365"),
    ("Gull Island Electric", "91-6671190", "accounts@gullisland.example", "9 Beacon Road",
     "Bellingham", WASHINGTON, "98225"),
    ("Keystone Pallet Works", "93-4410266", "ar@keystonepallet.example",
     "1500 Timber Avenue", "Salem", OREGON, "97301"),
)  # fmt: skip


def add_vendors(builder: Builder) -> None:
    builder.ago(60)
    for name, vat, email, street, city, state, code in AMERICANS:
        _vendor(
            builder,
            name,
            vat=vat or False,
            email=email,
            street=street,
            city=city,
            state_id=state,
            zip=code,
            country_id=UNITED_STATES,
            phone=f"+1 503 555 01{len(name):02d}",
        )
    term = builder.named("account.payment.term", "30 Days")
    cedar = builder.named("res.partner", "Cedar Point Logistics LLC")
    partners = builder.env["res.partner"]
    partners.write([cedar], {"website": "https://cedarpoint.example", "ref": "V-CEDAR"})
    partners.write([cedar], {"property_supplier_payment_term_id": term})
    _vendor(builder, "No Address Freight", email="desk@noaddress.example", vat="91-3300915")
    _vendor(
        builder,
        "Lindholm Maskin GmbH",
        vat="DE811907980",
        email="buchhaltung@lindholm.example",
        street="Speicherstrasse 8",
        city="Hamburg",
        zip="20457",
        country_id=GERMANY,
        property_purchase_currency_id=EUR,
    )
    _vendor(
        builder,
        "Old Wharf Chandlery",
        street="3 Rope Walk",
        city="Astoria",
        state_id=OREGON,
        zip="97103",
        country_id=UNITED_STATES,
        active=False,
    )
    _vendor(
        builder,
        "Newly Found Tools",
        email="sales@newlyfound.example",
        street="61 Depot Street",
        city="Portland",
        state_id=OREGON,
        zip="97209",
        country_id=UNITED_STATES,
        supplier_rank=0,
    )
    _contact(builder, cedar)


def _vendor(builder: Builder, name: str, **values: Any) -> int:
    return builder.add(
        "res.partner", **{"supplier_rank": 1, **values, "name": name}, is_company=True
    )


def _contact(builder: Builder, parent: int) -> None:
    builder.add(
        "res.partner", name="Ines Castell", parent_id=parent, email="ines@cedarpoint.example"
    )
