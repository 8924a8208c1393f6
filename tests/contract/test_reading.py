"""Every system: reading delivers everything that changed, page after page."""

from __future__ import annotations

from connections.resource import Can
from tests.contract.cases import cases
from tests.contract.house import Case


@cases(Can.READ, where=lambda h, k: k.sow is not None, small_pages=True)
def test_a_read_crosses_page_boundaries(case: Case) -> None:
    sown = case.sow(case.house.crossing)

    assert set(sown) <= case.read().keys()


@cases(Can.READ, where=lambda h, k: k.sow is not None, small_pages=True)
def test_every_record_is_delivered_once_when_nothing_moves(case: Case) -> None:
    case.sow(case.house.crossing)

    delivered = [r.id for page in case.resource.read(None) for r in page.records]

    assert len(delivered) == len(set(delivered))


@cases(Can.READ, where=lambda h, k: k.sow is not None)
def test_since_includes_its_own_moment_and_nothing_older(case: Case) -> None:
    ids = []
    for _ in range(3):
        ids += case.sow(1)
        case.stage.advance(3600)
    middle = case.read()[ids[1]].changed_at

    delivered = case.read(since=middle).keys()

    assert {ids[1], ids[2]} <= delivered
    assert ids[0] not in delivered


@cases(Can.READ, where=lambda h, k: k.sow is not None and k.archive is not None)
def test_archived_records_are_read_and_say_so(case: Case) -> None:
    [gone, here] = case.sow(2)
    assert case.kind.archive is not None
    case.kind.archive(case.stage, gone)

    delivered = case.read()

    assert delivered[gone].archived
    assert not delivered[here].archived


@cases(Can.READ, where=lambda h, k: k.sow is not None, small_pages=True)
def test_a_read_ends_with_a_watermark_that_misses_nothing(case: Case) -> None:
    case.sow(case.house.crossing)
    *_, last = case.resource.read(None)
    assert last.watermark is not None
    case.stage.advance(60)

    later = case.sow(1)

    assert set(later) <= case.read(since=last.watermark).keys()


@cases(Can.READ, where=lambda h, k: k.sow is not None)
def test_get_returns_what_is_there_and_leaves_out_what_is_not(case: Case) -> None:
    [here, there] = case.sow(2)
    unknown = here[:-3] + "ZZZ" if not here.isdecimal() else "99999999"

    found = case.resource.get([there, unknown, here])

    assert set(found) == {here, there}
    assert found[here].id == here
    assert isinstance(found[here], case.kind.record)
