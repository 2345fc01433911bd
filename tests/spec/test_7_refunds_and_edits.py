"""accounting.md 7: what goes back, and what changes after posting. Here a bookkeeper loses trust first."""

from dataclasses import replace
from datetime import date

import pytest
from given import (
    REFERENCE,
    US_POLICY,
    US_REFERENCE,
    D,
    Standing,
    allocated,
    credit_notes,
    day,
    holds,
    invoice,
    outcome,
    paid_out,
    payments,
    plan,
)

from include.domain.difference import InBooks, act_on, act_on_cancelled, adoptable
from include.domain.outcome import Hold
from include.sandbox.order_builder import an_order

TWO = an_order(1042).line("MUG", price="22.00", quantity=2).shipping("11.00").paid("card")


def credited(made):
    return [(f"{note.total:.2f}", f"{note.tax:.2f}") for note in credit_notes(made)]


def out(made):
    return [(each.tender, f"{each.amount:.2f}") for each in paid_out(made)]


def test_a_refund_is_one_credit_note_paid_out_the_way_the_money_came():
    made = plan(TWO.refunded({"MUG": 1}))

    assert (credited(made), out(made)) == ([("22.00", "2.00")], [("card_clearing", "22.00")])
    assert credit_notes(made)[0].number.startswith("BCR-1042-")


def test_to_store_credit_it_goes_to_the_liability():
    assert out(plan(TWO.refunded({"MUG": 1}, to="store_credit"))) == [("store_credit_liability", "22.00")]


def test_shipping_alone():
    assert credited(plan(TWO.refunded(shipping="11.00"))) == [("11.00", "1.00")]


def test_three_refunds_of_a_third_never_exceed_the_line():
    third = an_order().line("TRIO", price="3.335", quantity=3).paid("card")
    made = plan(third.refunded({"TRIO": 1}).refunded({"TRIO": 1}).refunded({"TRIO": 1}))

    assert sum((note.total for note in credit_notes(made)), D(0)) == invoice(made).total


def test_more_units_than_were_invoiced_are_held():
    made = plan(TWO.refunded({"MUG": 2}).refunded({"MUG": 1}))

    assert holds(made)[0] == ("credit_note", "refund_unexplained")


def test_only_what_went_through_is_paid_out_and_only_what_is_due_is_allocated():
    """110.00 invoiced, 99.00 captured, 30.00 refunded: 30.00 go out, 11.00 stay due."""
    sold = an_order().line("LAMP", price="110.00").authorised("card").captured("99.00")
    made = plan(sold.refunded(amount="30.00"), order_level_refund="as_store")

    assert [f"{each.amount:.2f}" for each in payments(made)] == ["99.00"]
    assert out(made) == [("card_clearing", "30.00")]
    assert allocated(made) == []


def test_a_refund_of_which_a_payment_was_declined_is_held_whole():
    made = plan(TWO.refunded({"MUG": 1}, declined=True))

    assert holds(made) == [("credit_note", "refund_declined")]
    assert credit_notes(made) == []


def test_money_that_went_back_without_a_record_is_held():
    assert ("credit_note", "refund_without_record") in holds(plan(TWO.refunded({"MUG": 1}, recorded=False)))


def test_a_free_amount_is_held_where_its_tax_matters_with_the_orders_mix_as_proposal():
    """10.00 x 11 / 121 = 0.91."""
    sold = an_order().line("LAMP", price="121.00").paid("card").refunded(amount="10.00")
    [held] = [each.decision for each in plan(sold).documents if isinstance(each.decision, Hold)]

    assert held.reason == "refund_unexplained"
    assert held.figures["tax by the order's mix"] == "0.91"


def test_a_refund_of_us_sales_tax_bears_liability_lines_in_the_invoices_proportions():
    sold = (
        an_order()
        .in_currency("USD")
        .bought_by("Jo Park", country="US")
        .prices_without_tax()
        .sent_to("US", state="Texas")
    )
    sold = sold.line("HAT", price="20.00", quantity=2, tax={"State Tax": "6.25", "City Tax": "2"}).paid("card")
    [note] = credit_notes(plan(sold.refunded({"HAT": 1}), US_POLICY, US_REFERENCE))

    assert [(line.ref, f"{line.amount:.2f}") for line in note.lines] == [
        ("HAT", "20.00"),
        ("State Tax", "1.25"),
        ("City Tax", "0.40"),
    ]


def test_no_line_of_a_credit_note_moves_stock():
    from dataclasses import replace

    from given import REFERENCE

    made = plan(TWO.refunded({"MUG": 1}), reference=replace(REFERENCE, items=frozenset({"MUG"})))

    assert invoice(made).lines[0].item_code == "MUG"
    assert [line.item_code for line in credit_notes(made)[0].lines] == [None]


def test_a_refund_in_a_locked_period_is_held_and_one_after_it_is_posted():
    sold = TWO.placed("2026-05-13T02:00:00+00:00")
    standing = Standing(day("2026-05-13"), "PAID")
    locked = {"tax_filed_to": day("2026-05-31")}

    early = plan(sold.refunded({"MUG": 1}, at="2026-05-20T02:00:00+00:00"), standing=standing, **locked)
    late = plan(sold.refunded({"MUG": 1}, at="2026-06-02T02:00:00+00:00"), standing=standing, **locked)

    assert ("credit_note", "locked_period") in holds(early)
    assert [note.credit_date for note in credit_notes(late)] == [day("2026-06-02")]


