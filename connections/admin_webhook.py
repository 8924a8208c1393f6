"""What the page of a connection shows of its webhook, and its buttons."""

from __future__ import annotations

from typing import Any

from audit.moments import shown_moment
from audit.pages import Act, Note, Question
from connections.models import Connection, WebhookState
from connections.webhooks import (
    webhook_mend,
    webhook_rotate,
    webhook_subscribe,
    webhook_test,
    webhook_unsubscribe,
)


def _subscribe(connection: Connection, who: str, answers: dict[str, Any]) -> str:
    webhook_subscribe(connection, actor=who)
    return f"{connection.declared.label} tells of changes from now on. Press Test to try it."


def _test(connection: Connection, who: str, answers: dict[str, Any]) -> str:
    if webhook_test(connection, actor=who):
        return "Test received: messages arrive and are signed with our key."
    return (
        f"{connection.declared.label} sent a test, which has not arrived yet. Reload in a minute."
    )


def _mend(connection: Connection, who: str, answers: dict[str, Any]) -> str:
    return webhook_mend(connection, actor=who)


def _rotate(connection: Connection, who: str, answers: dict[str, Any]) -> str:
    webhook_rotate(connection, actor=who)
    return "Messages are signed with a new key; the old one is taken a little longer."


def _unsubscribe(connection: Connection, who: str, answers: dict[str, Any]) -> str:
    webhook_unsubscribe(connection, actor=who)
    return "Changes are found by polling only from now on."


def _ask_unsubscribe(connection: Connection) -> Question:
    there = connection.declared.label
    return Question(
        title=f"Let {there} stop telling of changes?",
        sentences=("Changes still arrive by polling, at the schedule of each integration.",),
    )


def state_of(connection: Connection) -> WebhookState | None:
    """Return the webhook of a connection, None where it never subscribed."""
    return WebhookState.objects.filter(connection=connection).exclude(subscription_id="").first()


def _could_subscribe(connection: Connection) -> bool:
    tells = connection.declared.webhook is not None and bool(connection.identity)
    return tells and state_of(connection) is None


def _is_subscribed(connection: Connection) -> bool:
    return state_of(connection) is not None


WEBHOOK_ACTS = (
    Act(
        name="webhook-subscribe",
        label="Webhook: subscribe",
        do=_subscribe,
        possible=_could_subscribe,
    ),
    Act(name="webhook-test", label="Webhook: test", do=_test, possible=_is_subscribed),
    Act(name="webhook-mend", label="Webhook: mend", do=_mend, possible=_is_subscribed),
    Act(name="webhook-key", label="Webhook: new key", do=_rotate, possible=_is_subscribed),
    Act(
        name="webhook-unsubscribe",
        label="Webhook: unsubscribe",
        do=_unsubscribe,
        possible=_is_subscribed,
        asks=_ask_unsubscribe,
    ),
)


def webhook_notes(connection: Connection) -> list[Note]:
    """Return what to know of a connection's webhook, one banner."""
    state = state_of(connection)
    if state is None:
        return []
    there = connection.declared.label
    trouble = state.warning or state.silence
    if not state.is_enabled and not trouble:
        trouble = f"{there} has stopped telling of changes. Press Mend."
    words = trouble or f"{there} tells of changes as they happen."
    return [Note("warning" if trouble else "good", words, "Webhook", _facts(state))]


def _facts(state: WebhookState) -> tuple[str, ...]:
    last, test = state.last_event_at, state.last_test_at
    facts = [f"Last event: {shown_moment(last)}" if last else "No event yet"]
    if test:
        facts.append(f"Test received: {shown_moment(test)}")
    if state.refused:
        facts.append(f"Refused, because not signed with our key or unreadable: {state.refused:,}")
    if state.ignored:
        facts.append(f"Left, because of another company: {state.ignored:,}")
    return tuple(facts)
