"""One integration between two stand-ins, with people at work on both sides."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import requests

from audit.models import AuditEntry
from connections.models import Connection
from connections.records import Bill
from sandbox.server import SandboxServer
from syncs.agreement import ledgers_agree
from syncs.engine.run import run_integration
from syncs.engine.summary import Summary
from syncs.models import Attempt, FlowState, Integration, Mapping, RemoteRecord, Transfer
from syncs.services import NotPossible, baseline_confirm, rules_changed
from tests.scenarios.houses.house import Billed, Ordered, PairingHouse

if TYPE_CHECKING:
    from time_machine import Traveller as Coordinates

START = date(2026, 10, 1)
WHO = "dana"


class Story:
    """What a test tells: people act, the integration runs, the ledgers are compared."""

    def __init__(self, house: PairingHouse, server: SandboxServer, clock: Coordinates) -> None:
        self.house = house
        self.server = server
        self._clock = clock
        self.erp = house.erp(server)
        self.ap = house.ap(server)
        self._integration: Integration | None = None

    # Setting up -----------------------------------------------------------------------------

    @property
    def integration(self) -> Integration:
        """Return the integration as it is in the database now."""
        if self._integration is None:
            self._integration = self.prepare()
        self._integration.refresh_from_db()
        return self._integration

    def prepare(
        self,
        name: str = "Harbour",
        *,
        erp: Connection | None = None,
        ap: Connection | None = None,
        **rules: Any,
    ) -> Integration:
        made = Integration.objects.create(
            name=name,
            pairing=self.house.pairing,
            erp=erp or self.erp.connect(),
            ap=ap or self.ap.connect(),
            **{"start_date": START, **rules},
        )
        self._integration = self._integration or made
        return made

    def go_live(self, **rules: Any) -> Integration:
        """Take the baseline and confirm it; the journals then begin anew."""
        if self._integration is None:
            self.prepare(**rules)
        self.start(self.integration)
        self.ap.stage.forget_journal()
        return self.integration

    def start(self, integration: Integration) -> None:
        for summary in run_integration(integration, baseline=True):
            assert summary.outcome == "done", summary.sentence
        integration.refresh_from_db()
        baseline_confirm(integration, actor=WHO)

    def change_rules(self, **rules: Any) -> None:
        Integration.objects.filter(pk=self.integration.pk).update(**rules)
        rules_changed(self.integration)

    def map_account(self, erp_number: str, ap_number: str) -> Mapping:
        return self._map("GLAccount", erp_number, ap_number, Mapping.Kind.GL_ACCOUNT)

    def map_dimension(self, erp_name: str, ap_name: str) -> None:
        Mapping.objects.create(
            integration=self.integration,
            kind=Mapping.Kind.DIMENSION,
            source=self._copy(self.integration.erp, "Dimension", name=erp_name),
            target=self._copy(self.integration.ap, "Dimension", name=ap_name),
        )

    def map_tax(self, name: str, ap_number: str) -> None:
        source = self._copy(self.integration.erp, "Tax", name=name)
        target = self.ap_account(ap_number)
        Mapping.objects.create(
            integration=self.integration, kind=Mapping.Kind.TAX, source=source, target=target
        )

    def ap_account(self, number: str) -> RemoteRecord:
        return self._copy(self.integration.ap, "GLAccount", code=number)

    @property
    def bill_flow(self) -> str:
        """Return the name of the flow that makes bills."""
        flows = self.integration.declared.flows
        return next(flow.name for flow in flows if flow.writes is Bill)

    # Running --------------------------------------------------------------------------------

    def run(self, integration: Integration | None = None, **how: Any) -> dict[str, Summary]:
        """Run all flows once and return their numbers by flow."""
        summaries = run_integration(integration or self.integration, **how)
        return {summary.flow: summary for summary in summaries}

    def bills_run(self) -> Summary:
        """Run all flows once and return the numbers of the one that makes bills."""
        return self.run()[self.bill_flow]

    def later(self, seconds: float) -> None:
        """Let time pass on both sides; what is due there is done before this returns."""
        self._clock.shift(timedelta(seconds=seconds))
        url = f"{self.server.url}/_sandbox/clock"
        requests.post(url, json={"advance": 0.001}, timeout=10)

    def hour_now(self) -> int:
        return datetime.now(UTC).hour

    def day_in(self, zone: str) -> date:
        """Return what day it is now for people there."""
        return datetime.now(ZoneInfo(zone)).date()

    def end_leases(self) -> None:
        """Let a minute pass for leases; their time is the database's and cannot be moved."""
        FlowState.objects.update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))

    # Looking --------------------------------------------------------------------------------

    def of(self, document: Ordered | str) -> Transfer:
        """Return the transfer of an order, or of a vendor by name."""
        name = document if isinstance(document, str) else document.number
        return Transfer.objects.get(integration=self.integration, document=name)

    def of_vendor(self, order: Ordered) -> str:
        """Return the ERP's id of an order's vendor."""
        return self.erp.vendor_of(order)

    def bills_of(self, order: Ordered) -> list[Billed]:
        """Return the open bills that name an order."""
        named = [b for b in self.ap.bills() if b.order_number == order.number]
        return [bill for bill in named if not bill.archived]

    def the_bill(self, order: Ordered) -> Billed:
        [bill] = self.bills_of(order)
        return bill

    def held(self, order: Ordered | str) -> str:
        """Return why a transfer waits, as “state reason”."""
        transfer = self.of(order)
        return f"{transfer.state} {transfer.reason}".strip()

    def sentences(self, action: str) -> list[str]:
        found = AuditEntry.objects.filter(action=action).order_by("id")
        return list(found.values_list("sentence", flat=True))

    def audit_lines(self) -> int:
        return AuditEntry.objects.count()

    def refused(self, act: Callable[[], object]) -> str:
        """Let a person try what makes no sense now; return the sentence that says why."""
        with pytest.raises(NotPossible) as refusal:
            act()
        return str(refusal.value)

    # Judging --------------------------------------------------------------------------------

    def ledgers(self) -> None:
        """Both ledgers agree, and every write left its traces."""
        differences = ledgers_agree(self.integration).differences
        assert differences == (), differences
        self.traces()

    def traces(self) -> None:
        """Every attempt has an outcome, every sent document its history, no stand-in broke."""
        open_ones = Attempt.objects.filter(outcome="")
        assert not open_ones.exists(), list(open_ones)
        for transfer in Transfer.objects.exclude(attempts=None):
            kept = AuditEntry.objects.filter(subject_type="transfer", subject_id=str(transfer.pk))
            assert kept.exists(), f"{transfer} has no history"
        assert self.ap.stage.journal()["problems"] == []

    def _map(self, kind: str, erp_code: str, ap_code: str, row_kind: Any) -> Mapping:
        return Mapping.objects.create(
            integration=self.integration,
            kind=row_kind,
            source=self._copy(self.integration.erp, kind, code=erp_code),
            target=self._copy(self.integration.ap, kind, code=ap_code),
        )

    def _copy(self, connection: Connection, kind: str, **how: str) -> RemoteRecord:
        found = RemoteRecord.objects.filter(connection=connection, kind=kind, **how).first()
        assert found is not None, f"no copy of {kind} {how}"
        return found


def wait_until(true: Any, seconds: float = 20) -> None:
    """Wait in real time for something another process does."""
    until = time.perf_counter() + seconds
    while not true():
        assert time.perf_counter() < until, "it never happened"
        time.sleep(0.02)
