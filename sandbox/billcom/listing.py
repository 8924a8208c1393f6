"""Which fields each list can be filtered and sorted by.

Reference: docs/systems/billcom.md#filterable-fields
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.billcom import words
from sandbox.billcom.filters import Filterable

EQ = ("eq", "ne")
SET = ("eq", "ne", "in")
FULL_SET = ("eq", "ne", "in", "nin")
RANGE = ("gt", "gte", "lt", "lte")
TIMES = {
    "createdTime": Filterable(RANGE, "moment"),
    "updatedTime": Filterable(RANGE, "moment"),
}
ARCHIVED = {"archived": Filterable(EQ, "flag")}
SORT_TIMES = ("createdTime", "updatedTime")


@dataclass(frozen=True)
class Listing:
    filters: Mapping[str, Filterable]
    sorts: Sequence[str]


VENDORS = Listing(
    filters={
        "id": Filterable(SET),
        **ARCHIVED,
        "name": Filterable(("eq", "sw")),
        "accountType": Filterable(FULL_SET, "word", words.ACCOUNT_TYPE),
        "address.country": Filterable(EQ),
        "billCurrency": Filterable(FULL_SET),
        **TIMES,
    },
    sorts=("archived", "name", "shortName", "email", "phone", "billCurrency", *SORT_TIMES),
)
BILLS = Listing(
    filters={
        "id": Filterable(SET),
        **ARCHIVED,
        "vendorId": Filterable(("eq", "in")),
        "dueDate": Filterable(RANGE, "day"),
        "paymentStatus": Filterable(SET, "word", words.PAYMENT_STATUS),
        "approvalStatus": Filterable(("eq",), "word", words.APPROVAL_STATUS),
        "payFromChartOfAccountId": Filterable(SET),
        "classifications.chartOfAccountId": Filterable(SET),
        "classifications.accountingClassId": Filterable(SET),
        "classifications.departmentId": Filterable(SET),
        "classifications.locationId": Filterable(SET),
        "classifications.itemId": Filterable(SET),
        "invoice.invoiceNumber": Filterable(("eq",)),
        **TIMES,
    },
    sorts=(
        "archived",
        "fundingAmount",
        "exchangeRate",
        "description",
        "dueDate",
        *SORT_TIMES,
    ),
)
# No billId here: BILL refuses it, although it is what everybody looks for first.
PAYMENTS = Listing(
    filters={
        "id": Filterable(SET),
        "vendorId": Filterable(SET),
        "processDate": Filterable(("eq", *RANGE), "day"),
        "amount": Filterable(("eq", "ne", *RANGE), "number"),
        "transactionNumber": Filterable(SET),
        "status": Filterable(FULL_SET, "word", words.SENT_PAYMENT_STATUS),
        "onlinePayment": Filterable(EQ, "flag"),
        "disbursementType": Filterable(FULL_SET, "word", words.DISBURSEMENT_TYPE),
        **TIMES,
    },
    sorts=(
        "description",
        "processDate",
        "amount",
        "confirmationNumber",
        "onlinePayment",
        "disbursementStatus",
        *SORT_TIMES,
    ),
)
RECURRING_BILLS = Listing(
    filters={"id": Filterable(SET), **ARCHIVED, "vendorId": Filterable(SET), **TIMES},
    sorts=("archived",),
)
VENDOR_CREDITS = Listing(
    filters={"id": Filterable(SET), **ARCHIVED, "vendorId": Filterable(SET), **TIMES},
    sorts=("archived", "creditDate", "amount", "appliedAmount", *SORT_TIMES),
)
CLASSIFICATIONS = Listing(
    filters={"id": Filterable(SET), **ARCHIVED, "name": Filterable(("eq", "sw")), **TIMES},
    sorts=("archived", "name", "description", *SORT_TIMES),
)
EMPLOYEES = Listing(
    filters={"id": Filterable(SET), **ARCHIVED, **TIMES},
    sorts=("archived", "firstName", "lastName", *SORT_TIMES),
)
PLAIN = Listing(filters={"id": Filterable(SET), **ARCHIVED, **TIMES}, sorts=SORT_TIMES)
DOCUMENTS = Listing(
    filters={"id": Filterable(SET), "createdTime": Filterable(RANGE, "moment")},
    sorts=("name", "createdTime"),
)
