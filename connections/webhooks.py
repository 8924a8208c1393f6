"""What can be done with a connection's webhook: subscribe, test, mend, change its key, check it.

The calls are made outside any transaction; each call that makes something carries a token that was
committed before, so one whose answer was lost is repeated and not made twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record_audit
from connections.errors import ConnectionProblem, SyncError
from connections.http import Client
from connections.models import Connection, WebhookState
from connections.models.webhook import KEY, PREVIOUS_KEY
from connections.services import opened
from connections.webhook import Subscription, Webhook

# Never the whole row: events that arrive meanwhile count in it.
KEY_FIELDS = ["token", "token_at", "previous_key_until"]
SUBSCRIPTION_FIELDS = [
    "subscription_id", "url", "is_enabled", "warning", "subscribed_at", "checked_at",
]  # fmt: skip
# The other side remembers for a day what it answered to a token; a little less is safe.
TOKEN_LASTS = timedelta(hours=23)


def webhook_of(connection: Connection) -> Webhook:
    """Return how the connection's system tells of changes. Raises ConnectionProblem."""
    webhook = connection.declared.webhook
    if webhook is None:
        raise ConnectionProblem(f"{connection.declared.label} does not tell of changes by itself.")
    return webhook


def webhook_url(connection: Connection) -> str:
    """Return the address the other system is to call."""
    return f"{settings.PUBLIC_URL}{reverse('webhook', args=[connection.pk])}"


def webhook_state(connection: Connection) -> WebhookState:
    """Return what is known of a connection's webhook, made if there is nothing yet."""
    return WebhookState.objects.get_or_create(connection=connection)[0]


def webhook_subscribe(connection: Connection, *, actor: str = "system") -> WebhookState:
    """Have the other system tell us of changes. Raises SyncError."""
    webhook, url = webhook_of(connection), webhook_url(connection)
    problem = webhook.address_problem(url, connection.settings)
    if problem:
        raise ConnectionProblem(problem)
    state, again = _with_token(connection)
    with opened(connection) as ready:
        made = webhook.subscribe(ready.client, url, state.token, again=again)
    _keep_subscription(connection, state, made)
    there = connection.declared.label
    _note(connection, "webhook.subscribed", f"{there} tells {connection} of changes.", actor)
    return state


def webhook_test(connection: Connection, *, actor: str = "system") -> bool:
    """Have a test event sent; say whether it arrived. Raises SyncError."""
    began = timezone.now()
    with _subscribed(connection) as (webhook, client, state):
        webhook.send_test(client, state.subscription_id)
    _note(connection, "webhook.tested", f"{actor} had a test sent to {connection}.", actor)
    state.refresh_from_db()
    return state.last_test_at is not None and state.last_test_at >= began


def webhook_mend(connection: Connection, *, actor: str = "system") -> str:
    """Bring a webhook back that is gone or switched off; return what was done. Raises SyncError."""
    with _subscribed(connection) as (webhook, client, state):
        found = webhook.inspect(client, state.subscription_id)
        moved = found is not None and found.url != webhook_url(connection)
        if moved:  # this installation has another address now
            webhook.unsubscribe(client, state.subscription_id)
        elif found is not None and not found.is_enabled:
            webhook.enable(client, state.subscription_id)
    there = connection.declared.label
    if found is None or moved:
        webhook_subscribe(connection, actor=actor)
        return f"The subscription in {there} was gone or for another address; a new one was made."
    state.warning = ""
    _keep_look(state, is_enabled=True)
    if found.is_enabled:
        return f"Nothing had to be mended: {there} tells of changes."
    sentence = f"{there} had stopped telling {connection} of changes and does so again."
    _note(connection, "webhook.mended", sentence, actor)
    return sentence


def webhook_rotate(connection: Connection, *, actor: str = "system") -> WebhookState:
    """Have events signed with a new key; the old one is taken a while longer. Raises SyncError."""
    state, _ = _with_token(connection)
    with _subscribed(connection) as (webhook, client, _):
        key = webhook.rotate_key(client, state.subscription_id, state.token)
    with transaction.atomic():
        _keep_key(connection, state, key)
        state.save(update_fields=KEY_FIELDS)
        _note(connection, "webhook.rekeyed", f"{actor} changed the webhook key.", actor)
    return state


