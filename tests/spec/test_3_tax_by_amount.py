"""accounting.md 3: which rule is believed by the amount alone, and what a bookkeeper reads where none is."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, order
from taxed import EXPORT, FREE, GST, HALF, piece, read, row, rule, setting

from include.domain.bill import needs_tax_rows
from include.domain.order import Place
from include.domain.outcome import Hold
from include.domain.policy import TaxRule, TaxType
from include.domain.proof import Proof, prove
from include.domain.tax import Matched, explains, leaves_tax_open, tax_type_of
from include.sandbox.order_builder import an_order


class TestWhereOnlyTheAmountSpeaks:
    """One tax type must be left; if two are, the rows are asked for."""

    def test_one_rate_that_gives_the_tax_is_believed(self):
        assert rule(piece(), None, HALF, GST, EXPORT) == "gst"
        assert rule(piece("10.00", "100.00"), None, HALF, GST, inclusive=False) == "gst"

    def test_two_tax_types_at_one_rate_need_the_rows(self):
        twin = TaxRule("twin", "TWIN", D(10), country="AU")

        assert rule(piece(), None, GST, twin) == "rows of MUG"
        assert leaves_tax_open(piece(), setting(GST, twin))
        assert rule(piece(), (), GST, twin) == "gst"
        assert rule(piece(), None, GST, replace(twin, tax_type="OUTPUT")) == "gst"

    def test_a_cheap_line_is_near_to_every_rate_and_the_nearest_is_believed(self):
        near = TaxRule("near", "NEAR", D(9), country="AU")

        assert rule(piece("0.10", "1.10"), None, near, GST) == "gst"
        assert rule(piece("0.09", "1.09"), None, GST, near) == "near"
        assert rule(piece("0.09", "1.09"), (), GST, near) == "near"

    def test_a_line_worth_nothing_takes_the_first_rule_for_its_place(self):
        assert rule(piece("0.00", "0.00"), None, GST, HALF) == "gst"

    def test_an_untaxed_line_takes_the_first_rate_of_zero(self):
        assert rule(piece("0.00"), None, GST, FREE, EXPORT) == "free"
        assert rule(piece("0.00", place=Place("NZ", "")), None, GST, FREE, EXPORT) == "export"

    def test_an_untaxed_line_so_cheap_that_a_rate_explains_it_needs_the_rows(self):
        assert rule(piece("0.00", "0.40"), None, GST, FREE) == "free"
        assert rule(piece("0.00", "0.02"), None, HALF, FREE) == "rows of MUG"
        assert rule(piece("0.00", "0.02"), (), HALF, FREE) == "free"

    def test_a_rule_that_asks_for_a_class_needs_the_rows(self):
        food = replace(GST, name="food", tax_class="Food")

        assert rule(piece(), None, food) == "rows of MUG"
        assert rule(piece(), (), food) == "food"
        assert rule(piece(kind="fee"), None, food) == "food"

    def test_a_fee_that_two_rules_explain_is_held_with_both(self):
        twin = TaxRule("twin", "TWIN", D(10), country="AU")

        assert read(piece(kind="fee", ref="Rush"), None, GST, twin) == (
            "tax_unexplained",
            "Rush: rules gst and twin both explain its tax of 10.00.",
            {"tax": "10.00", "rules": "gst and twin"},
            "Narrow one of the rules, for instance by `line_kind`, so that one is left.",
        )
        assert rule(piece(kind="fee"), None, GST, replace(twin, tax_type="OUTPUT")) == "gst"

    def test_a_tax_that_no_rule_gives_is_told_with_what_each_would_give(self):
        assert read(piece("12.00", "112.00"), None, GST, HALF) == (
            "tax_unexplained",
            "MUG: tax 12.00 on 112.00 in Victoria, AU is explained by no rule "
            "(gst 10 % gives 10.18; half 5 % gives 5.33).",
            {"tax": "12.00", "amount": "112.00", "rate that would fit": "12.00 %"},
            "A rule of 12.00 % would fit; or correct the order in the shop.",
        )

    def test_where_prices_are_before_tax_the_rate_that_would_fit_is_of_the_price(self):
        _, sentence, figures, _ = read(piece("12.00", "100.00"), None, GST, inclusive=False)

        assert "(gst 10 % gives 10.00)" in sentence
        assert figures["rate that would fit"] == "12.00 %"

    def test_a_place_without_rules_is_told_as_such(self):
        _, sentence, _, _ = read(piece("12.00", "112.00", place=Place("", "")), None, GST)

        assert sentence.endswith("in an unknown place is explained by no rule (no rule is for this place).")

    def test_tax_on_nothing_fits_no_rate(self):
        _, _, figures, remedy = read(piece("12.00", "12.00"), None, GST)

        assert figures["rate that would fit"] == "no rate"
        assert remedy == "A rule of no rate would fit; or correct the order in the shop."

    def test_yen_are_told_without_decimals(self):
        _, sentence, figures, _ = read(piece("120", "1120"), None, GST, currency="JPY")

        assert sentence.startswith("MUG: tax 120 on 1120 in Victoria, AU")
        assert "(gst 10 % gives 102)" in sentence
        assert (figures["tax"], figures["amount"]) == ("120", "1120")
        assert read(piece("12", "112"), [row("12.5", "12")], GST, currency="JPY")[2]["tax"] == "12"
        twin = TaxRule("twin", "TWIN", D(10), country="AU")
        _, sentence, figures, _ = read(piece("10", "110", kind="fee"), None, GST, twin, currency="JPY")
        assert (sentence, figures["tax"]) == ("MUG: rules gst and twin both explain its tax of 10.", "10")
        assert rule(piece("1", "15"), None, GST, HALF, currency="JPY", tolerance=0) == "rows of MUG"


class TestHowNearATaxMustLie:
    """Within the tolerance, or by the unit's own rounding; a cent beyond is no explanation."""

    @pytest.mark.parametrize(("tax", "explained"), [("10.05", True), ("9.95", True), ("10.06", False), ("9.94", False)])
    def test_five_cents(self, tax, explained):
        assert explains(D(10), piece(tax, "110.00"), setting(GST)) == explained

    def test_five_yen(self):
        assert explains(D(10), piece("105", "1100"), setting(GST, currency="JPY"))
        assert not explains(D(10), piece("106", "1100"), setting(GST, currency="JPY"))

    def test_yen_that_five_yen_explain_need_no_tax_rows(self):
        shop = order(an_order().in_currency("JPY").line("MUG", price="1100"))
        [line] = shop.lines
        shop = replace(shop, lines=(replace(line, total_tax=D(104)),), total_tax=D(104))
        proof = prove(shop, 5)

        assert isinstance(proof, Proof)
        assert not needs_tax_rows(shop, proof, POLICY, REFERENCE)
        assert needs_tax_rows(replace(shop, currency="AUD"), proof, POLICY, REFERENCE)

    def test_the_units_rounded_tax_times_the_quantity(self):
        assert explains(D(10), piece("13.20", "126.00", quantity=120), setting(GST, inclusive=False))
        assert not explains(D(10), piece("13.20", "126.00", quantity=119), setting(GST, inclusive=False))
        assert explains(D(10), piece("0.30", "2.50", quantity=2), setting(GST, inclusive=False))
        assert explains(D(10), piece("26.4", "252", quantity=24), setting(GST, inclusive=False, currency="JPY"))

    def test_the_tax_of_a_unit_is_rounded_to_whole_yen(self):
        """24 units of 10.50 before tax: a unit bears 1.05, that is 1 yen, and all of them 24."""
        exact = setting(GST, inclusive=False, currency="JPY", tolerance=0)

        assert explains(D(10), piece("24.3", "252", quantity=24), exact)
        assert not explains(D(10), piece("25.2", "252", quantity=24), exact)

    def test_two_units_are_rounded_by_the_unit_too(self):
        exact = setting(GST, inclusive=False, tolerance=0)

        assert explains(D(10), piece("0.26", "2.50", quantity=2), exact)
        assert not explains(D(10), piece("0.26", "2.50", quantity=1), exact)


