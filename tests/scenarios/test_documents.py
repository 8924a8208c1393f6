"""Files go along once; whatever happens to them, the bill is not harmed."""

from __future__ import annotations

from syncs.models import TransferDocument
from tests.scenarios.houses.house import Ordered
from tests.scenarios.story import Story

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _with_file(live: Story, content: bytes = PDF) -> Ordered:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.erp.attach(order, "order.pdf", content)
    return order


def test_a_pdf_goes_along_once(live: Story) -> None:
    order = _with_file(live)
    live.run()
    live.later(3)  # an upload takes a moment there
    live.run()
    assert live.ap.documents(live.the_bill(order).id) == ["order.pdf"]
    assert len(live.sentences("document.sent")) == 1
    live.ledgers()


def test_a_pdf_whose_answer_was_lost_goes_along_once(live: Story) -> None:
    order = _with_file(live)
    live.ap.stage.fault("commit_then_drop", method="POST", path=live.ap.document_path)
    live.run()
    live.later(301)
    live.run()
    assert live.ap.documents(live.the_bill(order).id) == ["order.pdf"]
    assert TransferDocument.objects.get().state == "sent"
    live.ledgers()


def test_a_file_too_large_is_left_with_a_warning(live: Story) -> None:
    order = _with_file(live, PDF + b"x" * 6_000_001)
    live.run()
    assert live.ap.documents(live.the_bill(order).id) == []
    [said] = live.sentences("document.left")
    assert "6.0 MB" in said
    live.ledgers()


def test_a_file_that_is_refused_does_not_hurt_the_bill(live: Story) -> None:
    order = _with_file(live)
    live.ap.stage.fault(
        "status", method="POST", path=live.ap.document_path, times=0, status=422,
        body=[{"code": "BDC_1143", "message": "No such type.", "severity": "ERROR"}],
    )  # fmt: skip
    for _ in range(2):
        assert live.bills_run().outcome == "done"
    assert live.held(order) == "done"
    assert TransferDocument.objects.get().state == "left"
    live.ledgers()


def test_files_stay_where_the_setting_says_so(story: Story) -> None:
    story.go_live(send_documents=False)
    order = _with_file(story)
    story.run()
    assert story.ap.documents(story.the_bill(order).id) == []
