"""Every error a sync can meet. The class says who must act, the message is written for finance.

SyncError(message, detail)
├─ TransientError(retry_after)     nobody: tried again, later by the next run
│  └─ LimitReached(until)          nobody: the system's own limit is used up until then
├─ UnknownOutcome                  nobody: the write may have happened; look before repeating it
├─ ConnectionProblem               administrator: credentials, rights, wrong company
├─ DataError                       finance: this record waits, the others go on
│  ├─ MappingMissing(kind, code)   finance: a mapping row or a default is missing
│  └─ Rejected(code, row)          the other system refused the record, in its own words
│     └─ Duplicate                 it says that it has this one already: look again
└─ Unsupported                     engineer: the system cannot do this
"""

from __future__ import annotations

from datetime import datetime


class SyncError(Exception):
    """`message` is a sentence for the screen; `detail` is for the log and never holds a secret."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class TransientError(SyncError):
    """The call changed nothing; it may be repeated after `retry_after` seconds."""

    def __init__(self, message: str, *, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class LimitReached(TransientError):
    """We used up the calls the system counts; `until` (aware UTC) is when it counts anew."""

    def __init__(self, message: str, *, until: datetime, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.until = until


class UnknownOutcome(SyncError):
    """A write was sent and no answer came, or one that does not say whether it was carried out."""


class ConnectionProblem(SyncError):
    """Credentials, rights, or the company that answered are wrong: nothing is sent until mended."""


class DataError(SyncError):
    """This one record cannot move as it is. The others go on."""


class MappingMissing(DataError):
    """No counterpart in the target for `code` of `kind` (a word of `syncs.mapping.Kind`)."""

    def __init__(self, message: str, *, kind: str, code: str, label: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.label = label


class Rejected(DataError):
    """The other system refused the record.

    `code` is its own error code. `row` is the position in a batch it named as the culprit, None
    when it named none.
    """

    def __init__(
        self, message: str, *, code: str = "", row: int | None = None, detail: str = ""
    ) -> None:
        super().__init__(message, detail=detail)
        self.code = code
        self.row = row


class Duplicate(Rejected):
    """The other system says it has such a record already; `find` tells which, if it is ours."""


class Unsupported(SyncError):
    """The system has no such call; asking for it is a mistake in the pairing, not in the data."""
