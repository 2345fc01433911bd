"""accounting.md 1, T3: what was sold is proved by the order's own lines, or the order is held with the figures."""

from dataclasses import replace

import pytest
from given import D, invoice, order, plan

from include.domain.outcome import Hold
from include.domain.proof import Proof, prove
from include.sandbox.order_builder import an_order

MUGS = an_order(1042).line("MUG", price="22.00", quantity=2)


def proved(told, tolerance=5, **changed):
    found = prove(replace(order(told), **changed), tolerance)
    assert isinstance(found, Proof), found
    return found


def refused(told, tolerance=5, **changed):
    found = prove(replace(order(told), **changed), tolerance)
    assert isinstance(found, Hold), found
    assert found.reason == "total_differs"
    return found.sentence, dict(found.figures)


def pieces(told, **changed):
    """What the sale is made of: kind, name, amount, tax, destination, the shop's id."""
    return [
        (each.kind, each.ref, f"{each.amount:.2f}", f"{each.tax:.2f}", each.place.country, each.source_id)
        for each in proved(told, **changed).pieces
    ]


class TestTheFigures:
    """Both are told, and what lies between them."""

    def test_lines_that_do_not_make_the_total(self):
        assert refused(MUGS, total_inc=D("44.06")) == (
            "The lines, shipping and fees less discounts come to 44.00, but the order says 44.06.",
            {"lines": "44.00", "order": "44.06", "difference": "0.06"},
        )
        assert refused(MUGS, total_inc=D("43.94"))[1]["difference"] == "-0.06"

    def test_a_tax_that_the_lines_do_not_bear(self):
        assert refused(MUGS, total_tax=D("4.06")) == (
            "The tax of the lines comes to 4.00, but the order says 4.06.",
            {"tax of lines": "4.00", "tax of order": "4.06", "difference": "0.06"},
        )
        assert refused(MUGS, total_tax=D("3.94"))[1]["difference"] == "-0.06"

    def test_five_cents_are_borne_and_the_setting_may_bear_more(self):
        assert proved(MUGS, total_inc=D("44.05")).total == D("44.05")
        assert proved(MUGS, total_tax=D("4.05")).tax == D("4.05")
        assert proved(MUGS, 6, total_inc=D("44.06")).total == D("44.06")

    def test_yen_are_told_without_decimals(self):
        yen = an_order().in_currency("JPY").line("MUG", price="1100")

        assert refused(yen, total_inc=D("1106")) == (
            "The lines, shipping and fees less discounts come to 1100, but the order says 1106.",
            {"lines": "1100", "order": "1106", "difference": "6"},
        )
        assert refused(yen, total_tax=D("106")) == (
            "The tax of the lines comes to 100, but the order says 106.",
            {"tax of lines": "100", "tax of order": "106", "difference": "6"},
        )
        assert proved(yen, total_inc=D("1104.6")).total == 1105
        assert proved(yen, total_tax=D("100.4")).tax == 100

    def test_a_total_of_fractions_is_rounded_to_cents(self):
        made = proved(MUGS, total_inc=D("44.0049"), total_tax=D("4.0051"))

        assert (str(made.total), str(made.tax)) == ("44.00", "4.01")


class TestATotalWithOrWithoutItsTenders:
    """No source settles whether certificates and credit are taken off it: the lines decide."""

    def test_each_reading_is_taken_where_the_lines_make_it(self):
        paid = MUGS.gift_certificate("10.00").store_credit("4.00")
        before, after = paid.total_stated("before tenders"), paid.total_stated("after tenders")

        assert (order(before).total_inc, order(after).total_inc) == (44, 30)
        assert (proved(before).total, proved(before).reading) == (44, "stated with its tenders")
        assert (proved(after).total, proved(after).reading) == (
            44,
            "stated net of gift certificates and store credit",
        )

    def test_where_neither_does_the_nearer_is_told(self):
        paid = MUGS.gift_certificate("10.00").total_stated("after tenders")

        assert refused(paid, total_inc=D("34.50"))[1] == {"lines": "44.00", "order": "44.50", "difference": "0.50"}
        assert refused(paid, total_inc=D("43.50"))[1] == {"lines": "44.00", "order": "43.50", "difference": "-0.50"}


