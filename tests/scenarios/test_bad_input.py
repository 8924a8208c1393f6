"""Bad input: one clear sentence on the one record or connection, and the others go on."""

from __future__ import annotations

import pytest

from connections.models import Connection
from syncs.models import Run
from tests.scenarios.story import Story


def _change(connection: Connection, secrets: dict[str, str], **settings: str) -> None:
    connection.settings = {**connection.settings, **settings}
    connection.save()
    if secrets:
        connection.keep_secrets({**connection.secrets(), **secrets})


@pytest.mark.parametrize(
    ("secrets", "changes", "words"),
    [
        pytest.param({"api_key": "9" * 40}, {}, "does not accept the API key", id="a wrong key"),
        pytest.param({"api_key": "b2" * 20}, {}, "one of these groups", id="a user without rights"),
        pytest.param({}, {"database": "nowhere"}, "database", id="a wrong database"),
    ],
)
def test_an_erp_that_refuses_pauses_the_integration_with_one_sentence(
    live: Story, secrets: dict[str, str], changes: dict[str, str], words: str
) -> None:
    live.erp.order(live.erp.vendor("Alder Works"))
    _change(live.integration.erp, secrets, **changes)
    [stopped, *_] = live.run().values()
    assert stopped.outcome == "stopped"
    assert words in live.integration.paused_reason
    assert live.ap.bills() == []
    assert "9" * 40 not in live.integration.paused_reason


def test_a_key_that_expired_pauses_the_integration(live: Story) -> None:
    live.erp.expire_key()
    live.run()
    assert "expired" in live.integration.paused_reason


def test_a_wrong_password_pauses_the_integration_without_trying_again(live: Story) -> None:
    live.ap.stage.control("/billcom/sessions/expire")
    _change(live.integration.ap, {"password": "not-this-one"})
    live.ap.stage.forget_journal()
    live.run()
    assert "user name or password" in live.integration.paused_reason
    assert "not-this-one" not in live.integration.paused_reason
    assert len(live.ap.stage.requests("POST", "/login")) == 1


@pytest.mark.parametrize("side", ["erp", "ap"])
def test_a_server_nobody_can_reach_leaves_a_sentence_and_is_tried_again(
    live: Story, side: str
) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    connection = getattr(live.integration, side)
    field = "url" if side == "erp" else "base_url"
    right = connection.settings[field]
    _change(connection, {}, **{field: "http://127.0.0.1:9/connect"})
    live.run()
    assert "could not be reached at 127.0.0.1:9" in Run.objects.latest("id").sentence
    assert live.integration.paused_reason == ""
    _change(connection, {}, **{field: right})
    live.run()
    assert live.the_bill(order).total == 100


def test_a_host_that_is_something_else_is_named(live: Story) -> None:
    _change(live.integration.erp, {}, url=live.server.url)
    live.run()
    said = live.integration.paused_reason or Run.objects.latest("id").sentence
    assert "Odoo" in said
    assert "<html" not in said


def test_a_page_of_html_stops_one_run_and_not_the_next(live: Story) -> None:
    order = live.erp.order(live.erp.vendor("Alder Works"))
    live.erp.stage.fault("html", times=6)
    live.run()
    live.erp.stage.clear_faults()
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()


def test_one_bad_order_after_another_blocks_itself_and_nobody_else(live: Story) -> None:
    erp = live.erp
    vendor, nowhere = erp.vendor("Alder Works"), erp.vendor("Nowhere Freight", address=False)
    bad = {
        "blocked amount": erp.order(vendor, {"price": -20.0}),
        "blocked gl-account": erp.order(vendor, {"account": "612000"}),
        "blocked default-account": erp.order(vendor, {"account": ""}),
        "blocked number": erp.order(vendor, number="PO-2026-EAST-QUAY-LIGHT-7"),
        "waiting vendor": erp.order(nowhere),
    }
    fine = erp.order(vendor)
    live.run()
    assert {live.held(order): order for order in bad.values()} == bad
    assert "street, city, postal code and country" in live.of("Nowhere Freight").sentence
    assert "cannot be negative" in live.of(bad["blocked amount"]).sentence
    for order in bad.values():
        sentence = live.of(order).sentence
        assert sentence.endswith((".", "”"))
        assert len(sentence) < 300
    assert [bill.order_number for bill in live.ap.bills()] == [fine.number]
    live.ledgers()


def test_an_order_without_lines_is_left_with_a_sentence(live: Story) -> None:
    vendor = live.erp.vendor("Alder Works")
    empty = live.erp.order(vendor, {"price": 0.0})
    live.run()
    assert live.held(empty) == "skipped nothing-to-pay"
    assert empty.number in live.of(empty).sentence


def test_an_account_archived_there_blocks_and_frees_itself(live: Story) -> None:
    live.ap.archive_account("611000")
    order = live.erp.order(live.erp.vendor("Alder Works"), {"account": "611000"})
    live.run()
    assert live.held(order) == "blocked gl-account"
    live.map_account("611000", "600000")
    live.run()
    assert live.the_bill(order).accounts == ("600000",)
    live.ledgers()


def test_a_mapping_to_an_account_archived_there_is_named(live: Story) -> None:
    live.map_account("612000", "611000")
    live.ap.archive_account("611000")
    order = live.erp.order(live.erp.vendor("Alder Works"), {"account": "612000"})
    live.run()
    assert live.held(order) == "blocked gl-account"
    assert "archived in BILL" in live.of(order).sentence


def test_an_address_filled_in_later_lets_the_vendor_and_its_order_go(live: Story) -> None:
    vendor = live.erp.vendor("Nowhere Freight", address=False)
    order = live.erp.order(vendor)
    live.run()
    assert live.held("Nowhere Freight") == "blocked incomplete"
    live.erp.give_address(vendor)
    live.run()
    assert live.the_bill(order).total == 100
    live.ledgers()
