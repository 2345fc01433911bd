"""accounting.md 12: what a person may decide about a document that is held, and what the books show then.

To release what was held is to relax, for this one order, the very setting that held it.
"""

from dataclasses import replace

import pytest
from deciding import decided, held_in, planned, seen
from given import POLICY, REFERENCE, D, Standing, day, holds, invoice, order, paid_out, payments
from refunding import SOLD, part, refund, way

from include.domain.decision import choices_for, plan_decided, proposal_of, relaxed, without_dropped
from include.domain.document import CreditNote, Invoice
from include.domain.outcome import Skip
from include.domain.plan import plan_order
from include.sandbox.order_builder import an_order

MUG = an_order(1042).line("MUG", price="22.00").placed("2026-05-13T02:00:00+00:00").paid("card")
FILED = replace(POLICY, tax_filed_to=day("2026-05-31"))
HOLDING = replace(POLICY, part_paid_pending="hold")
PART_PAID = an_order(1042).line("MUG", price="22.00").paid("card", "10.00").status(1)
ODD_TAX = an_order(1042).line("MUG", price="22.00", tax=("GST", "12.5")).paid("card")


class TestChoices:
    """What is offered for a reason."""

    @pytest.mark.parametrize(
        ("reason", "proposed", "choices"),
        [
            ("part_paid", True, ("post", "draft", "skip")),
            ("part_paid", False, ("skip",)),
            ("number_taken", False, ("post", "draft", "accept", "skip")),
            ("edited_in_xero", False, ("post", "draft", "accept", "skip")),
            ("edited_after_payment", False, ("accept", "skip")),
            ("total_differs", False, ("accept", "skip")),
            ("answer_differs", False, ("accept", "skip")),
            ("missing_field", False, ("skip",)),
        ],
    )
    def test_each_reason_has_its_own(self, reason, proposed, choices):
        assert choices_for(reason, proposed=proposed) == choices

    def test_only_an_invoices_number_is_spent_what_hangs_on_it_is_not_posted_under_another(self):
        for kind in ("payment", "credit_note", "refund_payment", "allocation"):
            assert choices_for("edited_in_xero", proposed=False, kind=kind) == ("skip",)

    def test_a_payment_that_was_deleted_in_xero_may_be_posted_once_more_or_left(self):
        choices = choices_for("edited_in_xero", proposed=True, kind="payment", deleted=True)

        assert choices == ("post", "accept", "skip")


