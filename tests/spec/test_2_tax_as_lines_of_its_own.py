"""accounting.md 3: tax that is a line of its own. The wrong state, or our liability for a marketplace's tax, is paid twice."""

from dataclasses import replace

from given import POLICY, REFERENCE, US_POLICY, US_REFERENCE, D, decision, invoice, lines, order, plan

from include.domain.bill import needs_tax_rows
from include.domain.outcome import Hold
from include.domain.plan import plan_order
from include.domain.proof import Proof, prove
from include.sandbox.order_builder import an_order

MUG = an_order(1042).line("MUG", price="22.00")
AMERICAN = an_order(1042).in_currency("USD").bought_by("Jo Park", country="US").prices_without_tax()
HAT = AMERICAN.sent_to("US", state="Texas").line("HAT", price="20.00", tax={"State Tax": "6.25", "City Tax": "2"})


def american(told, **decided):
    return plan(told, replace(US_POLICY, **decided), US_REFERENCE)


def proved(shop):
    proof = prove(shop, 5)
    assert isinstance(proof, Proof)
    return proof


class TestSalesTaxAsLinesOfItsOwn:
    """The US way: goods without tax, the tax to the liability, one line for each state and name."""

    def test_all_of_a_tax_line_and_why_the_goods_bear_none(self):
        hat, state, city = invoice(american(HAT)).lines

        assert (hat.amount, hat.tax, hat.account, hat.item_code) == (20, 0, "200", None)
        assert hat.words == "tax is posted as a line of its own; NONE here"
        assert (state.kind, state.ref, state.description) == (
            "tax_liability",
            "State Tax",
            "Sales tax: State Tax, Texas",
        )
        assert (state.quantity, state.unit_amount, state.amount, state.tax) == (1, D("1.25"), D("1.25"), 0)
        assert (state.account, state.tax_type, state.tax_stated, state.item_code) == ("820", "NONE", False, None)
        assert state.words == "1.25 of sales tax owed to State Tax in Texas"
        assert city.amount == D("0.40")

    def test_where_prices_bear_tax_it_is_taken_out_of_the_goods(self):
        told = an_order(1042).in_currency("USD").bought_by("Jo Park", country="US")
        told = told.sent_to("US", state="Texas").line("HAT", price="21.65", tax={"State Tax": "6.25", "City Tax": "2"})

        made = invoice(american(told))
        assert [line.amount for line in made.lines] == [20, D("1.25"), D("0.40")]
        assert (made.line_amount_types, made.total, made.tax) == ("Exclusive", D("21.65"), 0)

    def test_rows_that_do_not_come_to_the_orders_tax(self):
        shop = order(HAT)
        first, *rest = shop.tax_rows
        odd = replace(shop, tax_rows=(replace(first, amount=first.amount + D("0.06")), *rest))

        assert decision(plan_order(odd, US_POLICY, US_REFERENCE)) == Hold(
            "tax_unexplained",
            "The tax rows come to 1.71, but the order bears 1.65.",
            {"rows": "1.71", "order": "1.65"},
        )
        near = replace(shop, tax_rows=(replace(first, amount=first.amount + D("0.05")), *rest))
        assert invoice(plan_order(near, US_POLICY, US_REFERENCE)).total == D("21.65")

    def test_rows_of_nothing_make_no_line(self):
        shop = order(HAT)
        first, *_ = shop.tax_rows
        more = replace(shop, tax_rows=(*shop.tax_rows, replace(first, name="County Tax", amount=D(0))))

        assert len(invoice(plan_order(more, US_POLICY, US_REFERENCE)).lines) == 3

    def test_rows_of_one_name_and_state_are_one_line(self):
        two = HAT.line("SOCK", price="10.00", tax={"State Tax": "6.25"})

        assert [line[:2] for line in lines(american(two))][2:] == [("State Tax", "1.88"), ("City Tax", "0.40")]

    def test_a_row_is_owed_where_its_line_or_its_parcel_goes_or_else_where_the_order_goes(self):
        two = HAT.shipping("8.00", tax={"State Tax": "6.25"}).sent_to("US", state="Ohio")
        shop = order(two.line("CAP", price="10.00", tax="0"))
        texas, ohio = shop.deliveries
        whole = replace(shop.tax_rows[0], name="Tax", amount=shop.total_tax, line_id=None, address_id=None)

        def line(**changed):
            made = plan_order(replace(shop, tax_rows=(replace(whole, **changed),)), US_POLICY, US_REFERENCE)
            return invoice(made).lines[-1].description

        assert line(line_id=shop.lines[1].id) == "Sales tax: Tax, Ohio"
        assert line(address_id=ohio.id) == "Sales tax: Tax, Ohio"
        assert line(line_id=shop.lines[0].id, address_id=ohio.id) == "Sales tax: Tax, Texas"
        assert line() == "Sales tax: Tax, Texas"
        assert texas.place.state == "Texas"

    def test_a_row_of_a_place_without_a_state_names_none(self):
        told = AMERICAN.sent_to("US", state="").line("HAT", price="20.00", tax={"State Tax": "6.25"})
        line = invoice(american(told)).lines[-1]

        assert line.description == "Sales tax: State Tax"
        assert line.words == "1.25 of sales tax owed to State Tax"

    def test_the_tax_of_a_fee_is_owed_as_the_rows_of_its_place_are(self):
        told = HAT.fee("Rush", "8.00", tax={"State Tax": "6.25", "City Tax": "2"})

        assert [line[:2] for line in lines(american(told))] == [
            ("HAT", "20.00"),
            ("Rush", "8.00"),
            ("State Tax", "1.75"),
            ("City Tax", "0.56"),
        ]

    def test_the_tax_of_a_fee_beside_untaxed_goods_is_owed_to_the_state(self):
        told = AMERICAN.sent_to("US", state="Texas").line("HAT", price="20.00", tax="0")
        shop = order(told.fee("Rush", "8.00", tax={"State Tax": "6.25"}))
        made = plan_order(replace(shop, tax_rows=()), US_POLICY, US_REFERENCE)

        assert [(line.description, line.amount) for line in invoice(made).lines[2:]] == [
            ("Sales tax: Sales tax, Texas", D("0.50"))
        ]

    def test_yen_are_told_without_decimals(self):
        told = an_order().in_currency("JPY").line("HAT", price="1100")
        policy = replace(POLICY, tax_posting="liability_line")
        reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")
        shop = order(told)
        [row] = shop.tax_rows

        made = plan_order(replace(shop, tax_rows=(replace(row, amount=D("100.4")),)), policy, reference)
        assert [str(line.amount) for line in invoice(made).lines] == ["1000", "100"]
        assert invoice(made).lines[-1].words.startswith("100 of sales tax owed to GST")
        odd = replace(shop, tax_rows=(replace(row, amount=D(106)),))
        assert decision(plan_order(odd, policy, reference)) == Hold(
            "tax_unexplained", "The tax rows come to 106, but the order bears 100.", {"rows": "106", "order": "100"}
        )
        market = replace(POLICY, marketplaces={shop.channel_id: "616"})
        assert invoice(plan_order(shop, market, reference)).lines[-1].words == (
            "100 of tax that the marketplace collected and owes"
        )

    def test_a_certificate_that_is_sold_needs_the_same_answers(self):
        sold = HAT.sold_certificate("50.00")

        assert decision(american(sold, voucher_kind=None)) == Hold(
            "voucher_kind_unanswered", "A gift certificate was sold; the settings do not say how it is taxed."
        )
        bare = replace(US_POLICY.accounts, gift_card_liability="")
        found = decision(american(sold, accounts=bare))
        assert isinstance(found, Hold)
        assert found.sentence == "A gift certificate was sold; no liability account is set for it."

    def test_without_its_rows_it_is_held_and_an_untaxed_order_needs_none(self):
        unread = replace(order(HAT), tax_rows=None)

        assert decision(plan_order(unread, US_POLICY, US_REFERENCE)) == Hold(
            "missing_field",
            "the sales tax: several tax types fit, and the order's tax rows were not read.",
            {"part": "taxes"},
        )
        assert needs_tax_rows(unread, proved(unread), US_POLICY, US_REFERENCE)
        free = replace(order(AMERICAN.line("HAT", price="20.00", tax="0")), tax_rows=None)
        assert [line.ref for line in invoice(plan_order(free, US_POLICY, US_REFERENCE)).lines] == ["HAT"]
        assert not needs_tax_rows(free, proved(free), US_POLICY, US_REFERENCE)


