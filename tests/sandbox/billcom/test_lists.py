"""Paging, filters and sorting of lists, as docs/systems/billcom.md has them."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import BillClient, Control, codes, messages

PATHS = [
    "/vendors",
    "/bills",
    "/payments",
    "/recurringbills",
    "/vendor-credits",
    "/classifications/chart-of-accounts",
    "/classifications/employees",
]


@pytest.fixture
def twins(bill: BillClient, control: Control) -> BillClient:
    """A client of books with 50 vendors and 200 bills."""
    control.post("/reset", seed="twins")
    bill.log_in()
    return bill


def walk(client: BillClient, path: str, **query: object) -> list[dict[str, object]]:
    page = client.get(path, **query).json()
    rows = list(page["results"])
    while page.get("nextPage"):
        page = client.get(path, **query, page=page["nextPage"]).json()
        rows += page["results"]
    return rows


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    [
        {"max": "0"},
        {"max": "101"},
        {"max": "ten"},
        {"max": "-1"},
        {"page": "not-a-token"},
        {"filters": "colour:eq:red"},
        {"filters": "billId:eq:00n01AAAAAAAAAAAAAAA"},
        {"filters": "id:like:x"},
        {"filters": "id"},
        {"filters": "id:eq:"},
        {"filters": 'id:in:"a,b'},
        {"filters": "id:in:a,b"},
        {"filters": "id:gt:x"},
        {"filters": "updatedTime:gte:yesterday"},
        {"filters": "updatedTime:eq:2026-01-01"},
        {"sort": "colour:asc"},
        {"sort": "archived:up"},
    ],
)
def test_a_bad_query_is_refused(bill: BillClient, path: str, query: dict[str, str]) -> None:
    answer = bill.get(path, **query)

    assert answer.status_code == 400
    assert codes(answer) == ["BDC_1143"]


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("/bills", "paymentStatus:eq:SETTLED"),
        ("/bills", "approvalStatus:ne:ASSIGNED"),
        ("/bills", "archived:eq:yes"),
        ("/bills", "dueDate:gte:soon"),
        ("/vendors", "accountType:eq:COMPANY"),
        ("/vendors", "email:eq:a@b.example"),
        ("/payments", "amount:gt:much"),
        ("/payments", "status:eq:CLEARED"),
    ],
)
def test_a_value_or_field_a_list_does_not_know_is_refused(
    bill: BillClient, path: str, filters: str
) -> None:
    assert bill.get(path, filters=filters).status_code == 400


def test_recurring_bills_cannot_be_sorted_by_time(bill: BillClient) -> None:
    answer = bill.get("/recurringbills", sort="updatedTime:asc")

    assert answer.status_code == 400
    assert messages(answer) == ["sort: updatedTime is not a sortable field"]


def test_a_page_holds_20_rows_unless_told_otherwise(twins: BillClient) -> None:
    assert len(twins.get("/bills").json()["results"]) == 20
    assert len(twins.get("/bills", max=100).json()["results"]) == 100


def test_pages_lead_to_the_end_and_back(twins: BillClient) -> None:
    first = twins.get("/bills", max=100, sort="createdTime:asc").json()
    last = twins.get("/bills", max=100, page=first["nextPage"]).json()

    assert "prevPage" not in first
    assert "nextPage" not in last
    ids = {row["id"] for row in first["results"] + last["results"]}
    assert len(ids) == 200
    assert twins.get("/bills", max=100, page=last["prevPage"]).json() == first


def test_a_token_carries_sort_and_filters_or_they_are_repeated(
    twins: BillClient, control: Control
) -> None:
    query = {"sort": "dueDate:desc", "filters": "paymentStatus:eq:PAID", "max": 30}
    first = twins.get("/bills", **query).json()
    repeated = twins.get("/bills", **query, page=first["nextPage"]).json()
    assert twins.get("/bills", max=30, page=first["nextPage"]).json() == repeated
    assert len(repeated["results"]) == 10

    control.switch(page_token_carries_query=False)

    assert twins.get("/bills", **query, page=first["nextPage"]).json() == repeated
    assert len(twins.get("/bills", max=30, page=first["nextPage"]).json()["results"]) == 30


def test_a_token_belongs_to_its_list(twins: BillClient) -> None:
    token = twins.get("/bills").json()["nextPage"]

    assert twins.get("/vendors", page=token).status_code == 400


def test_rows_that_change_while_paging_shift_the_pages(twins: BillClient, control: Control) -> None:
    query = {"max": 100, "sort": "updatedTime:asc"}
    first = twins.get("/bills", **query).json()
    moved, skipped = (
        first["results"][0],
        twins.get("/bills", **query, page=first["nextPage"]).json()["results"][0],
    )

    control.post(f"/billcom/bills/{moved['id']}/edit", description="changed meanwhile")

    second = twins.get("/bills", **query, page=first["nextPage"]).json()["results"]
    ids = [row["id"] for row in second]
    assert moved["id"] == ids[-1]
    assert skipped["id"] not in ids


def test_the_last_page_can_be_empty(twins: BillClient, control: Control) -> None:
    query = {"max": 100, "filters": "archived:eq:false"}
    first = twins.get("/bills", **query).json()
    for row in walk(twins, "/bills", **query)[100:]:
        control.post(f"/billcom/bills/{row['id']}/archive")

    assert twins.get("/bills", **query, page=first["nextPage"]).json()["results"] == []


@pytest.mark.parametrize(
    "moment",
    [
        '"2026-10-15T09:00:00.000Z"',
        "2026-10-15T09:00:00.000Z",
        '"2026-10-15T09:00:00.000+00:00"',
        '"2026-10-15T11:00:00.000+02:00"',
        '"2026-10-15T09:00:00.000"',
        '"2026-10-15T09:00:00"',
        '"2026-10-15T09:00"',
    ],
)
def test_moments_may_be_written_in_several_ways(twins: BillClient, moment: str) -> None:
    assert len(walk(twins, "/bills", filters=f"createdTime:gte:{moment}", max=100)) == 98
    assert len(walk(twins, "/bills", filters=f"createdTime:gt:{moment}", max=100)) == 91


def test_a_day_alone_means_its_beginning(twins: BillClient) -> None:
    at_nine = walk(twins, "/bills", filters='createdTime:gte:"2026-10-15"', max=100)
    later = walk(twins, "/bills", filters='createdTime:gte:"2026-10-16"', max=100)

    assert len(at_nine) - len(later) == 7


def test_filters_are_joined_with_and(twins: BillClient) -> None:
    vendor = twins.vendor("Twin Vendor 07 LLC")
    found = twins.get(
        "/bills", filters=f"vendorId:eq:{vendor['id']},invoice.invoiceNumber:eq:PO00057"
    ).json()["results"]
    other = twins.get(
        "/bills", filters=f"vendorId:eq:{vendor['id']},invoice.invoiceNumber:eq:PO00058"
    ).json()["results"]

    assert [row["amount"] for row in found] == [157]
    assert other == []


def test_commas_inside_quotes_belong_to_the_value(bill: BillClient) -> None:
    address = {"line1": "1 Road", "city": "Reno", "zipOrPostalCode": "89501", "country": "US"}
    bill.post("/vendors", {"name": "Nut, Bolt & Co: all", "address": address})

    assert bill.names("/vendors", filters='name:eq:"Nut, Bolt & Co: all"') == [
        "Nut, Bolt & Co: all"
    ]
    assert bill.names("/vendors", filters='name:sw:"Nut,",archived:eq:false') == [
        "Nut, Bolt & Co: all"
    ]


def test_in_and_nin_take_a_quoted_list(bill: BillClient) -> None:
    ids = [row["id"] for row in bill.get("/vendors").json()["results"]]

    assert len(bill.names("/vendors", filters=f'id:in:"{ids[0]},{ids[1]}"')) == 2
    assert len(bill.names("/vendors", filters='billCurrency:nin:"USD,EUR"')) == 0


def test_archived_rows_are_listed_unless_filtered_away(bill: BillClient, control: Control) -> None:
    control.post(f"/billcom/vendors/{bill.vendor()['id']}/archive")

    assert len(bill.names("/vendors")) == 3
    assert len(bill.names("/vendors", filters="archived:eq:false")) == 2


def test_sorting_takes_several_fields_and_a_bare_one_rises(bill: BillClient) -> None:
    names = bill.names("/vendors", sort="name")

    assert names == sorted(names)
    assert bill.names("/vendors", sort="name:desc") == names[::-1]
    assert bill.names("/vendors", sort="archived:asc,name:desc") == names[::-1]


def test_rows_of_a_list_can_be_thinner_than_the_record(bill: BillClient, control: Control) -> None:
    assert "paymentInformation" in bill.vendor()

    control.switch(thin_list_rows=True)

    assert "paymentInformation" not in bill.vendor()
    assert "paymentInformation" in bill.get(f"/vendors/{bill.vendor()['id']}").json()


def test_an_empty_list_still_has_results(bill: BillClient) -> None:
    assert bill.get("/recurringbills").json() == {"results": []}
    assert bill.get("/vendor-credits").json() == {"results": []}


def test_recurring_bills_and_vendor_credits_can_be_read(bill: BillClient, control: Control) -> None:
    vendor = bill.vendor()["id"]
    schedule = {"period": "MONTHLY", "frequency": 1, "nextDueDate": "2026-12-01"}
    rent = control.post("/billcom/recurringbills", vendorId=vendor, schedule=schedule)
    credit = control.post("/billcom/vendor-credits", vendorId=vendor, amount=12.5)

    assert rent["id"].startswith("btp")
    assert credit["id"].startswith("vcr")
    assert bill.get(f"/recurringbills/{rent['id']}").json() == rent
    found = bill.get("/vendor-credits", filters=f"vendorId:eq:{vendor}").json()["results"]
    assert found == [credit]
