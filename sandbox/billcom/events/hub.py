"""Who wants to hear of what, what was told, and what is still to be delivered.

Reference: docs/systems/billcom.md#145-delivery
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.world import World

EVENTS = "billcom-events"
VERSION = "1"
CATALOG = (
    *(f"{kind}.{verb}" for kind in ("vendor", "bill") for verb in ("created", "updated")),
    *(f"{kind}.{verb}" for kind in ("vendor", "bill") for verb in ("archived", "restored")),
    "payment.updated",
    "payment.failed",
    "autopay.failed",
    "bank-account.created",
    "bank-account.updated",
    "card-account.created",
    "card-account.updated",
    *(f"invoice.{verb}" for verb in ("created", "updated", "archived", "restored")),
    "risk-verification.updated",
    "mass-payment.updated",
)
RETRY_AFTER = (2, 4, 8, 16)
KEPT_FOR = timedelta(days=180)
REPLAYED_FOR = timedelta(hours=24)
# A delivery in one of these states is over.
OVER = ("delivered", "failed", "lost", "dropped", "refused", "forged")


@dataclass
class Subscription:
    """Who is told, where, and with which key it is signed."""

    id: str
    organization: str
    name: str
    enabled: bool
    events: list[dict[str, str]]
    url: str
    key: str
    created: datetime
    updated: datetime

    def wants(self, event_type: str) -> bool:
        return self.enabled and any(event["type"] == event_type for event in self.events)


@dataclass
class Event:
    """One notification, as its subscriber gets it."""

    id: str
    type: str
    subscription: str
    entity: str
    payload: str
    created: datetime
    status_code: int | None = None


@dataclass
class Delivery:
    """One way of an event to its subscriber: a copy, the tries so far, the next one."""

    event: Event
    due: datetime
    turn: int
    state: str = "waiting"  # sending, held, or one of OVER
    forged: bool = False
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def __getstate__(self) -> dict[str, Any]:
        """Stopped while on its way: nobody knows whether it arrived, so it is sent again."""
        state = "waiting" if self.state == "sending" else self.state
        return {**vars(self), "state": state}


@dataclass
class Dials:
    """What should go wrong on the way.

    doubles: so many extra copies of each event
    hold:    keep events back until there are so many, then send them in reversed order
    delay:   seconds of the sandbox clock before the first try
    lose:    so many events are never sent
    forge:   before so many events comes one with another content and a wrong signature
    """

    doubles: int = 0
    hold: int = 0
    delay: float = 0
    lose: int = 0
    forge: int = 0

    def turn(self, **wanted: Any) -> None:
        for name, value in wanted.items():
            if name not in self.__dataclass_fields__:
                raise ValueError(f"unknown dial {name!r}")
            if not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} must be a number, zero or more")
            setattr(self, name, value)


@dataclass
class Hub:
    """Everything BILL's event side remembers."""

    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    dials: Dials = field(default_factory=Dials)
    # (organisation, path, X-Idempotent-Key) -> when it was answered, and the answer
    answers: dict[tuple[str, str, str], tuple[datetime, Any]] = field(default_factory=dict)
    turns: int = 0

    def of(self, organization: str) -> list[Subscription]:
        return [s for s in self.subscriptions.values() if s.organization == organization]

    def send(self, event: Event, now: datetime) -> None:
        """Put an event on its way, disturbed as the dials say."""
        self.events.append(event)
        if self.dials.lose:
            self.dials.lose -= 1
            self._add(event, now, state="lost")
            return
        due = now + timedelta(seconds=self.dials.delay)
        if self.dials.forge:
            self.dials.forge -= 1
            self._add(event, due, forged=True)
        for _ in range(1 + int(self.dials.doubles)):
            self._add(event, due, state="held" if self.dials.hold else "waiting")
        if self.dials.hold and len(self._held()) >= self.dials.hold:
            self.release(now)

    def _add(self, event: Event, due: datetime, **fields: Any) -> None:
        self.turns += 1
        self.deliveries.append(Delivery(event, due, self.turns, **fields))

    def _held(self) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if delivery.state == "held"]

    def release(self, now: datetime) -> int:
        """Let go what is held back, the last first."""
        held = self._held()
        for delivery in reversed(held):
            self.turns += 1
            delivery.state, delivery.due, delivery.turn = "waiting", now, self.turns
        return len(held)

    def due(self, now: datetime) -> Delivery | None:
        """Return what is to be sent next, if its time has come."""
        ready = [d for d in self.deliveries if d.state == "waiting" and d.due <= now]
        return min(ready, key=lambda delivery: (delivery.due, delivery.turn), default=None)

    def quiet(self, now: datetime) -> bool:
        """Say whether nothing is on its way and nothing is due."""
        sending = any(delivery.state == "sending" for delivery in self.deliveries)
        return not sending and self.due(now) is None

    def settle(self, delivery: Delivery, attempt: Mapping[str, Any], after: str) -> None:
        """Note how a try ended and what follows: done, a later try, or giving up.

        `after` says what the fifth failure does: disable the subscription or set the event aside.
        """
        delivery.attempts.append(dict(attempt))
        if delivery.forged:
            delivery.state = "forged"
            return
        delivery.event.status_code = attempt.get("status")
        if attempt.get("status") == 200:
            delivery.state = "delivered"
        elif len(delivery.attempts) <= len(RETRY_AFTER):
            wait = RETRY_AFTER[len(delivery.attempts) - 1]
            delivery.state, delivery.due = "waiting", attempt["time"] + timedelta(seconds=wait)
        else:
            delivery.state = "failed"
            if after == "disable":
                self._disable(delivery.event.subscription)

    def _disable(self, id: str) -> None:
        if id in self.subscriptions:
            self.subscriptions[id].enabled = False
        self.drop(id)

    def drop(self, id: str) -> None:
        """Forget what was still to be sent to a subscription that is gone or switched off."""
        for delivery in self.deliveries:
            if delivery.event.subscription == id and delivery.state in ("waiting", "held"):
                delivery.state = "dropped"


def hub_of(world: World) -> Hub:
    hub: Hub = world.besides[EVENTS]
    return hub
