"""Greeting BILL: who answers, and what the user may do there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connections.errors import SyncError
from connections.http import Call, Client
from connections.system import Finding, Greeting, Identity, Level
from connections.systems.billcom.client import BillcomClient
from connections.systems.billcom.errors import NotAllowed
from connections.systems.billcom.options import BASE_URLS

NEEDED = (
    ("/v3/vendors", "Vendors"),
    ("/v3/bills", "Bills"),
    ("/v3/classifications/chart-of-accounts", "The chart of accounts"),
    ("/v3/payments", "Payments"),
)
OPTIONAL = (
    ("/v3/classifications/departments", "Departments"),
    ("/v3/classifications/locations", "Locations"),
    ("/v3/classifications/accounting-classes", "Accounting classes"),
)
# What is only shown, with the words for what is lost without it.
SHOWN = (
    ("/v3/recurringbills", "Recurring bills", "They are not shown."),
    ("/v3/users", "Users", "Approvers are shown as “somebody”."),
)


def ping(client: Client) -> Greeting:
    """Sign in, say who answers, and try every kind of read once. Raises SyncError."""
    bill = _billcom(client)
    session = _session(bill)
    return Greeting(
        identity=Identity(_key(bill, session), _company(bill, session)),
        findings=(_environment(bill), *_rights(bill), _trust(session)),
        facts={"currency": bill.options.home_currency},
    )


def identify(client: Client) -> Identity:
    """Ask who answers, in one call. Raises SyncError."""
    bill = _billcom(client)
    session = _session(bill)
    return Identity(_key(bill, session), f"BILL organization {session.get('organizationId')}")


def _billcom(client: Client) -> BillcomClient:
    assert isinstance(client, BillcomClient)  # noqa: S101 - the declaration pairs them
    return client


def _session(client: BillcomClient) -> Any:
    # Reference: docs/systems/billcom.md#session
    answer = client.get("/v3/login/session")
    return answer if isinstance(answer, dict) else {}


def _key(client: BillcomClient, session: Any) -> str:
    """Name the company for good: an organization belongs to one environment."""
    url = client.options.base_url
    known = {address: name for name, address in BASE_URLS.items()}
    return f"{known.get(url) or url.split('/')[2]}:{session.get('organizationId')}"


def _company(client: BillcomClient, session: Any) -> str:
    """Return the organization's name; only BILL's administrators may ask for it."""
    organization = session.get("organizationId")
    try:
        # Reference: docs/systems/billcom.md#session
        name = client.get(f"/v3/organizations/{organization}").get("name")
    except SyncError:
        name = ""
    return str(name or f"BILL organization {organization}")


def _environment(client: BillcomClient) -> Finding:
    where = client.options.environment
    if where == "production":
        return Finding(Level.GOOD, "This is the production environment: bills are real.")
    if where == "sandbox":
        return Finding(Level.GOOD, "This is BILL's sandbox: no money moves.")
    return Finding(Level.GOOD, f"BILL is called at {client.options.base_url}.")


def _rights(client: BillcomClient) -> Iterator[Finding]:
    lost = "Lines cannot be coded to them."
    paths = [
        *((path, name, "") for path, name in NEEDED),
        *((path, name, lost) for path, name in OPTIONAL),
        *SHOWN,
    ]
    # Reference: docs/systems/billcom.md#rights. One row of each list tells whether it may be read.
    answers = client.calls(
        [Call(method="GET", path=path, params={"max": "1"}) for path, _, _ in paths]
    )
    for (_, name, without), answer in zip(paths, answers, strict=True):
        if not isinstance(answer, SyncError):
            yield Finding(Level.GOOD, f"{name} can be read.")
        elif isinstance(answer, NotAllowed) and without:
            sentence = f"{name} are switched off, or this user may not see them. {without}"
            yield Finding(Level.WARNING, sentence)
        else:
            yield Finding(Level.PROBLEM, f"{name} cannot be read. {answer.message}")


def _trust(session: Any) -> Finding:
    if session.get("mfaStatus") == "COMPLETE":
        return Finding(
            Level.GOOD,
            "The sign-in is trusted by a second factor. BILL keeps that trust for 30 days.",
        )
    return Finding(
        Level.GOOD,
        "The sign-in is not trusted by a second factor. Vendors, bills and accounts do not need "
        "it; paying and bank details do, and stay in BILL.",
    )
