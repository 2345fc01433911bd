"""accounting.md 1, T7: the same order again writes nothing. What counts as a change is what the books depend on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from given import POLICY, REFERENCE, D, order
from refunding import given_back, part, refund, way

from include.domain.order import Cost, Place
from include.domain.plan import plan_order
from include.sandbox.order_builder import an_order

SHOP = order(an_order(1042).line("MUG", price="22.00", quantity=2).shipping("11.00").fee("Rush", "2.20").paid("card"))


def planned(shop):
    return plan_order(shop, POLICY, REFERENCE)


class TestWhatIsAChangeOfTheOrder:
    """What the shop said of the sale is one; what happens on its way, or to the person, is none."""

    LINE = SHOP.lines[0]

    def facts(self, **changed):
        return planned(replace(SHOP, **changed)).documents[0].facts

    @pytest.mark.parametrize(
        "changed",
        [
            {"currency": "NZD"},
            {"prices_include_tax": None},
            {"total_inc": D("99.00")},
            {"total_ex": D("99.00")},
            {"total_tax": D("99.00")},
            {"shipping": Cost(D(1), D(1), D(0))},
            {"handling": Cost(D(1), D(1), D(0))},
            {"wrapping": Cost(D(1), D(1), D(0))},
            {"fees": ()},
            {"gift_certificate_amount": D(1)},
            {"store_credit_amount": D(1)},
            {"created_at": SHOP.created_at - timedelta(days=1)},
            {"external_id": "WEB-7"},
            {"archived": True},
            {"status_id": 5},
            {"status_id": 0},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_the_sale_is(self, changed):
        assert self.facts(**changed) != self.facts()

    @pytest.mark.parametrize(
        "changed",
        [
            {"id": 999},
            {"sku": "CUP"},
            {"name": "Cup"},
            {"options": ("Blue",)},
            {"quantity": 9},
            {"place": Place("NZ", "")},
            {"total_inc": D("99.00")},
            {"total_ex": D("99.00")},
            {"total_tax": D("99.00")},
            {"discounted_total_inc": D("99.00")},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_a_line_of_it_is(self, changed):
        assert self.facts(lines=(replace(self.LINE, **changed),)) != self.facts()

    @pytest.mark.parametrize("status", [2, 3, 8, 9, 10, 11, 13, 4, 14])
    def test_its_way_to_the_shopper_is_none(self, status):
        assert self.facts(status_id=status) == self.facts()

    def test_the_person_the_time_of_the_change_and_the_tax_rows_are_none(self):
        person = replace(SHOP.person, last_name="Other")
        later = SHOP.modified_at + timedelta(days=1)

        assert self.facts(person=person, modified_at=later, tax_rows=None, refunds=None) == self.facts()

    def test_that_it_waits_for_its_money_is_one_until_the_money_is_there(self):
        [tender] = SHOP.tenders
        waits = {"status_id": 1, "payment_status": "", "tenders": ()}

        assert self.facts(**waits) != self.facts()
        for paid in (
            {"payment_status": "captured"},
            {"payment_status": "paid"},
            {"tenders": (tender,)},
            {"tenders": (replace(tender, event="capture"),)},
        ):
            assert self.facts(**{**waits, **paid}) == self.facts(), paid
        for unpaid in (
            {"tenders": (replace(tender, ok=False),)},
            {"tenders": (replace(tender, test=True), replace(tender, id="9", ok=False))},
            {"tenders": (replace(tender, event="authorization"),)},
            {"tenders": None},
            {"payment_status": "authorized"},
        ):
            assert self.facts(**{**waits, **unpaid}) == self.facts(**waits), unpaid

    def test_that_its_money_is_only_reserved_is_one_until_it_is_taken(self):
        [tender] = SHOP.tenders
        reserved = replace(tender, event="authorization")
        waits = self.facts(payment_status="", tenders=(reserved,))

        assert waits != self.facts()
        assert self.facts(payment_status="authorized", tenders=()) == waits
        assert self.facts(payment_status="", tenders=(reserved, replace(tender, event="capture"))) == self.facts()
        assert self.facts(payment_status="", tenders=(replace(reserved, ok=False),)) == self.facts()
        assert self.facts(payment_status="", tenders=(replace(reserved, test=True), tender)) == self.facts()

    def test_cancelled_and_declined_are_the_same_end(self):
        assert self.facts(status_id=5) == self.facts(status_id=6)

    def test_a_status_that_nobody_documents_is_as_one_on_its_way(self):
        assert self.facts(status_id=77) == self.facts()

    def test_of_a_payment_its_amount_and_its_way_are(self):
        [tender] = SHOP.tenders

        def facts(shop):
            return planned(shop).documents[1].facts

        assert facts(replace(SHOP, payment_method="Other")) != facts(SHOP)
        assert facts(replace(SHOP, tenders=(replace(tender, amount=D("5.00")),))) != facts(SHOP)
        assert facts(replace(SHOP, tenders=(replace(tender, amount=D("57.2000")),))) == facts(SHOP)
        assert facts(replace(SHOP, tenders=(replace(tender, id="9"),))) != facts(SHOP)
        assert facts(replace(SHOP, currency="NZD")) != facts(SHOP)


class TestWhatIsAChangeOfARefund:
    """The record of the shop, each of its payments, and what is set against the invoice."""

    def facts(self, *refunds):
        return {(each.kind, each.part): each.facts for each in given_back(SHOP, *refunds).documents}

    def test_its_record_is(self):
        one = part("PRODUCT", SHOP.lines[0].id, units=1)
        first, again = refund("22.00", "2.00", one), refund("22.00", "2.00", one)
        other = refund("22.00", "2.00", one, reason="Broken")

        assert self.facts(first) == self.facts(again)
        assert self.facts(first)["credit_note", "7"] != self.facts(other)["credit_note", "7"]
        assert self.facts(first)["refund_payment", "7-1"] == self.facts(other)["refund_payment", "7-1"]

    def test_the_amount_of_a_payment_is(self):
        one = part("PRODUCT", SHOP.lines[0].id, units=1)
        whole, half = refund("22.00", "2.00", one), refund("22.00", "2.00", one, out=(way("11.00"),))

        assert self.facts(whole)["refund_payment", "7-1"] != self.facts(half)["refund_payment", "7-1"]

    def test_the_amount_that_is_set_against_the_invoice_is(self):
        unpaid = order(an_order(1042).line("MUG", price="22.00", quantity=2).unpaid().status(11))

        def facts(units, total, tax):
            back = refund(total, tax, part("PRODUCT", unpaid.lines[0].id, units=units), out=())
            return given_back(unpaid, back).documents[-1].facts

        assert facts(1, "22.00", "2.00") != facts(2, "44.00", "4.00")

    def test_that_a_record_is_missing_is_told_by_the_status(self):
        def facts(status):
            return planned(replace(SHOP, status_id=status, refunds=())).documents[-1].facts

        assert facts(4) != facts(14)


def test_fractions_below_the_currencys_smallest_coin_are_no_change_of_a_payment():
    yen = order(an_order().in_currency("JPY").line("MUG", price="1100").paid("card"))
    [tender] = yen.tenders
    reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")

    def facts(amount):
        return (
            plan_order(replace(yen, tenders=(replace(tender, amount=D(amount)),)), POLICY, reference).documents[1].facts
        )

    assert facts("1100.4") == facts("1100")
    assert facts("1099") != facts("1100")
