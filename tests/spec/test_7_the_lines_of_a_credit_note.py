"""accounting.md 7: a credit note gives back shares of what was invoiced. A cent too much is tax reclaimed for nothing."""

from dataclasses import replace

import pytest
from given import REFERENCE, D, credit_notes, order
from refunding import SOLD, credited, given_back, held_note, note_of, part, refund, way

from include.domain.outcome import Hold
from include.sandbox.order_builder import an_order

SHOP = order(SOLD)
[MUG] = SHOP.lines
PLACE = SHOP.deliveries[0].id
RUSH = SHOP.fees[0].id


def mugs(units):
    return part("PRODUCT", MUG.id, units=units)


class TestShares:
    """Each thing that the refund names, with the tax that it was invoiced with."""

    def test_units_of_a_product(self):
        made = given_back(SOLD, refund("44.00", "4.00", mugs(2)))
        [line] = note_of(made).lines

        assert (line.kind, line.ref, line.description) == ("item", "MUG", "Mug [MUG] x 2")
        assert (line.quantity, line.unit_amount, line.amount, line.tax, line.tax_stated) == (1, 44, 44, 4, True)
        assert (line.account, line.tax_type, line.item_code, line.source_id) == ("200", "OUTPUT", None, MUG.id)
        assert line.words == "share of the invoiced line, tax 4.00"

    def test_of_two_products_only_the_one_that_is_named(self):
        told = an_order(1042).line("MUG", price="22.00", quantity=2).line("CUP", price="11.00", quantity=2).paid("card")
        mug, cup = order(told).lines

        assert credited(given_back(told, refund("11.00", "1.00", part("PRODUCT", cup.id, units=1)))) == [
            ("CUP", "11.00", "1.00", "OUTPUT")
        ]
        assert credited(given_back(told, refund("22.00", "2.00", part("PRODUCT", mug.id, asked="22.00")))) == [
            ("MUG", "22.00", "2.00", "OUTPUT")
        ]

    def test_one_unit_is_not_counted_in_the_text(self):
        assert note_of(given_back(SOLD, refund("22.00", "2.00", mugs(1)))).lines[0].description == "Mug [MUG]"

    @pytest.mark.parametrize(
        ("kind", "item_id", "ref", "amount", "tax"),
        [
            ("SHIPPING", PLACE, "shipping", "11.00", "1.00"),
            ("HANDLING", PLACE, "handling", "3.30", "0.30"),
            ("GIFT_WRAPPING", 99, "wrapping", "5.50", "0.50"),
            ("FEE", RUSH, "Rush", "2.20", "0.20"),
            ("SHIPPING", 99, "shipping", "11.00", "1.00"),
            ("HANDLING", 99, "handling", "3.30", "0.30"),
        ],
    )
    def test_a_cost_whole_or_in_part(self, kind, item_id, ref, amount, tax):
        whole = given_back(SOLD, refund(amount, tax, part(kind, item_id)))
        half = given_back(
            SOLD,
            refund(f"{D(amount) / 2:.2f}", f"{D(tax) / 2:.2f}", part(kind, item_id, asked=f"{D(amount) / 2:.2f}")),
        )

        assert credited(whole) == [(ref, amount, tax, "OUTPUT")]
        assert credited(half) == [(ref, f"{D(amount) / 2:.2f}", f"{D(tax) / 2:.2f}", "OUTPUT")]
        assert note_of(half).lines[0].source_id == item_id

    def test_the_wrapping_of_a_line_is_that_of_the_line_also_where_it_shares_one_with_others(self):
        told = an_order(1042).sent_to("AU").line("MUG", price="22.00").wrapping("5.50")
        together = told.line("CUP", price="11.00").wrapping("1.10").paid("card")
        mug, cup = order(together).lines

        assert credited(given_back(together, refund("1.10", "0.10", part("GIFT_WRAPPING", cup.id)))) == [
            ("wrapping", "1.10", "0.10", "OUTPUT")
        ]
        apart = told.sent_to("NZ").line("CUP", price="10.00", tax="0").wrapping("4.00", tax="0").paid("card")
        mug, cup = order(apart).lines
        both = (part("GIFT_WRAPPING", mug.id), part("GIFT_WRAPPING", cup.id))
        assert credited(given_back(apart, refund("9.50", "0.50", *both))) == [
            ("wrapping", "5.50", "0.50", "OUTPUT"),
            ("wrapping", "4.00", "0.00", "EXEMPTEXPORT"),
        ]

    def test_all_parts_of_one_refund(self):
        made = given_back(SOLD, refund("55.00", "5.00", mugs(2), part("SHIPPING", PLACE, asked="11.00")))

        assert credited(made) == [("MUG", "44.00", "4.00", "OUTPUT"), ("shipping", "11.00", "1.00", "OUTPUT")]

    def test_what_was_not_invoiced_is_held(self):
        for strange in (part("PRODUCT", 999, units=1), part("FEE", 999, asked="1.00")):
            assert held_note(given_back(SOLD, refund("1.00", "0.09", strange))) == Hold(
                "refund_unexplained",
                "The refund of 1.00 names something not invoiced.",
                {"refund": "1.00", "tax": "0.09"},
            )

    def test_more_than_was_invoiced_is_held(self):
        much = part("SHIPPING", PLACE, asked="11.01")

        assert held_note(given_back(SOLD, refund("88.00", "8.00", mugs(4)))).reason == "refund_unexplained"
        assert held_note(given_back(SOLD, refund("11.01", "1.00", much))).reason == "refund_unexplained"

    def test_an_amount_of_a_product_without_units_is_a_share_of_its_line(self):
        made = given_back(SOLD, refund("33.00", "3.00", part("PRODUCT", MUG.id, asked="33.00")))

        assert credited(made) == [("MUG", "33.00", "3.00", "OUTPUT")]

    def test_where_prices_are_before_tax_the_line_bears_the_net(self):
        told = an_order(1042).prices_without_tax().line("MUG", price="20.00", quantity=2).shipping("10.00").paid("card")
        shop = order(told)
        both = refund("33.00", "3.00", part("PRODUCT", shop.lines[0].id, units=1), part("SHIPPING", 0, asked="11.00"))
        note = note_of(given_back(told, both))

        assert [(line.amount, line.tax) for line in note.lines] == [(20, 2), (10, 1)]
        assert (note.line_amount_types, note.total, note.tax) == ("Exclusive", 33, 3)


