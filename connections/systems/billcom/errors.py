"""What BILL's refusals mean, and who must act. The BDC code decides first, the status second.

Reference: docs/systems/billcom.md#errors
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from connections.errors import (
    ConnectionProblem,
    Duplicate,
    LimitReached,
    Rejected,
    SyncError,
    TransientError,
    UnknownOutcome,
    Unsupported,
)
from connections.http import Call, SessionLost
from connections.limits import next_hour
from connections.systems.billcom.values import decoded, words

LONGEST_WORDS = 400
# For the log; the whole answer is read before, as a refused batch has a complaint for every row.
LONGEST_DETAIL = 4000
A_MOMENT = 0.4


class Act(Enum):
    """What a refusal calls for."""

    RENEW = auto()
    WAIT_A_MOMENT = auto()
    WAIT_FOR_THE_HOUR = auto()
    ADMINISTRATOR = auto()
    TRUST = auto()
    RIGHT = auto()
    REFUSED = auto()
    OUR_MISTAKE = auto()
    SERVER = auto()


REFUSED = tuple(
    f"BDC_{number}" for number in (1143, 1150, 1151, 1152, 1159, 1171, 1205, 1246, 1302, 1402)
)
BY_CODE: Mapping[str, Act] = {
    "BDC_1109": Act.RENEW,
    "BDC_1120": Act.RENEW,
    "BDC_1322": Act.WAIT_A_MOMENT,
    "BDC_1144": Act.WAIT_FOR_THE_HOUR,
    "BDC_1101": Act.ADMINISTRATOR,
    "BDC_1102": Act.ADMINISTRATOR,
    "BDC_1105": Act.ADMINISTRATOR,
    "BDC_1107": Act.ADMINISTRATOR,
    "BDC_1356": Act.TRUST,
    "BDC_1358": Act.TRUST,
    "BDC_1361": Act.TRUST,
    "BDC_1374": Act.TRUST,
    "BDC_1145": Act.RIGHT,
    "BDC_1121": Act.OUR_MISTAKE,
    **dict.fromkeys(REFUSED, Act.REFUSED),
}
# Several complaints in one answer: the one that concerns the whole connection is meant.
URGENCY = (
    Act.RENEW,
    Act.WAIT_FOR_THE_HOUR,
    Act.WAIT_A_MOMENT,
    Act.ADMINISTRATOR,
    Act.TRUST,
    Act.RIGHT,
    Act.OUR_MISTAKE,
    Act.REFUSED,
)

ADMINISTRATOR_WORDS = {
    "BDC_1101": "BILL does not accept the user name or password. Enter them again in the "
    "connection.",
    "BDC_1102": "BILL does not know the developer key. Keys of the sandbox do not work in "
    "production and the other way round: check the key and the environment.",
    "BDC_1105": "BILL gives this user no access to the organization by API. Check the organization "
    "ID, and that API access is switched on for it in BILL.",
    "BDC_1107": "BILL has locked this organization. Ask BILL's support why.",
}
TRUST_WORDS = (
    "BILL wants a sign-in trusted by a second factor (MFA) for this, which the connection does not "
    "have. Signing in again does not help. Do it in BILL, or leave it out."
)
# What an accountant should do about a refused record; BILL's own words follow.
ADVICE = {
    "BDC_1171": "Another bill of this vendor has the same number. Compare the two in BILL, then "
    "link them or use another number.",
    "BDC_1159": "It is more than what is still open on the bill in BILL. Look there what paid it.",
    "BDC_1205": "Something it refers to, such as the vendor, a GL account or a department, is no "
    "longer in BILL. Check its mappings.",
    "BDC_1302": "One of its mappings leads to the wrong kind of record in BILL. Check them.",
    "BDC_1246": "Another record of the same batch was refused, so BILL took none.",
}
AREAS = (
    ("/v3/vendors", "vendors"),
    ("/v3/bills", "bills"),
    ("/v3/payments", "payments"),
    ("/v3/recurringbills", "recurring bills"),
    ("/v3/users", "users"),
    ("/v3/documents", "the documents of bills"),
    ("/v3/organizations", "the details of the organization"),
    ("/v3/classifications/chart-of-accounts", "the chart of accounts"),
    ("/v3/classifications/departments", "departments"),
    ("/v3/classifications/locations", "locations"),
    ("/v3/classifications/accounting-classes", "accounting classes"),
)


@dataclass(frozen=True)
class Complaint:
    """One element of an error body."""

    code: str
    message: str
    params: Any = None


class Refusal(Rejected):
    """BILL refused a call. Resources give it the record's name before it leaves them."""

    def __init__(
        self, message: str, *, code: str, status: int, complaints: list[Complaint], detail: str
    ) -> None:
        super().__init__(message, code=code, detail=detail)
        self.status = status
        self.complaints = complaints


class NotAllowed(ConnectionProblem):
    """The user's role, or the organization's settings, do not let us see or change something."""


@dataclass(frozen=True)
class Answer:
    """A bad answer, with what can be read of it."""

    status: int
    text: str
    complaints: list[Complaint] = field(default_factory=list)

    @classmethod
    def of(cls, status: int, text: str) -> Answer:
        return cls(status, text, complaints(text))

    @property
    def detail(self) -> str:
        """BILL's own words are kept whole: some of its texts mislead, the code does not."""
        return f"HTTP {self.status}: {self.text[:LONGEST_DETAIL]}"

    def act(self) -> tuple[Act, Complaint]:
        """Return what to do and because of which complaint."""
        known = [(BY_CODE[c.code], c) for c in self.complaints if c.code in BY_CODE]
        if known:
            # 1246 names the innocent rows of a batch; the culprit's complaint is the one to tell.
            return min(known, key=lambda a: (URGENCY.index(a[0]), a[1].code == "BDC_1246"))
        first = self.complaints[0] if self.complaints else Complaint("", "")
        return by_status(self.status), first


