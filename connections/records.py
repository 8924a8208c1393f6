"""What moves between systems, as plain values. No Django, no HTTP, no system's own words.

Money is `Decimal` in the document's currency, accounting days are `date`, moments are aware UTC.
`id` is the id in the system the record was read from, "" while it has none there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Approval(StrEnum):
    """How far a bill's approval has come in the AP system."""

    NONE = "none"
    STARTED = "started"
    APPROVED = "approved"
    DENIED = "denied"


class Settlement(StrEnum):
    """How far a bill is paid."""

    OPEN = "open"
    SCHEDULED = "scheduled"
    IN_FLIGHT = "in flight"
    PARTLY_PAID = "partly paid"
    PAID = "paid"
    UNKNOWN = "unknown"


class OrderState(StrEnum):
    """Where a purchase order stands; only confirmed ones are debts to come."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class PaymentStage(StrEnum):
    """How far the money of a payment has come, in our own words (R10).

    Each system maps its words to these in one table; what it cannot map is UNKNOWN.
    """

    PLANNED = "planned"
    IN_FLIGHT = "in flight"
    SETTLED = "settled"
    PART_CLAIMED = "part claimed"
    FIXABLE = "failed, fixable"
    FAILED = "failed"
    VOIDED = "voided"
    UNKNOWN = "unknown"


class DimensionKind(StrEnum):
    """What a line can be analysed by, in the AP systems' words."""

    DEPARTMENT = "department"
    LOCATION = "location"
    ACCOUNTING_CLASS = "accounting class"
    JOB = "job"
    ANALYTIC = "analytic account"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What every record has: where it is, and how it stood when read.

    `problem` is one sentence for finance if the source holds something no document can be made
    of, "" as a rule: the record waits, and those read with it go on.
    """

    id: str = ""
    archived: bool = False
    changed_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A postal address; `country` is ISO 3166 alpha-2."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class Vendor(Record):
    """A supplier who gets paid.

    `currency` is the one its documents are in, "" where the system keeps none; `currencies` are
    all it trades in. `reference` is our own mark on it in the system it was read from: in an AP
    system it names the ERP vendor. `tags` are labels a customer can filter by.
    """

    name: str
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    address: Address = field(default_factory=Address)
    currency: str = ""
    currencies: tuple[str, ...] = ()
    reference: str = ""
    is_person: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GLAccount(Record):
    """An account of the chart; `kind` is the system's own word for its type."""

    number: str
    name: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Dimension(Record):
    """A department, location, analytic account … that lines are split by."""

    kind: DimensionKind
    name: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Tax(Record):
    """A purchase tax. `percent` is None where the tax is not a percentage."""

    name: str
    percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class DimensionRef:
    """A line's tie to one dimension, by id in the record's own system."""

    kind: DimensionKind
    id: str


@dataclass(frozen=True, kw_only=True)
class Share:
    """`percent` (0–100) of a line's amount, coded to `dimensions`."""

    percent: Decimal
    dimensions: tuple[DimensionRef, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a document. `amount` is net of tax and authoritative (R15).

    `gl_account_id` is "" where the source names none. `shares` split a source line; a line to be
    written has `dimensions` only.
    """

    id: str = ""
    description: str = ""
    amount: Decimal
    quantity: Decimal | None = None
    price: Decimal | None = None
    gl_account_id: str = ""
    tax_ids: tuple[str, ...] = ()
    tax_amount: Decimal = Decimal(0)
    shares: tuple[Share, ...] = ()
    dimensions: tuple[DimensionRef, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file attached to a record; its bytes are fetched by the resource when they are needed."""

    id: str
    name: str
    media_type: str = "application/pdf"
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class BillHead:
    """What an order knows of a vendor bill made from it.

    `settled`: something of it is paid or credited; `paid` is how much, 0 where the ERP cannot say.
    """

    id: str
    number: str
    bill_date: date | None
    due_date: date | None
    total: Decimal
    posted: bool
    settled: bool
    paid: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class PurchaseOrder(Record):
    """An order to a vendor. `due_date` is computed from its payment terms, None without any."""

    number: str
    vendor_id: str
    vendor_name: str
    currency: str
    total: Decimal
    state: OrderState
    ordered_on: date
    approved_on: date | None = None
    due_date: date | None = None
    vendor_reference: str = ""
    company_id: str = ""
    lines: tuple[Line, ...] = ()
    received: bool = False
    bills: tuple[BillHead, ...] = ()
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Somebody who was asked to approve a bill; `at` is when `decided` last changed."""

    name: str
    decided: Approval = Approval.NONE
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Bill(Record):
    """A vendor's invoice. `approval`, `settlement` and `paid` are what the system says of it.

    `approvers` are told only of a bill read by its id.
    """

    number: str
    vendor_id: str
    vendor_name: str = ""
    bill_date: date
    due_date: date
    currency: str
    total: Decimal
    lines: tuple[Line, ...] = ()
    description: str = ""
    purchase_order_number: str = ""
    approval: Approval = Approval.NONE
    approvers: tuple[Approver, ...] = ()
    settlement: Settlement = Settlement.OPEN
    paid: Decimal = Decimal(0)
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """The part of a payment that pays one bill, in the bill's currency.

    `amount` is cash; `credit` is what vendor credits paid of the bill besides. `bill_id` is "" for
    a payment ahead of its bill.
    """

    bill_id: str
    amount: Decimal
    credit: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Payment(Record):
    """Money that left for a vendor.

    `amount` is in `currency`, that of the bills; `funding` is what left the bank, in
    `funding_currency`. `paid_on` is the day the money left, `reversed_on` the day it came back.
    `word` is the system's own word for `stage`. As read from an AP system it has an allocation for
    each bill; as posted in an ERP exactly one, `reference` being our key there, `method_id` the
    payment method it is booked by, and `order_id` the purchase order whose vendor bill it waits
    for.
    """

    number: str
    vendor_id: str
    vendor_name: str = ""
    currency: str
    amount: Decimal
    funding: Decimal | None = None
    funding_currency: str = ""
    stage: PaymentStage
    word: str = ""
    paid_on: date
    reversed_on: date | None = None
    allocations: tuple[Allocation, ...] = ()
    reference: str = ""
    order_id: str = ""
    method_id: str = ""
    memo: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentMethod(Record):
    """A way to book a payment in an ERP: a journal with its method, or a bank account.

    `currency` is that of its account. `problem` says if what is booked by it never reaches the
    ledger: such a method is refused at setup.
    """

    name: str
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class RecurringBill(Record):
    """A schedule by which an AP system makes bills. Read and shown, never written (brief)."""

    vendor_id: str
    vendor_name: str = ""
    description: str = ""
    amount: Decimal
    currency: str = ""
    period: str = ""
    next_due: date | None = None
    ends: date | None = None