class TestPosting:
    """The document is posted as the relaxed setting makes it, and nothing else changes."""

    def test_a_part_payment_is_posted(self):
        held = held_in(PART_PAID, HOLDING)
        made = planned(PART_PAID, decided(held, "post"), policy=HOLDING)

        assert (held.decision.reason, invoice(made).status) == ("part_paid", "AUTHORISED")
        assert [payment.amount for payment in payments(made)] == [10]

    def test_as_a_draft_if_the_person_says_so(self):
        made = planned(PART_PAID, decided(held_in(PART_PAID, HOLDING), "draft"), policy=HOLDING)

        assert invoice(made).status == "DRAFT"

    def test_a_closed_period_moves_it_to_the_first_open_day(self):
        made = planned(MUG, decided(held_in(MUG, FILED), "post"), policy=FILED)

        assert invoice(made).invoice_date == day("2026-06-01")

    def test_one_hold_behind_another_is_decided_too(self):
        both = replace(HOLDING, tax_filed_to=day("2026-05-31"))
        told = PART_PAID.placed("2026-05-13T02:00:00+00:00")
        first = held_in(told, both)
        second = held_in(told, replace(both, part_paid_pending="authorise"))
        made = planned(told, decided(second, "post"), decided(first, "post"), policy=both)

        assert (first.decision.reason, second.decision.reason) == ("part_paid", "locked_period")
        assert invoice(made).invoice_date == day("2026-06-01")

    @pytest.mark.parametrize(
        "changed",
        [
            {"facts": "of another day"},
            {"reason": "locked_period"},
            {"part": "2"},
            {"kind": "payment"},
            {"choice": "accept"},
            {"reason": "number_taken"},
        ],
        ids=lambda changed: f"{changed}",
    )
    def test_a_decision_on_anything_else_changes_nothing(self, changed):
        decision = replace(decided(held_in(PART_PAID, HOLDING), "post"), **changed)

        assert holds(planned(PART_PAID, decision, policy=HOLDING))[0] == ("invoice", "part_paid")

    def test_what_is_not_held_is_not_changed(self):
        plain = plan_order(order(MUG), POLICY, REFERENCE)
        decision = decided(plain.documents[0], "post", reason="locked_period")

        assert planned(MUG, decision) == plain

    def test_it_is_posted_anew_under_the_next_number(self):
        assert invoice(planned(MUG, generation=2)).number == "BC-1042-2"
        held = held_in(PART_PAID, HOLDING)
        again = planned(PART_PAID, decided(held, "post"), policy=HOLDING, generation=2)
        assert invoice(again).number == "BC-1042-2"

    def test_what_stands_in_the_books_keeps_its_day(self):
        standing = Standing(day("2026-05-10"), "AUTHORISED")

        assert invoice(planned(MUG, standing=standing)).invoice_date == day("2026-05-10")
        held = held_in(PART_PAID, HOLDING)
        made = planned(PART_PAID, decided(held, "post"), policy=HOLDING, standing=standing)
        assert invoice(made).invoice_date == day("2026-05-10")

    def test_a_declined_payment_of_a_refund_is_left_out(self):
        [line] = order(SOLD).lines[:1]
        out = (way("12.00", id="1"), way("10.00", id="2", declined=True))
        back = refund("22.00", "2.00", part("PRODUCT", line.id, units=1), out=out)
        shop = replace(order(SOLD), refunds=(back,))
        held = next(each for each in plan_order(shop, POLICY, REFERENCE).documents if each.kind == "credit_note")
        made = plan_decided(shop, POLICY, REFERENCE, None, [decided(held, "post")], seen)

        assert [payment.amount for payment in paid_out(made)] == [12]
        assert invoice(made).number == "BC-1042"

    def test_a_reason_without_a_setting_relaxes_nothing(self):
        assert relaxed(POLICY, "missing_field") == POLICY
        assert relaxed(POLICY, "part_paid").part_paid_pending == "authorise"
        assert relaxed(POLICY, "part_paid").first_run_status == "AUTHORISED"
        assert relaxed(POLICY, "part_paid", draft=True).first_run_status == "DRAFT"


class TestAProposal:
    """What would be posted if a person released it."""

    def proposed(self, told, policy=POLICY, kind=None, standing=None):
        shop = order(told)
        return proposal_of(shop, policy, REFERENCE, standing, held_in(told, policy, kind))

    def test_of_an_invoice_it_is_the_invoice_with_all_that_hangs_on_it(self):
        assert [each.kind for each in self.proposed(MUG, FILED)] == ["invoice", "payment"]

    def test_of_another_document_it_is_that_document_alone(self):
        told = an_order(1042).line("LAMP", price="121.00").paid("card").refunded(amount="10.00")
        [note] = self.proposed(told)

        assert isinstance(note.decision, CreditNote)
        assert note.decision.tax == D("0.91")

    def test_of_what_cannot_be_relaxed_there_is_none(self):
        wrong = an_order().line("MUG", price="22.00").stating(total_inc_tax="23.00")

        assert self.proposed(wrong) == ()

    def test_of_what_stays_held_there_is_none(self):
        none = replace(POLICY, tax_rules=())

        assert self.proposed(ODD_TAX, none) == ()

    def test_of_what_is_not_held_there_is_none(self):
        shop = order(MUG)
        plain = plan_order(shop, POLICY, REFERENCE)

        assert proposal_of(shop, POLICY, REFERENCE, None, plain.documents[0]) == ()

    def test_what_is_held_beside_it_is_no_part_of_it(self):
        told = an_order().line("MUG", price="22.00").placed("2026-05-13T02:00:00+00:00").paid("voucher-of-the-moon")

        assert [each.kind for each in self.proposed(told, FILED)] == ["invoice"]

    def test_what_is_held_only_in_the_eyes_of_another_plan_has_none(self):
        held = replace(held_in(MUG, FILED), part="9")

        assert proposal_of(order(MUG), FILED, REFERENCE, None, held) == ()

    def test_what_stands_in_the_books_keeps_its_day(self):
        """Held as a new invoice of a closed period; the one that stands is not dated anew."""
        standing = Standing(day("2026-05-10"), "AUTHORISED")
        found = proposal_of(order(MUG), FILED, REFERENCE, standing, held_in(MUG, FILED))

        assert isinstance(found[0].decision, Invoice)
        assert found[0].decision.invoice_date == day("2026-05-10")


