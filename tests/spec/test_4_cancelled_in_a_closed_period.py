"""accounting.md 4: an invoice that was posted, of an order that was cancelled, in a period that is closed. It cannot be
voided: it is credited in full, dated today."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, Standing, allocated, credit_notes, day, invoice, outcome, plan

from include.domain.document import Allocation
from include.domain.outcome import Skip
from include.sandbox.order_builder import an_order

SOLD = an_order(1042).line("MUG", price="22.00", quantity=2).placed("2026-05-13T02:00:00+00:00").unpaid()
CANCELLED = SOLD.status(5)
FILED = replace(POLICY, tax_filed_to=day("2026-05-31"))
POSTED = Standing(day("2026-05-13"), "AUTHORISED", day("2026-06-10"))


def credited(told=CANCELLED, standing=POSTED, policy=FILED, **decided):
    return plan(told, policy, replace(REFERENCE, items=frozenset({"MUG"})), standing, **decided)


@pytest.mark.parametrize("status", [5, 6])
def test_it_is_credited_in_full_and_set_against_the_invoice(status):
    made = credited(SOLD.status(status), credit_prefix="CN-")
    [note] = credit_notes(made)
    sold = invoice(plan(SOLD))

    assert (note.number, note.invoice_number, note.reference) == ("CN-1042-cancelled", "BC-1042", "1042")
    assert (note.credit_date, note.currency, note.line_amount_types) == (day("2026-06-10"), "AUD", "Inclusive")
    assert (note.total, note.tax, note.currency_rate) == (sold.total, sold.tax, None)
    assert [(line.ref, line.amount, line.tax, line.tax_type, line.item_code) for line in note.lines] == [
        ("MUG", 44, 4, "OUTPUT", None)
    ]
    assert allocated(made) == [Allocation("cancelled", "CN-1042-cancelled", "BC-1042", sold.total, "AUD")]
    assert [(each.kind, each.part, each.amount) for each in made.documents] == [
        ("invoice", "1", 44),
        ("credit_note", "cancelled", 44),
        ("allocation", "cancelled", 44),
    ]
    assert isinstance(made.documents[0].decision, Skip)
    assert made.contact is not None
    assert (made.order_id, made.currency, outcome(made)) == (1042, "AUD", "posted")


def test_it_is_never_dated_into_the_closed_period():
    early = replace(POSTED, today=day("2026-05-20"))

    assert credit_notes(credited(standing=early))[0].credit_date == day("2026-06-01")


def test_it_bears_the_invoices_own_rate_and_number():
    told = an_order(1042).sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.08").taxed("0")
    told = told.line("MUG", price="22.00").placed("2026-05-13T02:00:00+00:00").unpaid().status(5)
    reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))
    [note] = credit_notes(plan(told, FILED, reference, POSTED, currency_rate="store"))

    assert note.currency_rate is not None
    assert note.currency == "NZD"


@pytest.mark.parametrize(
    "changed",
    [
        {"standing": None},
        {"standing": replace(POSTED, today=None)},
        {"standing": replace(POSTED, status="DRAFT")},
        {"standing": replace(POSTED, status="VOIDED")},
        {"standing": replace(POSTED, dated=day("2026-06-01"))},
        {"policy": POLICY},
        {"told": SOLD.status(0)},
        {"told": SOLD.archived()},
    ],
    ids=["not posted", "nobody asks", "draft", "voided", "open day", "open period", "unfinished", "archived"],
)
def test_in_any_other_case_nothing_is_credited(changed):
    made = credited(**changed)

    assert (credit_notes(made), made.contact) == ([], None)


def test_on_the_last_closed_day_it_is_closed():
    assert len(credit_notes(credited(standing=replace(POSTED, dated=day("2026-05-31"))))) == 1


def test_what_could_not_be_invoiced_today_is_not_credited_either():
    assert credit_notes(credited(tax_rules=())) == []


def test_the_same_credit_is_no_change():
    first, again = credited(), credited(standing=replace(POSTED, today=day("2026-06-11")))

    assert [each.facts for each in first.documents] == [each.facts for each in again.documents]
    other = credited(SOLD.line("CUP", price="11.00").status(5))
    assert other.documents[1].facts != first.documents[1].facts
    assert credited(prefix="X-").documents[1].facts != first.documents[1].facts
