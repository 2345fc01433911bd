"""accounting.md 1: T1 to T8, for every order that a shop can state. What fails here is wrong for some real merchant."""

import json
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

import pytest
from given import (
    POLICY,
    REFERENCE,
    D,
    allocated,
    credit_notes,
    decision,
    invoice,
    order,
    outcome,
    paid_out,
    payments,
    plan,
)
from hypothesis import given
from hypothesis import strategies as st
from orders import carts, orders, paid_orders

from include.domain.document import CreditNote, Invoice, Payment, RefundPayment
from include.domain.order import Order
from include.domain.outcome import REASONS, WORST_FIRST, Hold, Skip, worst
from include.domain.plan import plan_order
from include.domain.policy import TaxRule
from include.sandbox.ground import Clock
from include.sandbox.order_builder import an_order, as_json
from include.sandbox.xero.books import Books
from include.wire.bigcommerce_order import gathered, order_of
from include.wire.bigcommerce_rows import Problem
from include.wire.xero_documents import credit_note_body, digest, invoice_body

DOCUMENTS = (Invoice, Payment, CreditNote, RefundPayment)


def accepted(body: str) -> dict:
    """What the sandbox's books make of a body: their arithmetic was written from Xero's reference, not from ours."""
    books = Books(Clock())
    books.set_up(
        accounts=[{"Code": code, "Type": "REVENUE"} for code in REFERENCE.accounts],
        tax_rates=[
            {"TaxType": each.code, "EffectiveRate": each.effective_rate} for each in REFERENCE.tax_types.values()
        ],
    )
    wish = json.loads(body, parse_float=Decimal)
    if "CreditNoteNumber" in wish:
        books.add_credit_note(wish)
        return books.credit_notes()[0]
    books.add_invoice(wish)
    return books.invoices()[0]


class TestT1NothingDisappears:
    """Every order ends in exactly one outcome, its worst document's, with a reason from the closed list."""

    @given(orders())
    def test_every_order_has_a_plan_and_every_document_one_decision(self, told):
        made = plan(told)

        assert made.documents[0].kind == "invoice"
        keys = [(each.kind, each.part) for each in made.documents]
        assert len(keys) == len(set(keys)), "two decisions on one document"
        for each in made.documents:
            if isinstance(each.decision, Skip | Hold):
                assert REASONS[each.decision.reason].outcome == (
                    "skipped" if isinstance(each.decision, Skip) else "held"
                )
        assert outcome(made) in WORST_FIRST

    @given(orders(), st.data())
    def test_an_order_of_any_form_is_read_or_its_problem_is_named(self, told, data):
        """The shop may send anything: nothing raises, and what is no order says which field is wrong."""
        bundle = json.loads(as_json(told.build()), parse_float=Decimal)
        part = data.draw(st.sampled_from(["order", "products"]))
        row = bundle["order"] if part == "order" else bundle["products"][0]
        field = data.draw(st.sampled_from(sorted(row)))
        row[field] = data.draw(st.sampled_from([None, "", "x", -1, 10**30, [], {}, True, "1e5", "NaN"]))

        read = order_of(gathered({name: content for name, content in bundle.items() if name != "pickups"}))

        if isinstance(read, Order):
            assert outcome(plan_order(read, POLICY, REFERENCE)) in WORST_FIRST
        else:
            assert all(isinstance(each, Problem) and each.field and each.sentence for each in read)

    def test_the_order_is_as_its_worst_document(self):
        assert worst(["posted", "held", "unchanged"]) == "held"
        assert worst(["skipped", "unchanged"]) == "unchanged"
        assert worst(["failed", "held"]) == "failed"


class TestT3TheInvoiceIsWhatWasSold:
    """To the cent, with the tax that the shop charged."""

    @given(carts())
    def test_total_and_tax_are_the_shops(self, told):
        made, shop = invoice(plan(told)), order(told)

        assert made.total == shop.total_inc
        assert made.tax == shop.total_tax

    @given(paid_orders())
    def test_certificates_and_credit_pay_and_take_nothing_off_the_sale(self, told):
        """Whether the shop states its total before or after them."""
        made, shop = invoice(plan(told)), order(told)
        tendered = shop.gift_certificate_amount + shop.store_credit_amount

        assert made.total in (shop.total_inc, shop.total_inc + tendered)
        assert made.total == sum((payment.amount for payment in payments(plan(told))), D(0))

    @given(carts(), st.integers(6, 5000))
    def test_a_total_that_the_lines_do_not_make_is_held(self, told, cents_off):
        total = order(told).total_inc + D(cents_off) / 100

        found = decision(plan(told.stating(total_inc_tax=f"{total:.4f}")))

        assert isinstance(found, Hold)
        assert found.reason == "total_differs"


