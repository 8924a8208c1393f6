"""Odoo's analytic distribution of a line, turned into shares of its amount.

A distribution is {"1": 60, "2": 40, "7,8": 100}: each key is one analytic account or several of
different plans together. Keys that have a plan in common divide the line between them; keys that
have none are two independent views of the same money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from connections.errors import DataError
from connections.records import DimensionKind, DimensionRef, Share
from connections.systems.odoo.values import number

WHOLE = Decimal(100)
# Odoo rounds percentages to two places, so three thirds may be a hundredth off.
TOLERANCE = Decimal("0.05")


@dataclass(frozen=True)
class Part:
    """`percent` of a line for accounts that are all of different plans."""

    percent: Decimal
    accounts: tuple[int, ...]
    plans: frozenset[int]


def accounts_in(distribution: object) -> set[int]:
    """Return the analytic accounts a distribution names."""
    keys = distribution if isinstance(distribution, dict) else {}
    return {account for key in keys for account in _accounts(key)}


def shares_of(distribution: object, plans: Mapping[int, int]) -> tuple[Share, ...]:
    """Return the shares of a line; what they leave of 100 is not coded.

    `plans` tells each account's plan. An account Odoo itself does not know (it takes any number)
    counts as a plan of its own and stays: the mapping will name it. Raises DataError if one plan
    is given more than the whole.
    """
    if not isinstance(distribution, dict):
        return ()
    parts = [_part(key, value, plans) for key, value in distribution.items()]
    parts = [part for part in parts if part.accounts and part.percent]
    _check(parts)
    views = [_view(group) for group in _groups(parts)]
    combined = [_together(chosen, WHOLE) for chosen in product(*views)] if views else []
    return tuple(_share(part) for part in combined if part.accounts)


def _part(key: str, value: object, plans: Mapping[int, int]) -> Part:
    accounts = _accounts(key)
    return Part(number(value), accounts, frozenset(plans.get(a, -a) for a in accounts))


def _accounts(key: str) -> tuple[int, ...]:
    return tuple(int(word) for word in key.split(",") if word.strip().isdecimal())


def _check(parts: list[Part]) -> None:
    for plan in {plan for part in parts for plan in part.plans}:
        total = sum((part.percent for part in parts if plan in part.plans), Decimal(0))
        if total > WHOLE + TOLERANCE or any(part.percent < 0 for part in parts):
            raise DataError(
                f"the analytic distribution gives away {total.normalize():f} % in one plan, more "
                "than the line has. Correct it in Odoo."
            )


def _groups(parts: list[Part]) -> list[list[Part]]:
    """Put together what has a plan in common, directly or through another part."""
    groups: list[list[Part]] = []
    for part in parts:
        touching = [g for g in groups if any(part.plans & other.plans for other in g)]
        merged = [other for group in touching for other in group] + [part]
        groups = [g for g in groups if g not in touching] + [merged]
    return groups


def _view(group: list[Part]) -> list[Part]:
    """Divide a line between the parts of a group, with an uncoded rest, so that it adds up.

    Parts over several plans are taken as they are. Single ones fill what those leave: of two
    plans there, every pair gets its proportion.
    """
    joint = [part for part in group if len(part.plans) > 1]
    room = WHOLE - sum((part.percent for part in joint), Decimal(0))
    singles = [_with_rest(_of_plan(group, plan), room) for plan in _single_plans(group)]
    if room <= 0:
        return joint
    return joint + [_together(combined, room) for combined in product(*singles)]


def _single_plans(group: list[Part]) -> list[int]:
    return sorted({plan for part in group if len(part.plans) == 1 for plan in part.plans})


def _of_plan(group: list[Part], plan: int) -> list[Part]:
    return [part for part in group if part.plans == {plan}]


def _with_rest(parts: list[Part], room: Decimal) -> list[Part]:
    """Fill the room left in one plan; three thirds of 33.33 are meant to be the whole."""
    rest = room - sum((part.percent for part in parts), Decimal(0))
    if rest < -TOLERANCE:
        raise DataError(
            "the analytic distribution cannot be read as shares of the line. Write the accounts "
            "that belong together on one row of the distribution in Odoo."
        )
    if rest > TOLERANCE:
        return [*parts, Part(rest, (), frozenset())]
    last = parts[-1]
    return [*parts[:-1], replace(last, percent=last.percent + rest)]


def _together(parts: tuple[Part, ...], room: Decimal) -> Part:
    """Combine one part of each plan inside `room` percent of the line."""
    percent = room
    for part in parts:
        percent = percent * part.percent / room
    accounts = tuple(account for part in parts for account in part.accounts)
    return Part(percent, accounts, frozenset().union(*(part.plans for part in parts)))


def _share(part: Part) -> Share:
    refs = tuple(DimensionRef(kind=DimensionKind.ANALYTIC, id=str(a)) for a in part.accounts)
    return Share(percent=part.percent, dimensions=refs)
