"""accounting.md 5: what was received, as payments. One too many and a bookkeeper refunds money that never came."""

from dataclasses import replace

import pytest
from given import CODES, POLICY, REFERENCE, D, day, holds, invoice, order, payments, plan

from include.domain.plan import parts_needed, plan_order
from include.domain.policy import Account, TenderRule
from include.sandbox.order_builder import an_order

CARD_IN_FULL = TenderRule("card_clearing", CODES["card_clearing"], payment_method="Credit Card", in_full=True)


def amounts(made):
    return [(payment.tender, f"{payment.amount:.2f}", payment.account) for payment in payments(made)]


class TestWhatIsRead:
    """Transactions cost a call for each order."""

    def needed(self, told, *rules):
        policy = replace(POLICY, tenders=(*rules, *POLICY.tenders))
        return parts_needed(replace(order(told), tenders=None), policy, REFERENCE)

    def test_a_method_that_is_charged_in_full_at_once_is_believed(self):
        assert self.needed(an_order().paid("card"), CARD_IN_FULL) == frozenset()

    def test_what_an_order_says_of_any_other_method_is_no_payment_while_its_transactions_are_unread(self):
        by_its_name = TenderRule("card_clearing", CODES["card_clearing"], payment_method="Credit Card")
        policy = replace(POLICY, tenders=(by_its_name, *POLICY.tenders))

        made = plan_order(replace(order(an_order().paid("card")), tenders=None), policy, REFERENCE)

        assert [(kind, why) for kind, why in holds(made)] == [("payment", "missing_field")]
        assert payments(made) == []

    def test_any_other_method_is_read(self):
        assert self.needed(an_order().paid("card")) == {"transactions"}
        assert self.needed(an_order().paid("paypal"), CARD_IN_FULL) == {"transactions"}

    def test_a_doubtful_status_is_read(self):
        assert "transactions" in self.needed(an_order().authorised("card"), CARD_IN_FULL)
        assert "transactions" in self.needed(an_order().status(5), CARD_IN_FULL)

    def test_what_arrives_later_and_is_pending_is_not_read(self):
        later = TenderRule("bank", "617", payment_method="Bank Deposit", arrives_later=True)

        assert self.needed(an_order().unpaid("Bank Deposit"), later) == frozenset()


def test_an_authorisation_is_not_money():
    assert payments(plan(an_order().authorised("card").status(11))) == []


def test_what_was_captured_counts_and_not_what_the_order_says():
    """The order says `captured` 22.00 where 9.00 was: cases/partial-capture."""
    assert amounts(plan(an_order().authorised("card").captured("9.00"))) == [("card_clearing", "9.00", "615")]


def test_a_declined_and_a_test_transaction_are_no_money():
    assert payments(plan(an_order().declined("card").status(11))) == []


def test_each_tender_is_a_payment_of_its_own():
    told = an_order().line("MUG", price="44.00").gift_certificate("10.00").store_credit("4.00").paid("paypal")

    assert sorted(amounts(plan(told))) == [
        ("gift_card_liability", "10.00", "840"),
        ("paypal_clearing", "30.00", "616"),
        ("store_credit_liability", "4.00", "841"),
    ]


@pytest.mark.parametrize("stated", ["before tenders", "after tenders"])
def test_both_readings_of_the_total_give_the_same_books(stated):
    """Sources disagree whether the shop states its total before or after certificates: the order's lines decide."""
    made = plan(an_order().line("MUG", price="44.00").gift_certificate("10.00").total_stated(stated).paid("card"))

    assert invoice(made).total == D("44.00")
    assert sorted(amounts(made)) == [("card_clearing", "34.00", "615"), ("gift_card_liability", "10.00", "840")]


def test_the_reference_names_the_invoice_the_part_and_the_gateways_own_id():
    [payment] = payments(plan(an_order(1042).paid("card")))

    assert payment.reference.startswith("BC-1042/")
    assert payment.reference.split()[1].startswith("gw_")


def test_a_payment_is_dated_when_the_money_came_in_the_organisations_zone():
    late = an_order().placed("2026-06-29T02:00:00+00:00").paid("card", at="2026-06-30T23:30:00+00:00")

    assert payments(plan(late))[0].payment_date == day("2026-07-01")


def test_what_came_too_much_is_held():
    made = plan(an_order().line("MUG", price="22.00").paid("card", "22.00").paid("card", "3.00"))

    assert amounts(made) == [("card_clearing", "22.00", "615")]
    assert holds(made) == [("payment", "overpaid")]


def test_a_method_without_an_account_holds_the_payment_and_not_the_invoice():
    made = plan(an_order().paid("voucher-of-the-moon"))

    assert invoice(made).status == "AUTHORISED"
    assert holds(made) == [("payment", "method_unmapped")]


def test_an_excluded_method_is_never_posted_by_us():
    excluded = TenderRule("marketplace", "615", method="credit_card", excluded=True)
    made = plan(an_order(), tenders=(excluded,))

    assert (payments(made), holds(made)) == ([], [])
    assert made.documents[1].decision.reason == "excluded_by_setting"


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (Account("615", "", active=False, takes_payments=True), "account_dead"),
        (Account("615", "", active=True, takes_payments=False), "account_dead"),
        (Account("615", "BANK", active=True, takes_payments=True, currency="EUR"), "currency_unknown"),
    ],
)
def test_an_account_that_xero_would_refuse_holds_the_payment_before_it_is_sent(account, why):
    reference = replace(REFERENCE, accounts={**REFERENCE.accounts, "615": account})

    assert holds(plan(an_order(), reference=reference)) == [("payment", why)]


def test_a_payment_in_a_locked_period_is_held():
    made = plan(an_order().placed("2026-05-13T02:00:00+00:00"), tax_filed_to=day("2026-05-31"))

    assert holds(made) == [("invoice", "locked_period"), ("payment", "invoice_held")]


def test_first_open_day_moves_the_invoice_and_its_payment_together():
    made = plan(
        an_order().placed("2026-05-13T02:00:00+00:00"), tax_filed_to=day("2026-05-31"), locked_period="first_open_day"
    )

    assert (invoice(made).invoice_date, payments(made)[0].payment_date) == (day("2026-06-01"), day("2026-06-01"))
    assert "(dated 2026-05-13)" in invoice(made).reference


def test_a_tender_that_the_order_calls_void_is_held():
    made = plan(an_order().paid("card").stating(payment_status="void"))

    assert holds(made) == [("payment", "refund_without_record")]
