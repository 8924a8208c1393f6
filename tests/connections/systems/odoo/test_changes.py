"""Reading by time of change: nothing is skipped, whatever shares a second or commits late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connections.records import PurchaseOrder, Vendor
from connections.services import Opened
from connections.systems import SYSTEMS
from tests.connections.systems.odoo.conftest import Opener
from tests.connections.systems.odoo.desk import Desk

SECOND = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def small(open_odoo: Opener) -> Opened:
    return open_odoo(page_size="50")


def delivered(odoo: Opened, since: datetime | None = None) -> list[str]:
    return [v.id for page in odoo.resource(Vendor).read(since) for v in page.records]


def sow_at(desk: Desk, moment: datetime, count: int) -> list[str]:
    """Create vendors in one transaction, so that all have the very same time of change."""
    desk.stage.control("/clock", set=moment.isoformat(), freeze=True)
    rows = [{"name": f"Twin {n}", "supplier_rank": 1, "is_company": True} for n in range(count)]
    return [str(id) for id in desk.make("res.partner", *rows)]


def test_500_rows_of_one_second_are_all_read_by_pages_of_50(small: Opened, desk: Desk) -> None:
    before = sow_at(desk, SECOND - timedelta(seconds=1), 20)
    same = sow_at(desk, SECOND, 500)
    after = sow_at(desk, SECOND + timedelta(seconds=1), 20)

    found = delivered(small)

    assert sorted(found, key=int) == before + same + after


def test_rows_of_one_second_may_be_ordered_against_their_ids(small: Opened, desk: Desk) -> None:
    """Odoo orders by microseconds it does not show: here the highest id changed first."""
    ids = sow_at(desk, SECOND - timedelta(days=1), 120)
    for position, id in enumerate(reversed(ids)):
        moment = SECOND + timedelta(microseconds=1000 + position)
        desk.stage.control("/clock", set=moment.isoformat(), freeze=True)
        desk.write("res.partner", id, phone="+1 503 555 0100")

    assert sorted(delivered(small, SECOND), key=int) == ids


def test_a_row_that_changes_while_it_is_read_past_comes_with_its_change(
    small: Opened, desk: Desk
) -> None:
    ids = sow_at(desk, SECOND, 120)
    pages = small.resource(Vendor).read(None)
    first = next(page for page in pages if page.records)
    desk.stage.control("/clock", set=(SECOND + timedelta(minutes=1)).isoformat())
    unread = next(id for id in ids if id not in {v.id for v in first.records})
    read = first.records[0].id
    for id in (read, unread):
        desk.write("res.partner", id, phone="+1 503 555 0199")

    rest = [v for page in pages for v in page.records]

    assert {v.id for v in first.records} | {v.id for v in rest} == set(ids)
    changed = {v.id for v in rest if v.phone.endswith("0199")}
    assert changed == {read, unread}


def test_the_mark_never_passes_what_was_not_delivered(small: Opened, desk: Desk) -> None:
    """Stop after any page: reading on from its mark brings all that is missing."""
    ids = {id for step in range(5) for id in sow_at(desk, SECOND + timedelta(minutes=step), 30)}
    pages = list(small.resource(Vendor).read(None))

    for stop in range(1, len(pages) + 1):
        stored = {v.id for page in pages[:stop] for v in page.records}
        mark = pages[stop - 1].watermark
        assert stored | set(delivered(small, mark)) == ids


def test_the_mark_is_the_servers_own_time(small: Opened, desk: Desk) -> None:
    sow_at(desk, SECOND, 3)
    desk.stage.advance(3600)

    *_, last = small.resource(Vendor).read(None)

    assert last.watermark == SECOND


def test_what_commits_late_is_found_thanks_to_the_overlap(small: Opened, desk: Desk) -> None:
    sow_at(desk, SECOND, 1)
    desk.stage.control("/clock", freeze=False)
    values = [{"name": "Slow Import Ltd", "supplier_rank": 1, "is_company": True}]
    [late] = desk.stage.control(
        "/odoo/late-commit", model="res.partner", values=values, seconds=300
    )["ids"]
    desk.stage.advance(120)
    prompt = desk.vendor("Prompt Ltd")
    *_, last = small.resource(Vendor).read(None)
    assert last.watermark is not None
    desk.stage.advance(300)

    assert str(late) not in delivered(small, last.watermark)
    overlap = SYSTEMS["odoo"].overlap
    assert {str(late), str(prompt)} <= set(delivered(small, last.watermark - overlap))


def test_nothing_changed_means_no_record_and_no_mark(small: Opened, desk: Desk) -> None:
    sow_at(desk, SECOND, 3)

    pages = list(small.resource(Vendor).read(SECOND + timedelta(hours=1)))

    assert not [v for page in pages for v in page.records]
    assert all(page.watermark is None for page in pages)


def test_lines_changed_while_everything_is_read_are_not_lost(open_odoo: Opener, desk: Desk) -> None:
    """A first read may take longer than any overlap, and an edit may touch only a line."""
    odoo = open_odoo(page_size="1")
    vendor = desk.vendor()
    orders = []
    for _ in range(3):
        orders.append(desk.order(vendor))
        desk.stage.advance(60)
    pages = odoo.resource(PurchaseOrder).read(None)
    first = next(page for page in pages if page.records).records[0]
    desk.stage.advance(3600)
    desk.write("purchase.order.line", desk.line_of(int(first.id)), name="Longer rope")
    desk.stage.advance(3600)
    orders.append(desk.order(vendor))

    rest = [o for page in pages for o in page.records]

    assert {o.id for o in rest} == set(map(str, orders))
    again = next(o for o in rest if o.id == first.id)
    assert again.lines[0].description == "Longer rope"


def test_the_mark_waits_for_the_list_that_is_furthest_behind(open_odoo: Opener, desk: Desk) -> None:
    """Stop after any page of a read that follows orders and lines: reading on misses neither."""
    odoo = open_odoo(page_size="1")
    vendor = desk.vendor()
    orders = [desk.order(vendor) for _ in range(6)]
    desk.stage.advance(3600)
    since = desk.now()
    for order in orders[:3]:
        desk.write("purchase.order.line", desk.line_of(order), name="Longer rope")
        desk.stage.advance(60)
    for order in orders[3:]:
        desk.write("purchase.order", order, partner_ref="SO-1")
        desk.stage.advance(60)

    def read(start: datetime | None) -> list[tuple[set[str], datetime | None]]:
        pages = odoo.resource(PurchaseOrder).read(start)
        return [({o.id for o in page.records}, page.watermark) for page in pages]

    pages = read(since)
    for stop in range(1, len(pages) + 1):
        stored = set().union(*(ids for ids, _ in pages[:stop]))
        later = set().union(*(ids for ids, _ in read(pages[stop - 1][1])))
        assert stored | later == set(map(str, orders))
