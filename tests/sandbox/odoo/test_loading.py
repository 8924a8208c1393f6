"""load() and external ids: the key that makes a write safe to repeat (odoo.md §7)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.sandbox.odoo.books import LOAD, Books
from tests.sandbox.odoo.conftest import Client, Refused

Control = Callable[..., Any]
CONFLICT = "could not serialize access due to concurrent update"


def _row(books: Books, name: str, **changes: Any) -> list[Any]:
    cells = {
        "id": name,
        "payment_type": "outbound",
        "partner_type": "supplier",
        "partner_id/.id": str(books.vendor),
        "amount": "12.34",
        "journal_id/.id": str(books.journal("BNKO")),
        "date": "2026-11-18",
        "memo": "AP-1",
    }
    return [{**cells, **changes}[field] for field in LOAD]


def _load(client: Client, *rows: list[Any], fields: list[str] = LOAD) -> dict[str, Any]:
    found: dict[str, Any] = client.call("account.payment", "load", fields=fields, data=list(rows))
    return found


def _named(client: Client, name: str) -> Any:
    return client.call("ir.model.data", "check_object_reference", module="mlc", xml_id=name)


def test_a_second_load_writes_over_the_first(odoo: Client, books: Books) -> None:
    first = _load(odoo, _row(books, "mlc.pay_1", payment_type="Send", partner_type="Vendor"))
    second = _load(odoo, _row(books, "mlc.pay_1", memo="AP-2"))

    assert first == second == {"ids": first["ids"], "messages": [], "nextrow": 0}
    assert _named(odoo, "pay_1") == ["account.payment", first["ids"][0]]
    row = odoo.read("account.payment", first["ids"][0], "memo", "amount", "state", "payment_type")
    assert (row["memo"], row["amount"], row["state"]) == ("AP-2", 12.34, "draft")


def test_even_the_amount_of_a_posted_payment_is_written_over(odoo: Client, books: Books) -> None:
    [payment] = _load(odoo, _row(books, "mlc.pay_1"))["ids"]
    odoo.call("account.payment", "action_post", ids=[payment])

    assert _load(odoo, _row(books, "mlc.pay_1", amount="20"))["ids"] == [payment]

    row = odoo.read("account.payment", payment, "amount", "state")
    assert (row["amount"], row["state"]) == (20.0, "in_process")


def test_one_bad_row_takes_all_back(odoo: Client, books: Books) -> None:
    answer = _load(odoo, _row(books, "mlc.good"), _row(books, "mlc.bad", amount="-2.5"))

    message = {"type": "error", "message": "The payment amount cannot be negative."}
    where = {"rows": {"from": 1, "to": 1}, "record": 1, "field": "amount"}
    assert answer == {"ids": False, "messages": [{**message, **where}], "nextrow": 0}
    with pytest.raises(Refused) as refused:
        _named(odoo, "good")
    assert (refused.value.status, refused.value.name) == (500, "builtins.ValueError")
    assert refused.value.message == "External ID not found in the system: mlc.good"


@pytest.mark.parametrize(
    ("cells", "field", "said"),
    [
        ({"partner_id/.id": "999999"}, "partner_id", "No matching record found for database id"),
        ({"date": "yesterday"}, "date", "does not seem to be a valid date"),
        ({"amount": "much"}, "amount", "does not seem to be a number"),
        ({"payment_type": "give"}, "payment_type", "not found in selection field"),
    ],
)
def test_a_cell_that_says_nothing(
    odoo: Client, books: Books, cells: dict[str, str], field: str, said: str
) -> None:
    answer = _load(odoo, _row(books, "mlc.bad", **cells))

    [message] = answer["messages"]
    assert (answer["ids"], message["field"], message["record"]) == (False, field, 0)
    assert said in message["message"]


def test_loads_at_the_same_time_make_one_record(
    odoo: Client, books: Books, control: Control
) -> None:
    row = _row(books, "mlc.once")
    control("faults", system="odoo", kind="slow", path="*/load", seconds=1.5)
    with ThreadPoolExecutor(1) as others:
        late = others.submit(_load, Client(odoo.url), row)
        time.sleep(0.7)
        first = _load(odoo, row)
        second = late.result()

    [message] = second["messages"]
    assert (second["ids"], message["message"]) == (False, CONFLICT)
    assert _load(odoo, row)["ids"] == first["ids"]
    assert odoo.call("account.payment", "search_count", domain=[["memo", "=", "AP-1"]]) == 1


def test_a_conflict_can_be_ordered(odoo: Client, books: Books, control: Control) -> None:
    control("odoo/switches", load_conflicts=1)

    refused = _load(odoo, _row(books, "mlc.pay_1"))

    assert (refused["ids"], refused["messages"][0]["message"]) == (False, CONFLICT)
    assert _load(odoo, _row(books, "mlc.pay_1"))["ids"]


def test_an_unknown_id_alone_makes_an_empty_payment(odoo: Client) -> None:
    [made] = _load(odoo, ["mlc.nothing"], fields=["id"])["ids"]

    row = odoo.read("account.payment", made, "state", "amount", "partner_id")
    assert (row["state"], row["amount"], row["partner_id"]) == ("draft", 0.0, False)


def test_deleting_the_record_deletes_its_external_id(odoo: Client, books: Books) -> None:
    [payment] = _load(odoo, _row(books, "mlc.pay_1"))["ids"]
    odoo.call("account.payment", "unlink", ids=[payment])

    with pytest.raises(Refused, match="External ID not found"):
        _named(odoo, "pay_1")


def test_an_external_id_of_another_model(odoo: Client, books: Books, person: Client) -> None:
    values = {"module": "mlc", "name": "vendor", "model": "res.partner", "res_id": books.vendor}
    person.call("ir.model.data", "create", vals_list=values)

    answer = _load(odoo, _row(books, "mlc.vendor"))

    assert "found record of different model res.partner" in answer["messages"][0]["message"]


def test_bill_lines_come_in_continuation_rows_and_are_added_again(
    odoo: Client, books: Books
) -> None:
    fields = ["id", "move_type", "partner_id/.id", "ref", "invoice_date", "date"]
    line = ["name", "price_unit", "account_id/.id", "tax_ids/.id", "analytic_distribution"]
    fields += [f"invoice_line_ids/{name}" for name in line]
    account = str(odoo.account("600000"))
    head = ["mlc.bill_1", "in_invoice", str(books.vendor), "LB-1", "2026-11-12", "2026-11-12"]
    rows = [
        [*head, "l1", "10", account, "", '{"1": 100}'],
        ["", "", "", "", "", "", "l2", "20", account, "", ""],
    ]

    def load() -> int:
        answer = odoo.call("account.move", "load", fields=fields, data=rows)
        assert answer["messages"] == []
        return int(answer["ids"][0])

    bill = load()
    row = odoo.read("account.move", bill, "amount_total", "invoice_line_ids", "state")
    assert (row["amount_total"], len(row["invoice_line_ids"]), row["state"]) == (30.0, 2, "draft")
    assert load() == bill
    assert len(odoo.read("account.move", bill, "invoice_line_ids")["invoice_line_ids"]) == 4


def test_links_by_name_and_by_external_id(person: Client, books: Books) -> None:
    term = {"module": "mlc", "name": "month", "model": "account.payment.term", "res_id": 2}
    person.call("ir.model.data", "create", vals_list=term)
    fields = ["id", "name", "property_supplier_payment_term_id/id", "country_id"]
    data = [["mlc.vendor_1", "Loaded Vendor", "mlc.month", "United States"]]

    [vendor] = person.call("res.partner", "load", fields=fields, data=data)["ids"]

    row = person.read("res.partner", vendor, "property_supplier_payment_term_id", "country_id")
    assert row["property_supplier_payment_term_id"] == [2, "30 Days"]
    assert row["country_id"][1] == "United States"
