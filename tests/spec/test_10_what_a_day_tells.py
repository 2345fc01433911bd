"""accounting.md 10: what Xero is told of a day's invoice, its payments, its credit note, and why an order stays single."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from given import POLICY, REFERENCE, D, order

from include.domain.document import CreditNote, Invoice, Payment, RefundPayment
from include.domain.outcome import Hold
from include.domain.plan import plan_order
from include.domain.summary import Bucket, Day, Member, Share, contact_of_day, members_of, single_because
from include.domain.summary_documents import (
    Moved,
    credit_note_of_day,
    invoice_of_day,
    lines_of_day,
    moved_of,
    part_of,
    payment_of_day,
    refund_payment_of_day,
)
from include.sandbox.order_builder import an_order

NOON = datetime(2026, 11, 24, 1, tzinfo=UTC)
DAY = Day(date(2026, 11, 24), 7, "NZD", "Inclusive")
SUMMED = replace(POLICY, posting="daily_summary", summary_from=date(2026, 11, 24))
CUP = an_order().placed(NOON).line("CUP", price="22.00").paid("card")
TRACKED = (("Channel", "Web"),)
GOODS = Bucket("item", "200", "OUTPUT", tracking=TRACKED)
ROUNDED = Bucket("rounding", "860", "BASEXCLUDED")


def sale(amount="22.00", tax="2.00", rounding="0.00"):
    shares = {ROUNDED: Share(D(rounding), D(0)), GOODS: Share(D(amount) - D(rounding), D(tax))}
    return Member(DAY, D(amount), D(tax), shares)


def why_single(told, policy=SUMMED, reference=REFERENCE, **more):
    shop = order(told)
    return single_because(shop, plan_order(shop, policy, reference), policy, reference, **more)


class TestADaysInvoice:
    """The sum of its orders, found by day and channel."""

    def test_all_of_its_head(self):
        made = invoice_of_day(
            DAY, "BC-D1", [sale(), sale("11.01", "1.00", "0.01")], replace(SUMMED, branding_theme_id="t")
        )

        assert isinstance(made, Invoice)
        assert (made.number, made.reference, made.url) == ("BC-D1", "2 orders of 2026-11-24, channel 7", "")
        assert (made.invoice_date, made.due_date, made.currency) == (DAY.dated, DAY.dated, "NZD")
        assert (made.currency_rate, made.line_amount_types, made.status) == (None, "Inclusive", "AUTHORISED")
        assert (made.contact_key, made.branding_theme_id) == ("daily-7", "t")
        assert (made.total, made.tax, made.rounding) == (D("33.01"), 3, D("0.01"))

    def test_its_lines_are_in_the_order_of_an_invoice_and_say_of_how_many_orders(self):
        goods, rounding = lines_of_day([sale("22.01", "2.00", "0.01"), sale()])

        assert (goods.kind, goods.ref, goods.description) == ("item", "item", "Sales, 2 orders")
        assert (goods.words, goods.tracking) == ("44.00 with tax 4.00 of 2 orders", TRACKED)
        assert (rounding.kind, rounding.amount) == ("rounding", D("0.01"))
        assert lines_of_day([sale()])[0].words == "22.00 with tax 2.00 of 1 order"

    def test_what_does_not_come_to_its_orders_is_held(self):
        odd = replace(sale(), amount=D("23.00"))
        found = Hold(
            "total_differs",
            "N: Xero would compute 22.00 with 2.00 tax, but its orders come to 23.00 with 2.00.",
            {"xero": "22.00", "orders": "23.00", "tax of orders": "2.00"},
        )

        assert invoice_of_day(DAY, "N", [odd], SUMMED) == found
        assert credit_note_of_day(DAY, "N", [odd]) == found


def test_a_days_credit_note():
    made = credit_note_of_day(DAY, "BCR-D1", [sale()])

    assert isinstance(made, CreditNote)
    assert (made.number, made.invoice_number, made.reference) == ("BCR-D1", "", "1 refund of 2026-11-24, channel 7")
    assert (made.credit_date, made.currency, made.line_amount_types) == (DAY.dated, "NZD", "Inclusive")
    assert (made.total, made.tax, len(made.lines)) == (22, 2, 1)


class TestADaysMoney:
    """A payment for each tender, account and day."""

    MOVED = Moved("card", "615", date(2026, 11, 25), D("33.00"), (0, 2))

    def test_it_is_summed_with_the_places_of_its_orders(self):
        paid = [
            Member(DAY, D("22.00"), tender="card", account="615", moved_on=date(2026, 11, 25)),
            Member(DAY, D("5.00"), tender="paypal", account="616"),
            Member(DAY, D("11.00"), tender="card", account="615", moved_on=date(2026, 11, 25)),
        ]

        assert moved_of(paid) == [self.MOVED, Moved("paypal", "616", DAY.dated, D("5.00"), (1,))]

    def test_a_payment_and_what_is_paid_out(self):
        facts = {"tender": "card", "account": "615", "payment_date": date(2026, 11, 25), "amount": D("33.00")}

        assert payment_of_day(self.MOVED, "card", DAY, "N") == Payment(
            part="card", invoice_number="N", currency="NZD", reference="N/card", **facts
        )
        assert refund_payment_of_day(self.MOVED, "card", DAY, "N") == RefundPayment(
            part="1-card", credit_note_number="N", currency="NZD", reference="N/card", **facts
        )

    def test_its_part_is_its_tender_and_its_day_and_else_a_number(self):
        same_day = replace(self.MOVED, moved_on=DAY.dated)

        assert part_of(same_day, DAY, ()) == "card"
        assert part_of(self.MOVED, DAY, ()) == "card-20261125"
        assert part_of(same_day, DAY, ("card",)) == "card-2"
        assert part_of(same_day, DAY, ("card", "card-2")) == "card-3"


def test_whom_a_day_is_billed_to():
    made = contact_of_day(7, SUMMED)

    assert (made.name, made.suffixed_name) == (
        "Daily sales of demo, channel 7",
        "Daily sales of demo, channel 7 (BC daily-7)",
    )


def test_a_sale_and_a_refund_enter_the_day_of_their_channel_and_currency():
    told = an_order().placed(NOON).sent_to("NZ").in_currency("NZD", store_currency="NZD").taxed("0")
    told = told.line("CUP", price="22.00").paid("card").refunded({"CUP": 1}, at="2026-11-26T01:00:00+00:00")
    shop = order(told.stating(channel_id=7))
    reference = replace(REFERENCE, currencies=frozenset({"NZD"}), base_currency="NZD")
    days = {type(each.decision): member.day for each, member in members_of(shop, plan_order(shop, SUMMED, reference))}

    assert days[Invoice] == days[Payment] == DAY
    assert days[CreditNote] == days[RefundPayment] == replace(DAY, dated=date(2026, 11, 26))


class TestWhyAnOrderStaysSingle:
    """In words, since finance asks."""

    @pytest.mark.parametrize(
        ("told", "why"),
        [
            (CUP.status(0), "its invoice is not posted"),
            (CUP.placed("2026-11-22T01:00:00+00:00"), "it was placed before 2026-11-24"),
            (CUP.unpaid().status(1), "its invoice is a draft"),
            (CUP.bought_by("Jo Park", company="Park & Co"), "a company bought it, which needs an invoice to its name"),
            (CUP.refunded({"CUP": 1}, declined=True), "a part of it is not simply posted"),
            (CUP.unpaid().status(11), "0.00 of 22.00 is paid: what is due stands under its own number"),
            (CUP, None),
        ],
    )
    def test_by_the_order(self, told, why):
        assert why_single(told) == why

    def test_by_setting_or_by_another_connector(self):
        later = NOON + timedelta(seconds=1)

        assert why_single(CUP, replace(SUMMED, posting="single")) == "each order is posted by itself, by setting"
        assert why_single(CUP, adopt_before=later) == "another connector may have posted it"
        assert why_single(CUP, adopt_before=NOON) is None

    def test_by_its_currency_rate_or_its_size(self):
        told = an_order().placed(NOON).sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.1").taxed("0")
        told = told.line("CUP", price="22.00").paid("card")
        reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))

        assert (
            why_single(told, replace(SUMMED, currency_rate="store"), reference) == "it has a currency rate of its own"
        )
        limit = replace(SUMMED, single_above=D("20.50"))
        assert why_single(told, limit, reference) is None
        unknown = "it is above 20.50: its invoice must name the buyer"
        assert why_single(told, replace(limit, single_above=D("1.00")), reference) is not None
        elsewhere = replace(order(told), base_currency="EUR")
        made = plan_order(elsewhere, limit, reference)
        assert single_because(elsewhere, made, limit, reference) == unknown
