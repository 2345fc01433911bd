"""accounting.md 5: what came, what went back, and where that is not known. A guess is a payment that nobody made."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from given import CODES, POLICY, D, day, order

from include.domain.policy import TenderRule
from include.domain.receipt import money_of, needs_tenders, receipts_of
from include.domain.status import Money
from include.sandbox.order_builder import an_order

IN_FULL = replace(
    POLICY,
    tenders=(
        TenderRule("card_clearing", CODES["card_clearing"], payment_method="Credit Card", in_full=True),
        *POLICY.tenders,
    ),
)
CARD = an_order(1042).line("MUG", price="22.00").paid("card")


def unread(told, **changed):
    """The order whose transactions nobody has read."""
    return replace(order(told), tenders=None, **changed)


class TestWhatIsKnownOfTheMoney:
    """Nothing is believed that nobody looked at."""

    def test_what_was_read_counts(self):
        assert money_of(order(CARD), POLICY) == Money(D("22.00"), D(0), False)

    def test_an_order_that_says_captured_is_believed_for_its_total_and_its_credit(self):
        told = CARD.gift_certificate("5.00").store_credit("2.00")

        assert money_of(unread(told), POLICY).received == 22

    @pytest.mark.parametrize("said", ["authorized", "capture pending", "held for review"])
    def test_a_reservation_is_no_money(self, said):
        told = unread(CARD, payment_status=said)

        assert money_of(told, POLICY) == Money(D(0), D(0), True)

    @pytest.mark.parametrize("said", ["captured", "paid"])
    def test_captured_and_paid_are_money(self, said):
        assert money_of(unread(CARD, payment_status=said), POLICY) == Money(D("22.00"), D(0), False)

    def test_where_nobody_looked_it_is_not_known(self):
        assert money_of(unread(CARD, payment_status="odd"), POLICY) == Money(None, D(0), False)

    def test_what_need_not_be_read_and_is_not_paid_is_nothing(self):
        later = replace(POLICY, tenders=(TenderRule("bank", "617", payment_method="Bank Deposit", arrives_later=True),))
        told = unread(an_order().unpaid("Bank Deposit"), payment_status="pending")

        assert money_of(told, later) == Money(D(0), D(0), False)
        assert money_of(told, POLICY).received is None

    def test_a_reservation_that_was_read_is_told_as_one(self):
        reserved = order(an_order().authorised("card").status(11).stating(payment_status=""))

        assert money_of(reserved, POLICY) == Money(D(0), D(0), True)
        failed = replace(reserved, tenders=tuple(replace(each, ok=False) for each in reserved.tenders))
        assert money_of(failed, POLICY) == Money(D(0), D(0), False)
        assert money_of(replace(failed, payment_status="authorized"), POLICY) == Money(D(0), D(0), True)
        assert money_of(order(an_order().authorised("card").captured()), POLICY).authorised_only is False

    def test_what_went_back_is_what_was_not_declined(self):
        told = CARD.refunded({"MUG": 1})
        shop = order(told)
        [refund] = shop.refunds
        [payment] = refund.payments

        assert money_of(shop, POLICY).given_back == 22
        declined = replace(refund, payments=(replace(payment, declined=True), replace(payment, amount=D("5.00"))))
        assert money_of(replace(shop, refunds=(declined,)), POLICY).given_back == 5
        assert money_of(replace(shop, refunds=None), POLICY).given_back == 0
        assert money_of(replace(shop, tenders=None, payment_status="odd"), POLICY) == Money(None, D("22.00"), False)


class TestWhoseTransactionsAreRead:
    """Only a way that is charged in full at once is believed unread."""

    def needed(self, told, policy=IN_FULL, **changed):
        return needs_tenders(replace(order(told), **changed), policy)

    @pytest.mark.parametrize("said", ["captured", "paid"])
    def test_a_card_that_is_charged_in_full_is_believed(self, said):
        assert not self.needed(CARD, payment_status=said)

    @pytest.mark.parametrize("said", ["", "pending", "authorized", "partially refunded", "void"])
    def test_in_any_other_state_it_is_read(self, said):
        assert self.needed(CARD, payment_status=said)

    def test_another_method_is_read(self):
        assert self.needed(CARD, POLICY)

    @pytest.mark.parametrize("status", [5, 6])
    def test_what_ended_is_read_whatever_it_says(self, status):
        assert self.needed(CARD.status(status), payment_status="paid")

    def test_what_was_filed_is_read(self):
        assert self.needed(CARD.archived(), payment_status="paid")

    def test_an_unfinished_checkout_is_never_read(self):
        assert not self.needed(CARD.status(0), POLICY)

    @pytest.mark.parametrize(("said", "read"), [("", False), ("pending", False), ("captured", True)])
    def test_a_bank_deposit_that_is_awaited_is_not_read(self, said, read):
        bank = TenderRule("bank", "617", payment_method="Bank Deposit", arrives_later=True)
        card = TenderRule("card", "615", payment_method="Bank Deposit", in_full=False)
        told = an_order().unpaid("Bank Deposit")

        assert self.needed(told, replace(POLICY, tenders=(card, bank)), payment_status=said) == read
        assert self.needed(told, replace(POLICY, tenders=(card,)), payment_status=said)
        by_its_gateway = replace(bank, gateway="offline")
        assert self.needed(told, replace(POLICY, tenders=(by_its_gateway,)), payment_status=said)


class TestReceipts:
    """What came, by date, each under a part that stays the same."""

    def parts(self, shop, policy=POLICY):
        return [
            (each.part, f"{each.amount:.2f}", each.method, each.source)
            for each in receipts_of(shop, shop.total_inc, "Australia/Sydney", policy)
        ]

    def test_an_order_that_is_believed_gives_one_receipt_of_its_total(self):
        [receipt] = receipts_of(
            unread(CARD.placed("2026-05-13T20:00:00+00:00")), D("22.00"), "Australia/Sydney", IN_FULL
        )

        assert (receipt.part, receipt.amount, receipt.currency) == ("order", D("22.00"), "AUD")
        assert receipt.received_on == day("2026-05-14")
        assert (receipt.gateway, receipt.method, receipt.gateway_id, receipt.source) == ("*", "*", None, "order")

    def test_certificate_and_credit_come_first_and_the_rest_by_card(self):
        told = CARD.gift_certificate("5.00").store_credit("2.00").total_stated("before tenders")

        assert self.parts(unread(told), IN_FULL) == [
            ("gift_certificate", "5.00", "gift_certificate", "order"),
            ("store_credit", "2.00", "store_credit", "order"),
            ("order", "15.00", "*", "order"),
        ]
        assert self.parts(unread(told, payment_status="authorized"), IN_FULL)[2:] == []
        assert self.parts(unread(told), POLICY)[2:] == []

    def test_credit_that_pays_all_leaves_no_rest(self):
        told = an_order().line("MUG", price="22.00").store_credit("22.00").total_stated("before tenders").paid("card")

        assert self.parts(unread(told, payment_status="captured"), IN_FULL) == [
            ("store_credit", "22.00", "store_credit", "order")
        ]

    def test_credit_keeps_its_part_whether_the_order_or_a_row_states_it(self):
        told = CARD.store_credit("2.00").total_stated("before tenders")
        shop = order(told)
        said_only_by_the_order = replace(
            shop, tenders=tuple(each for each in shop.tenders if each.method != "store_credit")
        )

        assert sorted(part for part, *_ in self.parts(shop))[-1] == "store_credit"
        assert self.parts(said_only_by_the_order)[-1][:2] == ("store_credit", "2.00")
        assert sum(D(amount) for _, amount, *_ in self.parts(shop)) == 22

    def test_credit_that_only_the_order_states_came_with_the_order(self):
        told = CARD.placed("2026-05-13T20:00:00+00:00").store_credit("2.00").total_stated("before tenders")
        [receipt] = receipts_of(unread(told, payment_status=""), D("22.00"), "Australia/Sydney", POLICY)

        assert (receipt.received_on, receipt.currency, receipt.gateway) == (day("2026-05-14"), "AUD", "bigcommerce")

    def test_a_way_that_was_believed_keeps_its_one_part_when_its_rows_are_read(self):
        """Posted as `order` before anybody read its transactions: the same money must not be posted again."""
        told = an_order(1042).line("MUG", price="22.00").store_credit("2.00").total_stated("before tenders")
        told = told.placed("2026-05-13T02:00:00+00:00").paid("card", "8.00", at="2026-05-13T03:00:00+00:00")
        told = told.paid("card", "12.00", at="2026-05-15T03:00:00+00:00")

        assert [each[:2] for each in self.parts(order(told), IN_FULL)] == [
            ("store_credit", "2.00"),
            ("order", "20.00"),
        ]
        whole = receipts_of(order(told), D("22.00"), "Australia/Sydney", IN_FULL)[-1]
        assert (whole.received_on, whole.method) == (day("2026-05-13"), "credit_card")
        assert len(self.parts(order(told))) == 3
        only_credit = an_order().line("MUG", price="22.00").store_credit("22.00").total_stated("before tenders")
        read = replace(order(only_credit), payment_method="Credit Card")
        assert [each[0] for each in self.parts(read, IN_FULL)] == ["store_credit"]
        not_in_full = replace(POLICY, tenders=(replace(IN_FULL.tenders[0], in_full=False), *POLICY.tenders))
        assert len(self.parts(order(told), not_in_full)) == 3

    def test_two_rows_of_credit_keep_the_shops_ids(self):
        shop = order(CARD)
        [tender] = shop.tenders
        two = tuple(replace(tender, id=id_, method="store_credit", amount=D(11)) for id_ in ("8", "9"))

        assert [part for part, *_ in self.parts(replace(shop, tenders=two))] == ["8", "9"]

    def test_they_are_in_the_order_of_time_and_then_of_the_shops_ids(self):
        shop = order(CARD)
        [tender] = shop.tenders
        noon, later = datetime(2026, 5, 13, 12, tzinfo=UTC), datetime(2026, 5, 13, 13, tzinfo=UTC)
        rows = tuple(
            replace(tender, id=id_, happened_at=at)
            for id_, at in (("1", later), ("10", noon), ("9", noon), ("8", noon))
        )

        assert [part for part, *_ in self.parts(replace(shop, tenders=rows))] == ["8", "9", "10", "1"]

    def test_what_was_undone_failed_or_was_a_test_is_none(self):
        shop = order(CARD)
        [tender] = shop.tenders
        undone = replace(tender, id="v", event="void", reference_id=tender.id)

        assert self.parts(replace(shop, tenders=(tender, undone))) == []
        assert len(self.parts(replace(shop, tenders=(tender, replace(undone, ok=False))))) == 1
        assert self.parts(replace(shop, tenders=(replace(tender, ok=False),))) == []
        assert self.parts(replace(shop, tenders=(replace(tender, test=True),))) == []
        assert self.parts(replace(shop, tenders=(replace(tender, event="authorization"),))) == []

    def test_a_row_without_a_currency_is_in_the_orders(self):
        shop = order(CARD)
        [tender] = shop.tenders
        [receipt] = receipts_of(replace(shop, tenders=(replace(tender, currency=""),)), D(22), "UTC", POLICY)

        assert receipt.currency == "AUD"

    def test_a_certificate_that_was_taxed_when_it_was_sold_is_no_receipt(self):
        told = CARD.gift_certificate("5.00").total_stated("before tenders")
        single = replace(POLICY, voucher_kind="single_purpose")

        assert [part for part, *_ in self.parts(order(told), single) if part == "gift_certificate"] == []
        assert [part for part, *_ in self.parts(unread(told), single)] == []
        assert money_of(unread(told), single).received == 22
        assert money_of(unread(told), POLICY).received == 27
