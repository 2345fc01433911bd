"""accounting.md 2: line by line, what was bought, for how much, to which account, and why. Finance reads these lines."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, decision, invoice, lines, order, plan

from include.domain.outcome import Hold
from include.domain.plan import plan_order
from include.domain.policy import Account, TaxRule, TrackingRule
from include.sandbox.order_builder import an_order

MUG = an_order(1042).line("MUG", price="22.00")
SCREWS = an_order().line("SCREW", price="0.5", quantity=600).discount("103.00")
WITH_SCREWS = replace(REFERENCE, items=frozenset({"SCREW"}))


class TestOneLine:
    """All that Xero is told of it."""

    def test_a_line_of_units_with_its_price_its_account_and_why_it_bears_its_tax(self):
        made = invoice(plan(an_order().line("MUG", price="22.00", quantity=3)))
        [line] = made.lines

        assert (line.kind, line.ref, line.description) == ("item", "MUG", "Mug [MUG]")
        assert (line.quantity, line.unit_amount, line.amount, line.tax) == (3, 22, 66, 6)
        assert (line.account, line.tax_type, line.tax_stated, line.item_code) == ("200", "OUTPUT", False, None)
        assert line.words == "tax 6.00: rule au-gst 10 % out of 66.00, per line"

    def test_a_tax_that_xero_would_compute_otherwise_is_stated_and_the_words_say_so(self):
        taxed = {"total_tax": "2.0300", "total_ex_tax": "19.9700"}
        told = an_order().line("MUG", price="22.00", stating=taxed).stating(**taxed)
        [line] = invoice(plan(told)).lines

        assert (line.tax, line.tax_stated) == (D("2.03"), True)
        assert line.words == "tax 2.03: rule au-gst 10 % out of 22.00, per line; stated, as Xero would say 2.00"

    def test_two_prices_of_an_item_share_the_tax_to_the_cent(self):
        made = invoice(plan(SCREWS, reference=WITH_SCREWS))
        cheap, dear = made.lines

        assert [(line.quantity, line.unit_amount, line.amount) for line in made.lines] == [
            (400, D("0.3283"), D("131.32")),
            (200, D("0.3284"), D("65.68")),
        ]
        assert (cheap.tax, dear.tax) == (D("11.94"), D("5.97"))
        assert made.tax == cheap.tax + dear.tax
        assert {line.description for line in made.lines} == {"Screw [SCREW] (was 300.00, discount 103.00)"}

    def test_an_odd_cent_of_tax_is_on_the_first_of_two_lines(self):
        """300 and 300 units share 17.91: each half would be rounded up to 8.96."""
        odd = an_order().line("SCREW", price="0.5", quantity=600).discount("102.99")
        made = invoice(plan(odd, reference=WITH_SCREWS))

        assert [(line.quantity, line.tax) for line in made.lines] == [(300, D("8.96")), (300, D("8.95"))]

    def test_two_units_that_one_price_fits_need_no_words(self):
        [line] = invoice(plan(an_order().line("MUG", price="22.00", quantity=2))).lines

        assert (line.quantity, line.description) == (2, "Mug [MUG]")

    def test_units_that_stand_in_the_text(self):
        [line] = invoice(plan(SCREWS)).lines

        assert (line.quantity, line.unit_amount) == (1, 197)
        assert line.description == "Screw [SCREW] x 600 (was 300.00, discount 103.00)"

    def test_options_are_all_named_and_a_line_without_a_sku_has_none_in_its_words(self):
        told = an_order().line("TEA", price="11.00", name="Tea", options={"Blend": "Evening", "Size": "Big"})
        shop = order(told)
        bare = replace(shop, lines=(replace(shop.lines[0], sku=""),))

        assert invoice(plan(told)).lines[0].description == "Tea (Blend: Evening, Size: Big) [TEA]"
        assert invoice(plan_order(bare, POLICY, REFERENCE)).lines[0].description == ("Tea (Blend: Evening, Size: Big)")

    def test_what_comes_on_top_is_named_in_words_and_a_fee_by_its_own_name(self):
        told = MUG.shipping("11.00").handling("3.30").wrapping("5.50").fee("Rush", "2.20")

        assert [line.description for line in invoice(plan(told)).lines] == [
            "Mug [MUG]",
            "Shipping",
            "Handling",
            "Gift wrapping",
            "Rush",
        ]

    def test_a_description_is_cut_to_what_xero_takes(self):
        told = an_order().line("MUG", price="22.00", name="m" * 5000).fee("f" * 5000, "1.10")

        assert [len(line.description) for line in invoice(plan(told)).lines] == [4000, 4000]


class TestItemsAndAccounts:
    """What the organisation does not have is held, or posted without, never guessed."""

    def test_a_sku_that_is_no_item(self):
        assert decision(plan(MUG, unknown_sku="hold")) == Hold(
            "sku_unmapped", "SKU MUG is not an item in Xero.", {"sku": "MUG"}
        )
        known = replace(REFERENCE, items=frozenset({"MUG"}))
        assert invoice(plan(MUG, reference=known, unknown_sku="hold")).lines[0].item_code == "MUG"

    def test_a_sku_that_is_another_item_by_setting(self):
        known = replace(REFERENCE, items=frozenset({"ITEM-1"}))
        made = plan(MUG.line("CUP", price="11.00"), reference=known, item_codes={"MUG": "ITEM-1"})

        assert [line.item_code for line in invoice(made).lines] == ["ITEM-1", None]
        assert invoice(plan(MUG, item_codes={"MUG": "ITEM-1"})).lines[0].item_code is None

    def test_what_is_no_goods_needs_no_item(self):
        told = MUG.shipping("11.00").sold_certificate("5.00")
        known = replace(REFERENCE, items=frozenset({"MUG"}))
        shop = order(told)
        coded = replace(
            shop,
            lines=tuple(replace(each, sku="GIFT") if each.kind == "giftcertificate" else each for each in shop.lines),
        )

        made = invoice(plan_order(coded, replace(POLICY, unknown_sku="hold"), known))
        assert [line.item_code for line in made.lines] == ["MUG", None, None]
        bare = replace(shop, lines=(replace(shop.lines[0], sku=""), *shop.lines[1:]))
        assert invoice(plan_order(bare, replace(POLICY, unknown_sku="hold"), known)).lines[0].item_code is None

    @pytest.mark.parametrize("account", [None, Account("200", "", active=False, takes_payments=False)])
    def test_an_account_that_is_missing_or_archived(self, account):
        accounts = {code: each for code, each in REFERENCE.accounts.items() if code != "200"}
        reference = replace(REFERENCE, accounts=accounts | ({"200": account} if account else {}))

        assert decision(plan(MUG, reference=reference)) == Hold(
            "account_dead",
            "MUG: account 200 is missing or archived in Xero.",
            {"account": "200", "line": "MUG"},
        )

    def test_a_fee_has_the_account_of_its_name_without_case_or_else_that_of_any(self):
        accounts = replace(POLICY.accounts, fees={"rush": "261", "*": "263"})
        told = MUG.fee(" RUSH ", "2.20").fee("Other", "1.10")

        assert [line.account for line in invoice(plan(told, accounts=accounts)).lines] == ["200", "261", "263"]

    def test_a_fee_without_an_account(self):
        accounts = replace(POLICY.accounts, fees={})

        assert decision(plan(MUG.fee("Rush", "2.20"), accounts=accounts)) == Hold(
            "account_dead",
            "The fee 'Rush' has no account.",
            {"fee": "Rush", "amount": "2.20"},
            "Name the fee's account under `accounts: fees` in the store's settings.",
        )


class TestWhatBearsNoTax:
    """Tips, certificates, orders that are taxed nowhere."""

    def test_a_tip_says_why(self):
        [_, tip] = invoice(plan(MUG.fee(" Tip ", "5.00", tax="0"))).lines

        assert (tip.tax_type, tip.words) == ("BASEXCLUDED", "a tip or donation is given, not sold: no tax")

    def test_a_tip_that_bears_tax_or_has_a_rule_of_its_own_goes_by_the_rules(self):
        own = TaxRule("fees", "EXEMPTOUTPUT", D(0), country="AU", line_kind="fee")

        assert lines(plan(MUG.fee("Tip", "5.50")))[1] == ("Tip", "5.50", "0.50", "OUTPUT")
        free = plan(MUG.fee("Tip", "5.00", tax="0"), tax_rules=(own, *POLICY.tax_rules))
        assert lines(free)[1][3] == "EXEMPTOUTPUT"
        assert lines(plan(MUG.fee("Rush", "5.00", tax="0")))[1][3] == "EXEMPTOUTPUT"

    def test_a_sold_certificate_says_why(self):
        [line] = invoice(plan(an_order().sold_certificate("50.00"))).lines

        assert (line.account, line.words) == ("840", "a gift certificate is a liability, taxed when redeemed")

    def test_an_order_without_tax_is_an_invoice_without_it_where_the_setting_says_so(self):
        free = an_order().line("BREAD", price="5.00", tax="0").shipping("2.00", tax="0")
        made = invoice(plan(free, untaxed_orders="no_tax"))

        assert made.line_amount_types == "NoTax"
        assert [(line.tax, line.tax_type) for line in made.lines] == [(0, "NONE"), (0, "NONE")]
        assert made.lines[0].words == "the order bears no tax, and by setting such an invoice has none"
        assert invoice(plan(free)).line_amount_types == "Inclusive"
        assert invoice(plan(MUG, untaxed_orders="no_tax")).line_amount_types == "Inclusive"
        both = MUG.line("BREAD", price="5.00", tax="0")
        assert lines(plan(both, untaxed_orders="no_tax"))[1][3] == "EXEMPTOUTPUT"

    def test_tax_on_the_order_that_no_line_bears(self):
        told = an_order().line("BREAD", price="5.00", tax="0").stating(total_tax="0.0400")

        assert decision(plan(told)) == Hold(
            "tax_unexplained",
            "The order bears tax of 0.04, but none of its lines does.",
            {"tax of order": "0.04", "tax of lines": "0.00"},
        )


class TestTracking:
    """Which option of a category a line bears: by channel and kind, the first that fits."""

    def test_by_channel_and_kind_the_first_of_a_category(self):
        rules = (
            TrackingRule("Channel", "Elsewhere", channel="99"),
            TrackingRule("Channel", "Web", channel="1"),
            TrackingRule("Channel", "Any"),
            TrackingRule("Part", "Freight", line_kind="shipping"),
        )
        told = MUG.shipping("11.00").stating(channel_id=1)

        assert [line.tracking for line in invoice(plan(told, tracking=rules)).lines] == [
            (("Channel", "Web"),),
            (("Channel", "Web"), ("Part", "Freight")),
        ]
        assert [line.tracking for line in invoice(plan(told)).lines] == [(), ()]
        many = an_order()
        for number in range(12):
            many = many.line(f"S{number}", price="0.335", tax="0")
        assert isinstance(decision(plan(many, tracking=rules)), Hold)


class TestRounding:
    """One line at most, to the rounding account; a tax is never repaired by it."""

    def test_all_of_the_line(self):
        told = an_order().line("A", price="0.335").line("B", price="0.335")
        made = invoice(plan(told))
        line = made.lines[-1]

        assert (line.kind, line.ref, line.description, line.quantity) == ("rounding", "rounding", "Rounding", 1)
        assert (line.unit_amount, line.amount, line.tax, line.tax_stated) == (D("-0.01"), D("-0.01"), 0, False)
        assert (line.account, line.tax_type, line.item_code) == ("860", "BASEXCLUDED", None)
        assert line.words == "-0.01 so that the total is the shop's"
        assert made.total == order(told).total_inc

    def test_more_than_the_tolerance_is_held_with_what_xero_would_compute(self):
        """Each line of 0.335 is rounded up by half a cent; twelve of them are six cents."""

        def lines_of_a_third(count):
            told = an_order()
            for number in range(count):
                told = told.line(f"S{number}", price="0.335", tax="0")
            return told

        assert decision(plan(lines_of_a_third(12))) == Hold(
            "total_differs",
            "Xero would compute 4.08, but the order is worth 4.02.",
            {"xero": "4.08", "order": "4.02", "difference": "-0.06"},
        )
        assert invoice(plan(lines_of_a_third(11))).rounding == D("-0.05")

    def test_yen_are_rounded_to_whole_ones_and_borne_up_to_five(self):
        reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")
        told = an_order().in_currency("JPY").line("A", price="100.4", tax="0").line("B", price="100.4", tax="0")
        made = invoice(plan(told, reference=reference))

        assert [line.amount for line in made.lines] == [100, 100, 1]
        untaxed = told.stating(total_tax="4")
        found = decision(plan(untaxed, reference=reference))
        assert isinstance(found, Hold)
        assert (found.sentence, found.figures) == (
            "The order bears tax of 4, but none of its lines does.",
            {"tax of order": "4", "tax of lines": "0"},
        )

    def discounted_to(self, amount):
        """A mug whose discounts leave this much of it, beside a cup."""
        shop = order(MUG.discount("2.00"))
        [mug] = shop.lines
        odd = replace(mug, discounted_total_inc=D(amount))
        cup = replace(mug, id=9, sku="CUP", total_inc=D("23.00"), discounted_total_inc=D("23.00"))
        total = D("23.00") + D(amount)
        return replace(shop, lines=(odd, cup), total_inc=total, total_tax=2 * shop.total_tax)

    def test_discounts_that_are_larger_than_a_price(self):
        assert decision(plan_order(self.discounted_to("-1.00"), POLICY, REFERENCE)) == Hold(
            "total_differs",
            "MUG: its discounts are larger than its price (-1.00).",
            {"line": "MUG", "amount": "-1.00"},
            "Correct the line's discounts in the shop.",
        )

    def test_a_discount_that_was_rounded_above_its_line_leaves_nothing_of_it(self):
        free = (
            an_order()
            .line("MUG", price="22.00", tax="0")
            .line("CUP", price="23.00", tax="0")
            .discount("2.00", on="MUG")
        )
        shop = order(free)
        mug, cup = shop.lines
        five = replace(shop, lines=(replace(mug, discounted_total_inc=D("-0.05")), cup), total_inc=D("22.95"))
        six = replace(shop, lines=(replace(mug, discounted_total_inc=D("-0.06")), cup), total_inc=D("22.94"))

        made = invoice(plan_order(five, POLICY, REFERENCE))
        assert [line.amount for line in made.lines] == [0, 23, D("-0.05")]
        assert isinstance(decision(plan_order(six, POLICY, REFERENCE)), Hold)
        apart = invoice(plan_order(five, replace(POLICY, marketplaces={shop.channel_id: "616"}), REFERENCE))
        assert [line.amount for line in apart.lines] == [0, 23, D("-0.05")]
