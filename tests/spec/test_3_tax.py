"""accounting.md 3: which tax type a line bears. A wrong one is a wrong tax return although every total is right."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, US_POLICY, US_REFERENCE, D, decision, invoice, lines, order, plan, reason

from include.domain.outcome import Hold
from include.domain.plan import parts_needed
from include.domain.policy import TaxRule, TaxType
from include.sandbox.order_builder import an_order


def with_types(reference, **rates):
    """The organisation with more tax types."""
    more = {code: TaxType(code, D(rate), active=True) for code, rate in rates.items()}
    return replace(reference, tax_types={**reference.tax_types, **more})


def test_the_first_rule_that_matches_wins():
    rules = (TaxRule("first", "FIRST", D(10), country="AU"), TaxRule("second", "SECOND", D(10), country="AU"))
    made = plan(
        an_order().line("MUG", price="22.00"), reference=with_types(REFERENCE, FIRST=10, SECOND=10), tax_rules=rules
    )

    assert lines(made)[0][-1] == "FIRST"


def test_each_line_is_matched_where_it_goes():
    two = an_order().sent_to("AU").line("MUG", price="22.00").sent_to("NZ").line("CUP", price="10.00", tax="0")

    assert [line[-1] for line in lines(plan(two))] == ["OUTPUT", "EXEMPTEXPORT"]


def test_what_is_picked_up_is_taxed_where_the_shop_is_and_a_download_where_the_buyer_lives():
    fetched = an_order().bought_by("Kiri Ngata", country="NZ").picked_up(country="AU").line("MUG", price="22.00")
    loaded = an_order().bought_by("Kiri Ngata", country="NZ").download("PDF", price="5.00", tax="0")

    assert lines(plan(fetched))[0][-1] == "OUTPUT"
    assert lines(plan(loaded))[0][-1] == "EXEMPTEXPORT"


def test_a_rule_is_believed_only_when_its_rate_explains_the_tax():
    found = decision(plan(an_order().line("MUG", price="22.00", tax=("GST", "12.5"))))

    assert isinstance(found, Hold)
    assert found.reason == "tax_rate_unmapped"
    assert "GST 12.5 %" in found.sentence
    assert found.to_do()


@pytest.mark.parametrize(("off", "fate"), [("0.05", "posted"), ("0.06", "held")])
def test_five_cents_of_difference_are_explained_and_six_are_not(off, fate):
    tax = D("2.00") + D(off)
    sold = an_order().line("MUG", price="22.00", stating={"total_tax": f"{tax:.4f}", "total_ex_tax": f"{22 - tax:.4f}"})
    sold = sold.stating(total_tax=f"{tax:.4f}", total_ex_tax=f"{22 - tax:.4f}")

    assert isinstance(decision(plan(sold)), Hold) == (fate == "held")


def test_the_units_rounded_tax_times_the_quantity_explains_a_line():
    """120 x 0.11 = 13.20, although 10 % of 126.00 before tax is 12.60."""
    taxed = {"total_inc_tax": "139.2000", "total_ex_tax": "126.0000", "total_tax": "13.2000", "price_tax": "0.1100"}
    sold = an_order().prices_without_tax().line("PIN", price="1.05", quantity=120, stating=taxed)
    sold = sold.stating(total_inc_tax="139.2000", total_ex_tax="126.0000", total_tax="13.2000")

    assert lines(plan(sold)) == [("PIN", "126.00", "13.20", "OUTPUT")]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"active": False}, "is not active"),
        ({"on_revenue": False}, "may not be used on sales"),
        ({"effective_rate": D(11)}, "is 11 % in Xero"),
    ],
)
def test_a_tax_type_that_xero_would_refuse_or_compute_otherwise_is_held(changed, why):
    dead = replace(
        REFERENCE, tax_types={**REFERENCE.tax_types, "OUTPUT": replace(REFERENCE.tax_types["OUTPUT"], **changed)}
    )

    found = decision(plan(an_order(), reference=dead))

    assert isinstance(found, Hold)
    assert (found.reason, why in found.sentence) == ("tax_type_dead", True)


def test_an_export_type_at_home_is_held():
    rules = tuple(rule for rule in POLICY.tax_rules if rule.name != "au-gst-free")

    assert reason(plan(an_order().line("BREAD", price="5.00", tax="0"), tax_rules=rules)) == "tax_unexplained"


def test_stacked_rates_match_a_rule_that_names_them_all_or_their_compound_rate():
    stacked = an_order().sent_to("CA").in_currency("AUD").prices_without_tax()
    stacked = stacked.line("MUG", price="100.00", tax={"GST": "5", "PST": "7"})
    named = TaxRule("bc", "GSTPST", D(12), country="CA", tax_name="GST+PST")
    by_sum = TaxRule("bc", "GSTPST", D(12), country="CA")

    for rule in (named, by_sum):
        made = plan(stacked, reference=with_types(REFERENCE, GSTPST=12), tax_rules=(rule,))
        assert lines(made) == [("MUG", "100.00", "12.00", "GSTPST")]


def test_a_third_decimal_is_held():
    dinars = an_order().in_currency("KWD", store_currency="KWD").taxed("0").sent_to("KW")

    assert (
        reason(plan(dinars, reference=replace(REFERENCE, currencies=frozenset({"AUD", "KWD"})))) == "currency_unknown"
    )


class TestTheTaxRowsAreReadOnlyWhereTheyAreNeeded:
    """They cost a call for each order."""

    def needed(self, told, policy=POLICY):
        return parts_needed(replace(order(told), tax_rows=None), policy, REFERENCE)

    def test_not_where_the_amount_leaves_one_tax_type(self):
        assert self.needed(an_order().line("MUG", price="22.00")) == frozenset()

    def test_where_the_rate_is_none_that_the_rules_know(self):
        assert self.needed(an_order().line("MUG", price="22.00", tax=("GST", "12.5"))) == {"taxes"}

    def test_where_the_amount_leaves_two(self):
        rules = (*POLICY.tax_rules, TaxRule("other", "OTHER", D(10), country="AU", tax_name="Levy"))

        assert self.needed(an_order().line("MUG", price="22.00"), replace(POLICY, tax_rules=rules)) == {"taxes"}

    def test_where_a_rule_asks_for_the_tax_class(self):
        rules = (TaxRule("class", "OUTPUT", D(10), country="AU", tax_class="Default Tax Class"),)

        assert self.needed(an_order().line("MUG", price="22.00"), replace(POLICY, tax_rules=rules)) == {"taxes"}

    def test_always_where_the_setting_says_so(self):
        assert self.needed(an_order(), replace(POLICY, tax_detail="always")) == {"taxes"}


class TestSalesTaxOfTheUnitedStates:
    """Lines without tax, the tax as lines of its own to the liability account."""

    def sold(self):
        told = an_order().in_currency("USD").bought_by("Jo Park", country="US").prices_without_tax()
        return told.sent_to("US", state="Texas").line("HAT", price="20.00", tax={"State Tax": "6.25", "City Tax": "2"})

    def test_one_line_for_each_jurisdiction(self):
        assert lines(plan(self.sold(), US_POLICY, US_REFERENCE)) == [
            ("HAT", "20.00", "0.00", "NONE"),
            ("State Tax", "1.25", "0.00", "NONE"),
            ("City Tax", "0.40", "0.00", "NONE"),
        ]

    def test_two_states_never_share_a_line(self):
        two = self.sold().sent_to("US", state="California").line("SOCK", price="10.00", tax={"State Tax": "7.25"})

        found = [line[:2] for line in lines(plan(two, US_POLICY, US_REFERENCE)) if "Tax" in line[0]]

        assert found == [("State Tax", "1.25"), ("City Tax", "0.40"), ("State Tax", "0.73")]

    def test_the_invoice_bears_no_tax_and_the_whole_total(self):
        made = invoice(plan(self.sold(), US_POLICY, US_REFERENCE))

        assert (made.line_amount_types, made.tax, made.total) == ("Exclusive", 0, D("21.65"))

    def test_without_its_tax_rows_the_order_is_held_and_they_are_asked_for(self):
        unread = replace(order(self.sold()), tax_rows=None)

        assert parts_needed(unread, US_POLICY, US_REFERENCE) == {"taxes"}
