"""Vendor bills: amounts, dates, taxes, attachments and refusals (odoo.md §5, §8)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.odoo.conftest import Client, Refused

Advance = Callable[[float], None]


@pytest.fixture
def vendor(odoo: Client) -> int:
    return odoo.named("res.partner", "Cedar Point Logistics LLC")


def _bill(odoo: Client, vendor: int, **changes: Any) -> int:
    line = {"name": "Freight", "price_unit": 100.0, "account_id": odoo.account("641000")}
    values = {
        "move_type": "in_invoice",
        "partner_id": vendor,
        "ref": "CP-1",
        "invoice_date": "2026-11-02",
        "invoice_line_ids": [[0, 0, {"tax_ids": [[5]], **line}]],
    }
    return odoo.create("account.move", **{**values, **changes})


def _post(odoo: Client, bill: int) -> dict[str, Any]:
    assert odoo.call("account.move", "action_post", ids=[bill]) is False
    fields = ("name", "state", "date", "invoice_date", "invoice_date_due", "amount_residual")
    return odoo.read("account.move", bill, *fields)


def test_the_accounting_date_is_today_unless_sent(
    odoo: Client, vendor: int, frozen: Advance
) -> None:
    first = _post(odoo, _bill(odoo, vendor))
    second = _post(odoo, _bill(odoo, vendor, date="2026-10-05"))

    assert (first["date"], first["name"]) == ("2026-11-20", "BILL/2026/11/0002")
    assert (second["date"], second["name"]) == ("2026-10-05", "BILL/2026/10/0001")


def test_the_vendors_term_overwrites_the_due_date_unless_it_is_switched_off(
    odoo: Client, vendor: int
) -> None:
    by_term = _post(odoo, _bill(odoo, vendor, invoice_date_due="2027-01-31"))
    free = {"invoice_payment_term_id": False, "invoice_date_due": "2027-01-31"}
    by_hand = _post(odoo, _bill(odoo, vendor, **free))

    assert by_term["invoice_date_due"] == "2026-12-02"
    assert by_hand["invoice_date_due"] == "2027-01-31"


def test_the_same_reference_may_be_posted_twice(odoo: Client, vendor: int) -> None:
    first, second = _bill(odoo, vendor), _bill(odoo, vendor)

    _post(odoo, first)
    _post(odoo, second)

    found = odoo.read("account.move", second, "duplicated_ref_ids")
    assert found["duplicated_ref_ids"] == [first]
    with pytest.raises(Refused) as refusal:
        odoo.search("account.move", [["duplicated_ref_ids", "!=", False]])
    assert refusal.value.status == 500
    assert "to SQL because it is not stored" in refusal.value.message


def test_items_balance_with_taxes(odoo: Client, vendor: int) -> None:
    tax = odoo.search("account.tax", [["type_tax_use", "=", "purchase"], ["amount", "=", 15]])
    account = odoo.account("600000")
    line = {"name": "Goods", "price_unit": 19.99, "account_id": account, "tax_ids": [[6, 0, tax]]}
    bill = _bill(odoo, vendor, invoice_line_ids=[[0, 0, line]])

    found = odoo.read("account.move", bill, "amount_tax", "amount_total", "invoice_line_ids")
    items = odoo.call(
        "account.move.line",
        "search_read",
        domain=[["move_id", "=", bill]],
        fields=["display_type", "balance", "account_type"],
    )

    assert (found["amount_tax"], found["amount_total"]) == (3.0, 22.99)
    assert len(found["invoice_line_ids"]) == 1
    kinds = [(item["display_type"], item["balance"]) for item in items]
    assert kinds == [("product", 19.99), ("tax", 3.0), ("payment_term", -22.99)]


def test_a_foreign_bill_is_signed_in_the_companys_currency(odoo: Client) -> None:
    vendor = odoo.named("res.partner", "Lindholm Maskin GmbH")
    bill = _bill(odoo, vendor)

    found = odoo.read("account.move", bill, "amount_total", "amount_total_signed", "currency_id")

    assert (found["amount_total"], found["amount_total_signed"]) == (100.0, -125.0)
    assert found["currency_id"][1] == "EUR"


def test_an_account_of_the_product_or_its_category_is_taken(odoo: Client, vendor: int) -> None:
    wanted = {"RENT": "612000", "FREIGHT": "641000", "ADVICE": "600000"}
    for code, account in wanted.items():
        product = odoo.search("product.product", [["default_code", "=", code]])[0]
        bill = _bill(odoo, vendor, invoice_line_ids=[[0, 0, {"product_id": product}]])
        line = odoo.read("account.move", bill, "invoice_line_ids")["invoice_line_ids"][0]
        assert odoo.read("account.move.line", line, "account_code")["account_code"] == account


def test_a_lock_date_moves_the_date_and_refuses_only_changes(
    person: Client, vendor: int, frozen: Advance
) -> None:
    old = _bill(person, vendor, date="2026-10-15")
    _post(person, old)
    person.write("res.company", 1, fiscalyear_lock_date="2026-10-31")

    found = _post(person, _bill(person, vendor, date="2026-10-15"))

    assert (found["date"], found["invoice_date"]) == ("2026-11-20", "2026-11-02")
    with pytest.raises(Refused) as refusal:
        person.call("account.move", "button_draft", ids=[old])
    assert refusal.value.message.endswith("inclusive of: Global Lock Date (10/31/2026).")


def test_references_of_a_posted_bill_may_still_change(odoo: Client, vendor: int) -> None:
    bill = _bill(odoo, vendor)
    _post(odoo, bill)

    odoo.write("account.move", bill, ref="CP-1b", payment_reference="PAY-1")

    assert odoo.read("account.move", bill, "ref")["ref"] == "CP-1b"


def test_a_posted_bill_goes_back_to_draft_and_is_cancelled(odoo: Client, vendor: int) -> None:
    bill = _bill(odoo, vendor)
    name = _post(odoo, bill)["name"]

    assert odoo.call("account.move", "button_draft", ids=[bill]) is None
    assert odoo.call("account.move", "button_cancel", ids=[bill]) is None

    found = odoo.read("account.move", bill, "state", "name")
    assert (found["state"], found["name"]) == ("cancel", name)


def test_an_inactive_currency_is_refused_on_posting(odoo: Client, vendor: int) -> None:
    context = {"active_test": False}
    yen = odoo.search("res.currency", [["name", "=", "JPY"]], context=context)[0]

    with pytest.raises(Refused) as refusal:
        odoo.call("account.move", "action_post", ids=[_bill(odoo, vendor, currency_id=yen)])

    assert refusal.value.message.endswith("with an inactive currency: JPY")


def test_a_file_is_kept_with_its_size_and_checksum(odoo: Client, vendor: int) -> None:
    content = b"%PDF-1.4 a bill"
    bill = _bill(odoo, vendor)
    values = {"name": "bill.pdf", "datas": base64.b64encode(content).decode()}
    file = odoo.create("ir.attachment", res_model="account.move", res_id=bill, **values)
    main = odoo.read("account.move", bill, "message_main_attachment_id", "attachment_ids")
    assert (main["message_main_attachment_id"], main["attachment_ids"]) == (False, [file])

    odoo.call("account.move", "message_post", ids=[bill], body="x", attachment_ids=[file])

    found = odoo.read("ir.attachment", file, "datas", "file_size", "checksum", "mimetype")
    assert found["checksum"] == hashlib.sha1(content, usedforsecurity=False).hexdigest()
    assert (found["file_size"], found["mimetype"]) == (len(content), "application/pdf")
    assert base64.b64decode(found["datas"]) == content
    main = odoo.read("account.move", bill, "message_main_attachment_id")
    assert main["message_main_attachment_id"][0] == file


def test_a_file_of_a_hidden_record_is_hidden(
    odoo: Client, vendor: int, as_user: Callable[[str], Client]
) -> None:
    bill = _bill(odoo, vendor)
    datas = base64.b64encode(b"x").decode()
    file = odoo.create(
        "ir.attachment", name="a", datas=datas, res_model="account.move", res_id=bill
    )

    nobody = as_user("nothing")

    assert nobody.search("ir.attachment", [["id", "=", file]]) == []
    assert nobody.post("ir.attachment", "read", ids=[file], fields=["name"]).status_code == 403
