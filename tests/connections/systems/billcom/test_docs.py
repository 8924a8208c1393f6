"""The page about BILL says what the code relies on."""

from __future__ import annotations

import re
from pathlib import Path

from connections.systems.billcom.errors import BY_CODE
from connections.systems.billcom.options import FIELDS

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/systems/billcom.md").read_text()
CODE = sorted((ROOT / "connections/systems/billcom").glob("*.py"))


def test_every_reference_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
    cited = {a for path in CODE for a in re.findall(r"billcom\.md#([\w-]+)", path.read_text())}

    assert cited <= anchors


def test_every_setting_with_a_guess_is_on_the_page() -> None:
    guesses = [field.label for field in FIELDS if field.advanced and field.default]

    assert not [label for label in guesses if label.partition(" (")[0] not in PAGE]


def test_every_code_we_judge_by_is_on_the_page() -> None:
    told = PAGE.replace("1150–1152", "1150 1151 1152")

    assert not [code for code in BY_CODE if code.removeprefix("BDC_") not in told]
