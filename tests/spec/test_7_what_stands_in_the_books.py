"""accounting.md 7: an order against the invoice that the books hold, and what a bookkeeper reads where they part."""

from dataclasses import replace

import pytest
from given import D, invoice, plan

from include.domain.difference import Act, InBooks, act_on, act_on_cancelled, adoptable
from include.domain.outcome import Hold
from include.sandbox.order_builder import an_order

MUG = an_order(1).line("MUG", price="22.00")
POSTED = InBooks("id", "BC-1", "AUTHORISED", D("22.00"), D("2.00"), D(0), D(0), "1", "c", "AUD")
FIGURES = {"posted": "22.00", "order_now": "33.00", "difference": "11.00", "tax posted": "2.00", "tax now": "3.00"}


def wanted(price="33.00"):
    return invoice(plan(an_order(1).line("MUG", price=price).status(11).paid("card")))


def follows(found=POSTED, *, price="33.00", wrote="22.00", closed=False):
    return act_on(wanted(price), found, D(wrote), closed)


def undone(reason="declined", *, closed=False, **changed):
    return act_on_cancelled(replace(POSTED, **changed), reason, closed)


def read(hold):
    """What finance reads of a hold."""
    assert isinstance(hold, Hold), hold
    return hold.reason, hold.sentence, dict(hold.figures)


class TestAnOrderThatChanged:
    """Old against new, with the tax where that changed too."""

    @pytest.mark.parametrize("gone", ["VOIDED", "DELETED"])
    def test_what_a_person_took_out_of_the_books(self, gone):
        assert read(follows(replace(POSTED, status=gone))) == (
            "edited_in_xero",
            f"BC-1 was {gone.lower()} in Xero; the shop still has the order.",
            FIGURES,
        )

    def test_what_a_person_made_larger(self):
        larger = replace(POSTED, total=D("25.00"), tax=None)

        assert read(follows(larger)) == (
            "edited_in_xero",
            "We wrote 22.00; BC-1 now says 25.00 in Xero.",
            {"posted": "25.00", "order_now": "33.00", "difference": "8.00", "written": "22.00"},
        )

    def test_a_total_that_we_never_wrote_is_no_edit(self):
        assert act_on(wanted(), replace(POSTED, total=D("25.00")), None, False).verb == "update"

    def test_what_was_paid_already(self):
        paid = replace(POSTED, status="PAID", amount_paid=D("22.00"))

        assert read(follows(paid)) == (
            "edited_after_payment",
            "Posted at 22.00 and paid 22.00; the order is now worth 33.00.",
            FIGURES,
        )
        assert follows(paid).to_do() == "Post a supplement of 11.00, or undo the change in the shop."

    def test_what_was_credited_is_like_paid(self):
        credited = replace(POSTED, amount_credited=D("5.00"))

        assert follows(credited).reason == "edited_after_payment"
        assert follows(credited, price="22.00").verb == "nothing"

    def test_another_tax_under_the_same_total_is_a_change_of_what_was_paid(self):
        untaxed = replace(POSTED, status="PAID", amount_paid=D("22.00"), tax=D(0))

        assert read(follows(untaxed, price="22.00"))[2] == {
            "posted": "22.00",
            "order_now": "22.00",
            "difference": "0.00",
            "tax posted": "0.00",
            "tax now": "2.00",
        }

    def test_another_tax_makes_a_draft_one_to_update_and_not_one_to_approve(self):
        untaxed = replace(POSTED, status="DRAFT", tax=D(0))

        assert follows(untaxed, price="22.00").verb == "update"

    def test_a_closed_period(self):
        assert read(follows(closed=True)) == (
            "locked_period",
            "BC-1 lies in a closed period and the order changed since.",
            FIGURES,
        )

    def test_what_is_done_is_told_in_words(self):
        draft = replace(POSTED, status="DRAFT")
        waits = invoice(plan(MUG.unpaid().status(1)))

        assert [
            follows(draft),
            follows(),
            follows(draft, price="22.00"),
            act_on(waits, POSTED, D("22.00"), False),
            follows(replace(POSTED, amount_paid=D("22.00")), price="22.00"),
        ] == [
            Act("update", "draft, nothing paid: updated in place"),
            Act("update", "authorised, nothing paid: updated in place"),
            Act("approve", "a draft that still is what we wrote: approved by its status and date"),
            Act("nothing", "an authorised invoice does not become a draft again"),
            Act("nothing", "paid, and its total is still the order's"),
        ]


class TestAnOrderThatWasCancelled:
    """Undone, or held with the credit that is proposed."""

    @pytest.mark.parametrize(
        ("changed", "closed", "why"),
        [
            ({"amount_paid": D("22.00")}, False, "22.00 was paid"),
            ({"amount_credited": D("1.00")}, False, "0.00 was paid"),
            ({"amount_credited": D("1.00")}, True, "it lies in a closed period"),
            ({"status": "DRAFT"}, True, "it lies in a closed period"),
            ({"amount_paid": D("22.00")}, True, "it lies in a closed period"),
        ],
    )
    def test_it_is_held_where_something_hangs_on_it(self, changed, closed, why):
        found = undone(closed=closed, **changed)

        assert read(found) == (
            "cancelled_with_money",
            f"Cancelled in the shop, but BC-1 is posted and {why}.",
            {"posted": "22.00", "paid": f"{changed.get('amount_paid', D(0)):.2f}"},
        )
        assert found.to_do() == "Credit 22.00 in Xero dated today, or restore the order."

    @pytest.mark.parametrize("credited", ["0.00", "22.00"])
    def test_in_a_closed_period_it_is_credited_in_full_instead(self, credited):
        assert undone(closed=True, amount_credited=D(credited)) == Act(
            "nothing", "its period is closed: credited in full instead of voided"
        )

    def test_archiving_is_held_with_what_is_open(self):
        assert read(undone("archived")) == (
            "cancelled_with_money",
            "Archived in the shop; BC-1 is still open in Xero.",
            {"posted": "22.00", "paid": "0.00"},
        )

    def test_what_is_done_is_told_in_words(self):
        assert [undone(), undone(status="DRAFT"), undone(status="VOIDED"), undone("archived", status="DELETED")] == [
            Act("void", "cancelled before any money came"),
            Act("delete", "cancelled before any money came"),
            Act("nothing", "already voided"),
            Act("nothing", "already deleted"),
        ]


class TestANumberThatIsTaken:
    """Every field that differs is named, ours first."""

    def refused(self, contact="c", **changed):
        return read(adoptable(wanted("22.00"), replace(POSTED, **changed), contact))

    def test_each_difference_is_named(self):
        other = {"reference": "", "currency": "NZD", "total": D("23"), "contact_id": "d"}

        assert self.refused(**other) == (
            "number_taken",
            "Xero already has BC-1, and it is not the same: reference 1 here, nothing there; "
            "currency AUD here, NZD there; total 22.00 here, 23.00 there; contact c here, d there.",
            {"ours": "22.00", "theirs": "23.00"},
        )

    def test_a_number_that_was_voided_is_spent(self):
        spent = ("number_taken", "BC-1 was voided in Xero; a number is spent once used.", {})

        assert self.refused(status="VOIDED") == spent
        assert self.refused(status="VOIDED", total=D("23.00")) == spent

    def test_where_nobody_knows_the_contact_it_is_not_compared(self):
        assert adoptable(wanted("22.00"), replace(POSTED, contact_id="d"), None) is None