class TestCumulativeShares:
    """Refund after refund, the line is never exceeded, and the last one takes the remainder."""

    def test_units_one_by_one(self):
        told = an_order(1042).line("ROPE", price="3.333333333333", quantity=3).paid("card")
        [rope] = order(told).lines
        one = part("PRODUCT", rope.id, units=1)
        made = given_back(
            told,
            refund("3.33", "0.30", one, id=1),
            refund("3.34", "0.31", one, id=2),
            refund("3.33", "0.30", one, id=3),
        )

        notes = credit_notes(made)
        assert [str(note.total) for note in notes] == ["3.33", "3.34", "3.33"]
        assert [str(note.tax) for note in notes] == ["0.30", "0.31", "0.30"]

    def test_amounts_of_one_cost(self):
        first = refund("5.00", "0.45", part("SHIPPING", PLACE, asked="5.00"), id=1)
        second = refund("6.00", "0.55", part("SHIPPING", PLACE, asked="6.00"), id=2)
        third = refund("0.01", "0.00", part("SHIPPING", PLACE, asked="0.01"), id=3)
        made = given_back(SOLD, first, second, third)

        assert [(note.total, note.tax) for note in credit_notes(made)] == [
            (5, D("0.45")),
            (6, D("0.55")),
        ]
        assert held_note(made).reason == "refund_unexplained"

    def test_one_cost_does_not_use_up_another(self):
        first = refund("11.00", "1.00", part("SHIPPING", PLACE), id=1)
        second = refund("3.30", "0.30", part("HANDLING", PLACE), id=2)

        assert [note.total for note in credit_notes(given_back(SOLD, first, second))] == [11, D("3.30")]

    def test_refunds_are_taken_in_the_order_of_the_shop_whatever_order_they_come_in(self):
        first, second = refund("44.00", "4.00", mugs(2), id=1), refund("44.00", "4.00", mugs(2), id=2)
        made = given_back(SOLD, second, first)

        assert [note.number for note in credit_notes(made)] == ["BCR-1042-1"]


