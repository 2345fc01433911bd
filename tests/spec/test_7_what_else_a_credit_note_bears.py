"""accounting.md 7: free amounts, goods that come back, and sales tax on a credit note."""

from dataclasses import replace

import pytest
from given import REFERENCE, US_POLICY, US_REFERENCE, D, invoice, order, plan
from refunding import SOLD, credited, given_back, note_of, part, refund

from include.sandbox.order_builder import an_order

SHOP = order(SOLD)
[MUG] = SHOP.lines


def mugs(units):
    return part("PRODUCT", MUG.id, units=units)


class TestAFreeAmount:
    """The shop states it with no tax: as it says, by the order's own mix, or held."""

    def test_as_the_store_says_it_bears_no_tax(self):
        made = given_back(SOLD, refund("10.00", "0.00", part("ORDER", asked="10.00")), order_level_refund="as_store")
        [line] = note_of(made).lines

        assert (line.ref, line.description, line.amount, line.tax) == ("ORDER", "Refund of a free amount", 10, 0)
        assert (line.tax_type, line.account, line.source_id) == ("BASEXCLUDED", "200", 0)

    def test_by_the_orders_mix_each_account_and_tax_type_gives_its_part(self):
        told = an_order(1042).line("MUG", price="66.00").line("BREAD", price="22.00", tax="0").shipping("22.00")
        ten = refund("10.00", "0.00", part("ORDER", asked="10.00"))
        made = given_back(told.paid("card"), ten, order_level_refund="order_mix")

        assert credited(made) == [
            ("ORDER", "6.00", "0.55", "OUTPUT"),
            ("ORDER", "2.00", "0.00", "EXEMPTOUTPUT"),
            ("ORDER", "2.00", "0.18", "OUTPUT"),
        ]
        assert [line.account for line in note_of(made).lines] == ["200", "200", "260"]
        assert {(line.description, line.source_id) for line in note_of(made).lines} == {("Refund of a free amount", 0)}
        assert (note_of(made).total, note_of(made).tax) == (10, D("0.73"))

    def test_lines_of_one_account_and_tax_type_are_one_part(self):
        told = an_order(1042).line("MUG", price="66.00").line("CUP", price="55.00").paid("card")
        made = given_back(told, refund("10.00", "0.00", part("ORDER", asked="10.00")), order_level_refund="order_mix")

        assert credited(made) == [("ORDER", "10.00", "0.91", "OUTPUT")]

    def test_where_prices_are_before_tax_the_line_bears_the_net(self):
        told = an_order(1042).prices_without_tax().line("MUG", price="110.00").paid("card")
        made = given_back(told, refund("11.00", "0.00", part("ORDER", asked="11.00")), order_level_refund="order_mix")

        assert credited(made) == [("ORDER", "10.00", "1.00", "OUTPUT")]
        assert note_of(made).total == 11

    def test_free_amounts_beside_goods_each_bear_their_own(self):
        free, more = part("ORDER", asked="11.00"), part("ORDER", asked="5.50")
        made = given_back(SOLD, refund("38.50", "2.00", free, mugs(1), more), order_level_refund="as_store")

        assert [line[:3] for line in credited(made)] == [
            ("ORDER", "11.00", "0.00"),
            ("MUG", "22.00", "2.00"),
            ("ORDER", "5.50", "0.00"),
        ]
        told = an_order(1042).line("MUG", price="66.00").paid("card")
        both = refund("16.50", "0.00", free, more)
        assert note_of(given_back(told, both, order_level_refund="order_mix")).tax == D("1.50")

    def test_a_sold_certificate_and_a_rounding_take_no_part(self):
        told = an_order(1042).line("A", price="0.335").line("B", price="0.335").sold_certificate("50.00").paid("card")
        assert invoice(plan(told)).lines[-1].kind == "rounding"
        made = given_back(told, refund("0.50", "0.00", part("ORDER", asked="0.50")), order_level_refund="order_mix")

        assert [(line.ref, line.account) for line in note_of(made).lines] == [("ORDER", "200")]