class TestKeepingOut:
    """What a person keeps out of the books, and what hangs on it."""

    PLAN = plan_order(order(SOLD.refunded({"MUG": 1}).refunded({"MUG": 1})), POLICY, REFERENCE)

    def kept_out(self, *decisions):
        return [
            (each.kind, each.decision.reason, each.decision.sentence)
            for each in without_dropped(self.PLAN, decisions).documents
            if isinstance(each.decision, Skip)
        ]

    def drop(self, index, choice="skip"):
        return [decided(self.PLAN.documents[index], choice)]

    def test_a_dropped_invoice_takes_everything_with_it(self):
        kinds = [each.kind for each in self.PLAN.documents]

        assert self.kept_out(*self.drop(0)) == [(kind, "dropped", "Kim: as agreed") for kind in kinds]

    def test_a_dropped_credit_note_takes_what_is_paid_out_of_it_and_no_other(self):
        assert [each.kind for each in self.PLAN.documents][2:] == [
            "credit_note",
            "refund_payment",
            "credit_note",
            "refund_payment",
        ]
        assert [kind for kind, _, _ in self.kept_out(*self.drop(2))] == ["credit_note", "refund_payment"]

    def test_a_dropped_payment_is_dropped_alone(self):
        assert [kind for kind, _, _ in self.kept_out(*self.drop(1))] == ["payment"]
        assert [kind for kind, _, _ in self.kept_out(*self.drop(3))] == ["refund_payment"]

    def test_what_is_set_against_the_invoice_goes_with_its_credit_note(self):
        unpaid = an_order(1042).line("MUG", price="22.00").unpaid().status(11)
        one = part("PRODUCT", order(unpaid).lines[0].id, units=1)
        plan = plan_order(replace(order(unpaid), refunds=(refund("22.00", "2.00", one, out=()),)), POLICY, REFERENCE)
        dropped = without_dropped(plan, [decided(plan.documents[1], "skip")])

        assert [(each.kind, isinstance(each.decision, Skip)) for each in dropped.documents] == [
            ("invoice", False),
            ("credit_note", True),
            ("allocation", True),
        ]

    def test_a_payment_does_not_go_with_a_credit_note_of_its_number(self):
        [note] = self.drop(2)
        paid = self.PLAN.documents[1]

        assert [kind for kind, _, _ in self.kept_out(replace(note, part=paid.part))] == []

    def test_no_other_decision_keeps_out(self):
        assert self.kept_out(*self.drop(0, "post")) == []
        assert without_dropped(self.PLAN, []) is self.PLAN

    def test_it_is_kept_out_of_the_decided_plan_too(self):
        held = held_in(PART_PAID, HOLDING)
        made = planned(PART_PAID, decided(held, "skip"), policy=HOLDING)

        assert [each.decision for each in made.documents] == [Skip("dropped", "Kim: as agreed")] * 2
