"""HTTP for every system: sessions, limits, retries, lost answers. Speaks no system's language.

The run's own thread does all database work here (session, limits); worker threads do one exchange
each and nothing else. A thread that meets a lost session hands the call back: the run's thread
renews once for all and repeats it once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from audit.redaction import HIDDEN, redacted_text
from connections.errors import (
    ConnectionProblem,
    LimitReached,
    SyncError,
    TransientError,
    UnknownOutcome,
)
from connections.guard import Forbidden, NotConnected, guarded_session
from connections.limits import Gate
from connections.sessions import SessionStore
from connections.system import Access, Limit

TIMEOUT = (5.0, 25.0)
MOST_IN_PARALLEL = 8
LONGEST_WAIT = 20.0
NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


class SessionLost(Exception):
    """The system no longer knows our session; raised by `Client.parse`, never leaves this file."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One HTTP call.

    `writes`: a lost answer means the outcome is unknown. `repeatable`: a write that done twice is
    the same as once, so a lost one may be repeated at once. Reads are always repeated.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    data: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False
    repeatable: bool = False


@dataclass
class Counter:
    """Calls made, for the summary of a run."""

    calls: int = 0
    logins: int = 0


class Client:
    """Base of every system's client. A subclass says how to log in, sign and read an answer.

    `before_calls` is asked before calls start: a run renews its lease there, and returns the
    monotonic moment after which none may start any more.
    """

    label: ClassVar[str] = ""
    uses_session: ClassVar[bool] = False

    def __init__(self, access: Access, limits: tuple[Limit, ...]) -> None:
        self.access = access
        self.counter = Counter()
        self.before_calls: Callable[[], float | None] = lambda: None
        self._gate = Gate(limits)
        self._sessions = SessionStore(self.grant_key(), self.session_idle_seconds())
        self._deadline: float | None = None
        self._local = threading.local()
        self._opened: list[requests.Session] = []
        self._pool: ThreadPoolExecutor | None = None

    # What a subclass says -------------------------------------------------------------------

    def url(self, call: Call) -> str:
        """Return the full address of a call."""
        raise NotImplementedError

    def headers(self, session: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers every call carries, `session` being what `login` returned."""
        raise NotImplementedError

    def parse(self, call: Call, response: requests.Response) -> Any:
        """Return the decoded answer, or raise SyncError or SessionLost for a bad one."""
        raise NotImplementedError

    def login(self) -> Mapping[str, str]:
        """Open a session with `exchange` and return what `headers` needs; {} without sessions."""
        return {}

    def grant_key(self) -> str:
        """Name what was granted: connections that share it share one session (R22)."""
        return self.access.key

    def session_idle_seconds(self) -> float:
        """Return how long a session may rest before it is renewed unasked."""
        return float("inf")

    # What callers use -----------------------------------------------------------------------

    def call(self, call: Call) -> Any:
        """Make one call and return its decoded answer. Raises SyncError."""
        answer = self.calls([call])[0]
        if isinstance(answer, SyncError):
            raise answer
        return answer

    def calls(self, calls: Sequence[Call]) -> list[Any]:
        """Make many calls, as wide as the limits allow: decoded answers or SyncErrors, in order."""
        answers: list[Any] = [None] * len(calls)
        waiting = list(enumerate(calls))
        while waiting:
            with self._gate.slots(min(len(waiting), MOST_IN_PARALLEL)) as width:
                self._deadline = self.before_calls()
                now, waiting = waiting[:width], waiting[width:]
                for position, answer in self._together(now):
                    answers[position] = answer
        return answers

    def exchange(self, call: Call, session: Mapping[str, str]) -> Any:
        """Make one call in this thread, retried as far as it may be. No database here."""
        return Retrying(
            retry=retry_if_exception(lambda error: _worth_repeating(error, call)),
            stop=stop_after_attempt(4) | stop_before_delay(LONGEST_WAIT),
            wait=_wait,
            reraise=True,
        )(self._once, call, session)

    def close(self) -> None:
        """End the threads and give their connections back."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        for http in self._opened:
            http.close()
        self._opened.clear()

    # How ------------------------------------------------------------------------------------

    def _together(self, calls: Sequence[tuple[int, Call]]) -> Iterator[tuple[int, Any]]:
        session = self._session()
        answers = list(self._wide(calls, session.values))
        lost = [c for (_, answer), c in zip(answers, calls, strict=True) if _is_lost(answer)]
        yield from (pair for pair in answers if not _is_lost(pair[1]))
        if lost:
            renewed = self._sessions.renew(session, self._counted_login)
            for position, answer in self._wide(lost, renewed.values):
                yield position, self._refused_twice() if _is_lost(answer) else answer

    def _wide(
        self, calls: Sequence[tuple[int, Call]], session: Mapping[str, str]
    ) -> Iterator[tuple[int, Any]]:
        self.counter.calls += len(calls)
        if len(calls) == 1:
            answers: Iterable[Any] = [self._caught(calls[0][1], session)]
        else:
            answers = list(self._threads().map(lambda c: self._caught(c[1], session), calls))
        for (position, _), answer in zip(calls, answers, strict=True):
            if isinstance(answer, LimitReached):
                self._gate.exhausted()
            yield position, answer

    def _caught(self, call: Call, session: Mapping[str, str]) -> Any:
        try:
            return self.exchange(call, session)
        except (SyncError, SessionLost) as error:
            return error

    def _once(self, call: Call, session: Mapping[str, str]) -> Any:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise TransientError("The run was held up for too long; the next one goes on.")
        try:
            response = self._http().request(
                call.method,
                self.url(call),
                params=dict(call.params) or None,
                json=call.json,
                data=call.data,
                headers={**self.headers(session), **call.headers},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            return self.parse(call, response)
        except (requests.RequestException, NotConnected) as error:  # also: no JSON after all
            raise self._no_answer(call, error) from None

    def _no_answer(self, call: Call, error: Exception) -> SyncError:
        detail = self._words(error)
        if isinstance(error, Forbidden):
            return ConnectionProblem(f"{self.label} was not called: {error}", detail=detail)
        if isinstance(error, requests.exceptions.InvalidHeader) and never_left(error):
            return ConnectionProblem(
                f"A credential for {self.label} holds a character that cannot be sent, such as a "
                "line break. Enter it again.",
            )
        if never_left(error):
            sentence = f"{self.label} could not be reached at {self._host(call)}."
            return TransientError(sentence, detail=detail)
        if call.writes:
            return UnknownOutcome(
                f"{self.label} did not answer; it may or may not have carried the request out.",
                detail=detail,
            )
        return TransientError(f"{self.label} did not answer in time.", detail=detail)

    def _session(self) -> Any:
        if not self.uses_session:
            return self._sessions.none()
        return self._sessions.current(self._counted_login)

    def _counted_login(self) -> Mapping[str, str]:
        self.counter.logins += 1
        self.counter.calls += 1
        return self.login()

    def _refused_twice(self) -> ConnectionProblem:
        return ConnectionProblem(
            f"{self.label} refuses a session it opened a moment ago. Check the credentials."
        )

    def _words(self, error: Exception) -> str:
        words = f"{type(error).__name__}: {error}"
        for secret in self.access.secrets.values():
            words = words.replace(secret, HIDDEN) if secret else words
        return redacted_text(words)[:500]

    def _host(self, call: Call) -> str:
        return urlsplit(self.url(call)).netloc.rpartition("@")[2] or "an address without a host"

    def _http(self) -> requests.Session:
        http = getattr(self._local, "http", None)
        if http is None:
            http = self._local.http = guarded_session()
            self._opened.append(http)
        return http

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(MOST_IN_PARALLEL)
        return self._pool


def never_left(error: Exception) -> bool:
    """Say whether the request surely never reached the server: nothing can have happened there."""
    if isinstance(error, requests.exceptions.InvalidHeader):
        return error.request is None  # else it is a header of the answer
    return isinstance(error, (NotConnected, *NO_ADDRESS))


def _worth_repeating(error: BaseException, call: Call) -> bool:
    """A TransientError changed nothing, so any call may repeat it; a lost write only with care."""
    if isinstance(error, UnknownOutcome):
        return call.repeatable
    return isinstance(error, TransientError) and not isinstance(error, LimitReached)


def _is_lost(answer: Any) -> bool:
    return isinstance(answer, SessionLost)


_backoff = wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = getattr(error, "retry_after", None)
    return float(asked) if asked is not None else _backoff(state)
