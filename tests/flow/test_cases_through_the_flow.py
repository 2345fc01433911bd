"""Every case through the whole flow, with default settings: the sandbox's books equal what explain says of the case.

Explain is given all that the shop knows; the flow reads only what it needs. So this also shows that it reads enough.
"""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from case_town import furnish, link_what_stood_before, store_of

from include.clients.bigcommerce import Window
from include.commands.explain.case import read_case
from include.commands.explain.told import told

ROOT = Path(__file__).parents[2]
OURS = ROOT / "tests" / "golden" / "cases"
THEIRS = Path(os.environ.get("BRIDGE_CASES") or ROOT.parent / "shared" / "cases")


def case_files():
    found = [path for folder in (THEIRS, OURS) for path in sorted(folder.glob("*.json"))]
    return [path for path in found if not path.name.endswith(".expected.json")]


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_the_flow_leaves_the_books_that_explain_tells(path, cases, tmp_path):
    bundle = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    furnish(cases.town, bundle)
    bridge = replace(cases, store=store_of(bundle, tmp_path, f"case_{abs(hash(path.stem)) % 10**9}"))
    case = read_case(path.stem, bundle)
    before = link_what_stood_before(bridge, bundle, case)
    order_id = bundle["order"]["id"]

    placed = bridge.town.shop.get(order_id).created
    if placed > datetime.now(UTC):
        pytest.skip("it is not placed yet: the flow holds what comes from the future")
    bridge.run(Window(placed - timedelta(minutes=1), placed + timedelta(minutes=1)))

    answer, outcome = told(case), bridge.outcomes()[order_id]
    assert (outcome["outcome"], outcome["reason"]) == (answer["outcome"], answer["reason_kind"]), outcome["sentence"]
    assert in_the_books(bridge.town.books, f"BC-{order_id}", before) == as_told(answer)


def as_told(answer):
    """What explain says was written, in the terms of `in_the_books`."""
    invoice = answer["invoice"]
    if invoice is not None and "total" in invoice:
        inclusive = invoice["line_amount_types"] == "Inclusive"
        lines = [
            (line["gross" if inclusive else "net"], line["tax"], line["account"], line["tax_type"])
            for line in invoice["lines"]
        ]
        named = ("date", "due_date", "reference", "currency", "line_amount_types", "total", "tax", "amount_due")
        invoice = {name: invoice[name] for name in named} | {"draft": invoice["status"] == "DRAFT", "lines": lines}
    return {
        "invoice": invoice if invoice is None or "lines" in invoice else {"gone": invoice["status"]},
        "payments": sorted(
            (each["amount"], each["account"], each["date"], each["reference"]) for each in answer["payments"]
        ),
        "credit_notes": [
            {
                "total": note["total"],
                "tax": note["tax"],
                "paid_out": sorted(each["amount"] for each in note["refund_payments"]),
                "allocated": note.get("allocated", "0.00"),
            }
            for note in answer["credit_notes"]
        ],
    }


def in_the_books(books, number, before):
    """What the books hold of an order and did not hold before."""
    found = {each["InvoiceNumber"]: each for each in books.invoices()}.get(number)
    payments = [each for each in books.payments() if each["PaymentID"] not in before.payments]
    return {
        "invoice": None if found is None or _untouched(before.invoice, found) else _invoice(found),
        "payments": sorted(
            (money(each["Amount"]), each["Account"]["Code"], day(each["Date"]), each["Reference"])
            for each in payments
            if each["PaymentType"] == "ACCRECPAYMENT"
        ),
        "credit_notes": [
            {
                "total": money(note["Total"]),
                "tax": money(note["TotalTax"]),
                "paid_out": sorted(
                    money(each["Amount"])
                    for each in payments
                    if each["Reference"].startswith(f"{note['CreditNoteNumber']}/")
                ),
                "allocated": money(sum((Decimal(str(each["Amount"])) for each in note["Allocations"]), Decimal(0))),
            }
            for note in books.credit_notes()
        ],
    }


def _untouched(before, found):
    """Whether it is as it was, but for what was paid on it since."""
    return before is not None and _invoice(before) | {"amount_due": "", "draft": ""} == _invoice(found) | {
        "amount_due": "",
        "draft": "",
    }


def _invoice(found):
    if found["Status"] in ("VOIDED", "DELETED"):
        return {"gone": found["Status"]}
    return {
        "date": found["DateString"][:10],
        "due_date": found["DueDateString"][:10],
        "reference": found["Reference"],
        "currency": found["CurrencyCode"],
        "line_amount_types": found["LineAmountTypes"],
        "total": money(found["Total"]),
        "tax": money(found["TotalTax"]),
        "amount_due": money(found["AmountDue"]),
        "draft": found["Status"] == "DRAFT",
        "lines": [
            (money(line["LineAmount"]), money(line["TaxAmount"]), line["AccountCode"], line["TaxType"])
            for line in found["LineItems"]
        ],
    }


def money(amount):
    return f"{Decimal(str(amount)):.2f}"


def day(stamp):
    from include.wire.xero_reference import date_of

    return date_of(stamp).isoformat()
