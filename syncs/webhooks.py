"""Where other systems tell of changes. A body is looked at only after its signature was checked.

Nothing is worked off here: the sender waits, and has to be answered within seconds.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from connections.models import WebhookState
from connections.webhook import Malformed
from connections.webhooks import webhook_keys
from syncs.inbox import count, receive

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024


class TooLarge(Exception):
    """The body is longer than any event."""


class AnswerInJson(BaseContentNegotiation):
    """Whatever the sender says it accepts: what counts for it is the status."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class WebhookView(APIView):
    """Takes the events of one connection, once each, and answers 200 with an empty object."""

    authentication_classes = ()  # the signature is what counts
    permission_classes = (AllowAny,)
    parser_classes = ()
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AnswerInJson

    def post(self, request: Request, connection: uuid.UUID) -> Response:
        state = (
            WebhookState.objects.select_related("connection").filter(connection=connection).first()
        )
        webhook = state.connection.declared.webhook if state else None
        if state is None or webhook is None:
            return Response({}, status=404)
        try:
            body = _body(request._request)
        except TooLarge:
            return self._refuse(state, 413, "is too large")
        except OSError:  # the sender went away in the middle
            return Response({}, status=400)
        keys = webhook_keys(state.connection, state)
        headers = dict(request.headers.items())
        if not webhook.verify(headers, body, keys, state.connection.settings):
            return self._refuse(state, 401, "is not signed with our key")
        try:
            events = webhook.events(body)
        except Malformed as problem:
            return self._refuse(state, 400, str(problem))
        receive(state.connection, webhook, events)
        return Response({})

    def _refuse(self, state: WebhookState, status: int, why: str) -> Response:
        count(state.connection, "refused")
        log.warning("A webhook to %s was refused with %d: %s", state.connection, status, why)
        return Response({}, status=status)


def _body(request: HttpRequest) -> bytes:
    """Read the raw body and never more than an event may have. Raises TooLarge, OSError."""
    try:
        told = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        told = 0
    if told > MOST_BYTES:
        raise TooLarge
    # Sent in chunks, without a length: only a server that marks the end may be read to it.
    in_chunks = not told and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if in_chunks else request
    body: bytes = stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge
    return body
