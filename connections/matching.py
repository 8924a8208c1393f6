"""When is it the same vendor, the same debt? Judgement on values alone (R3, R13); asks nobody.

An exact match needs evidence; anything less is a candidate for a person, with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from difflib import SequenceMatcher

from connections.records import Bill, Vendor
from connections.resource import Candidate, Match

NEAR_NAME = 0.86
POSSIBLE_DUPLICATE_WITHIN = timedelta(days=30)

_LEGAL_FORMS = frozenset(
    "inc incorporated llc llp lp ltd limited plc corp corporation co company gmbh mbh ag kg ohg ug "
    "se sa sas sarl srl spa bv nv oy ab as aps pty pte kk sl sro doo".split()
)
# Addresses at these say nothing about whose company it is.
PUBLIC_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com "
    "icloud.com me.com mac.com gmx.com gmx.de gmx.net web.de t-online.de mail.com protonmail.com "
    "proton.me zoho.com yandex.com qq.com 163.com comcast.net verizon.net att.net orange.fr "
    "free.fr wanadoo.fr laposte.net libero.it btinternet.com".split()
)


def match_vendor(wanted: Vendor, found: Iterable[Vendor]) -> Match:
    """Find `wanted` among the target's vendors.

    Exact: it carries our reference, or the name is equal *and* tax id or a non-public domain is
    equal *and* neither contradicts (R13). More than one exact is a question for a person, unless
    our reference decides it.
    """
    exact: list[Vendor] = []
    candidates: list[Candidate] = []
    for vendor in found:
        if not _same_currency(wanted.currency, vendor.currency):
            continue
        likeness = compare_vendors(wanted, vendor)
        if likeness.is_same and not vendor.archived:
            exact.append(vendor)
        elif likeness.why:
            candidates.append(_vendor_candidate(vendor, likeness.why))
    marked = [v for v in exact if wanted.reference and v.reference == wanted.reference]
    if len(marked or exact) == 1:
        return Match(exact=(marked or exact)[0].id)
    twins = [_vendor_candidate(v, "several vendors fit equally well") for v in exact]
    return Match(candidates=tuple(twins + candidates))


@dataclass(frozen=True)
class Likeness:
    """`is_same`: no person is needed. `why`: words for a person, "" where nothing is alike."""

    is_same: bool
    why: str


def compare_vendors(wanted: Vendor, other: Vendor) -> Likeness:
    """Weigh the evidence that two vendors are one company."""
    if wanted.reference and wanted.reference == other.reference:
        return Likeness(True, _with_archived("it carries our reference", other))
    name = normal_name(wanted.name)
    same_name = bool(name) and normal_name(other.name) == name
    near = same_name or near_names(wanted.name, other.name)
    tax = _agreement({tax_id(wanted.tax_id)} - {""}, {tax_id(other.tax_id)} - {""})
    domain = _agreement(domains(wanted), domains(other))
    foreign = bool(wanted.reference and _is_ours(other.reference, wanted.reference))
    contradicted = tax is False or domain is False or foreign
    is_same = same_name and (tax is True or domain is True) and not contradicted
    signs = [
        "same name" if same_name else "similar name" if near else "",
        "same tax id" if tax else "",
        "same web or e-mail domain" if domain else "",
    ]
    alike = [sign for sign in signs if sign]
    only_near = near and not same_name and not tax and not domain
    if not alike or (only_near and contradicted):
        return Likeness(False, "")
    return Likeness(is_same, _reason(alike, tax, domain, foreign, other))


def match_bill(wanted: Bill, found: Iterable[Bill]) -> Match:
    """Find `wanted` among the target's bills of the same vendor (R2, R3).

    Exact: number, currency, total and date equal and not archived. A candidate: the same number,
    or the same total within 30 days.
    """
    exact: list[Bill] = []
    candidates: list[Candidate] = []
    for bill in found:
        if bill.vendor_id != wanted.vendor_id:
            continue
        why = _bill_likeness(wanted, bill)
        if why == "exact":
            exact.append(bill)
        elif why:
            candidates.append(_bill_candidate(bill, why))
    if len(exact) == 1:
        return Match(exact=exact[0].id)
    twins = [_bill_candidate(b, "several bills fit equally well") for b in exact]
    return Match(candidates=tuple(twins + candidates))


def normal_name(name: str) -> str:
    """Return a company name without case, accents, punctuation and legal form."""
    plain = unicodedata.normalize("NFKD", name).replace("&", " and ")
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    words = re.sub(r"[^\w\s]", "", plain).split()
    core = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(core or words)


def near_names(one: str, other: str) -> bool:
    """Say whether two names differ so little that a person should look."""
    a, b = sorted((normal_name(one), normal_name(other)))  # the ratio depends on who is first
    if not a or not b or re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return False  # Warehouse 12 and Warehouse 21 are two vendors
    if min(len(a), len(b)) >= 5 and (a in b or b in a):
        return True
    return SequenceMatcher(None, a, b).ratio() >= NEAR_NAME


def normal_number(number: str) -> str:
    """Return a bill number as two people would agree it is the same: no case, no blanks."""
    return re.sub(r"\s+", "", number).casefold()


def tax_id(text: str) -> str:
    """Return a tax id without punctuation; a country prefix stays."""
    return re.sub(r"[^0-9a-z]", "", text.casefold())


def domains(vendor: Vendor) -> set[str]:
    """Return the vendor's own domains, from e-mail and website; public mail hosts left out."""
    from_mail = re.findall(r"@([^\s@<>,;:\"']+)", vendor.email)
    from_site = re.findall(r"^(?:[a-z]+://)?([^\s/?#:@]+)", vendor.website.strip(), re.IGNORECASE)
    hosts = {_host(text) for text in from_mail + from_site}
    return {host for host in hosts if "." in host} - PUBLIC_DOMAINS


