"""The smallest order of each kind that the ordinary shops showed to be wrong, or held without need.

Business risk covered: each of these was once in one order of a hundred of somebody's ordinary shop.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from include.commands.ordinary.core import through_the_core
from include.commands.ordinary.flow import through_the_flow
from include.sandbox.order_builder import an_order
from include.sandbox.ordinary import Sale
from include.sandbox.ordinary.charged import charged_of
from include.sandbox.ordinary.organisations import AU, CA, GB, NZ, US
from include.sandbox.ordinary.people import Shopper
from include.sandbox.ordinary.sales import AUTOMATIC

TEXAS, WASHINGTON = US.levies[1].taxes, US.levies[4].taxes
BC, ONTARIO, SCOTIA = (("GST", "5"), ("PST", "7")), (("HST", "13"),), (("HST", "14"),)


@pytest.fixture
def fares(tmp_path):
    """What becomes of an order, seen once or twice, and what is wrong with it."""

    def fare(organisation, first, later=None, *, drafted=False):
        books = charged_of(later or first, organisation, drafted=drafted)
        sale = Sale(first.order_id, frozenset(), Shopper(501, first.buyer), first, later, books=books)
        [result] = through_the_core(organisation, [sale], tmp_path)
        return result.outcome, [each.reason for each in result.reasons], list(result.wrong)

    return fare


POSTED = ("posted", [], [])


def order(organisation, country=None):
    told = (
        an_order(1001).in_currency(organisation.currency).bought_by("Jo Park", country=country or organisation.country)
    )
    return told if organisation.inclusive else told.prices_without_tax()


def test_a_certificate_beside_a_bank_deposit_is_no_bank_deposit(fares):
    told = order(AU).line("BAG", price="110.00", tax=("GST", "10")).gift_certificate("50.00")

    assert fares(AU, told.paid("bank deposit", "60.00", at=told.placed_at)) == POSTED


def test_a_certificate_beside_a_card_that_is_believed_is_no_card(fares):
    told = order(NZ).line("BAG", price="115.00", tax=("GST", "15")).gift_certificate("50.00")

    assert fares(NZ, told.paid("card", "65.00", at=told.placed_at)) == POSTED


def test_a_certificate_that_was_taxed_when_sold_and_is_spent_in_another_currency_is_held(fares):
    told = (
        order(GB).in_currency("EUR", store_currency="GBP", rate="1.15").line("BAG", price="115.00", tax=("VAT", "20"))
    )
    told = told.gift_certificate("50.00").paid("card", "65.00", at=told.placed_at)

    assert fares(GB, told)[:2] == ("held", ["currency_unknown"])


def test_store_credit_that_is_given_back_does_not_leave_the_bank(fares):
    told = order(AU).line("BAG", price="110.00", tax=("GST", "10"))
    told = told.paid("bank deposit", "110.00", at=told.placed_at).refunded({"BAG": 1}, to="store_credit")

    assert fares(AU, told) == POSTED


def test_a_payment_that_the_order_told_first_is_the_same_when_its_tenders_are_read_after_a_refund(fares):
    told = order(NZ).line("BAG", price="57.50", quantity=2, tax=("GST", "15"))
    told = told.paid("card", "115.00", at=told.placed_at)

    assert fares(NZ, told, told.refunded({"BAG": 1})) == POSTED


def test_a_draft_that_is_paid_by_a_believed_card_bears_the_day_of_the_money(fares):
    told = order(NZ).line("BAG", price="115.00", tax=("GST", "15"))
    paid = replace(told.paid("card", "115.00", at=told.placed_at + timedelta(days=9)), status_id=11)

    assert fares(NZ, told.unpaid("Bank Deposit").status(7), paid, drafted=True) == POSTED


def test_a_draft_that_is_edited_up_and_paid_before_the_next_look_is_paid_by_it(postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "ordinary")
    draft = order(AU).line("BAG", price="110.00", tax=("GST", "10")).unpaid("Bank Deposit").status(7)
    later = draft.with_quantity("BAG", 2).paid("card", "220.00", at=draft.placed_at + timedelta(days=1))
    later = replace(later, payment_name=None, status_id=11)
    books = charged_of(later, AU, drafted=True)
    sale = Sale(draft.order_id, frozenset(), Shopper(501, draft.buyer), draft, later, books=books)

    [result] = through_the_flow(AU, [sale], tmp_path, postgres.writer_dsn)

    assert (result.outcome, [each.sentence for each in result.reasons], list(result.wrong)) == POSTED


def test_a_fee_that_bears_sales_tax_has_no_tax_row(fares):
    told = order(US).line("BAG", price="100.00", tax=TEXAS).fee("Insurance", "10.00", tax=TEXAS)

    assert fares(US, told.paid("card", "119.08", at=told.placed_at)) == POSTED


def test_shipping_under_automatic_tax_is_owed_where_the_goods_go(fares):
    told = order(US).sent_to("US", state="Washington").line("BAG", price="100.00", tax=WASHINGTON)
    told = told.shipping("10.00", tax=WASHINGTON).stating(tax_provider_id=AUTOMATIC)

    assert fares(US, told.paid("card", "121.22", at=told.placed_at)) == POSTED


def test_gift_wrapping_is_taxed_where_the_wrapped_line_goes(fares):
    told = order(CA).sent_to("CA", state="Ontario").line("BAG", price="100.00", tax=ONTARIO)
    told = told.sent_to("CA", state="British Columbia").line("MUG", price="100.00", tax=BC)
    told = told.wrapping("10.00", on="MUG", tax=BC)

    assert fares(CA, told.paid("card", "236.20", at=told.placed_at)) == POSTED


def test_gift_wrapping_for_little_money_is_not_taxed_by_another_provinces_rate(fares):
    told = order(CA).sent_to("CA", state="Nova Scotia").line("BAG", price="100.00", tax=SCOTIA)
    told = told.sent_to("CA", state="Ontario").line("MUG", price="100.00", tax=ONTARIO)
    told = told.wrapping("3.98", on="MUG", tax=ONTARIO)

    assert fares(CA, told.paid("card", "231.50", at=told.placed_at)) == POSTED


def test_one_of_two_wrapped_lines_is_sent_back_with_its_own_wrapping(fares):
    told = order(GB).line("BAG", price="60.00", tax=("VAT", "20")).wrapping("6.00", tax=("VAT", "20"))
    told = told.line("MUG", price="12.00", tax=("VAT", "20")).wrapping("3.00", tax=("VAT", "20"))
    told = told.paid("card", "81.00", at=told.placed_at)

    assert fares(GB, told.refunded({"MUG": 1}, wrapping=("MUG",))) == POSTED