def by_status(status: int) -> Act:
    """Judge an answer whose code says nothing."""
    known = {401: Act.RENEW, 403: Act.RIGHT, 423: Act.ADMINISTRATOR, 429: Act.WAIT_A_MOMENT}
    if status in known:
        return known[status]
    return Act.REFUSED if 400 <= status < 500 else Act.SERVER


def complaints(text: str) -> list[Complaint]:
    """Read an error body: an array of objects, one object, or anything else."""
    try:
        body = decoded(text)
    except ValueError:
        return []
    rows = body if isinstance(body, list) else [body]
    return [_complaint(row) for row in rows if isinstance(row, dict)]


def _complaint(row: dict[str, Any]) -> Complaint:
    code = words(row.get("code") or row.get("error_code"))
    message = words(row.get("message") or row.get("error_message"))
    return Complaint(code, message[:LONGEST_WORDS], row.get("params"))


def error_for(call: Call, status: int, text: str) -> SyncError | SessionLost:
    """Translate a bad answer. `text` must be free of secrets already."""
    answer = Answer.of(status, text)
    act, complaint = answer.act()
    if call.path == "/v3/login" and act not in (Act.WAIT_FOR_THE_HOUR, Act.WAIT_A_MOMENT):
        return _login_error(answer, act, complaint)
    if act is Act.RENEW:
        return SessionLost()
    if act is Act.SERVER:
        return _server_error(call, answer)
    return _plain_error(call, answer, act, complaint)


def _plain_error(call: Call, answer: Answer, act: Act, complaint: Complaint) -> SyncError:
    detail = answer.detail
    match act:
        case Act.WAIT_A_MOMENT:
            return TransientError(
                "BILL is answering as many of our calls as it does at once; the next try is soon.",
                detail=detail,
                retry_after=A_MOMENT,
            )
        case Act.WAIT_FOR_THE_HOUR:
            return LimitReached(
                "BILL has answered all the calls it allows this hour; work goes on at the next.",
                until=next_hour(),
                detail=detail,
            )
        case Act.ADMINISTRATOR:
            return ConnectionProblem(_administrator(complaint), detail=detail)
        case Act.TRUST:
            return ConnectionProblem(TRUST_WORDS, detail=detail)
        case Act.RIGHT:
            return NotAllowed(_right(call, complaint), detail=detail)
        case Act.OUR_MISTAKE:
            return Unsupported("BILL does not know the call we made.", detail=detail)
        case _:
            return _refusal(answer, complaint)


def _login_error(answer: Answer, act: Act, complaint: Complaint) -> SyncError:
    """Any 4xx to a login is for the administrator, so that nobody signs in again and again."""
    if act is Act.SERVER:
        return TransientError("BILL cannot sign us in at the moment.", detail=answer.detail)
    return ConnectionProblem(_administrator(complaint), detail=answer.detail)


def _server_error(call: Call, answer: Answer) -> SyncError:
    if call.writes:
        return UnknownOutcome(
            "BILL met an error of its own and does not say whether it carried the request out.",
            detail=answer.detail,
        )
    return TransientError("BILL met an error of its own.", detail=answer.detail)


def _administrator(complaint: Complaint) -> str:
    known = ADMINISTRATOR_WORDS.get(complaint.code)
    said = f" {_said(complaint)}" if complaint.message else ""
    return known or f"BILL refused to sign us in.{said} Check the connection's settings."


def _right(call: Call, complaint: Complaint) -> str:
    area = next((name for path, name in reversed(AREAS) if call.path.startswith(path)), "this")
    verb = "see" if call.method == "GET" else "create or change"
    hint = f" {_said(complaint)}" if complaint.message else ""
    return (
        f"The BILL user may not {verb} {area}.{hint} Give the user's role this permission in BILL, "
        "or switch the feature on for the organization."
    )


def _refusal(answer: Answer, complaint: Complaint) -> Refusal:
    same = [c for c in answer.complaints if c.code == complaint.code]
    return Refusal(
        error_words(same) or f"BILL answered with status {answer.status} and no reason.",
        code=complaint.code or f"HTTP_{answer.status}",
        status=answer.status,
        complaints=answer.complaints,
        detail=answer.detail,
    )


def error_words(found: Sequence[Complaint]) -> str:
    """Return advice for an accountant and BILL's own words for complaints of one kind."""
    advice = ADVICE.get(found[0].code, "") if found else ""
    said = dict.fromkeys(_said(c) for c in found[:5] if c.message)
    return " ".join([advice, *said]).strip()


def _said(complaint: Complaint) -> str:
    return f"BILL says: “{complaint.message.strip()}”."


def named(refusal: Refusal, what: str, *, links_duplicates: bool = True) -> Rejected:
    """Return the refusal as an accountant reads it; `what` is the document and its vendor."""
    is_duplicate = refusal.code == "BDC_1171" or _says_duplicate(refusal)
    kind = Duplicate if is_duplicate and links_duplicates else Rejected
    message = f"BILL did not accept {what}. {refusal.message}"
    return kind(message, code=refusal.code, row=refusal.row, detail=refusal.detail)


def _says_duplicate(refusal: Refusal) -> bool:
    text = refusal.message.casefold()
    return "already exists" in text or "duplicate" in text or "already used" in text
