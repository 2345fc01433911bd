"""accounting.md 5: the rows of money on an order. What approves a draft, what went back, what may yet come, and by which way."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, day, order

from include.domain.policy import TenderRule
from include.domain.receipt import approval_day_of, gave_back, may_still_be_captured, tender_rule_of
from include.sandbox.order_builder import an_order

CARD = an_order(1042).line("MUG", price="22.00").paid("card")
UNREAD = replace(order(CARD), tenders=None)


class TestWhatApprovesADraft:
    """First money, else dispatch, else the status change, in the organisation's zone."""

    def day_of(self, told):
        return approval_day_of(order(told), POLICY, REFERENCE)

    def test_the_first_money(self):
        told = an_order().line("MUG", price="22.00")
        told = told.paid("card", "10.00", at="2026-05-21T20:00:00+00:00").paid("card", at="2026-05-20T20:00:00+00:00")

        assert self.day_of(told) == day("2026-05-21")

    def test_the_orders_own_word_where_it_is_believed(self):
        in_full = replace(POLICY, tenders=(TenderRule("card_clearing", "615", in_full=True),))
        placed = replace(
            order(CARD.placed("2026-05-13T20:00:00+00:00").modified("2026-05-25T20:00:00+00:00")), tenders=None
        )

        assert approval_day_of(placed, in_full, REFERENCE) == day("2026-05-14")
        assert approval_day_of(placed, POLICY, REFERENCE) == day("2026-05-26")

    def test_the_dispatch_and_else_the_status_change(self):
        waits = an_order().unpaid().status(2).modified("2026-05-25T20:00:00+00:00")

        assert self.day_of(waits) == day("2026-05-26")
        assert self.day_of(waits.stating(date_shipped="Fri, 22 May 2026 20:00:00 +0000")) == day("2026-05-23")


class TestWhetherMoneyWentBack:
    """A reservation that was let go is no refund."""

    def went_back(self, *events):
        [tender] = order(CARD).tenders
        rows = tuple(
            replace(tender, id=f"{index}", event=event, ok=ok, test=test, reference_id=of)
            for index, (event, ok, test, of) in enumerate(events)
        )
        return gave_back(replace(order(CARD), tenders=rows))

    @pytest.mark.parametrize(
        ("events", "back"),
        [
            ([("purchase", True, False, None)], False),
            ([("purchase", True, False, None), ("refund", True, False, None)], True),
            ([("purchase", True, False, None), ("refund", False, False, None)], False),
            ([("purchase", True, False, None), ("refund", True, True, None)], False),
            ([("purchase", True, False, None), ("void", True, False, "0")], True),
            ([("purchase", True, False, None), ("void", False, False, "0")], False),
            ([("authorization", True, False, None), ("void", True, False, "0")], False),
            ([("authorization", True, False, None), ("capture", True, False, "0"), ("void", True, False, "1")], True),
            ([("authorization", True, False, None), ("capture", True, False, "0"), ("void", True, False, "0")], False),
            ([("purchase", False, False, None), ("void", True, False, "0")], False),
        ],
    )
    def test_a_refund_or_a_void_of_what_had_come(self, events, back):
        assert self.went_back(*events) == back

    def test_an_order_whose_transactions_are_unread_tells_nothing(self):
        assert not gave_back(UNREAD)


class TestWhetherMoreMayBeCaptured:
    """An authorised order is looked at again while more is reserved than was taken."""

    def open(self, *events):
        [tender] = order(CARD).tenders
        rows = tuple(
            replace(tender, id=f"{index}", event=event, amount=D(amount), reference_id=of, ok=ok, test=False)
            for index, (event, amount, of, ok) in enumerate(events)
        )
        return may_still_be_captured(replace(order(CARD), tenders=rows))

    @pytest.mark.parametrize(
        ("events", "still"),
        [
            ([("authorization", "22.00", None, True)], True),
            ([("authorization", "22.00", None, True), ("capture", "9.00", "0", True)], True),
            ([("authorization", "22.00", None, True), ("capture", "22.00", "0", True)], False),
            ([("authorization", "22.00", None, True), ("capture", "22.00", "0", False)], True),
            ([("authorization", "22.00", None, False)], False),
            ([("authorization", "22.00", None, True), ("void", "22.00", "0", True)], False),
            ([("authorization", "22.00", None, True), ("void", "22.00", "0", False)], True),
            ([("purchase", "22.00", None, True)], False),
            ([], False),
        ],
    )
    def test_what_was_reserved_less_what_was_taken_or_let_go(self, events, still):
        assert self.open(*events) == still

    def test_a_test_and_what_nobody_read_reserve_nothing(self):
        [tender] = order(CARD).tenders
        rows = (replace(tender, event="authorization", test=True),)

        assert not may_still_be_captured(replace(order(CARD), tenders=rows))
        assert not may_still_be_captured(UNREAD)


class TestWhichAccountAWayOfPayingHas:
    """Rules are tried in order, without case; a star stands for anything."""

    def account(self, *rules, gateway="Stripe", method="Credit_Card"):
        found = tender_rule_of(order(CARD), gateway, method, replace(POLICY, tenders=rules))
        return found and found.account

    def test_the_first_that_fits_in_all_it_asks_for(self):
        assert (
            self.account(
                TenderRule("a", "1", gateway="paypal*"),
                TenderRule("b", "2", method="token"),
                TenderRule("c", "3", payment_method="Bank Deposit"),
                TenderRule("d", "4", gateway="STRIPE", method="credit_card", payment_method="credit card"),
                TenderRule("e", "5"),
            )
            == "4"
        )

    def test_a_star_at_the_end_takes_every_ending(self):
        assert self.account(TenderRule("a", "1", gateway="str*")) == "1"
        assert self.account(TenderRule("a", "1", gateway="str*"), gateway="stop") is None
        assert self.account(TenderRule("a", "1", gateway="trip*")) is None
        assert self.account(TenderRule("a", "1", gateway="stripe*")) == "1"

    def test_what_is_not_known_meets_only_a_rule_that_does_not_ask(self):
        assert self.account(TenderRule("a", "1", gateway="stripe"), gateway="*") is None
        assert self.account(TenderRule("a", "1"), gateway="*", method="*") == "1"