class TestATaxTypeThatXeroWouldRefuse:
    """Found before it is sent, and told by rule and tax type."""

    def held(self, changed, sold=None):
        known = setting(GST)
        types = {**known.reference.tax_types, "OUTPUT": changed}
        found = tax_type_of(sold or piece(), None, replace(known, reference=replace(known.reference, tax_types=types)))
        assert isinstance(found, Hold), found
        return found.reason, found.sentence, dict(found.figures)

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            (TaxType("OUTPUT", D(10), active=False), "tax type OUTPUT of rule gst is not active in Xero."),
            (
                TaxType("OUTPUT", D(10), active=True, on_revenue=False),
                "tax type OUTPUT of rule gst may not be used on sales.",
            ),
            (TaxType("OUTPUT", D("12.50"), active=True), "rule gst says 10 %, but OUTPUT is 12.5 % in Xero."),
        ],
    )
    def test_it_is_told_why(self, changed, why):
        assert self.held(changed) == ("tax_type_dead", f"MUG: {why}", {"tax type": "OUTPUT", "rule": "gst"})

    def test_one_that_does_not_exist(self):
        lost = replace(GST, tax_type="LOST")
        known = setting(GST)
        found = tax_type_of(piece(), None, replace(known, policy=replace(known.policy, tax_rules=(lost,))))

        assert isinstance(found, Hold)
        assert found.sentence == "MUG: tax type LOST of rule gst does not exist in Xero."

    def test_xeros_rate_has_four_decimals_and_more_are_no_difference(self):
        assert rule(piece(), None, GST, rates={"OUTPUT": "10.0001"}) == "gst"
        assert rule(piece(), None, GST, rates={"OUTPUT": "10.0002"}) == "tax_type_dead"

    def test_an_export_type_at_home(self):
        assert read(piece("0.00"), None, EXPORT) == (
            "tax_unexplained",
            "MUG goes to Victoria, AU, at home, but the only rule that fits is for export.",
            {"tax": "0.00", "rule": "export"},
            "Add a rule for untaxed goods in AU, or correct the order's tax.",
        )
        assert read(piece("0", "1100"), None, EXPORT, currency="JPY")[2]["tax"] == "0"


def test_why_a_line_bears_its_tax_is_told_in_words():
    by_gross = tax_type_of(piece(), None, setting(GST))
    by_net = tax_type_of(piece("10.00", "100.00"), None, setting(GST, inclusive=False))
    in_yen = tax_type_of(piece("100", "1100"), None, setting(GST, currency="JPY"))

    assert [found.words for found in (by_gross, by_net, in_yen) if isinstance(found, Matched)] == [
        "tax 10.00: rule gst 10 % out of 110.00, per line",
        "tax 10.00: rule gst 10 % of 100.00, per line",
        "tax 100: rule gst 10 % out of 1100, per line",
    ]
    assert isinstance(by_gross, Matched)
    assert by_gross.rate == 10