class TestGoodsThatComeBack:
    """No line moves stock, unless the setting says that refunded goods come back."""

    KNOWN = replace(REFERENCE, items=frozenset({"MUG"}))

    def line(self, told=SOLD, units=2, total="44.00", tax="4.00", **decided):
        [item] = order(told).lines[:1]
        made = given_back(
            told, refund(total, tax, part("PRODUCT", item.id, units=units)), reference=self.KNOWN, **decided
        )
        return note_of(made).lines[0]

    def test_by_default_they_do_not(self):
        assert (self.line().item_code, self.line().quantity) == (None, 1)

    def test_by_setting_the_units_come_back_to_the_item(self):
        line = self.line(refund_restocks="yes")

        assert (line.item_code, line.quantity, line.unit_amount, line.amount) == ("MUG", 2, 22, 44)

    def test_units_that_no_price_fits_do_not(self):
        told = an_order(1042).line("MUG", price="0.5", quantity=600).discount("103.00").paid("card")
        line = self.line(told, 600, "197.00", "17.91", refund_restocks="yes")

        assert (line.item_code, line.quantity, line.unit_amount) == (None, 1, 197)

    def test_what_is_no_item_does_not(self):
        made = given_back(SOLD, refund("44.00", "4.00", mugs(2)), refund_restocks="yes")

        assert (note_of(made).lines[0].item_code, note_of(made).lines[0].quantity) == (None, 1)


class TestSalesTaxAsLinesOfItsOwn:
    """The refund's tax comes from the liability, in the invoice's proportions."""

    HAT = (
        an_order(1042)
        .in_currency("USD")
        .bought_by("Jo Park", country="US")
        .prices_without_tax()
        .sent_to("US", state="Texas")
        .line("HAT", price="20.00", quantity=2, tax={"State Tax": "6.25", "City Tax": "2"})
        .shipping("10.00", tax={"State Tax": "6.25"})
        .handling("4.00", tax={"State Tax": "6.25"})
        .wrapping("8.00", tax={"State Tax": "6.25"})
        .paid("card")
    )

    def back(self, total, tax, *parts, told=HAT):
        made = given_back(told, refund(total, tax, *parts), policy=US_POLICY, reference=US_REFERENCE)
        return credited(made)

    def test_units(self):
        [hat] = order(self.HAT).lines

        assert self.back("21.65", "1.65", part("PRODUCT", hat.id, units=1)) == [
            ("HAT", "20.00", "0.00", "NONE"),
            ("State Tax", "1.37", "0.00", "NONE"),
            ("City Tax", "0.28", "0.00", "NONE"),
        ]
        back = refund("21.65", "1.65", part("PRODUCT", hat.id, units=1))
        note = note_of(given_back(self.HAT, back, policy=US_POLICY, reference=US_REFERENCE))
        assert [(line.description, line.source_id) for line in note.lines[1:]] == [
            ("Sales tax: State Tax, Texas", 0),
            ("Sales tax: City Tax, Texas", 0),
        ]

    @pytest.mark.parametrize(
        ("kind", "total", "tax", "net"),
        [
            ("SHIPPING", "10.63", "0.63", "10.00"),
            ("HANDLING", "4.25", "0.25", "4.00"),
            ("GIFT_WRAPPING", "8.50", "0.50", "8.00"),
        ],
    )
    def test_a_cost_bears_the_tax_that_the_shop_charged_on_it(self, kind, total, tax, net):
        place = order(self.HAT).deliveries[0].id
        found = self.back(total, tax, part(kind, place, asked=total))

        assert found[0][1:3] == (net, "0.00")
        assert sum(D(each[1]) for each in found) == D(total)

    def test_an_amount_of_goods_bears_the_tax_of_its_line(self):
        [hat] = order(self.HAT).lines

        assert self.back("21.65", "1.65", part("PRODUCT", hat.id, asked="21.65"))[0][1] == "20.00"

    def test_a_fee_bears_its_own(self):
        shop = order(self.HAT.fee("Rush", "8.00", tax={"State Tax": "5"}))

        found = self.back("8.40", "0.40", part("FEE", shop.fees[0].id, asked="8.40"), told=shop)
        assert found[0] == ("Rush", "8.00", "0.00", "NONE")

    def test_a_refund_without_tax_takes_none_from_the_liability(self):
        ten = refund("10.00", "0.00", part("ORDER", asked="10.00"))
        found = credited(given_back(self.HAT, ten, policy=US_POLICY, reference=US_REFERENCE))

        assert found == [("ORDER", "10.00", "0.00", "NONE")]
