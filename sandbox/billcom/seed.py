"""What is in BILL at the start: the company and its chart, and on request vendors and bills."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.billcom import bills, paying, vendors
from sandbox.billcom.access import Access, User
from sandbox.billcom.paying import Part, Terms
from sandbox.billcom.setup import open_books
from sandbox.billcom.store import Books, Records

ORGANIZATION = "00801HARBOURSUPPLYCO"
USER = "00601APBOTHARBOUR001"
APPROVER = "00601DANAOSEIHARBOUR"
USERNAME = "ap-bot@harbour.example"
PASSWORD = "harbour-demo-password"  # noqa: S105 (printed in the README, protects nothing)
DEV_KEY = "01HARBOURSANDBOXDEVELOPERKEY01"
FOUNDED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)

# Number, name, type. The numbers are those of the accounting side, except that Rent (612000) and
# Depreciation (660000) have no twin here, so that a missing mapping can be seen.
CHART = (
    ("101401", "Bank", "BANK"),
    ("131000", "Tax Paid", "OTHER_CURRENT_ASSET"),
    ("141000", "Prepayments", "OTHER_CURRENT_ASSET"),
    ("151000", "Fixed Asset", "FIXED_ASSET"),
    ("211000", "Account Payable", "ACCOUNTS_PAYABLE"),
    ("251000", "Tax Received", "OTHER_CURRENT_LIABILITY"),
    ("301000", "Capital", "EQUITY"),
    ("400000", "Product Sales", "INCOME"),
    ("600000", "Expenses", "EXPENSE"),
    ("611000", "Purchase of Equipments", "EXPENSE"),
    ("620000", "Bank Fees", "EXPENSE"),
    ("630000", "Salary Expenses", "EXPENSE"),
    ("641000", "Freight in", "COST_OF_GOODS_SOLD"),
    ("650000", "Rounding differences", "EXPENSE"),
    ("690000", "Typewriter repairs", "EXPENSE"),
)


def sow(seed: str) -> tuple[Records, Access]:
    """Return fresh records and a fresh gatekeeper."""
    records, access = Records(), Access(dev_keys=[DEV_KEY])
    access.users[USERNAME] = User(USER, USERNAME, PASSWORD, [ORGANIZATION])
    books = open_books(records, access, id=ORGANIZATION, name="Harbour Supply Co.")
    _company(books)
    if seed == "demo":
        _demo(books)
    elif seed == "twins":
        _twins(books)
    # Nobody is told of what was there from the start.
    books.happened.clear()
    return records, access


def _company(books: Books) -> None:
    for number, name, kind in CHART:
        account = {"name": name, "account": {"type": kind, "number": number}}
        books.add("chart-of-accounts", {"archived": False, **account}, FOUNDED)
    for short in ("NORTH", "SOUTH"):
        department = {"name": f"{short.title()} warehouse", "shortName": short}
        books.add("departments", {"archived": False, **department}, FOUNDED)
    bank = {"bankName": "First Harbour Bank", "nameOnAccount": "Harbour Supply Co."}
    bank |= {"accountNumber": "*****6789", "type": "CHECKING", "status": "VERIFIED"}
    default = {"default": {"payables": True, "receivables": True}}
    books.add("banks", {"archived": False, **bank, **default}, FOUNDED)
    for id, first, last, email, role in (
        (USER, "AP", "Robot", USERNAME, "ADMINISTRATOR"),
        (APPROVER, "Dana", "Osei", "dana@harbour.example", "APPROVER"),
    ):
        person = {"firstName": first, "lastName": last, "email": email, "role": {"type": role}}
        books.add("users", {"archived": False, **person}, FOUNDED, id=id)


def vendor(
    name: str, email: str | None, street: str, city: str, state: str, zip: str
) -> dict[str, Any]:
    address = {"line1": street, "city": city, "stateOrProvince": state}
    address |= {"zipOrPostalCode": zip, "country": "US"}
    return {"name": name, "accountType": "BUSINESS", "email": email, "address": address}


def _bill(
    vendor_id: str, number: str, day: date, due: date, lines: list[dict[str, Any]]
) -> dict[str, Any]:
    invoice = {"invoiceNumber": number, "invoiceDate": day.isoformat()}
    return {"vendorId": vendor_id, "dueDate": due, "invoice": invoice, "billLineItems": lines}


def _account(books: Books, number: str) -> str:
    return next(
        str(account["id"])
        for account in books.rows("chart-of-accounts")
        if account["account"]["number"] == number
    )


def _demo(books: Books) -> None:
    cedar = vendor(
        "Cedar Point Logistics LLC",
        "ar@cedarpoint.example",
        "410 Cedar Point Road",
        "Astoria",
        "OR",
        "97103",
    )
    cedar["additionalInfo"] = {"taxId": "84-2201733", "taxIdType": "EIN"}
    # Close to a vendor of the accounting side by name, but nothing proves it is the same one.
    paper = vendor("Brightwater Paper", None, "9 Mill Lane", "Dover", "DE", "19901")
    power = vendor(
        "Tidewater Power Cooperative",
        "billing@tidewater.example",
        "77 Grid Street",
        "Norfolk",
        "VA",
        "23510",
    )
    vendors.create(books, cedar, FOUNDED)
    vendors.create(books, paper, FOUNDED)
    owner = vendors.create(books, power, FOUNDED)
    day = date(2026, 10, 5)
    for number, amount in (("TW-88121", Decimal("412.80")), ("TW-88394", Decimal("398.15"))):
        coded = {"chartOfAccountId": _account(books, "600000")}
        line = {"amount": amount, "description": "Electricity", "classifications": coded}
        wanted = _bill(owner["id"], number, day, day + timedelta(days=21), [line])
        bills.create(books, wanted, _at(day), created_by=APPROVER)
        day += timedelta(days=14)


def _twins(books: Books) -> None:
    """The same vendors and bills as the accounting side has, the first forty bills paid."""
    ids = []
    for i in range(1, 51):
        twin = vendor(
            f"Twin Vendor {i:02d} LLC",
            f"ar@twin{i:02d}.example",
            f"{i} Quay Street",
            "Portland",
            "OR",
            "97201",
        )
        twin["additionalInfo"] = {"taxId": f"20-{1000000 + i}", "taxIdType": "EIN"}
        ids.append(vendors.create(books, twin, FOUNDED)["id"])
    coded = {"chartOfAccountId": _account(books, "600000")}
    for j in range(1, 201):
        day = date(2026, 10, 1) + timedelta(days=j % 28)
        amount = Decimal("100.00") + j
        line = {"amount": amount, "description": f"Twin order {j}", "classifications": coded}
        due = day + timedelta(days=30)
        wanted = _bill(ids[(j - 1) % 50], f"PO{j:05d}", day, due, [line])
        made = bills.create(books, wanted, _at(day), created_by=APPROVER)
        if j <= 40:
            _paid(books, made, day + timedelta(days=1))


def _paid(books: Books, bill: dict[str, Any], day: date) -> None:
    parts, terms = [Part(bill, bill["amount"])], Terms(day=day, created_by=APPROVER)
    payment = paying.pay(books, bill["vendorId"], parts, terms, _at(day))
    paying.clear(books, payment, _at(day + timedelta(days=2)))


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
