"""Start-up checks of the pairings table: what is missing for a row, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from connections.resource import Can
from connections.system import Side, System
from connections.systems import SYSTEMS
from syncs.pairings import PAIRINGS, Direction, Flow, Pairing


def check_pairings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Say what keeps a flow of a pairing from being possible on both sides."""
    return [
        Error(f"Pairing {pairing.key}: {problem}", id="syncs.E001")
        for pairing in PAIRINGS
        for problem in problems_of(pairing)
    ]


def problems_of(pairing: Pairing) -> Iterator[str]:
    """Yield one sentence for each thing a pairing lacks."""
    for key, side in ((pairing.erp, Side.ERP), (pairing.ap, Side.AP)):
        if key not in SYSTEMS:
            yield f"there is no system {key} in SYSTEMS."
            return
        if SYSTEMS[key].side != side:
            yield f"{key} cannot be its {side} side."
    names = [flow.name for flow in pairing.flows]
    for position, flow in enumerate(pairing.flows):
        missing = set(flow.after) - set(names[:position])
        if missing:
            yield f"flow {flow.name} comes before {', '.join(sorted(missing))}, which it needs."
        yield from _abilities(flow, SYSTEMS[pairing.erp], SYSTEMS[pairing.ap])


def _abilities(flow: Flow, erp: System, ap: System) -> Iterator[str]:
    source, target = (erp, ap) if flow.direction == Direction.ERP_TO_AP else (ap, erp)
    if not source.can(flow.reads, Can.READ):
        yield f"flow {flow.name} reads {flow.reads.__name__}, which {source.key} cannot."
    if not target.can(flow.writes, flow.needs):
        yield (
            f"flow {flow.name} writes {flow.writes.__name__}, for which {target.key} lacks some of "
            f"{flow.needs.name}."
        )
