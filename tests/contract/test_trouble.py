"""Every system: lost sessions, limits and errors, as the rest of the house relies on them."""

from __future__ import annotations

import pytest

from audit.models import AuditEntry
from connections import services
from connections.errors import ConnectionProblem, SyncError, TransientError
from connections.resource import Can
from connections.services import opened
from tests.contract.cases import cases, each_house
from tests.contract.house import Case


@cases(Can.READ, where=lambda h, k: h.has_sessions and k.sow is not None, small_pages=True)
def test_a_session_lost_in_the_middle_of_a_read_goes_unnoticed(case: Case) -> None:
    sown = case.sow(case.house.crossing)
    pages = iter(case.resource.read(None))
    delivered = [r.id for r in next(pages).records]
    case.stage.fault("session_lost")

    delivered += [r.id for page in pages for r in page.records]

    assert set(sown) <= set(delivered)
    assert case.client.counter.logins == 2


@cases(Can.READ, where=lambda h, k: h.at_once is not None and k.sow is not None)
def test_no_more_calls_at_once_than_the_system_allows(case: Case) -> None:
    ids = case.sow(8)
    case.stage.fault("slow", seconds=0.05, times=0)
    case.stage.forget_journal()

    assert len(case.resource.get(ids)) == 8

    refused = [r for r in case.stage.requests() if r["status"] != 200]
    assert not refused
    assert max(case.stage.journal()["peak"].values()) <= (case.house.at_once or 0)


@cases(Can.READ, where=lambda h, k: k.sow is not None)
@pytest.mark.parametrize("kind", ["drop_before", "html", "server_error", "rate_limited"])
def test_a_read_survives_one_failure_of_any_kind(case: Case, kind: str) -> None:
    [sown] = case.sow(1)
    case.stage.fault(kind, method="GET")

    assert sown in case.read()


@each_house()
def test_a_read_that_keeps_failing_is_tried_again_by_a_later_run(case: Case) -> None:
    case.read()
    case.stage.fault("html", times=0)

    with pytest.raises(TransientError) as caught:
        case.read()

    assert "<html" not in caught.value.message


@each_house()
@pytest.mark.parametrize("status", [400, 401, 403, 422, 500])
def test_no_error_ever_tells_a_secret(case: Case, status: int) -> None:
    told = " ".join(case.house.secrets.values())
    case.stage.fault("status", status=status, body=[{"message": told}], times=0)

    with pytest.raises(SyncError) as caught:
        services.ping(case.connection)

    kept = list(AuditEntry.objects.values_list("sentence", "payload"))
    for secret in case.house.secrets.values():
        assert secret not in caught.value.message
        assert secret not in caught.value.detail
        assert secret not in str(kept)


@each_house()
def test_wrong_secrets_are_a_matter_for_the_administrator(case: Case) -> None:
    case.connection.keep_secrets(dict.fromkeys(case.house.secrets, "not-the-right-one"))

    with opened(case.connection) as other, pytest.raises(ConnectionProblem) as caught:
        other.system.identify(other.client)

    assert "not-the-right-one" not in caught.value.message + caught.value.detail


@each_house()
def test_a_ping_says_which_company_answers(case: Case) -> None:
    greeting = services.ping(case.connection)

    case.connection.refresh_from_db()
    assert case.house.company in greeting.identity.company
    assert case.connection.company == greeting.identity.company
    assert case.connection.health == "good", case.connection.findings
    assert all(finding.text.endswith((".", "!")) for finding in greeting.findings)


@each_house()
def test_the_identity_of_a_company_never_changes(case: Case) -> None:
    keys = {services.ping(case.connection).identity.key for _ in range(2)}
    with opened(case.connection) as again:
        keys.add(again.system.identify(again.client).key)

    assert len(keys) == 1


@each_house()
def test_a_form_field_is_never_asked_for_twice(case: Case) -> None:
    names = [field.name for field in case.house.declared.fields]

    assert len(names) == len(set(names))
    assert {f.name for f in case.house.declared.secret_fields} == case.house.secrets.keys()