def _host(text: str) -> str:
    return text.casefold().strip(".").removeprefix("www.")


def _agreement(mine: set[str], theirs: set[str]) -> bool | None:
    """True: one is equal; False: both have some and none is equal; None: nothing to compare."""
    if not mine or not theirs:
        return None
    return bool(mine & theirs)


def _is_ours(reference: str, own: str) -> bool:
    """Say whether `reference` is another vendor's, made by the same ERP company as `own`."""
    return reference != own and reference.rpartition("-")[0] == own.rpartition("-")[0]


def _reason(
    alike: list[str], tax: bool | None, domain: bool | None, foreign: bool, other: Vendor
) -> str:
    against = [
        "different tax id" if tax is False else "",
        "different web or e-mail domain" if domain is False else "",
        "linked to another vendor of ours" if foreign else "",
    ]
    missing = [] if tax or domain else ["nothing else to prove it"]
    return _with_archived(", ".join(alike + [a for a in against if a] + missing), other)


def _with_archived(why: str, other: Vendor) -> str:
    return f"{why}, archived" if other.archived else why


def _same_currency(mine: str, theirs: str) -> bool:
    return not mine or not theirs or mine == theirs


def _bill_likeness(wanted: Bill, bill: Bill) -> str:
    number = normal_number(wanted.number)  # two blanks are no number in common
    same_number = bool(number) and normal_number(bill.number) == number
    same_currency = _same_currency(wanted.currency, bill.currency)
    same_total = bill.total == wanted.total and same_currency
    near = abs(bill.bill_date - wanted.bill_date) <= POSSIBLE_DUPLICATE_WITHIN
    if bill.archived:
        return "same number, but archived there" if same_number else ""
    if same_number and same_total and bill.bill_date == wanted.bill_date:
        return "exact"
    if same_number:
        return f"same number, {_difference(wanted, bill)}"
    return "same vendor and total within 30 days" if same_total and near else ""


def _difference(wanted: Bill, bill: Bill) -> str:
    if bill.total != wanted.total:
        return (
            f"but {money(bill.total, bill.currency)} instead of {money(wanted.total, '')}".strip()
        )
    if bill.bill_date != wanted.bill_date:
        return f"but dated {bill.bill_date.isoformat()}"
    return f"but in {bill.currency}"


def money(amount: Decimal, currency: str) -> str:
    """Return an amount as an accountant writes it."""
    return f"{amount:,.2f} {currency}".strip()


def _vendor_candidate(vendor: Vendor, why: str) -> Candidate:
    return Candidate(id=vendor.id, why=why, label=vendor.name)


def _bill_candidate(bill: Bill, why: str) -> Candidate:
    label = f"{bill.number}, {money(bill.total, bill.currency)}, {bill.bill_date.isoformat()}"
    return Candidate(id=bill.id, why=why, label=label)