def webhook_unsubscribe(connection: Connection, *, actor: str = "system") -> None:
    """Let the other system stop telling us. Raises SyncError."""
    with _subscribed(connection) as (webhook, client, state):
        webhook.unsubscribe(client, state.subscription_id)
    state.subscription_id, state.is_enabled, state.warning = "", False, ""
    state.save(update_fields=["subscription_id", "is_enabled", "warning"])
    there = connection.declared.label
    sentence = f"{there} no longer tells {connection} of changes."
    _note(connection, "webhook.unsubscribed", sentence, actor)


def webhook_forget(connection: Connection, *, actor: str = "system") -> None:
    """Try to unsubscribe before a connection is deleted; a system out of reach is no obstacle."""
    with suppress(SyncError):
        webhook_unsubscribe(connection, actor=actor)


def webhook_check(connection: Connection, *, actor: str = "system") -> str:
    """Look whether the subscription still stands, and bring it back if settings allow it.

    Raises SyncError.
    """
    if settings.WEBHOOK_MENDS_ITSELF:
        return webhook_mend(connection, actor=actor)
    with _subscribed(connection) as (webhook, client, state):
        found = webhook.inspect(client, state.subscription_id)
    there = connection.declared.label
    stands = found is not None and found.is_enabled
    warning = "" if stands else f"{there} has stopped telling of changes. Press Mend."
    if warning and state.warning != warning:
        _note(connection, "webhook.stopped", warning, actor)
    state.warning = warning
    _keep_look(state, is_enabled=stands)
    return warning or "stands"


def webhook_keys(connection: Connection, state: WebhookState) -> list[str]:
    """Return the keys an event may be signed with now, the newest first."""
    try:
        secrets = connection.secrets()
    except ConnectionProblem:
        return []
    keys = [secrets.get(KEY, "")]
    if state.previous_key_until is not None and timezone.now() < state.previous_key_until:
        keys.append(secrets.get(PREVIOUS_KEY, ""))
    return [key for key in keys if key]


@contextmanager
def _subscribed(connection: Connection) -> Iterator[tuple[Webhook, Client, WebhookState]]:
    webhook, state = webhook_of(connection), webhook_state(connection)
    if not state.subscription_id:
        raise ConnectionProblem(f"{connection} is not subscribed yet. Press Subscribe.")
    with opened(connection) as ready:
        yield webhook, ready.client, state


def _with_token(connection: Connection) -> tuple[WebhookState, bool]:
    """Return the state with a token committed, and whether an earlier call may have used it."""
    state = webhook_state(connection)
    now = timezone.now()
    again = bool(state.token) and state.token_at is not None and now - state.token_at < TOKEN_LASTS
    if not again:
        state.token, state.token_at = str(uuid.uuid4()), now
        state.save(update_fields=["token", "token_at"])
    return state, again


def _keep_subscription(connection: Connection, state: WebhookState, made: Subscription) -> None:
    with transaction.atomic():
        _keep_key(connection, state, made.key)
        state.subscription_id, state.url = made.id, made.url or webhook_url(connection)
        state.is_enabled, state.warning = made.is_enabled, ""
        state.subscribed_at = state.checked_at = timezone.now()
        state.save(update_fields=[*SUBSCRIPTION_FIELDS, *KEY_FIELDS])


def _keep_key(connection: Connection, state: WebhookState, key: str) -> None:
    held = connection.secrets().get(KEY, "")
    kept = {KEY: key}
    if held and held != key:
        kept[PREVIOUS_KEY] = held
        overlap = timedelta(hours=settings.WEBHOOK_KEY_OVERLAP_HOURS)
        state.previous_key_until = timezone.now() + overlap
    connection.keep_secrets(kept)
    state.token, state.token_at = "", None


def _keep_look(state: WebhookState, *, is_enabled: bool) -> None:
    state.is_enabled, state.checked_at = is_enabled, timezone.now()
    state.save(update_fields=["is_enabled", "checked_at", "warning"])


def _note(connection: Connection, action: str, sentence: str, actor: str) -> None:
    record_audit(action, sentence, actor=actor, subject=connection)
