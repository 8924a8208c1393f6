"""One run of an integration: its flows in order, each under its own lease."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from django.utils import timezone

from audit.services import record_audit
from connections.errors import ConnectionProblem, LimitReached, SyncError
from connections.records import (
    Bill,
    Dimension,
    GLAccount,
    PaymentMethod,
    RecurringBill,
    Tax,
    Vendor,
)
from connections.services import Opened, check_identity, opened
from syncs.engine.approvals import note_approvals
from syncs.engine.context import Context, OutOfTime
from syncs.engine.copies import KEPT, refresh_all
from syncs.engine.documents import send_documents
from syncs.engine.finding import Finder
from syncs.engine.inbox import drain_inbox
from syncs.engine.lease import Lease, LeaseLost, acquire
from syncs.engine.posted import check_posted
from syncs.engine.reading import read_changes
from syncs.engine.summary import Summary
from syncs.engine.unanswered import adopt_orphans, settle_unanswered
from syncs.engine.watching import watch
from syncs.engine.working import rehearse, retry_due, work, work_on
from syncs.models import Integration, Run, Transfer
from syncs.pairings import Direction, Flow
from syncs.states import Reason, State

log = logging.getLogger(__name__)


class NotAllowed(Exception):
    """The integration may not run like this; the message says what is missing."""


def run_integration(
    integration: Integration,
    *,
    flow_names: Sequence[str] = (),
    baseline: bool = False,
    trigger: str = "person",
    actor: str = "system",
    seconds: float | None = None,
    inbox_only: bool = False,
    pulse: Callable[[], object] = lambda: None,
) -> list[Summary]:
    """Run some or all flows once and return their numbers.

    After `seconds` the run stops at a safe point and says that it continues; `pulse` is called
    every few seconds until then. `inbox_only` looks at what webhooks told and at
    nothing else. A problem of the connection pauses the integration. Raises
    NotAllowed; everything else is in the summaries.
    """
    _check_allowed(integration, baseline=baseline)
    flows = [f for f in integration.declared.flows if not flow_names or f.name in flow_names]
    stop_at = None if seconds is None else time.monotonic() + seconds
    errand = Errand(integration, baseline, trigger, actor, stop_at, pulse, inbox_only)
    summaries = errand.run(flows)
    if baseline:
        _keep_baseline(integration, summaries, actor)
    return summaries


class Errand:
    """A run in progress: who asked for it, and until when it may last."""

    def __init__(
        self,
        integration: Integration,
        baseline: bool,
        trigger: str,
        actor: str,
        stop_at: float | None,
        pulse: Callable[[], object],
        inbox_only: bool = False,
    ) -> None:
        self.integration = integration
        self.baseline = baseline
        self.trigger = trigger
        self.actor = actor
        self.stop_at = stop_at
        self.pulse = pulse
        self.inbox_only = inbox_only

    def run(self, flows: Sequence[Flow]) -> list[Summary]:
        """Run the flows in order; one that stops keeps the later ones from starting."""
        summaries: list[Summary] = []
        try:
            with ExitStack() as stack:
                erp = stack.enter_context(opened(self.integration.erp))
                ap = stack.enter_context(opened(self.integration.ap))
                self._greet(erp, ap)
                for flow in flows:
                    summaries.append(self._run_flow(flow, erp, ap))
                    if summaries[-1].outcome != "done":
                        break
        except SyncError as error:  # before any flow began
            stopped = Summary(flow=flows[0].name if flows else "", outcome="stopped")
            self._stopped(stopped, error)
            self._keep_stopped(stopped)
            summaries.append(stopped)
        else:
            self._cleared(summaries)
        return summaries

    def _greet(self, erp: Opened, ap: Opened) -> None:
        for side in (erp, ap):
            check_identity(side)
        if self.inbox_only:
            return
        refresh_all(erp, (GLAccount, Dimension, Tax, PaymentMethod, Bill), full=self.baseline)
        refresh_all(ap, (GLAccount, Dimension, Vendor, RecurringBill), full=self.baseline)

    def _run_flow(self, flow: Flow, erp: Opened, ap: Opened) -> Summary:
        lease = acquire(self.integration, flow.name)
        if lease is None:
            return Summary(flow=flow.name, outcome="busy", sentence="Another run is under way.")
        ctx = self._context(flow, erp, ap, lease)
        calls_before = erp.client.counter.calls + ap.client.counter.calls
        try:
            self._steps(ctx)
        except OutOfTime:
            ctx.summary.outcome = "continues"
        except LeaseLost:
            ctx.summary.outcome = "lost"
            ctx.summary.sentence = "Another worker took over."
        except SyncError as error:
            self._stopped(ctx.summary, error)
        except Exception:
            log.exception("Run %s of %s failed", flow.name, self.integration.pk)
            ctx.summary.outcome = "stopped"
            ctx.summary.sentence = "Something unexpected happened; the log of the worker has it."
        finally:
            ctx.summary.calls = erp.client.counter.calls + ap.client.counter.calls - calls_before
            self._close(ctx, erp, ap)
        return ctx.summary

    def _steps(self, ctx: Context) -> None:
        if self.inbox_only:
            self._inbox_steps(ctx)
            return
        if not self.baseline:
            adopt_orphans(ctx)
            settle_unanswered(ctx)
            drain_inbox(ctx)
        read_changes(ctx, whole=self.baseline)
        # After staging, so that "not there" is newer than everything that is about to be sent.
        refresh_all(ctx.target_side, KEPT & {ctx.flow.writes}, full=self.baseline)
        finder = Finder(ctx)
        if self.baseline:
            rehearse(ctx, finder)
            return
        retry_due(ctx)
        work(ctx, finder)
        note_approvals(ctx)
        watch(ctx)
        check_posted(ctx)
        send_documents(ctx)

    def _inbox_steps(self, ctx: Context) -> None:
        staged = drain_inbox(ctx)
        if not staged:
            return
        # After staging, as in a full run.
        refresh_all(ctx.target_side, KEPT & {ctx.flow.writes})
        work_on(ctx, Finder(ctx), staged)
        note_approvals(ctx)

    def _context(self, flow: Flow, erp: Opened, ap: Opened, lease: Lease) -> Context:
        cut_off = Run.objects.filter(
            integration=self.integration, flow=flow.name, outcome=Run.Outcome.RUNNING
        )
        cut_off.update(outcome=Run.Outcome.LOST, ended_at=timezone.now())  # the lease is ours now
        run = Run.objects.create(
            integration=self.integration,
            flow=flow.name,
            trigger=self.trigger,
            actor=self.actor,
            is_baseline=self.baseline,
        )

        def before_calls() -> float:
            if lease.keep():
                self.pulse()
            return lease.deadline

        erp.client.before_calls = ap.client.before_calls = before_calls
        target = (ap if flow.direction == Direction.ERP_TO_AP else erp).resource(flow.writes)
        return Context(
            integration=self.integration,
            flow=flow,
            erp=erp,
            ap=ap,
            lease=lease,
            run=run,
            summary=Summary(flow=flow.name),
            mapper=flow.mapper.made_for(self.integration, target),
            stop_at=self.stop_at,
            actor=self.actor,
        )

    def _close(self, ctx: Context, erp: Opened, ap: Opened) -> None:
        ctx.lease.release()
        standing = Transfer.objects.filter(integration=self.integration, flow=ctx.flow.name)
        if self.baseline:  # what waits for its vendor was counted as "would create"
            standing = standing.exclude(state=State.WAITING, reason=Reason.VENDOR)
        ctx.summary.count_states(standing)
        erp.client.before_calls = ap.client.before_calls = lambda: None
        run = ctx.run
        run.outcome = Run.Outcome(ctx.summary.outcome)
        run.sentence = ctx.summary.sentence
        run.counts = ctx.summary.as_json()
        run.ended_at = timezone.now()
        run.save()

    def _stopped(self, summary: Summary, error: SyncError) -> None:
        summary.outcome, summary.sentence = "stopped", error.message
        log.warning("%s stopped: %s [%s]", self.integration, error.message, error.detail)
        if isinstance(error, ConnectionProblem):
            self._pause(error.message)
        elif isinstance(error, LimitReached):
            self.integration.next_run_at = error.until
            self.integration.save(update_fields=["next_run_at"])

    def _keep_stopped(self, summary: Summary) -> None:
        """Leave a trace of a run that found nobody to talk to."""
        Run.objects.create(
            integration=self.integration,
            flow=summary.flow,
            trigger=self.trigger,
            actor=self.actor,
            is_baseline=self.baseline,
            outcome=Run.Outcome.STOPPED,
            sentence=summary.sentence,
            counts=summary.as_json(),
            ended_at=timezone.now(),
        )

    def _pause(self, sentence: str) -> None:
        if self.integration.paused_reason == sentence:
            return
        self.integration.paused_reason = sentence
        self.integration.save(update_fields=["paused_reason"])
        record_audit(
            "integration.paused",
            f"{self.integration} paused itself: {sentence}",
            subject=self.integration,
            integration=self.integration.name,
        )

    def _cleared(self, summaries: Sequence[Summary]) -> None:
        if self.integration.paused_reason and all(s.outcome == "done" for s in summaries):
            self.integration.paused_reason = ""
            self.integration.save(update_fields=["paused_reason"])


def _check_allowed(integration: Integration, *, baseline: bool) -> None:
    if integration.start_date is None:
        raise NotAllowed(f"{integration} has no start date. Set one first.")
    if not baseline and integration.confirmed_at is None:
        raise NotAllowed(
            f"Nothing of {integration} is sent before its baseline is confirmed. "
            "Run the baseline and confirm it."
        )


def _keep_baseline(integration: Integration, summaries: Sequence[Summary], actor: str) -> None:
    integration.baseline_result = {s.flow: s.as_json() for s in summaries}
    complete = len(summaries) == len(integration.declared.flows)
    if not complete or any(s.outcome != "done" for s in summaries):
        integration.save(update_fields=["baseline_result"])
        return
    integration.baseline_at = timezone.now()
    integration.save(update_fields=["baseline_result", "baseline_at"])
    record_audit(
        "integration.baseline",
        f"The baseline of {integration} was taken; nothing was written.",
        actor=actor,
        subject=integration,
        integration=integration.name,
        payload=integration.baseline_result,
    )