class TestTheShopsOwnFigures:
    """A small difference goes to the largest line; a larger one is explained, or held."""

    def test_a_few_cents_go_to_the_largest_line(self):
        made = given_back(SOLD, refund("58.33", "5.32", part("SHIPPING", PLACE), mugs(2), part("HANDLING", PLACE)))

        assert credited(made) == [
            ("shipping", "11.00", "1.00", "OUTPUT"),
            ("MUG", "44.03", "4.02", "OUTPUT"),
            ("handling", "3.30", "0.30", "OUTPUT"),
        ]
        assert [line.unit_amount for line in note_of(made).lines] == [11, D("44.03"), D("3.30")]

    def test_a_difference_of_the_tax_alone_too(self):
        assert credited(given_back(SOLD, refund("44.00", "4.05", mugs(2)))) == [("MUG", "44.00", "4.05", "OUTPUT")]
        net = an_order(1042).prices_without_tax().line("MUG", price="20.00").paid("card")
        one = part("PRODUCT", order(net).lines[0].id, units=1)
        [line] = note_of(given_back(net, refund("22.01", "2.03", one, out=(way("22.00"),)))).lines
        assert (line.amount, line.unit_amount, line.tax) == (D("19.98"), D("19.98"), D("2.03"))

    @pytest.mark.parametrize(
        ("total", "tax"), [("44.06", "4.00"), ("43.94", "4.00"), ("44.00", "4.06"), ("44.00", "3.94")]
    )
    def test_six_cents_are_held_with_both(self, total, tax):
        assert held_note(given_back(SOLD, refund(total, tax, mugs(2)))) == Hold(
            "refund_unexplained",
            f"The shares come to 44.00 with 4.00 tax; the refund says {total} with {tax}.",
            {"shares": "44.00", "refund": total, "tax of shares": "4.00"},
        )

    def test_five_cents_are_borne(self):
        for total, tax in (("44.05", "4.05"), ("43.95", "3.95")):
            assert note_of(given_back(SOLD, refund(total, tax, mugs(2)))).total == D(total)

    def test_a_merchants_own_smaller_amount_rules_in_proportion(self):
        parts = (mugs(2), part("SHIPPING", PLACE))
        made = given_back(SOLD, refund("27.50", "2.50", *parts, override=True))

        assert credited(made) == [("MUG", "22.00", "2.00", "OUTPUT"), ("shipping", "5.50", "0.50", "OUTPUT")]
        assert [line.unit_amount for line in note_of(made).lines] == [22, D("5.50")]

    def test_a_merchants_own_amount_where_prices_are_before_tax(self):
        net = an_order(1042).prices_without_tax().line("MUG", price="20.00", quantity=2).paid("card")
        two = part("PRODUCT", order(net).lines[0].id, units=2)
        note = note_of(given_back(net, refund("22.00", "2.00", two, override=True)))

        assert [(line.amount, line.unit_amount, line.tax) for line in note.lines] == [(20, 20, 2)]
        assert (note.total, note.tax) == (22, 2)

    def test_a_merchants_own_amount_with_another_tax_is_held(self):
        for total, tax in (("22.00", "2.06"), ("22.00", "1.94"), ("0.00", "0.00"), ("44.06", "4.01")):
            made = given_back(SOLD, refund(total, tax, mugs(2), override=True))
            assert held_note(made).reason == "refund_unexplained", (total, tax)

    def test_a_merchants_own_amount_of_untaxed_goods(self):
        free = an_order(1042).line("BREAD", price="5.00", quantity=2, tax="0").paid("card")
        two = part("PRODUCT", order(free).lines[0].id, units=2)

        assert credited(given_back(free, refund("6.00", "0.00", two, override=True))) == [
            ("BREAD", "6.00", "0.00", "EXEMPTOUTPUT")
        ]


class TestAFeeThatWasKeptBack:
    """What bears its tax is told by the tax that the shop states."""

    def kept(self, total, tax, less, **more):
        two = replace(mugs(2), adjustments=(-D(less),))
        return given_back(SOLD, refund(total, tax, two, **more))

    def test_in_proportion_less_of_the_goods_is_credited(self):
        assert credited(self.kept("33.00", "3.00", "11.00")) == [("MUG", "33.00", "3.00", "OUTPUT")]

    def test_with_the_goods_whole_tax_the_fee_is_a_line_without_tax(self):
        goods, fee = note_of(self.kept("33.00", "4.00", "11.00")).lines

        assert (goods.amount, goods.tax) == (44, 4)
        assert (fee.kind, fee.ref, fee.description) == ("fee", "kept back", "Fee kept back from the refund")
        assert (fee.quantity, fee.unit_amount, fee.amount, fee.tax) == (1, -11, -11, 0)
        assert (fee.tax_type, fee.account, fee.item_code, fee.source_id) == ("BASEXCLUDED", "200", None, 0)
        assert fee.words == "11.00 kept back, on which the shop states no tax"

    def test_the_fee_stands_on_the_account_of_the_largest_line(self):
        parts = (part("SHIPPING", PLACE), replace(mugs(2), adjustments=(D("-11.00"),)), part("HANDLING", PLACE))
        *_, fee = note_of(given_back(SOLD, refund("47.30", "5.30", *parts))).lines

        assert (fee.account, fee.ref) == ("200", "kept back")

    def test_the_fee_is_one_unit_and_no_item_also_where_goods_come_back(self):
        known = replace(REFERENCE, items=frozenset({"MUG"}))
        two = replace(mugs(2), adjustments=(D("-11.00"),))
        made = given_back(SOLD, refund("33.00", "4.00", two), reference=known, refund_restocks="yes")
        goods, fee = note_of(made).lines

        assert (goods.item_code, goods.quantity) == ("MUG", 2)
        assert (fee.item_code, fee.quantity) == (None, 1)

    @pytest.mark.parametrize(
        ("total", "tax", "less"), [("33.00", "3.50", "11.00"), ("33.06", "3.00", "11.00"), ("32.94", "3.00", "11.00")]
    )
    def test_any_other_tax_or_total_is_held(self, total, tax, less):
        assert held_note(self.kept(total, tax, less)).reason == "refund_unexplained"

    def test_within_the_tolerance_it_is_explained(self):
        assert note_of(self.kept("33.05", "3.00", "11.00")).total == D("33.05")
        assert note_of(self.kept("32.95", "3.00", "11.00")).total == D("32.95")

    def test_something_added_instead_of_kept_back_is_held(self):
        assert held_note(self.kept("55.00", "5.00", "-11.00")).reason == "refund_unexplained"