class TestAMarketplaceThatOwesTheTax:
    """Its tax goes to the marketplace's clearing account, never to our liability."""

    MARKET = replace(POLICY, marketplaces={5: "616"})

    def test_goods_without_tax_and_the_tax_on_its_account(self):
        made = invoice(plan(MUG.stating(channel_id=5), self.MARKET))
        mug, tax = made.lines

        assert (mug.amount, mug.tax_type, mug.tax) == (20, "BASEXCLUDED", 0)
        assert mug.words == "the marketplace collects and owes the tax; BASEXCLUDED here"
        assert (tax.kind, tax.ref, tax.description) == (
            "tax_liability",
            "marketplace tax",
            "Tax collected by the marketplace",
        )
        assert (tax.amount, tax.account) == (2, "616")
        assert tax.words == "2.00 of tax that the marketplace collected and owes"
        assert (made.line_amount_types, made.total, made.tax) == ("Exclusive", 22, 0)

    def test_an_order_without_tax_has_no_such_line(self):
        free = an_order().line("BREAD", price="5.00", tax="0").stating(channel_id=5)

        assert len(invoice(plan(free, self.MARKET)).lines) == 1

    def test_another_channel_is_taxed_as_ever(self):
        assert lines(plan(MUG.stating(channel_id=6), self.MARKET))[0][3] == "OUTPUT"

    def test_its_tax_rows_are_not_needed(self):
        shop = replace(order(MUG.line("ODD", price="5.00", tax="7").stating(channel_id=5)), tax_rows=None)

        assert not needs_tax_rows(shop, proved(shop), self.MARKET, REFERENCE)
        assert needs_tax_rows(replace(shop, channel_id=6), proved(shop), self.MARKET, REFERENCE)

    def test_a_fee_without_an_account_holds_there_too(self):
        policy = replace(self.MARKET, accounts=replace(POLICY.accounts, fees={}))

        assert isinstance(decision(plan(MUG.fee("Rush", "2.20").stating(channel_id=5), policy)), Hold)
