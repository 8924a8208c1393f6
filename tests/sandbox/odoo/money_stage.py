"""Bills, payments and wizards the recordings speak of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def journal(code: str) -> Callable[[Any], int]:
    return lambda stage: int(stage.person.search("account.journal", [["code", "=", code]])[0])


def bill(stage: Any, *, post: bool = True, **changes: Any) -> int:
    """Enter a bill of 100.00."""
    line = {"name": "x", "price_unit": 100.0, "account_id": stage["expenses"], "tax_ids": [[5]]}
    values = {
        "move_type": "in_invoice",
        "partner_id": stage["vendor"],
        "ref": "PB-1",
        "invoice_date": "2026-11-10",
        "date": "2026-11-10",
        "invoice_line_ids": [[0, 0, line]],
    }
    made = int(stage.person.create("account.move", **{**values, **changes}))
    if post:
        stage.person.call("account.move", "action_post", ids=[made])
    return made


def wizard(stage: Any, *bills: int, **values: Any) -> int:
    context = {"active_model": "account.move", "active_ids": list(bills)}
    create = {"vals_list": values, "context": context}
    return int(stage.person.call("account.payment.register", "create", **create)[0])


def register(stage: Any, *bills: int, **values: Any) -> int:
    made = wizard(stage, *bills, **values)
    action = stage.person.call("account.payment.register", "action_create_payments", ids=[made])
    return int(action["res_id"])


def payment(stage: Any, *, post: bool = False, **changes: Any) -> int:
    values = {
        "payment_type": "outbound",
        "partner_type": "supplier",
        "partner_id": stage["vendor"],
        "amount": 100.0,
        "journal_id": stage["bank_b"],
        "date": "2026-11-18",
        "memo": "DIRECT-1",
    }
    made = int(stage.person.create("account.payment", **{**values, **changes}))
    if post:
        stage.person.call("account.payment", "action_post", ids=[made])
    return made


def payable_item(person: Any, move: int) -> int:
    domain = [["move_id", "=", move], ["account_type", "=", "liability_payable"]]
    return int(person.search("account.move.line", domain)[0])


def _payment_item(stage: Any) -> int:
    move = stage.person.read("account.payment", stage["posted_payment"], "move_id")["move_id"][0]
    return payable_item(stage.person, move)


def _paid_bill(stage: Any) -> int:
    register(stage, stage["bill_1"])
    return int(stage["bill_1"])


def _lock(stage: Any) -> None:
    stage.person.write("res.company", 1, fiscalyear_lock_date="2026-11-19")


def _locked_bill(stage: Any) -> int:
    made = bill(stage)
    _lock(stage)
    return made


def _shifted_payment(stage: Any) -> int:
    _lock(stage)
    return payment(stage, post=True, date="2026-10-15")


def _early_bill(stage: Any) -> int:
    _lock(stage)
    return bill(stage, post=False, date="2026-10-15")


def _external_id(stage: Any, name: str) -> str:
    values = {"module": "mlc", "name": name, "model": "account.payment"}
    values["res_id"] = stage["payment"]
    stage.person.call("ir.model.data", "create", vals_list=values)
    return name


MONEY_MAKERS: dict[str, Callable[[Any], Any]] = {
    "bank_a": journal("BNK1"),
    "bank_b": journal("BNKO"),
    "purchases": journal("BILL"),
    "method_a": lambda stage: 2,
    "payable": lambda stage: stage.person.account("211000"),
    "bill_1": bill,
    "bill_2": bill,
    "paid_bill": _paid_bill,
    "wizard_1": lambda stage: wizard(stage, stage["bill_1"]),
    "wizard_2": lambda stage: wizard(stage, stage["bill_1"], stage["bill_2"]),
    "payment": payment,
    "posted_payment": lambda stage: payment(stage, post=True),
    "payment_of_bill": lambda stage: register(stage, stage["bill_1"]),
    "bill_item": lambda stage: payable_item(stage.person, stage["bill_1"]),
    "payment_item": _payment_item,
    "locked_bill": _locked_bill,
    "shifted_payment": _shifted_payment,
    "early_bill": _early_bill,
    "loaded": lambda stage: _external_id(stage, "loaded_1"),
    "taken": lambda stage: _external_id(stage, "taken_1"),
}
