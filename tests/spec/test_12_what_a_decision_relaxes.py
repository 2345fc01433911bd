"""accounting.md 12: a tax that is taken as it was charged, and a cancelled order that stays, by a person's decision."""

from dataclasses import replace

import pytest
from deciding import decided, held_in, planned
from given import POLICY, REFERENCE, D, holds, invoice, order, payments

from include.domain.document import Invoice
from include.domain.outcome import Hold
from include.domain.plan import plan_order
from include.sandbox.order_builder import an_order

MUG = an_order(1042).line("MUG", price="22.00").placed("2026-05-13T02:00:00+00:00").paid("card")
ODD_TAX = an_order(1042).line("MUG", price="22.00", tax=("GST", "12.5")).paid("card")


class TestATaxThatIsTakenAsItWasCharged:
    """At the tax type of the rule that lies nearest, with the words that a person decided it."""

    def posted(self, told, policy=POLICY, reference=REFERENCE):
        return plan_order(order(told), replace(policy, tax_as_charged=True), reference)

    def test_the_nearest_rule_gives_the_tax_type(self):
        [line] = invoice(self.posted(ODD_TAX)).lines

        assert (line.tax, line.tax_type, line.tax_stated) == (D("2.44"), "OUTPUT", True)
        assert line.words.startswith("tax 2.44 as charged, by a person's decision; nearest is rule au-gst")
        made = planned(ODD_TAX, decided(held_in(ODD_TAX), "post"))
        assert invoice(made).tax == D("2.44")

    def test_a_known_rate_that_does_not_give_the_tax_is_taken_too(self):
        shop = order(MUG)
        [line], [row] = shop.lines, shop.tax_rows
        odd = replace(
            shop,
            lines=(replace(line, total_tax=D("1.00")),),
            tax_rows=(replace(row, amount=D("1.00")),),
            total_tax=D("1.00"),
        )
        plain = plan_order(odd, POLICY, REFERENCE)

        assert holds(plain)[0] == ("invoice", "tax_unexplained")
        [taken] = invoice(plan_order(odd, replace(POLICY, tax_as_charged=True), REFERENCE)).lines
        assert (taken.tax, taken.tax_type) == (1, "OUTPUT")

    def test_a_rule_that_xero_would_refuse_is_not_taken(self):
        dead = replace(REFERENCE.tax_types["OUTPUT"], active=False)
        reference = replace(REFERENCE, tax_types={**REFERENCE.tax_types, "OUTPUT": dead})
        gst_only = replace(POLICY, tax_rules=POLICY.tax_rules[:1])

        found = self.posted(ODD_TAX, gst_only, reference).documents[0].decision
        assert isinstance(found, Hold)
        assert found.reason == "tax_rate_unmapped"

    def test_a_place_without_rules_stays_held(self):
        none = replace(POLICY, tax_rules=())

        assert holds(self.posted(ODD_TAX, none))[0] == ("invoice", "tax_rate_unmapped")

    def test_a_dead_tax_type_is_no_question_of_the_amount(self):
        dead = replace(REFERENCE.tax_types["OUTPUT"], active=False)
        reference = replace(REFERENCE, tax_types={**REFERENCE.tax_types, "OUTPUT": dead})

        assert holds(self.posted(MUG, reference=reference))[0] == ("invoice", "tax_type_dead")

    def test_a_tax_that_a_rule_explains_is_as_ever(self):
        assert invoice(self.posted(MUG)) == invoice(plan_order(order(MUG), POLICY, REFERENCE))

    def test_yen_are_told_without_decimals(self):
        told = an_order().in_currency("JPY").line("MUG", price="1100", tax=("GST", "12.5")).paid("card")
        reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")

        [line] = invoice(self.posted(told, reference=reference)).lines
        assert line.words.startswith("tax 122 as charged")


class TestACancelledOrderThatStays:
    """Posted as it was sold, by a person's decision."""

    STAYS = replace(POLICY, cancelled_stays=True)

    @pytest.mark.parametrize("status", [5, 6])
    def test_cancelled_with_money_is_posted_with_it(self, status):
        made = plan_order(order(MUG.status(status)), self.STAYS, REFERENCE)

        assert (invoice(made).status, len(payments(made))) == ("AUTHORISED", 1)
        first_days = replace(self.STAYS, first_run_status="DRAFT")
        assert invoice(plan_order(order(MUG.status(status)), first_days, REFERENCE)).status == "DRAFT"

    def test_archived_is_posted_as_its_status_says(self):
        assert invoice(plan_order(order(MUG.archived()), self.STAYS, REFERENCE)).status == "AUTHORISED"
        unpaid = an_order().unpaid().status(11).archived()
        assert invoice(plan_order(order(unpaid), self.STAYS, REFERENCE)).status == "AUTHORISED"
        waits = an_order().paid("card", "1.00").status(1).archived()
        assert isinstance(plan_order(order(waits), self.STAYS, REFERENCE).documents[0].decision, Invoice)

    def test_by_the_decision_itself(self):
        told = MUG.status(5)

        assert invoice(planned(told, decided(held_in(told), "post"))).total == 22