class TestAnOrderThatChangedAfterItWasPosted:
    """The difference is written or held; what a person did in Xero is never overwritten."""

    def found(self, total="22.00", status="AUTHORISED", paid="0.00", tax=None):
        return InBooks("id", "BC-1", status, D(total), tax, D(paid), D(0), reference="1", currency="AUD")

    def wanted(self, price="33.00", status=11):
        return invoice(plan(an_order(1).line("MUG", price=price).status(status).paid("card")))

    def test_a_draft_or_an_unpaid_invoice_is_updated_in_place(self):
        assert act_on(self.wanted(), self.found(status="DRAFT"), D("22.00"), closed=False).verb == "update"
        assert act_on(self.wanted(), self.found(), D("22.00"), closed=False).verb == "update"

    def test_a_draft_that_is_as_we_wrote_it_is_approved(self):
        assert act_on(self.wanted("22.00"), self.found(status="DRAFT"), D("22.00"), closed=False).verb == "approve"

    def test_with_payments_it_is_held_with_the_proposed_supplement_or_credit_note(self):
        more = act_on(self.wanted("33.00"), self.found(status="PAID", paid="22.00"), D("22.00"), closed=False)
        less = act_on(self.wanted("11.00"), self.found(status="PAID", paid="22.00"), D("22.00"), closed=False)

        assert (more.reason, less.reason) == ("edited_after_payment", "edited_after_payment")
        assert "supplement of 11.00" in more.to_do()
        assert "credit note of 11.00" in less.to_do()

    def test_in_a_closed_period_it_is_held(self):
        assert act_on(self.wanted(), self.found(), D("22.00"), closed=True).reason == "locked_period"

    def test_what_a_person_edited_is_held(self):
        assert act_on(self.wanted(), self.found("25.00"), D("22.00"), closed=False).reason == "edited_in_xero"

    @pytest.mark.parametrize("gone", ["VOIDED", "DELETED"])
    def test_what_a_person_voided_is_held(self, gone):
        assert act_on(self.wanted(), self.found(status=gone), D("22.00"), closed=False).reason == "edited_in_xero"

    def test_an_authorised_invoice_never_becomes_a_draft_again(self):
        draft = invoice(plan(an_order(1).line("MUG", price="22.00").unpaid().status(1)))

        assert act_on(draft, self.found(), D("22.00"), closed=False).verb == "nothing"


class TestAnOrderThatWasCancelledAfterItWasPosted:
    """Undone where nothing hangs on it, held where something does."""

    def found(self, status="AUTHORISED", paid="0.00"):
        return InBooks("id", "BC-1", status, D("22.00"), None, D(paid), D(0))

    def test_an_unpaid_invoice_is_voided_and_a_draft_deleted(self):
        assert act_on_cancelled(self.found(), "cancelled_never_paid", closed=False).verb == "void"
        assert act_on_cancelled(self.found("DRAFT"), "cancelled_never_paid", closed=False).verb == "delete"

    @pytest.mark.parametrize("closed", [False, True])
    def test_with_payments_it_is_held(self, closed):
        assert act_on_cancelled(self.found(paid="22.00"), "declined", closed=closed).reason == "cancelled_with_money"

    def test_in_a_closed_period_it_stays_and_is_credited_in_full(self):
        assert act_on_cancelled(self.found(), "declined", closed=True).verb == "nothing"
        closed = replace(REFERENCE, lock_date=date(2026, 5, 31))
        standing = Standing(date(2026, 5, 13), "AUTHORISED", today=date(2026, 6, 20))

        made = plan(an_order(1).unpaid().status(5), reference=closed, standing=standing)

        [note] = credit_notes(made)
        assert (note.total, note.tax, note.credit_date) == (D("22.00"), D("2.00"), date(2026, 6, 20))
        assert [each.decision.amount for each in made.documents if each.kind == "allocation"] == [D("22.00")]

    def test_archiving_never_voids(self):
        assert act_on_cancelled(self.found(), "archived", closed=False).reason == "cancelled_with_money"


class TestANumberThatIsThereAlready:
    """Ours if all of it agrees; else it is somebody else's, and nothing is overwritten."""

    def there(self, **changed):
        facts = {"status": "AUTHORISED", "total": D("22.00"), "reference": "1", "contact_id": "c", "currency": "AUD"}
        facts |= changed
        return InBooks("id", "BC-1", tax=D("2.00"), amount_paid=D(0), amount_credited=D(0), **facts)

    def test_it_is_adopted_where_all_agrees(self):
        assert adoptable(invoice(plan(an_order(1))), self.there(), "c") is None

    @pytest.mark.parametrize(
        "changed",
        [{"total": D("23.00")}, {"reference": "999"}, {"contact_id": "d"}, {"currency": "NZD"}, {"status": "VOIDED"}],
    )
    def test_it_is_held_where_anything_differs(self, changed):
        found = adoptable(invoice(plan(an_order(1))), self.there(**changed), "c")

        assert found is not None
        assert found.reason == "number_taken"


def test_a_cancelled_order_that_was_given_back_whole_leaves_nothing_due():
    made = plan(TWO.refunded({"MUG": 2}, shipping="11.00").status(5))

    assert outcome(made) == "posted"
    assert sum((each.amount for each in paid_out(made)), D(0)) == invoice(made).total
