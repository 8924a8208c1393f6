"""The home page: is anything wrong, and where to begin?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from syncs.heartbeat import beat
from syncs.models import Run
from tests.admin.conftest import words
from tests.factories import a_connection, a_transfer, an_integration

HOME = "/admin/"


def test_an_empty_installation_explains_the_first_steps(anna: Client) -> None:
    page = words(anna.get(HOME))

    for expected in ("Add two connections", "Create an integration", "Run the baseline"):
        assert expected in page


def test_a_step_that_is_done_is_marked(anna: Client) -> None:
    a_connection("odoo")
    a_connection("billcom")

    done = [step["done"] for step in anna.get(HOME).context["steps"]]

    assert done == [True, False, False]


def test_each_integration_says_how_it_is(anna: Client) -> None:
    integration = an_integration()
    a_transfer(integration, state="blocked", reason="currency")
    Run.objects.create(
        integration=integration, flow="vendors", trigger="schedule", outcome="done",
        counts={"created": 5, "updated": 2}, started_at=timezone.now(),
    )  # fmt: skip

    response = anna.get(HOME)

    card = response.context["integrations"][0]
    assert (card["waiting"], card["moved"], card["stage"]) == (1, 7, "Running")
    assert f"attention=yes&amp;integration__id__exact={integration.pk}" in words(response)
    assert "Three steps" not in words(response)


def test_a_run_that_is_due_has_no_time_in_the_past(anna: Client) -> None:
    an_integration(enabled=True, next_run_at=timezone.now() - timedelta(minutes=1))

    assert "due now" in words(anna.get(HOME))


def test_a_pause_is_seen_at_once(anna: Client) -> None:
    an_integration(paused_reason="The API key has expired.")

    assert "The API key has expired." in words(anna.get(HOME))


def test_a_silent_worker_is_seen_at_once(anna: Client) -> None:
    assert "Background work has stopped" in words(anna.get(HOME))
    beat("a worker")
    assert "Background work has stopped" not in words(anna.get(HOME))


def test_who_may_not_see_integrations_sees_none(sign_in: Callable[..., Client]) -> None:
    an_integration()

    assert "Harbour" not in words(sign_in("auth.view_user").get(HOME))
