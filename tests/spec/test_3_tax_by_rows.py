"""accounting.md 3: which rule is believed where the shop's tax rows were read."""

import pytest
from given import D
from taxed import EXPORT, FREE, GST, HALF, piece, read, row, rule, setting

from include.domain.order import Place
from include.domain.policy import TaxRule
from include.domain.tax import explains


class TestWhereTheShopsTaxRowsAreRead:
    """Name, rate and class are those of the row; the amount must agree."""

    def test_the_rule_that_bears_the_rows_name_is_believed(self):
        named = TaxRule("named", "NAMED", D(10), country="AU", tax_name=" gst ")
        other = TaxRule("other", "OTHER", D(10), country="AU", tax_name="Levy")

        assert rule(piece(), [row()], other, named) == "named"
        assert rule(piece(), [row(name=" GST")], other, named) == "named"

    def test_a_rule_for_any_name_takes_every_row(self):
        assert rule(piece(), [row(name="Whatever")], TaxRule("any", "OUTPUT", D(10))) == "any"

    def test_a_rule_for_a_class_takes_only_rows_of_it(self):
        food = TaxRule("food", "FOOD", D(10), tax_class=" food ")

        assert rule(piece(), [row(tax_class="Food ")], food, GST) == "food"
        assert rule(piece(), [row(tax_class="Toys")], food, GST) == "gst"

    def test_a_rule_for_a_state_a_country_or_a_kind_takes_only_those(self):
        state = TaxRule("state", "STATE", D(10), state=" victoria ")
        country = TaxRule("country", "COUNTRY", D(10), country="NZ")
        kind = TaxRule("kind", "KIND", D(10), line_kind="shipping")

        assert rule(piece(), [row()], country, kind, state) == "state"
        assert rule(piece(place=Place("AU", "Tasmania")), [row()], country, kind, state, GST) == "gst"
        assert rule(piece(place=Place("NZ", "")), [row()], state, kind, country) == "country"
        assert rule(piece(kind="shipping"), [row(kind="shipping")], state, kind) == "state"
        assert rule(piece(kind="shipping"), [row(kind="shipping")], kind, state) == "kind"

    def test_stacked_taxes_match_a_rule_that_names_them_in_any_order(self):
        both = [row("5", "5.00", name="GST"), row("7", "7.00", name="PST")]
        stacked = TaxRule("stacked", "BOTH", D(12), tax_name="PST + gst")
        alone = TaxRule("alone", "ALONE", D(12), tax_name="GST")

        assert rule(piece("12.00", "112.00"), both, alone, stacked) == "stacked"

    def test_stacked_taxes_match_their_sum_or_one_upon_the_other(self):
        both = [row("5", "5.00", name="GST"), row("7", "7.35", name="PST")]
        compound = TaxRule("compound", "BOTH", D("12.35"))

        assert rule(piece("12.35", "112.35"), both, compound) == "compound"
        assert rule(piece("12.35", "112.35"), [row("12.3", "12.35")], compound) == "tax_rate_unmapped"
        assert rule(piece("12.35", "112.35"), both, TaxRule("near", "BOTH", D("12.3501"))) == "tax_rate_unmapped"

    def test_the_same_tax_stated_twice_counts_once(self):
        twice = [row("10", "6.00"), row("10", "4.00")]

        assert rule(piece(), twice, GST) == "gst"

    def test_an_unknown_rate_is_told_with_the_rates_that_are_known(self):
        assert read(piece("12.50", "112.50"), [row("12.5", "12.50")], GST, HALF, FREE, EXPORT) == (
            "tax_rate_unmapped",
            "MUG: the shop charged GST 12.5 % in Victoria, AU; the rules know 10 %, 5 %, 0 %.",
            {"charged": "GST 12.5 %", "tax": "12.50", "rates tried": "10 %, 5 %, 0 %"},
            "Add a tax rule for GST 12.5 % (AU), or correct the rate in the shop.",
        )

    def test_stacked_unknown_rates_are_all_told(self):
        both = [row("5.0", "5.00", name="GST"), row("7", "7.00", name="PST")]
        _, sentence, figures, remedy = read(piece("12.00", "112.00", place=Place("CA", "")), both, GST)

        assert sentence == "MUG: the shop charged GST 5 % + PST 7 % in CA; the rules know none for this place."
        assert figures == {"charged": "GST 5 % + PST 7 %", "tax": "12.00", "rates tried": "none for this place"}
        assert remedy == "Add a tax rule for GST 5 % + PST 7 % (CA), or correct the rate in the shop."

    def test_a_known_rate_that_does_not_give_the_tax_is_no_explanation(self):
        assert rule(piece("9.00"), [row("10", "9.00")], GST) == "tax_unexplained"

    def test_each_row_rounded_alone_explains_the_sum(self):
        """Twelve rows of 0.125, each rounded up by half a cent: 0.06 more than the rate gives in one go."""
        rows = [row("10", "0.125", line_id=1) for _ in range(12)]
        sold = piece("1.56", "16.50")

        assert not explains(D(10), sold, setting(GST))  # in one go
        assert explains(D(10), sold, setting(GST), rows)
        assert not explains(D(10), piece("1.57", "16.50"), setting(GST), rows)
        assert not explains(D(40), sold, setting(GST), rows)

    def test_yen_rows_are_rounded_to_whole_yen(self):
        rows = [row("10", "12.5") for _ in range(12)]

        assert explains(D(10), piece("156", "1650"), setting(GST, currency="JPY"), rows)
        assert rule(piece("156", "1650"), rows, GST, currency="JPY") == "gst"


class TestWhichRowsBelongToAPiece:
    """Rows of another line say nothing of this one."""

    def test_an_items_are_those_of_its_line(self):
        rows = [row("5", "5.00", name="Half", line_id=2), row(line_id=1)]

        assert rule(piece(), rows, GST, HALF) == "gst"
        assert rule(piece("5.00", "105.00", source_id=2), rows, GST, HALF) == "half"

    @pytest.mark.parametrize(
        ("kind", "rows_kind"), [("shipping", "shipping"), ("handling", "handling"), ("wrapping", "gift-wrapping")]
    )
    def test_what_comes_on_top_has_rows_of_its_own_kind(self, kind, rows_kind):
        of_goods = row("5", "5.00", name="Half")
        own = row(kind=rows_kind, line_id=None, address_id=7)

        assert rule(piece(kind=kind, source_id=9), [of_goods, own], GST, HALF) == "gst"

    def test_shipping_to_two_places_has_the_rows_of_its_place(self):
        here = row(kind="shipping", line_id=None, address_id=1)
        there = row("5", "5.00", name="Half", kind="shipping", line_id=None, address_id=2)

        assert rule(piece(kind="shipping"), [there, here], GST, HALF) == "gst"
        assert rule(piece("5.00", "105.00", kind="shipping", source_id=2), [here, there], GST, HALF) == "half"
        assert rule(piece(), [here, there], GST, HALF) == "gst"  # goods take no row of shipping

    def test_a_sold_certificate_has_the_rows_of_its_line(self):
        rows = [row("5", "5.00", name="Half", line_id=2), row(line_id=1)]

        assert rule(piece(kind="gift_certificate"), rows, HALF, GST) == "gst"

    def test_a_fee_has_none_and_its_amount_decides(self):
        assert rule(piece(kind="fee"), [row("5", "5.00", name="Half")], HALF, GST) == "gst"
