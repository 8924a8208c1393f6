"""R21: a connection is one company, for ever."""

from __future__ import annotations

from connections.models import Connection
from syncs.models import Integration
from syncs.services import integration_enable
from tests.scenarios.story import WHO, Story


def _lead_elsewhere(connection: Connection, **changes: str) -> None:
    connection.settings = {**connection.settings, **changes}
    connection.save()


def test_r21_another_ap_company_stops_everything_with_a_sentence(live: Story) -> None:
    live.erp.order(live.erp.vendor("Alder Works"))
    _lead_elsewhere(live.integration.ap, **live.ap.another_company())
    live.ap.stage.forget_journal()
    numbers = live.run()
    assert [s.outcome for s in numbers.values()] == ["stopped"]
    was, now = live.integration.ap.company, live.integration.ap.settings["organization_id"]
    assert f"was set up for {was}" in live.integration.paused_reason
    assert f"{now} answers now. Nothing is sent." in live.integration.paused_reason
    assert live.integration.stage == "paused"
    assert live.ap.writes() == []
    assert live.sentences("integration.paused") == [
        f"Harbour paused itself: {live.integration.paused_reason}"
    ]


def test_r21_another_erp_database_stops_everything_with_a_sentence(live: Story) -> None:
    live.erp.stage.control(f"/{live.erp.stage.system}/databases", name="second")
    office = live.house.erp(live.server, "second")
    office.order(office.vendor("Birch Works"))
    _lead_elsewhere(live.integration.erp, database="second")
    live.ap.stage.forget_journal()
    live.run()
    assert "was set up for" in live.integration.paused_reason
    assert live.ap.writes() == []


def test_r21_the_first_company_back_again_and_it_goes_on(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    settings = dict(live.integration.ap.settings)
    _lead_elsewhere(live.integration.ap, **live.ap.another_company())
    live.run()
    _lead_elsewhere(live.integration.ap, **settings)
    integration_enable(live.integration, actor=WHO)
    live.run()
    assert live.integration.paused_reason == ""
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_r21_a_second_connection_to_the_same_company_is_refused(live: Story) -> None:
    again = live.prepare("Again", erp=live.integration.erp, ap=live.ap.connect("BILL again"))
    [stopped] = live.run(again, baseline=True).values()
    assert stopped.outcome == "stopped"
    assert "Another connection already leads to" in stopped.sentence
    assert Integration.objects.get(pk=again.pk).baseline_at is None
