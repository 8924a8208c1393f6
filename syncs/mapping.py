"""From the ids of one company to the ids of the other. Nothing is guessed.

A mapping row decides; without one, GL accounts match by equal number and dimensions by equal code.
Whatever is named must exist and be active on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from connections.errors import MappingMissing
from connections.records import DimensionKind, DimensionRef, Tax
from connections.resource import AnyResource
from connections.serial import from_json
from syncs.models import Integration, Mapping, RemoteRecord, Transfer
from syncs.money import shown
from syncs.states import Reason, State
from syncs.verdicts import Stop

Kind = Mapping.Kind
DEFAULT_ACCOUNT = "default-account"


@dataclass(frozen=True)
class TaxCode:
    """A tax on its way to the target: its account there and its weight among several on a line."""

    account_id: str
    name: str
    weight: Decimal


class Mapper:
    """The mappings of one integration, read once for a run."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.erp = integration.erp.declared.label
        self.ap = integration.ap.declared.label

    @classmethod
    def made_for(cls, integration: Integration, target: AnyResource) -> Mapper:
        """Return the mapper for a flow that writes to `target`."""
        return cls(integration)

    # What transforms ask ---------------------------------------------------------------------

    def vendor(self, source_id: str, currency: str, name: str) -> str:
        """Return the target's id of a vendor in a currency. Raises Stop."""
        link = self._vendor_links.get((source_id, currency))
        if link is None:
            link = self._vendor_link(source_id, currency)
        if link is None or not link.target_id:
            raise self._no_vendor(link, currency, name)
        self._check_vendor(link, name)
        self._vendor_links[source_id, currency] = link
        return link.target_id

    def gl_account(self, source_id: str, line: str) -> str:
        """Return the target's id of a line's GL account. Raises MappingMissing or Stop."""
        if not source_id:
            return self._default_account(line)
        source = self._source("GLAccount", source_id)
        if source is None:
            raise self._missing(Kind.GL_ACCOUNT, source_id, f"The GL account of line “{line}”")
        self._check_source(source, f"GL account {source}")
        return self._mapped(Kind.GL_ACCOUNT, source, f"GL account {source.code} {source.name}")

    def tax(self, source_id: str, line: str) -> TaxCode:
        """Return the account a tax is booked on in the target. Raises MappingMissing or Stop."""
        source = self._source("Tax", source_id)
        if source is None:
            raise self._missing(Kind.TAX, source_id, f"A tax of line “{line}”")
        target = self._mapped(Kind.TAX, source, f"Tax {source.name}")
        percent = from_json(Tax, source.values).percent
        return TaxCode(target, source.name, abs(percent or Decimal(0)))

    def dimensions(self, refs: Iterable[DimensionRef], line: str) -> tuple[DimensionRef, ...]:
        """Return the target's dimensions for a line's. Raises MappingMissing or Stop."""
        return tuple(self._dimension(ref, line) for ref in refs)

    def rounding_account(self, difference: Decimal, currency: str) -> str:
        """Return the account for a cent of rounding. Raises MappingMissing where none is chosen."""
        account = self.integration.rounding_account
        if account is None:
            raise MappingMissing(
                f"The lines miss the total by {shown(difference, currency)} and the integration "
                "has no GL account for rounding differences. Choose one.",
                kind=DEFAULT_ACCOUNT,
                code="rounding",
            )
        self._check_target(account, f"GL account {account}")
        return account.remote_id

    # How --------------------------------------------------------------------------------------

    def _default_account(self, line: str) -> str:
        account = self.integration.default_account
        if account is None:
            raise MappingMissing(
                f"Line “{line}” has no GL account, nor have its product and category. Set one "
                "there, or a default under Integrations.",
                kind=DEFAULT_ACCOUNT,
                code="default",
            )
        self._check_target(account, f"GL account {account}")
        return account.remote_id

    def _dimension(self, ref: DimensionRef, line: str) -> DimensionRef:
        source = self._source("Dimension", ref.id)
        if source is None:
            raise self._missing(Kind.DIMENSION, ref.id, f"An analytic account of line “{line}”")
        self._check_source(source, f"Analytic account {source}")
        target_id = self._mapped(Kind.DIMENSION, source, f"Analytic account {source.name}")
        target = self._targets["Dimension"][target_id]
        return DimensionRef(kind=DimensionKind(target.values["kind"]), id=target_id)

    def _mapped(self, kind: Kind, source: RemoteRecord, words: str) -> str:
        row = self._rows.get((kind, source.pk))
        target = row.target if row else self._alike(kind, source)
        if target is None:
            raise self._missing(kind, source.remote_id, words)
        self._check_target(target, words)
        return target.remote_id

    def _alike(self, kind: Kind, source: RemoteRecord) -> RemoteRecord | None:
        """Return the target with the same number or code, if there is exactly one active."""
        if kind == Kind.TAX or not source.code:
            return None
        same = self._targets_by_code[source.kind].get(source.code.strip().casefold(), [])
        return same[0] if len(same) == 1 else None

    def _missing(self, kind: Kind, code: str, words: str) -> MappingMissing:
        return MappingMissing(
            f"{words} has no counterpart in {self.ap}. Map it under Mappings.",
            kind=kind.value,
            code=code,
        )

    def _check_source(self, record: RemoteRecord, words: str) -> None:
        if not record.is_usable:
            raise Stop(
                Reason.GL_ACCOUNT if record.kind == "GLAccount" else Reason.DIMENSION,
                f"{words} is no longer in use in {self.erp}. Correct the line there.",
            )

    def _check_target(self, record: RemoteRecord, words: str) -> None:
        if not record.is_usable:
            raise Stop(
                Reason.DIMENSION if record.kind == "Dimension" else Reason.GL_ACCOUNT,
                f"{words} is mapped to {record.name}, which is archived in {self.ap}. "
                "Map it to an active one.",
            )

    def _check_vendor(self, link: Transfer, name: str) -> None:
        if link.source.get("archived"):
            raise Stop(
                Reason.VENDOR_ARCHIVED,
                f"{name} is archived in {self.erp}; no new bills are sent for it. "
                "Restore the vendor there, or leave this document.",
            )
        there = self._targets["Vendor"].get(link.target_id)
        if there is not None and not there.is_usable:
            raise Stop(
                Reason.VENDOR_ARCHIVED,
                f"{name} is archived in {self.ap}. Restore the vendor there, or leave this "
                "document.",
            )

    def _no_vendor(self, link: Transfer | None, currency: str, name: str) -> Stop:
        if link is not None and link.state in (State.SKIPPED, State.DISMISSED):
            return Stop(Reason.VENDOR, f"{name} stays out: {link.sentence}", state=State.SKIPPED)
        if link is not None and link.needs_attention:
            return Stop(
                Reason.VENDOR,
                f"Waits for its vendor, which needs attention: {link.sentence}",
                state=State.WAITING,
            )
        return Stop(
            Reason.VENDOR,
            f"{name} is not known in {self.ap} for {currency} yet; this goes on by itself.",
            state=State.WAITING,
        )

    def _vendor_link(self, source_id: str, currency: str) -> Transfer | None:
        rows = Transfer.objects.filter(
            integration=self.integration,
            flow="vendors",
            group=source_id,
            currency__in=(currency, ""),
        )
        return rows.order_by("-target_id").first()

    @cached_property
    def _vendor_links(self) -> dict[tuple[str, str], Transfer]:
        return {}

    @cached_property
    def _rows(self) -> dict[tuple[Kind, int], Mapping]:
        rows = Mapping.objects.filter(integration=self.integration, target__isnull=False)
        return {(Kind(r.kind), r.source_id): r for r in rows.select_related("target")}

    def _source(self, kind: str, remote_id: str) -> RemoteRecord | None:
        return self._sources[kind].get(remote_id)

    @cached_property
    def _sources(self) -> dict[str, dict[str, RemoteRecord]]:
        return _copies(self.integration.erp_id, ("GLAccount", "Tax", "Dimension"))

    @cached_property
    def _targets(self) -> dict[str, dict[str, RemoteRecord]]:
        return _copies(self.integration.ap_id, ("GLAccount", "Dimension", "Vendor"))

    @cached_property
    def _targets_by_code(self) -> dict[str, dict[str, list[RemoteRecord]]]:
        found: dict[str, dict[str, list[RemoteRecord]]] = {"GLAccount": {}, "Dimension": {}}
        for kind, by_code in found.items():
            for record in self._targets[kind].values():
                if record.code and record.is_usable:
                    by_code.setdefault(record.code.strip().casefold(), []).append(record)
        return found


def _copies(connection: UUID, kinds: tuple[str, ...]) -> dict[str, dict[str, RemoteRecord]]:
    found: dict[str, dict[str, RemoteRecord]] = {kind: {} for kind in kinds}
    for record in RemoteRecord.objects.filter(connection=connection, kind__in=kinds):
        found[record.kind][record.remote_id] = record
    return found
