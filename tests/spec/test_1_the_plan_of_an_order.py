"""accounting.md 1: one decision a document, and nothing dropped, whatever is held or was not read (T1, T4, T5)."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, decision, holds, invoice, order, payments, plan

from include.domain.document import Payment
from include.domain.outcome import Hold, Skip
from include.domain.plan import parts_needed, plan_order
from include.domain.policy import TaxRule, TenderRule
from include.sandbox.order_builder import an_order

CARD = an_order(1042).line("MUG", price="22.00", quantity=2).shipping("11.00").fee("Rush", "2.20").paid("card")
SHOP = order(CARD)
IN_FULL = replace(POLICY, tenders=(TenderRule("card_clearing", "615", in_full=True), *POLICY.tenders))


def planned(shop, policy=POLICY, **decided):
    return plan_order(shop, replace(policy, **decided), REFERENCE)


def told(made):
    """The documents: kind, part, amount, and the sentence of those that are not posted."""
    return [
        (each.kind, each.part, each.amount, each.decision.sentence if isinstance(each.decision, Hold | Skip) else "")
        for each in made.documents
    ]


class TestWhatAPlanTells:
    """Who, in what money, and how much each document is about, also where it is held."""

    def test_an_order_that_is_posted(self):
        made = plan(CARD)
        [tender] = SHOP.tenders

        assert (made.order_id, made.currency) == (1042, "AUD")
        assert made.contact is not None
        assert made.contact.key == "501"
        assert told(made) == [("invoice", "1", D("57.20"), ""), ("payment", tender.id, D("57.20"), "")]
        assert made.documents[0].words == tuple(line.words for line in invoice(made).lines)

    def test_an_order_that_is_held_keeps_its_receipts_with_it(self):
        odd = plan(CARD.line("ODD", price="10.00", tax=("Salt", "7")))
        [tender] = SHOP.tenders

        assert odd.contact is None
        assert told(odd)[1:] == [
            ("payment", tender.id, D("67.20"), "67.20 was received; its invoice is held."),
        ]
        assert odd.documents[0].amount == D("67.20")
        assert holds(odd)[1] == ("payment", "invoice_held")

    def test_what_the_order_says_of_its_payment_waits_with_it_too(self):
        shop = replace(order(CARD.line("ODD", price="10.00", tax=("Salt", "7"))), tenders=None)

        assert told(planned(shop, IN_FULL))[1:] == [
            ("payment", "order", D("67.20"), "67.20 was received; its invoice is held.")
        ]

    def test_yen_that_wait_are_told_without_decimals(self):
        yen = an_order().in_currency("JPY").line("ODD", price="1100", tax=("Salt", "7")).paid("card")

        assert told(plan(yen, reference=replace(REFERENCE, currencies=frozenset({"JPY"}))))[1][3] == (
            "1100 was received; its invoice is held."
        )

    def test_an_order_that_is_skipped_is_one_document(self):
        made = plan(CARD.status(0))

        assert (made.order_id, made.currency) == (1042, "AUD")

        assert (told(made), made.contact) == ([("invoice", "1", D("57.20"), "")], None)

    def test_a_payment_of_another_orders_invoice_is_no_sale_and_its_receipt_is_not_dropped(self):
        made = planned(replace(SHOP, pays_an_invoice=True))
        [tender] = SHOP.tenders

        assert decision(made) == Skip("b2b_invoice_payment")
        assert told(made)[1:] == [("payment", tender.id, D("57.20"), "It pays an invoice of another order; say which.")]
        assert holds(made) == [("payment", "b2b_receipt")]


class TestWhatIsNotKnownOfTheMoney:
    """Held, and never guessed."""

    def test_payments_that_nobody_read(self):
        made = planned(replace(SHOP, tenders=None))

        assert told(made)[1:] == [
            ("payment", "0", None, "Its payments were not read, and the order's own words do not settle them.")
        ]
        assert dict(made.documents[1].decision.figures) == {"part": "transactions"}
        assert holds(made) == [("payment", "missing_field")]

    def test_payments_that_need_not_be_read_are_derived(self):
        assert told(planned(replace(SHOP, tenders=None), IN_FULL))[1:] == [("payment", "order", D("57.20"), "")]

    @pytest.mark.parametrize("said", ["captured", "paid"])
    def test_an_order_that_says_paid_and_shows_no_payment(self, said):
        made = planned(replace(SHOP, tenders=(), payment_status=said))

        assert told(made)[1:] == [
            ("payment", "0", None, f"The order says '{said}', but the shop holds no payment of it.")
        ]
        assert dict(made.documents[1].decision.figures) == {"part": "transactions", "total": "57.20"}

    def test_an_order_of_nothing_needs_none(self):
        free = order(an_order().line("MUG", price="22.00").coupon("ALL", percent="100"))

        assert [each[0] for each in told(planned(replace(free, tenders=(), payment_status="paid")))] == ["invoice"]
        assert [each[0] for each in told(planned(replace(SHOP, tenders=(), payment_status="")))] == ["invoice"]

    def test_a_payment_that_the_order_calls_void(self):
        made = planned(replace(SHOP, payment_status="void"))

        assert told(made)[1][2:] == (
            D("57.20"),
            "The order calls its payment void; its tenders still show the money.",
        )
        excluded = TenderRule("marketplace", "615", method="credit_card", excluded=True)
        skipped = planned(replace(SHOP, payment_status="void"), tenders=(excluded,))
        assert isinstance(skipped.documents[1].decision, Skip)
        assert isinstance(planned(SHOP).documents[1].decision, Payment)


class TestMoneyThatWentBackWithoutARecord:
    """A status is no evidence of money."""

    def test_no_record(self):
        made = plan(CARD.status(4))

        assert told(made)[-1] == (
            "credit_note",
            "0",
            D("57.20"),
            "The shop says the order was refunded, but holds no refund record of it.",
        )

    def test_records_that_nobody_read(self):
        made = planned(replace(SHOP, status_id=4, refunds=None))

        assert told(made)[-1][3] == "The shop says that money went back; its refunds were not read."
        assert dict(made.documents[-1].decision.figures) == {"part": "refunds"}
        assert holds(made)[-1] == ("credit_note", "missing_field")
        assert len(planned(replace(SHOP, refunds=None)).documents) == 2

    def test_what_the_gateway_alone_shows(self):
        [tender] = SHOP.tenders
        back = replace(tender, id="9", event="refund")

        assert told(planned(replace(SHOP, tenders=(tender, back))))[-1][3] == (
            "The shop says the order was refunded, but holds no refund record of it."
        )


class TestWhatMustBeRead:
    """Each part costs a call, and is asked only where the books depend on it."""

    BARE = replace(SHOP, tenders=None, refunds=None, tax_rows=None)

    def needed(self, shop, policy=IN_FULL, **decided):
        return parts_needed(shop, replace(policy, **decided), REFERENCE)

    def test_nothing_where_the_order_says_it_all(self):
        assert self.needed(self.BARE) == frozenset()

    def test_payments_of_a_way_that_is_not_believed_unless_the_status_is_unknown(self):
        assert self.needed(self.BARE, POLICY) == {"transactions"}
        assert self.needed(replace(self.BARE, status_id=77), POLICY) == frozenset()
        assert self.needed(SHOP, POLICY) == frozenset()

    def test_refunds_where_the_order_says_that_money_went_back(self):
        [tender] = SHOP.tenders
        back = (tender, replace(tender, id="9", event="refund"))

        assert self.needed(replace(self.BARE, status_id=14)) == {"refunds"}
        assert self.needed(replace(self.BARE, payment_status="refunded"), POLICY) == {"transactions", "refunds"}
        assert self.needed(replace(SHOP, refunds=None, tenders=back)) == {"refunds"}
        assert self.needed(replace(SHOP, status_id=14)) == frozenset()

    def test_what_only_the_company_edition_says(self):
        assert self.needed(self.BARE, b2b_edition=True) == {"metafields"}
        assert self.needed(replace(self.BARE, pays_an_invoice=False), b2b_edition=True) == frozenset()

    def test_tax_rows_where_the_amounts_leave_two_and_nothing_else_is_awaited(self):
        two = (*POLICY.tax_rules, TaxRule("other", "OTHER", D(10), country="AU", tax_name="Levy"))

        assert self.needed(self.BARE, tax_rules=two) == {"taxes"}
        assert self.needed(self.BARE, POLICY, tax_rules=two) == {"transactions"}
        assert self.needed(replace(self.BARE, tax_rows=()), tax_rules=two) == frozenset()
        assert self.needed(replace(self.BARE, total_inc=D(1)), tax_rules=two) == frozenset()
        assert self.needed(replace(self.BARE, external_source="M-MIG"), tax_rules=two) == frozenset()

    def test_tax_rows_of_every_order_where_the_setting_says_so_but_not_of_an_unfinished_checkout(self):
        assert self.needed(self.BARE, tax_detail="always") == {"taxes"}
        assert self.needed(replace(self.BARE, status_id=0), tax_detail="always") == frozenset()

    def test_rows_that_are_missing_hold_the_order_with_the_line_that_needs_them(self):
        two = (*POLICY.tax_rules, TaxRule("other", "OUTPUT2", D(10), country="AU", tax_name="Levy"))

        assert decision(planned(replace(SHOP, tax_rows=None), tax_rules=two)) == Hold(
            "missing_field",
            "MUG: several tax types fit, and the order's tax rows were not read.",
            {"part": "taxes"},
        )


def test_an_order_is_due_on_its_day_only_when_the_whole_of_it_was_received():
    placed = an_order().line("MUG", price="22.00").placed("2026-05-13T02:00:00+00:00").status(11)
    part_paid, paid = plan(placed.paid("card", "21.99")), plan(placed.paid("card", "22.00"))

    assert (invoice(part_paid).due_date - invoice(part_paid).invoice_date).days == 14
    assert invoice(paid).due_date == invoice(paid).invoice_date
    assert [len(payments(made)) for made in (part_paid, paid)] == [1, 1]


def test_what_a_certificate_paid_that_was_taxed_when_sold_is_not_awaited():
    """33.00 less a certificate of 11.00: 22.00 by card are the whole."""
    told_so = an_order().line("MUG", price="33.00").gift_certificate("11.00").paid("card").status(1)
    made = plan(told_so, voucher_kind="single_purpose", part_paid_pending="hold")

    assert (invoice(made).status, invoice(made).total) == ("AUTHORISED", 22)
    assert [payment.amount for payment in payments(made)] == [22]


def test_a_used_certificate_is_held_until_somebody_says_how_it_is_taxed():
    used = an_order().line("MUG", price="33.00").gift_certificate("11.00").paid("card")
    shop = order(used)
    only_by_its_row = replace(shop, gift_certificate_amount=D(0), total_inc=D("33.00"))

    for each in (shop, only_by_its_row):
        assert decision(plan_order(each, replace(POLICY, voucher_kind=None), REFERENCE)) == Hold(
            "voucher_kind_unanswered", "A gift certificate was used; the settings do not say how it is taxed."
        )
    assert invoice(plan(CARD, voucher_kind=None)).total == D("57.20")