class TestT4TheMoneyIsWhatCame:
    """Payments are the money received, never more than the total; credit notes are the refunds made."""

    @given(orders())
    def test_payments_never_exceed_the_invoice(self, told):
        made = plan(told)
        paid = sum((payment.amount for payment in payments(made)), D(0))

        if isinstance(decision(made), Invoice):
            assert paid <= invoice(made).total
        else:
            assert paid == 0

    @given(carts(), st.integers(1, 500))
    def test_what_came_too_much_is_held_and_not_dropped(self, told, too_much):
        total = order(told).total_inc
        made = plan(told.paid("card", f"{total + D(too_much) / 100:.2f}"))

        planned = [each.amount for each in made.documents if each.kind == "payment"]
        assert sum(planned, D(0)) == total + D(too_much) / 100
        assert sum((payment.amount for payment in payments(made)), D(0)) == total

    @given(carts(), st.data())
    def test_units_given_back_one_by_one_never_exceed_the_line(self, told, data):
        told = told.paid("card")
        line = data.draw(st.sampled_from(order(told).lines))
        for _ in range(line.quantity):
            told = told.refunded({line.sku: 1})

        made = plan(told)

        notes = credit_notes(made)
        types = invoice(made).line_amount_types
        of_line = [each for each in invoice(made).lines if each.source_id == line.id]
        sold = sum((each.gross(types) for each in of_line), D(0))
        if len(notes) == line.quantity:
            assert sum((note.total for note in notes), D(0)) == sold
        assert sum((note.total for note in notes), D(0)) <= sold
        assert sum((each.amount for each in paid_out(made)), D(0)) <= sold

    @given(orders())
    def test_a_credit_note_is_paid_out_and_allocated_at_most_whole(self, told):
        made = plan(told)

        for note in credit_notes(made):
            out = sum((each.amount for each in paid_out(made) if each.credit_note_number == note.number), D(0))
            against = sum((each.amount for each in allocated(made) if each.credit_note_number == note.number), D(0))
            assert out + against <= note.total


class TestT5NothingIsHalfPosted:
    """An invoice that is held posts nothing, and what hangs on it waits with it."""

    @given(orders())
    def test_without_an_invoice_nothing_that_hangs_on_one_is_posted(self, told):
        made = plan(told)

        if not isinstance(decision(made), Invoice):
            assert not any(isinstance(each.decision, DOCUMENTS) for each in made.documents)
            assert made.contact is None

    def test_one_bad_line_holds_the_whole_invoice(self):
        made = plan(an_order().line("MUG", price="22.00").line("ODD", price="10.00", tax=("Salt tax", "7")))

        assert isinstance(decision(made), Hold)
        assert payments(made) == []

    def test_a_held_payment_does_not_hold_its_invoice(self):
        made = plan(an_order().paid("voucher-of-the-moon"))

        assert isinstance(decision(made), Invoice)
        assert outcome(made) == "held"


class TestT6XeroComputesWhatWeComputed:
    """Said by an arithmetic that is not ours."""

    @given(carts())
    def test_the_invoice(self, told):
        planned = invoice(plan(told))
        there = accepted(invoice_body(planned))

        assert (D(str(there["Total"])), D(str(there["TotalTax"]))) == (planned.total, planned.tax)

    @given(carts(), st.data())
    def test_the_credit_note(self, told, data):
        line = data.draw(st.sampled_from(order(told).lines))
        made = plan(told.paid("card").refunded({line.sku: data.draw(st.integers(1, line.quantity))}))

        for planned in credit_notes(made):
            there = accepted(credit_note_body(planned))
            assert (D(str(there["Total"])), D(str(there["TotalTax"]))) == (planned.total, planned.tax)


class TestT7TheSameOrderIsTheSame:
    """Its digest speaks of what the shop said, and of nothing else."""

    @given(orders())
    def test_said_again_nothing_changed(self, told):
        first, again = plan(told), plan(told)

        assert [digest(each.facts) for each in first.documents] == [digest(each.facts) for each in again.documents]

    @given(paid_orders())
    def test_settings_are_no_change_of_the_order(self, told):
        other = replace(
            POLICY, prefix="X-", tax_rules=(TaxRule("all", "OUTPUT", D(10)), TaxRule("none", "EXEMPTOUTPUT", D(0)))
        )

        assert digest(plan(told).documents[0].facts) == digest(plan(told, policy=other).documents[0].facts)

    @given(carts())
    def test_on_the_way_to_the_shopper_nothing_changes_in_the_books(self, told):
        waits, goes = plan(told.paid("card").status(11)), plan(told.paid("card").status(2))

        assert waits.documents[0].facts == goes.documents[0].facts

    @given(carts())
    def test_another_price_is_a_change(self, told):
        dearer = told.line("NEW", price="1.00", tax=("GST", "10"))

        assert plan(told).documents[0].facts != plan(dearer).documents[0].facts


class TestT8MoneyIsExact:
    """From the JSON text to the JSON text."""

    @given(orders())
    def test_no_float_is_anywhere_in_a_plan(self, told):
        assert floats_in(plan(told)) == []

    def test_a_float_is_refused_where_money_is_read(self):
        bundle = json.loads(as_json(an_order().build()))  # numbers with a fraction become floats
        bundle["order"]["total_inc_tax"] = 22.0

        [problem] = order_of(gathered({"order": bundle["order"], "products": bundle["products"]}))

        assert (problem.field, problem.reason) == ("total_inc_tax", "unknown_shape")

    @pytest.mark.parametrize("amount", ["0.01", "0.10", "1234567.89", "99999.99"])
    def test_an_amount_leaves_as_it_came(self, amount):
        body = invoice_body(invoice(plan(an_order().line("MUG", price=amount, tax=("GST Free", "0")))))

        assert f'"UnitAmount":{amount}' in body or f'"UnitAmount":{amount}00' in body


def floats_in(value, at="plan"):
    """Where a float hides in it."""
    if isinstance(value, float):
        return [at]
    if is_dataclass(value):
        return [each for field in fields(value) for each in floats_in(getattr(value, field.name), f"{at}.{field.name}")]
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in floats_in(inner, f"{at}.{key}")]
    if isinstance(value, tuple | list):
        return [each for index, inner in enumerate(value) for each in floats_in(inner, f"{at}[{index}]")]
    return []
