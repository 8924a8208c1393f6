"""BILL's lists: what is asked for, how pages are turned, what is done when BILL refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from connections.errors import TransientError, Unsupported
from connections.models import Connection
from connections.services import opened
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.lists import (
    BILLS,
    VENDORS,
    Clause,
    Lister,
    can_filter,
    classification,
)
from tests.connections.systems.billcom.harbour import Harbour
from tests.stage import Stage

Make = Callable[..., Connection]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def queries(stage: Stage) -> list[dict[str, str]]:
    seen = stage.requests("GET", "/v3/")
    return [{k: v[0] for k, v in parse_qs(r["query"]).items()} for r in seen]


def names(pages: Any) -> list[str]:
    return [row["name"] for page in pages for row in page.rows]


def make_vendors(harbour: Harbour, stage: Stage, count: int) -> list[str]:
    """Make vendors a second apart: which of several made at once comes first nobody knows."""
    made = [f"Vendor {n:02d}" for n in range(count)]
    for name in made:
        harbour.make_vendor(name)
        stage.advance(1)
    return made


@pytest.mark.parametrize(
    ("clause", "written"),
    [
        (Clause("vendorId", "eq", "00901"), "vendorId:eq:00901"),
        (Clause("archived", "eq", False), "archived:eq:false"),
        (Clause("id", "in", ["a", "b"]), 'id:in:"a,b"'),
        (Clause("dueDate", "gte", date(2026, 3, 1)), 'dueDate:gte:"2026-03-01"'),
        (
            Clause("updatedTime", "gte", datetime(2026, 3, 1, 9, 8, 7, 654321, UTC)),
            'updatedTime:gte:"2026-03-01T09:08:07.654Z"',
        ),
        (Clause("invoice.invoiceNumber", "eq", "A-1"), "invoice.invoiceNumber:eq:A-1"),
    ],
)
def test_filters_are_written_as_bill_documents_them(
    client: BillcomClient, clause: Clause, written: str
) -> None:
    assert Lister(client, BILLS).query(clause)["filters"] == written


def test_quotation_marks_around_dates_are_a_setting(make_connection: Make) -> None:
    with opened(make_connection(filter_quote_dates="no")) as ready:
        lister = Lister(ready.client, BILLS)  # type: ignore[arg-type]

        query = lister.query(Clause("dueDate", "lte", date(2026, 3, 1)))

    assert query["filters"] == "dueDate:lte:2026-03-01"


def test_what_a_list_cannot_do_is_not_even_tried(client: BillcomClient) -> None:
    with pytest.raises(Unsupported):
        Lister(client, BILLS).query(Clause("billId", "eq", "x"))
    with pytest.raises(Unsupported):
        Lister(client, VENDORS).query(sort="dueDate:asc")


@pytest.mark.parametrize("text", ["A,B", "A:B", 'A"B', "", " A", "A "])
def test_some_texts_cannot_stand_in_a_filter(text: str) -> None:
    assert not can_filter(text)


def test_max_is_always_sent_and_the_query_repeated_with_each_page(
    make_connection: Make, stage: Stage, harbour: Harbour
) -> None:
    made = make_vendors(harbour, stage, 5)
    stage.control(
        "/billcom/organizations",
        id=harbour.organization,
        switches={"page_token_carries_query": False},
    )
    stage.forget_journal()
    with opened(make_connection(page_size="2")) as ready:
        assert names(Lister(ready.client, VENDORS).changed(LONG_AGO)) == made  # type: ignore[arg-type]

    asked = queries(stage)
    assert {q["max"] for q in asked} == {"2"}
    assert {q["sort"] for q in asked} == {"createdTime:asc"}
    assert len({q["filters"] for q in asked}) == 1


def test_the_query_is_left_out_after_the_first_page_if_settings_say_so(
    make_connection: Make, stage: Stage, harbour: Harbour
) -> None:
    made = make_vendors(harbour, stage, 5)
    stage.forget_journal()
    with opened(make_connection(page_size="2", repeat_query_with_page="no")) as ready:
        assert names(Lister(ready.client, VENDORS).changed(None)) == made  # type: ignore[arg-type]

    assert all(set(q) == {"max", "page"} for q in queries(stage) if "page" in q)


def test_a_list_of_one_page_is_read_once_a_longer_one_until_nothing_is_new(
    make_connection: Make, stage: Stage, harbour: Harbour
) -> None:
    make_vendors(harbour, stage, 3)
    for size, calls in (("100", 1), ("2", 4)):
        stage.forget_journal()
        with opened(make_connection(f"size {size}", page_size=size)) as ready:
            list(Lister(ready.client, VENDORS).changed(None))  # type: ignore[arg-type]
        assert len(stage.requests("GET", "/vendors")) == calls


def test_a_record_that_moves_while_pages_are_turned_is_not_missed(
    make_connection: Make, stage: Stage, harbour: Harbour
) -> None:
    made = make_vendors(harbour, stage, 4)
    with opened(make_connection(page_size="2")) as ready:
        pages = Lister(ready.client, VENDORS).changed(None)  # type: ignore[arg-type]
        seen = [next(pages)]
        late = harbour.make_vendor("Made meanwhile")
        changed = seen[0].rows[0]["id"]
        stage.control(f"/billcom/vendors/{changed}/edit", phone="1234")
        seen += list(pages)

    rows = [row for page in seen for row in page.rows]
    assert {row["name"] for row in rows} == {*made, "Made meanwhile"}
    assert late in [row["id"] for row in rows]
    assert [row.get("phone") for row in rows if row["id"] == changed] == [None, "1234"]


def test_a_refused_time_filter_means_reading_all_and_comparing_here(
    client: BillcomClient, stage: Stage, harbour: Harbour
) -> None:
    for name in ("Old", "New"):
        harbour.make("/classifications/departments", name=name)
        stage.advance(600)
    rows = harbour.get("/classifications/departments", sort="createdTime:asc")["results"]
    since = datetime.fromisoformat(rows[-1]["updatedTime"])
    refused = [{"code": "BDC_1143", "message": "filters: updatedTime is not a filterable field"}]
    stage.fault("status", path="*/departments", status=400, body=refused)
    lister = Lister(client, classification("departments"))

    assert names(lister.changed(since)) == ["New"]
    stage.forget_journal()
    assert names(lister.changed(since)) == ["New"]

    assert ["filters" in q for q in queries(stage)] == [False]


def test_a_refused_order_is_left_out_too(
    client: BillcomClient, stage: Stage, harbour: Harbour
) -> None:
    harbour.make_vendor("Anyone")
    refused = [{"code": "BDC_1143", "message": "sort: createdTime is not a sortable field"}]
    stage.fault("status", path="*/vendors", status=400, body=refused)

    assert names(Lister(client, VENDORS).changed(LONG_AGO)) == ["Anyone"]
    assert "filters" in queries(stage)[-1]
    assert "sort" not in queries(stage)[-1]


@pytest.mark.parametrize("end", [{}, {"nextPage": None}, {"nextPage": ""}])
def test_the_last_page_may_say_so_in_three_ways(
    client: BillcomClient, stage: Stage, end: dict[str, Any]
) -> None:
    stage.fault("status", path="*/vendors", status=200, body={"results": [], **end})

    assert list(Lister(client, VENDORS).pages()) == [[]]


def test_a_page_that_leads_to_itself_does_not_go_on_for_ever(
    client: BillcomClient, stage: Stage
) -> None:
    stage.fault("status", path="*/vendors", status=200, body={"results": [], "nextPage": "x"},
                times=0)  # fmt: skip

    with pytest.raises(TransientError):
        list(Lister(client, VENDORS).pages())


def test_the_watermark_is_the_smaller_of_largest_time_seen_and_start_of_reading(
    client: BillcomClient, stage: Stage, harbour: Harbour
) -> None:
    harbour.make_vendor("Anyone")
    [row] = harbour.get("/vendors")["results"]

    *early, last = Lister(client, VENDORS).changed(None)

    assert [page.watermark for page in early] == [None]
    assert last.watermark == min(datetime.fromisoformat(row["updatedTime"]), client.server_time)


def test_amounts_are_exact_in_both_directions(client: BillcomClient, harbour: Harbour) -> None:
    vendor = harbour.make_vendor("Anyone")
    lines = [{"amount": Decimal("0.10")}, {"amount": Decimal("1234567890.29")}]
    made = client.post(
        "/v3/bills",
        {
            "vendorId": vendor,
            "dueDate": "2026-12-01",
            "invoice": {"invoiceNumber": "X", "invoiceDate": "2026-11-01"},
            "billLineItems": lines,
        },
    )

    assert made["amount"] == Decimal("1234567890.39")
    assert not [v for line in made["billLineItems"] for v in line.values() if type(v) is float]