class TestAnOrderThatDoesNotSayWhetherItsPricesBearTax:
    """The family of amounts that makes the total is the real one."""

    def test_the_family_that_makes_the_total_is_taken(self):
        with_tax = order(MUGS)
        [line] = with_tax.lines

        only_with = replace(with_tax, lines=(replace(line, total_ex=D("99.00")),))
        only_without = replace(with_tax, lines=(replace(line, total_inc=D("99.00"), discounted_total_inc=None),))

        assert prove(replace(only_with, prices_include_tax=None), 5) == prove(only_with, 5)
        assert prove(replace(only_without, prices_include_tax=None), 5) == prove(
            replace(only_without, prices_include_tax=False), 5
        )

    def test_where_both_make_it_a_taxed_order_is_with_tax_and_any_other_without(self):
        free = an_order().line("MUG", price="22.00", tax="0")

        assert proved(MUGS, prices_include_tax=None).inclusive
        assert not proved(free, prices_include_tax=None).inclusive

    def test_where_neither_makes_it_the_order_is_held(self):
        assert refused(MUGS, prices_include_tax=None, total_inc=D("45.00"))[1]["difference"] == "1.00"

    def test_what_the_order_says_is_not_tried_otherwise(self):
        assert proved(MUGS.prices_without_tax()).inclusive is False
        assert proved(MUGS, total_tax=D(4), prices_include_tax=False).total == 44


class TestThePieces:
    """One for each thing that bears money, each where it goes."""

    def test_every_kind_with_its_amount_its_tax_and_the_shops_id(self):
        told = MUGS.sent_to("AU").shipping("11.00").handling("3.30").wrapping("5.50").fee("Rush", "2.20")
        shop = order(told)

        assert pieces(told) == [
            ("item", "MUG", "44.00", "4.00", "AU", shop.lines[0].id),
            ("shipping", "shipping", "11.00", "1.00", "AU", shop.deliveries[0].id),
            ("handling", "handling", "3.30", "0.30", "AU", shop.deliveries[0].id),
            ("wrapping", "wrapping", "5.50", "0.50", "AU", 0),
            ("fee", "Rush", "2.20", "0.20", "AU", shop.fees[0].id),
        ]

    def test_prices_before_tax_are_the_amounts_where_the_shop_says_so(self):
        told = MUGS.prices_without_tax().shipping("10.00").handling("3.00").wrapping("5.00").fee("Rush", "2.00")

        assert [each[2:4] for each in pieces(told)] == [
            ("44.00", "4.40"),
            ("10.00", "1.00"),
            ("3.00", "0.30"),
            ("5.00", "0.50"),
            ("2.00", "0.20"),
        ]

    def test_what_costs_nothing_is_no_piece(self):
        shop = order(MUGS.fee("Rush", "2.20").sent_to("AU"))
        free = replace(shop.fees[0], cost=replace(shop.fees[0].cost, inc=D(0), ex=D(0)))

        assert pieces(MUGS, fees=(free,)) == pieces(MUGS)

    def test_a_line_without_a_sku_is_called_by_its_name(self):
        [line] = order(MUGS).lines

        assert pieces(MUGS, lines=(replace(line, sku="", name="Blue mug"),))[0][1] == "Blue mug"

    def test_a_sold_certificate_is_its_own_kind(self):
        assert [each[0] for each in pieces(MUGS.sold_certificate("50.00"))] == ["item", "gift_certificate"]

    def test_discounts_are_taken_off_and_what_it_was_before_is_kept(self):
        for told in (MUGS, MUGS.prices_without_tax()):
            [each] = proved(told.discount("4.00")).pieces
            assert (each.amount, each.before_discount, each.quantity) == (40, 44, 2)

    def test_where_the_shop_does_not_state_the_discounted_total_its_discounts_are_taken_off(self):
        [line] = order(MUGS.discount("4.00")).lines
        unsaid = replace(line, discounted_total_inc=None)

        assert pieces(MUGS.discount("4.00"), lines=(unsaid,)) == pieces(MUGS.discount("4.00"))


class TestSeveralDestinations:
    """Shipping is taxed where it goes, if the parts make the whole."""

    TWO = (
        an_order(1042)
        .sent_to("AU")
        .line("MUG", price="22.00")
        .shipping("11.00")
        .handling("1.10")
        .sent_to("NZ")
        .line("CUP", price="10.00", tax="0")
        .shipping("20.00", tax="0")
    )

    def costs(self, told, **changed):
        return [each[0:1] + each[2:5] for each in pieces(told, **changed) if each[0] in ("shipping", "handling")]

    def test_each_part_goes_its_way_and_a_part_of_nothing_is_none(self):
        assert self.costs(self.TWO) == [
            ("shipping", "11.00", "1.00", "AU"),
            ("shipping", "20.00", "0.00", "NZ"),
            ("handling", "1.10", "0.10", "AU"),
        ]
        shop = order(self.TWO)
        ids = [each[5] for each in pieces(self.TWO) if each[0] == "shipping"]
        assert ids == [delivery.id for delivery in shop.deliveries]

    @pytest.mark.parametrize("family", ["inc", "ex", "tax"])
    def test_parts_that_do_not_make_the_whole_are_not_believed(self, family):
        """The order's own amount counts, at its first destination."""
        shop = order(self.TWO)
        first = shop.deliveries[0]
        odd = replace(first, shipping=replace(first.shipping, **{family: D("0.50")}))

        assert self.costs(self.TWO, deliveries=(odd, *shop.deliveries[1:]))[0] == ("shipping", "31.00", "1.00", "AU")

    def test_two_parcels_to_one_place_are_one_piece(self):
        same = an_order().sent_to("AU").line("MUG", price="22.00").shipping("11.00")
        same = same.sent_to("AU").line("CUP", price="11.00").shipping("5.50")

        assert self.costs(same) == [("shipping", "16.50", "1.50", "AU")]

    def test_what_is_not_sent_anywhere_is_taxed_where_its_first_line_goes(self):
        loaded = an_order().bought_by("Kiri Ngata", country="NZ").download("PDF", price="5.00", tax="0")

        assert [each[4] for each in pieces(loaded.fee("Service", "1.00", tax="0"))] == ["NZ", "NZ"]
        fetched = an_order().bought_by("Kiri Ngata", country="NZ").picked_up(country="AU").line("MUG", price="22.00")
        assert [each[4] for each in pieces(fetched.fee("Service", "1.10"))] == ["AU", "AU"]

    def test_an_order_of_a_fee_alone_is_taxed_where_the_buyer_lives(self):
        told = an_order().bought_by("Kiri Ngata", country="NZ").download("PDF", price="5.00", tax="0").fee("F", "1.00")
        shop = replace(order(told), lines=(), total_inc=D("1.00"), total_tax=order(told).fees[0].cost.tax)
        found = prove(shop, 5)

        assert isinstance(found, Proof)
        assert [(each.ref, each.place.country) for each in found.pieces] == [("F", "NZ")]


class TestGiftWrapping:
    """Taxed where the wrapped goods go."""

    BOTH = (
        an_order(1042)
        .sent_to("AU")
        .line("MUG", price="22.00")
        .wrapping("5.50")
        .sent_to("NZ")
        .line("CUP", price="10.00", tax="0")
        .wrapping("4.00", tax="0")
    )

    def wrapped(self, told, **changed):
        return [each for each in pieces(told, **changed) if each[0] == "wrapping"]

    def test_to_two_places_it_is_a_piece_for_each_line(self):
        mug, cup = order(self.BOTH).lines

        assert self.wrapped(self.BOTH) == [
            ("wrapping", "wrapping", "5.50", "0.50", "AU", mug.id),
            ("wrapping", "wrapping", "4.00", "0.00", "NZ", cup.id),
        ]

    def test_where_prices_are_before_tax_each_bears_its_net(self):
        both = self.BOTH.prices_without_tax()

        assert [each[2:4] for each in self.wrapped(both)] == [("5.50", "0.55"), ("4.00", "0.00")]

    def test_to_one_place_it_is_one_piece_that_goes_there(self):
        abroad = an_order().sent_to("AU").line("MUG", price="22.00").sent_to("NZ").line("CUP", price="10.00", tax="0")

        assert self.wrapped(abroad.wrapping("4.00", tax="0")) == [("wrapping", "wrapping", "4.00", "0.00", "NZ", 0)]
        same = an_order().sent_to("AU").line("MUG", price="22.00").wrapping("5.50").line("CUP", price="11.00")
        assert self.wrapped(same.wrapping("1.10")) == [("wrapping", "wrapping", "6.60", "0.60", "AU", 0)]

    @pytest.mark.parametrize("family", ["inc", "ex", "tax"])
    def test_parts_that_do_not_make_the_whole_are_not_believed(self, family):
        shop = order(self.BOTH)
        mug, cup = shop.lines
        odd = replace(mug, wrapping=replace(mug.wrapping, **{family: D("0.30")}))

        assert self.wrapped(self.BOTH, lines=(odd, cup)) == [("wrapping", "wrapping", "9.50", "0.50", "AU", 0)]


def test_a_cost_of_one_thing_is_one_unit_and_a_line_keeps_its_units():
    units = {each.kind: each.quantity for each in proved(MUGS.shipping("11.00")).pieces}

    assert units == {"item": 2, "shipping": 1}


def test_a_piece_of_an_order_line_keeps_it_for_the_description():
    told = MUGS.shipping("11.00")
    line, cost = proved(told).pieces

    assert (line.line, cost.line) == (order(told).lines[0], None)
    assert [each.description for each in invoice(plan(told)).lines] == ["Mug [MUG]", "Shipping"]
